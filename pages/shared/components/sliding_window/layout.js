// Where each grid stands: side by side where the numbers stay legible, else one under the other.
import { say } from "../../js/say.js";
import { firstChannel } from "./model.js";

const LABEL = 22;
export const BETWEEN = 34;
const UNDER = 14;
const LEGIBLE = 27;
const LARGEST = 96;
const SMALL = 15;
const A_CHANNEL = 138; // pixels that each of several channels may take, though the drawing leaves the screen

// The grids of one output channel: rows of (input, weights, its map), then what stands behind them.
function gridsOf(model, out) {
  const first = firstChannel(model, out);
  const [input, weights, output] = model.meta.names;
  const several = model.inGroup > 1;
  const lines = [];
  for (let channel = 0; channel < model.inGroup; channel++) {
    const named = model.channels > 1 ? ` ${first + channel}` : "";
    const line = [{ role: "input", channel, rows: model.height, columns: model.width, label: `${input}${named}`, sign: "" }];
    if (model.weighted)
      line.push({
        role: "weights",
        channel,
        rows: model.high,
        columns: model.wide,
        pitch: model.spread,
        label: several
          ? say("kernel_of_channel", { name: weights, output: out, channel })
          : model.outputs > 1
            ? `${weights} ${out}`
            : weights,
        sign: "·",
      });
    if (model.weighted && several)
      line.push({
        role: "map",
        channel,
        rows: model.rows,
        columns: model.columns,
        label: say("sum_label", { channel: first + channel }),
        sign: "=",
      });
    lines.push(line);
  }
  const biased = model.bias.length && model.bias[out] !== 0;
  const sign = !model.weighted ? "→" : several ? (biased ? "Σ+b" : "Σ") : "=";
  const rest = [
    { role: "output", rows: model.rows, columns: model.columns, label: `${output}${model.outputs > 1 ? ` ${out}` : ""}`, sign },
  ];
  model.companions.forEach((item, index) => {
    const [rows, columns] = item.side === "input" ? [model.height, model.width] : [model.rows, model.columns];
    rest.push({ role: "companion", index, side: item.side, rows, columns, label: item.name, sign: "" });
  });
  return { lines, rest };
}

/** tallest: pixels that one line of grids may take; steady: the stage keeps that height, the drawing in its middle. */
export function layoutOf(model, out, width, { tallest = 600, steady = false } = {}) {
  const { lines, rest } = gridsOf(model, out);
  const all = [...lines.flat(), ...rest];
  for (const grid of all) {
    grid.pitch ??= [1, 1];
    grid.tall = (grid.rows - 1) * grid.pitch[0] + 1;
    grid.broad = (grid.columns - 1) * grid.pitch[1] + 1;
  }
  const { size, oneRow } = fittingCell(lines, rest, width, lines.length > 1 ? Math.max(tallest, lines.length * A_CHANNEL) : tallest);
  for (const grid of all) grid.cell = size(grid);
  const found = oneRow ? inTheMiddle(inRows(lines, rest, width), width) : flowing(lines, rest, width);
  if (!steady || !oneRow || found.height >= tallest) return found;
  for (const grid of found.grids) grid.y += (tallest - found.height) / 2;
  return { ...found, height: tallest };
}

// How large a cell is, and whether all stands in one row: beside each other where the numbers stay legible.
function fittingCell(lines, rest, width, tallest) {
  const all = [...lines.flat(), ...rest];
  // A kernel stays legible beside an input of many cells, but is not what makes a line of several channels tall.
  const most = (grid, cell) => (lines.length > 1 ? Math.floor((lines[0][0].tall * cell) / grid.tall) : 32);
  const kernel = (grid, cell) => Math.max(cell, Math.min(32, most(grid, cell), Math.floor((width * 0.3) / grid.broad)));
  const size = (grid, cell) => (grid.role === "weights" ? kernel(grid, cell) : cell);
  const across = (row, cell) => row.reduce((sum, grid) => sum + grid.broad * size(grid, cell), 0) + BETWEEN * (row.length - 1);
  const tall = cell => lines.reduce((sum, line) => sum + LABEL + UNDER + Math.max(...line.map(grid => grid.tall * size(grid, cell))), 0);
  const largest = (fits, least) => {
    let cell = LARGEST;
    while (cell > least && !fits(cell)) cell--;
    return cell;
  };
  const fitted = (behind, most) =>
    largest(cell => across([...lines[0], ...behind], cell) <= width && Math.max(tall(cell), rest[0].tall * cell + LABEL) <= most, 5);
  const roomy = behind => {
    const cell = fitted(behind, tallest);
    return cell < SMALL ? Math.min(SMALL, fitted(behind, tallest * lines.length * 1.4)) : cell;
  };
  const together = roomy(rest);
  const beside = together >= LEGIBLE ? together : roomy(rest.slice(0, 1));
  const under = largest(
    cell => Math.max(...all.map(grid => grid.broad * size(grid, cell))) <= width && tall(cell) <= Math.max(tallest, 600),
    4,
  );
  const oneRow = across([...lines[0], rest[0]], beside) <= width && (beside >= LEGIBLE || (width >= 560 && beside >= 9) || beside >= under);
  const cell = oneRow ? beside : Math.min(under, width < 560 ? 40 : 46);
  return { oneRow, size: grid => size(grid, cell) };
}

