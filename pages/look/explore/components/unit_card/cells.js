// Patch · kernel = products, channel by channel: one canvas for the cells, one over it for the cursors.
import { sized } from "../../../../shared/js/canvas.js";
import { inkOnRgb } from "../../../../shared/js/ink.js";
import { say } from "../../../../shared/js/say.js";
import { cellText, colourOf, number, superscript } from "./numbers.js";

const CELL = { roomiest: 56, roomy: 42, plain: 36, narrow: 28, tall: 24 };
const GAP = { item: 26, operator: 22, header: 22, heading: 20 };
const SHEET_HEIGHT = 380;

export function planSheet(width, [channels, rows, columns], weighted) {
  const grids = weighted ? 3 : 1;
  const between = (grids - 1) * GAP.operator;
  const beside = Math.floor((width - between) / (grids * columns));
  const below = Math.floor(width / columns);
  const stacked = weighted && beside < CELL.narrow && below >= CELL.narrow && rows <= 7 && width < 560;
  let cell = Math.min(CELL.roomy, stacked ? below : beside);
  const across = () => (stacked ? columns * cell : grids * columns * cell + between);
  const widest = () => Math.max(across(), Math.min(width, 168));
  const inRow = Math.min(channels, Math.max(1, Math.floor((width + GAP.item) / (widest() + GAP.item))));
  const room = (width - (inRow - 1) * GAP.item) / inRow;
  cell = Math.max(4, cell, Math.min(CELL.roomiest, Math.floor(stacked ? room / columns : (room - between) / (grids * columns))));
  const numbers = cell >= CELL.narrow;
  const tall = numbers ? CELL.tall : cell;
  const down = stacked ? 3 * rows * tall + 2 * GAP.operator : rows * tall;
  const itemHeight = GAP.header + down + 14;
  const inColumn = Math.max(1, Math.min(8, Math.floor(SHEET_HEIGHT / itemHeight)));
  const fits = Math.max(1, Math.min(channels, inRow * inColumn, 24));
  const heading = weighted && !stacked ? GAP.heading : 0;
  return {
    heading,
    grids,
    stacked,
    cell,
    tall,
    numbers,
    itemWidth: widest(),
    itemHeight,
    inRow,
    fits,
    rows,
    columns,
  };
}

// Where the left top corner of a grid of the item in that slot lies.
function gridCorner(plan, slot, grid) {
  const x = (slot % plan.inRow) * (plan.itemWidth + GAP.item);
  const y = plan.heading + Math.floor(slot / plan.inRow) * plan.itemHeight + GAP.header;
  if (plan.stacked) return [x, y + grid * (plan.rows * plan.tall + GAP.operator)];
  return [x + grid * (plan.columns * plan.cell + GAP.operator), y];
}

function valueAt(view, grid, [channel, row, column]) {
  const [, rows, columns] = view.data.shape;
  const index = (channel * rows + row) * columns + column;
  if (grid === 0) return view.patch[index];
  return grid === 1 ? view.kernel[index] : view.patch[index] * view.kernel[index];
}

function drawGrid(view, pen, slot, grid) {
  const { plan } = view;
  const channel = view.shown[slot];
  const [x, y] = gridCorner(plan, slot, grid);
  const { lut, limit, exponent } = view.scales[grid];
  const narrow = plan.cell < CELL.plain;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.font = view.look.font;
  for (let row = 0; row < plan.rows; row++) {
    for (let column = 0; column < plan.columns; column++) {
      const value = valueAt(view, grid, [channel, row, column]);
      const colour = colourOf(lut, value, limit);
      pen.fillStyle = `rgb(${colour.join(" ")})`;
      const gap = plan.cell > 8 ? 1 : 0;
      pen.fillRect(x + column * plan.cell, y + row * plan.tall, plan.cell - gap, plan.tall - gap);
      if (!plan.numbers) continue;
      pen.fillStyle = inkOnRgb(colour[0], colour[1], colour[2]);
      const middle = [x + (column + 0.5) * plan.cell - 0.5, y + (row + 0.5) * plan.tall];
      pen.fillText(cellText(value, exponent, narrow), ...middle);
    }
  }
}

function drawOperators(view, pen, slot) {
  const { plan } = view;
  pen.fillStyle = view.look.muted;
  pen.font = view.look.large;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (const [grid, sign] of [
    [1, "×"],
    [2, "="],
  ]) {
    const [x, y] = gridCorner(plan, slot, grid);
    pen.textAlign = plan.stacked ? "left" : "center";
    if (plan.stacked) pen.fillText(`${sign} ${gridName(view.scales[grid])}`, x, y - GAP.operator / 2);
    else pen.fillText(sign, x - GAP.operator / 2, y + (plan.rows * plan.tall) / 2);
  }
}

