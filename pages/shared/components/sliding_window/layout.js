// Where each grid stands: side by side where the numbers stay legible, else one under the other.
import { firstChannel } from "./model.js";

const LABEL = 20;
export const BETWEEN = 34;
const UNDER = 14;
const LEGIBLE = 27;
const LARGEST = 46;
const TALLEST = 600;

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
        label: `${weights}${several || model.outputs > 1 ? ` ${out}${several ? `, ch. ${channel}` : ""}` : ""}`,
        sign: "·",
      });
    if (model.weighted && several)
      line.push({ role: "map", channel, rows: model.rows, columns: model.columns, label: `sum of ch. ${first + channel}`, sign: "=" });
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

export function layoutOf(model, out, width) {
  const { lines, rest } = gridsOf(model, out);
  const all = [...lines.flat(), ...rest];
  const kernel = cell => Math.max(Math.min(cell, 42), Math.min(32, Math.floor(width / model.wide)));
  const size = (grid, cell) => (grid.role === "weights" ? kernel(cell) : cell);
  const across = (row, cell) => row.reduce((sum, grid) => sum + grid.columns * size(grid, cell), 0) + BETWEEN * (row.length - 1);
  const tall = cell => lines.reduce((sum, line) => sum + LABEL + UNDER + Math.max(...line.map(grid => grid.rows * size(grid, cell))), 0);
  const largest = (fits, least) => {
    let cell = LARGEST;
    while (cell > least && !fits(cell)) cell--;
    return cell;
  };
  const fitted = behind => largest(cell => across([...lines[0], ...behind], cell) <= width && tall(cell) <= TALLEST, 5);
  const together = fitted(rest);
  const beside = together >= LEGIBLE ? together : fitted(rest.slice(0, 1));
  const under = largest(cell => Math.max(...all.map(grid => grid.columns * size(grid, cell))) <= width && tall(cell) <= TALLEST, 4);
  const oneRow = across([...lines[0], rest[0]], beside) <= width && (beside >= LEGIBLE || (width >= 560 && beside >= 9) || beside >= under);
  const cell = oneRow ? beside : Math.min(under, width < 560 ? 40 : LARGEST);
  for (const grid of all) grid.cell = size(grid, cell);
  return oneRow ? inRows(lines, rest, width) : flowing(lines, rest, width);
}

// Channels one under the other; the output in the middle of their right side; companions behind it or below.
function inRows(lines, rest, width) {
  let y = 0;
  let right = 0;
  for (const line of lines) {
    right = Math.max(right, placed(line, y));
    y += LABEL + Math.max(...line.map(grid => grid.rows * grid.cell)) + UNDER;
  }
  const [output, ...others] = rest;
  const high = output.rows * output.cell + LABEL;
  Object.assign(output, { x: right + BETWEEN, y: Math.max(0, (y - UNDER - high) / 2) + LABEL });
  const after = { x: output.x + output.columns * output.cell, y: output.y - LABEL };
  return wrapped(others, {
    after,
    below: Math.max(y, output.y + output.rows * output.cell + UNDER),
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
    const wide = grid.columns * grid.cell;
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
    floor = Math.max(floor, grid.y + grid.rows * grid.cell + UNDER);
    grids.push(grid);
  }
  return { grids, height: Math.max(floor, below) };
}

function placed(line, y) {
  const high = Math.max(...line.map(grid => grid.rows * grid.cell));
  let x = 0;
  for (const grid of line) {
    Object.assign(grid, { x, y: y + LABEL + (high - grid.rows * grid.cell) / 2 });
    x += grid.columns * grid.cell + BETWEEN;
  }
  return x - BETWEEN;
}

// The cell under a point of the stage; null between the grids.
export function cellUnder(layout, x, y) {
  for (const grid of layout.grids) {
    const row = Math.floor((y - grid.y) / grid.cell);
    const column = Math.floor((x - grid.x) / grid.cell);
    if (row >= 0 && column >= 0 && row < grid.rows && column < grid.columns) return { grid, row, column };
  }
  return null;
}

export function boxOf(grid, row, column, rows = 1, columns = 1) {
  return { x: grid.x + column * grid.cell, y: grid.y + row * grid.cell, w: columns * grid.cell, h: rows * grid.cell };
}