function inTheMiddle({ grids, height }, width) {
  const left = Math.max(0, (width - Math.max(...grids.map(grid => grid.x + grid.broad * grid.cell))) / 2);
  for (const grid of grids) grid.x += left;
  return { grids, height };
}

// Channels one under the other; the output in the middle of their right side; companions behind it or below.
function inRows(lines, rest, width) {
  let y = 0;
  let right = 0;
  for (const line of lines) {
    right = Math.max(right, placed(line, y));
    y += LABEL + Math.max(...line.map(grid => grid.tall * grid.cell)) + UNDER;
  }
  const [output, ...others] = rest;
  const high = output.tall * output.cell + LABEL;
  Object.assign(output, { x: right + BETWEEN, y: Math.max(0, (y - UNDER - high) / 2) + LABEL });
  const after = { x: output.x + output.broad * output.cell, y: output.y - LABEL };
  return wrapped(others, {
    after,
    below: Math.max(y, output.y + output.tall * output.cell + UNDER),
    width,
    grids: [...lines.flat(), output],
  });
}

function flowing(lines, rest, width) {
  let below = 0;
  const grids = [];
  for (const line of [...lines.slice(0, -1), [...lines.at(-1), ...rest]]) {
    const done = wrapped(line, { after: null, below, width, grids });
    below = done.height;
  }
  return { grids, height: below };
}

// One after the other, a new line where the next does not fit.
function wrapped(items, { after, below, width, grids }) {
  let place = after ?? { x: 0, y: below };
  let floor = below;
  let start = !after;
  for (const grid of items) {
    const wide = grid.broad * grid.cell;
    const x = start ? 0 : place.x + BETWEEN;
    if (!start && x + wide > width) {
      place = { x: 0, y: floor };
      start = true;
    }
    grid.x = start ? 0 : x;
    grid.y = place.y + LABEL;
    grid.broken = start && grids.length > 0;
    start = false;
    place = { x: grid.x + Math.max(wide, 60), y: place.y };
    floor = Math.max(floor, grid.y + grid.tall * grid.cell + UNDER);
    grids.push(grid);
  }
  return { grids, height: Math.max(floor, below) };
}

function placed(line, y) {
  const high = Math.max(...line.map(grid => grid.tall * grid.cell));
  let x = 0;
  for (const grid of line) {
    Object.assign(grid, { x, y: y + LABEL + (high - grid.tall * grid.cell) / 2 });
    x += grid.broad * grid.cell + BETWEEN;
  }
  return x - BETWEEN;
}

// The cell under a point of the stage; null between the grids and between the weights of a dilated kernel.
export function cellUnder(layout, x, y) {
  for (const grid of layout.grids) {
    const row = Math.floor((y - grid.y) / grid.cell) / grid.pitch[0];
    const column = Math.floor((x - grid.x) / grid.cell) / grid.pitch[1];
    if (!Number.isInteger(row) || !Number.isInteger(column)) continue;
    if (row >= 0 && column >= 0 && row < grid.rows && column < grid.columns) return { grid, row, column };
  }
  return null;
}

export function boxOf(grid, row, column, rows = 1, columns = 1) {
  const [down, right] = grid.pitch;
  return {
    x: grid.x + column * right * grid.cell,
    y: grid.y + row * down * grid.cell,
    w: ((columns - 1) * right + 1) * grid.cell,
    h: ((rows - 1) * down + 1) * grid.cell,
  };
}

/** The cell that lies next in a direction: in the same grid, else the nearest of the grid on that side; else null. */
export function neighbourOf(layout, { grid, row, column }, down, right) {
  const to = { grid, row: row + down, column: column + right };
  if (to.row >= 0 && to.column >= 0 && to.row < grid.rows && to.column < grid.columns) return to;
  const from = middleOf(boxOf(grid, row, column));
  let best = null;
  for (const other of layout.grids) {
    if (other === grid || !["input", "weights", "output"].includes(other.role)) continue;
    const found = nearestIn(other, from);
    const middle = middleOf(boxOf(other, found.row, found.column));
    const along = right ? right * (middle.x - from.x) : down * (middle.y - from.y);
    const aside = Math.abs(right ? middle.y - from.y : middle.x - from.x);
    if (along > grid.cell / 2 && along >= aside && (!best || along + aside < best.far)) best = { far: along + aside, ...found };
  }
  return best && { grid: best.grid, row: best.row, column: best.column };
}

function middleOf({ x, y, w, h }) {
  return { x: x + w / 2, y: y + h / 2 };
}

function nearestIn(grid, { x, y }) {
  const [down, right] = grid.pitch;
  const place = (at, start, step, count) => Math.max(0, Math.min(count - 1, Math.round((at - start - grid.cell / 2) / (step * grid.cell))));
  return { grid, row: place(y, grid.y, down, grid.rows), column: place(x, grid.x, right, grid.columns) };
}