function drawHeader(view, pen, slot) {
  const { plan, data } = view;
  const channel = view.shown[slot];
  const [x, y] = gridCorner(plan, slot, 0);
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.font = view.look.bold;
  pen.fillStyle = view.look.ink;
  pen.fillText(say(plan.stacked ? "channel_patch" : "channel", { channel: data.channels[channel] ?? channel }), x, y - 11);
  if (!view.weighted) return;
  pen.textAlign = "right";
  pen.fillText(say("sum", { sum: number(data.sums[channel]) }), x + plan.itemWidth - 1, y - 11);
}

function gridName({ name, exponent }) {
  return exponent ? `${name} × 10${superscript(exponent)}` : name;
}

function drawHeadings(view, pen) {
  const { plan } = view;
  if (!view.weighted || plan.stacked) return;
  pen.font = view.look.font;
  pen.fillStyle = view.look.muted;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  const room = plan.columns * plan.cell;
  for (let slot = 0; slot < Math.min(plan.inRow, view.shown.length); slot++) {
    view.scales.forEach((scale, grid) => {
      const [x] = gridCorner(plan, slot, grid);
      pen.fillText(room >= 96 ? gridName(scale) : scale.name, x, GAP.heading / 2 - 2, room + GAP.operator - 6);
    });
  }
}

// A frame that shows on any colour of the palette.
function frameCell(pen, plan, slot, grid, [, row, column], look) {
  const [x, y] = gridCorner(plan, slot, grid);
  const box = [x + column * plan.cell, y + row * plan.tall, plan.cell - 1, plan.tall - 1];
  for (const [thick, colour] of [
    [5, look.paper],
    [2.5, look.ink],
  ]) {
    pen.lineWidth = thick;
    pen.strokeStyle = colour;
    pen.strokeRect(...box);
  }
}

export function drawSheet(view) {
  const { plan, shown } = view;
  const height = plan.heading + Math.ceil(shown.length / plan.inRow) * plan.itemHeight;
  const pen = sized(view.part(".cells"), view.width, height);
  sized(view.part(".overlay"), view.width, height);
  view.part(".sheet").style.height = `${height}px`;
  drawHeadings(view, pen);
  shown.forEach((channel, slot) => {
    for (let grid = 0; grid < plan.grids; grid++) drawGrid(view, pen, slot, grid);
    drawHeader(view, pen, slot);
    if (view.weighted) drawOperators(view, pen, slot);
    if (view.data.winner && view.data.winner[0] === channel) frameCell(pen, plan, slot, 0, view.data.winner, view.look);
  });
}

export function drawCursors(view) {
  const overlay = view.part(".overlay");
  const pen = overlay.getContext("2d");
  pen.clearRect(0, 0, view.width, overlay.height);
  const place = view.pointed ?? view.cursor;
  const slot = place ? view.shown.indexOf(place[0]) : -1;
  view.part(".readout").textContent = place ? sentence(view, place) : view.hint;
  if (slot < 0) return;
  for (let grid = 0; grid < view.plan.grids; grid++) frameCell(pen, view.plan, slot, grid, place, view.look);
}

function sentence(view, place) {
  const [, row, column] = place;
  const { channels, origin, dilation, padding, winner } = view.data;
  const channel = channels[place[0]] ?? place[0];
  const value = valueInWords(view, place);
  if (padding.some(tap => tap[0] === row && tap[1] === column)) return say("padding_read", { channel, row, column, value });
  const [y, x] = [origin[0] + row * dilation[0], origin[1] + column * dilation[1]];
  const won = !view.weighted && winner && place.every((axis, index) => axis === winner[index]);
  return say(won ? "largest_read" : "cell_read", { channel, row, column, y, x, value });
}

// What was read, or with weights: read × weight = product.
function valueInWords(view, place) {
  const [read, weight, product] = (view.weighted ? [0, 1, 2] : [0]).map(which => number(valueAt(view, which, place)));
  return view.weighted ? say("product", { read, weight, product }) : read;
}

// Which cell lies under that point of the sheet; null between the grids.
export function cellUnder(view, x, y) {
  const { plan } = view;
  for (let slot = 0; slot < view.shown.length; slot++) {
    for (let grid = 0; grid < plan.grids; grid++) {
      const [left, top] = gridCorner(plan, slot, grid);
      const column = Math.floor((x - left) / plan.cell);
      const row = Math.floor((y - top) / plan.tall);
      if (row >= 0 && column >= 0 && row < plan.rows && column < plan.columns) return [view.shown[slot], row, column];
    }
  }
  return null;
}
