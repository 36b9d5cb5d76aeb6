// The cells with their colours and numbers; padding, unread cells and winners look different.
import { hatch, sized } from "../../js/canvas.js";
import { inkOn } from "../../js/ink.js";
import { cssColour, entryOf, palette } from "../../js/palette.js";
import { BETWEEN, boxOf } from "./layout.js";
import { firstChannel, inputAt, isPadding, isRead, mapOf, outputAt, weightAt } from "./model.js";
import { left } from "./motion.js";
import { fitted } from "./numerals.js";

const PALETTES = { input: "activations", weights: "weights", map: "activations", output: "activations" };

export function valueIn(view, grid, row, column) {
  const { model, notes } = view;
  if (grid.role === "input") return inputAt(model, firstChannel(model, notes.channel) + grid.channel, row, column);
  if (grid.role === "weights") return weightAt(model, notes.channel, grid.channel, row, column);
  if (grid.role === "map") return mapOf(model, notes.channel, grid.channel)[row * model.columns + column];
  if (grid.role === "output") return outputAt(model, notes.channel, row, column);
  const item = model.companions[grid.index];
  const channel = item.side === "input" ? firstChannel(model, notes.channel) : notes.channel;
  return item.values[((item.channels ? channel : 0) * grid.rows + row) * grid.columns + column];
}

export function coloursOf(view, grid) {
  const { model, theme } = view;
  const [input, weights, output] = model.meta.limits;
  if (grid.role === "companion") {
    const { limit, signed, like_output: alike } = model.companions[grid.index];
    if (alike) return coloursOf(view, { role: "output" });
    return { pixels: palette(signed ? "activations" : "magnitude", theme.name), limit, signed };
  }
  const limit = grid.role === "input" ? input : grid.role === "weights" ? weights : Math.max(output, mapsLimit(view));
  return { pixels: palette(PALETTES[grid.role], theme.name), limit, signed: true };
}

function mapsLimit({ model, notes }) {
  if (!model.weighted || model.inGroup === 1) return 0;
  const key = `limit ${notes.channel}`;
  const known = (model.known ??= {});
  if (!(key in known)) {
    known[key] = 0;
    for (let channel = 0; channel < model.inGroup; channel++)
      for (const value of mapOf(model, notes.channel, channel)) known[key] = Math.max(known[key], Math.abs(value));
  }
  return known[key];
}

export function pixelOf({ pixels, limit, signed }, value) {
  return pixels[entryOf(value, limit, signed)];
}

const widths = new Map();

// A number in the middle of a cell, as large as it fits; upright while a kernel turns.
function writeNumber(context, theme, value, { x, y, w, ink, angle = 0 }) {
  const widthOf = text => {
    const key = theme.font + text;
    if (!widths.has(key)) {
      context.font = `100px ${theme.font}`;
      widths.set(key, context.measureText(text).width);
    }
    return widths.get(key);
  };
  const { text, size, squeeze } = fitted(value, w, widthOf);
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.scale(squeeze, 1);
  Object.assign(context, { font: `${size}px ${theme.font}`, fillStyle: ink, textAlign: "center", textBaseline: "middle" });
  context.fillText(text, 0, size * 0.05);
  context.restore();
}

export function paintCells(view) {
  const { layout, theme } = view;
  const context = sized(view.cells, view.width, layout.height);
  sized(view.over, view.width, layout.height);
  view.stage.style.height = `${layout.height}px`;
  for (const grid of layout.grids) {
    turning(context, view, grid, angle => paintGrid(context, view, grid, angle));
    paintLabel(context, view, grid, theme);
  }
}

function turning(context, view, grid, paint) {
  const angle = grid.role === "weights" ? -Math.PI * left(view.turn) : 0;
  if (!angle) return paint(0);
  const [x, y] = [grid.x + (grid.broad * grid.cell) / 2, grid.y + (grid.tall * grid.cell) / 2];
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.translate(-x, -y);
  paint(angle);
  return context.restore();
}

function paintGrid(context, view, grid, angle) {
  if (grid.pitch[0] > 1 || grid.pitch[1] > 1) paintHoles(context, view, grid);
  for (let row = 0; row < grid.rows; row++)
    for (let column = 0; column < grid.columns; column++)
      paintCell(context, view, grid, { row, column, value: valueIn(view, grid, row, column), angle });
  if (grid.role === "input") frameReal(context, view, grid);
}

export function paintCell(context, view, grid, { row, column, value, angle = 0 }) {
  const { theme } = view;
  const { cell } = grid;
  const gap = cell > 40 ? 2 : cell > 8 ? 1 : 0;
  const box = boxOf(grid, row, column);
  const nothing = !Number.isFinite(value);
  const pixel = nothing ? 0 : pixelOf(coloursOf(view, grid), value);
  context.fillStyle = nothing ? theme.background : cssColour(pixel);
  rounded(context, box, cell - gap, cell > 30 ? Math.min(6, cell * 0.08) : 0);
  const edge = grid.role === "input" && isPadding(view.model, row, column);
  if (edge) veil(context, box, theme, gap);
  if (cell >= 10) {
    const ink = edge || nothing ? theme.text : inkOn(pixel);
    writeNumber(context, theme, value, { x: box.x + (cell - gap) / 2, y: box.y + (cell - gap) / 2, w: cell, ink, angle: -angle });
  }
  if (grid.role === "input" && !isRead(view.model, row, column))
    hatch(context, { ...box, w: box.w - gap, h: box.h - gap }, theme, { alpha: 0.6, every: 5 });
}

function rounded(context, { x, y }, size, radius) {
  context.beginPath();
  if (radius && context.roundRect) context.roundRect(x, y, size, size, radius);
  else context.rect(x, y, size, size);
  context.fill();
}

// Between the weights of a dilated kernel: what it steps over.
function paintHoles(context, { theme }, grid) {
  const radius = Math.max(1, grid.cell * 0.06);
  context.globalAlpha = 0.35;
  context.fillStyle = theme.text;
  for (let row = 0; row < grid.tall; row++)
    for (let column = 0; column < grid.broad; column++) {
      if (row % grid.pitch[0] === 0 && column % grid.pitch[1] === 0) continue;
      context.beginPath();
      context.arc(grid.x + (column + 0.5) * grid.cell, grid.y + (row + 0.5) * grid.cell, radius, 0, 2 * Math.PI);
      context.fill();
    }
  context.globalAlpha = 1;
}

// Padding: paler, with a dotted edge; the frame of the image itself stands between.
function veil(context, { x, y, w, h }, theme, gap) {
  context.globalAlpha = 0.62;
  context.fillStyle = theme.background;
  context.fillRect(x, y, w - gap, h - gap);
  context.globalAlpha = 0.55;
  context.setLineDash([2, 2]);
  context.strokeStyle = theme.text;
  context.lineWidth = 1;
  if (w > 8) context.strokeRect(x + 0.5, y + 0.5, w - gap - 1, h - gap - 1);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function frameReal(context, { model, theme }, grid) {
  const [top, left, bottom, right] = model.meta.padding;
  if (!(top || left || bottom || right)) return;
  const box = boxOf(grid, top, left, model.height - top - bottom, model.width - left - right);
  context.strokeStyle = theme.text;
  context.lineWidth = 1.5;
  context.strokeRect(box.x - 0.75, box.y - 0.75, box.w + 0.5, box.h + 0.5);
}

function paintLabel(context, view, grid, theme) {
  context.fillStyle = theme.text;
  context.font = `600 13px ${theme.font}`;
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
  const name = `${grid.broken && grid.sign ? `${grid.sign} ` : ""}${grid.label}`;
  const end = grid.x + context.measureText(name).width;
  context.fillText(name, grid.x, grid.y - 7);
  const size = sizeText(view.model, grid);
  context.font = `13px ${theme.font}`;
  const next = Math.min(
    view.width,
    ...view.layout.grids.filter(other => other.x > grid.x && Math.abs(other.y - grid.y) < 400).map(other => other.x - 8),
  );
  if (size && end + 8 + context.measureText(size).width <= next) context.fillText(size, end + 8, grid.y - 7);
  if (!grid.sign || grid.broken) return;
  context.font = `600 ${grid.sign.length > 1 ? 14 : 20}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(grid.sign, grid.x - BETWEEN / 2 - 1, grid.y + (grid.tall * grid.cell) / 2);
}

function sizeText(model, grid) {
  if (grid.role === "companion" || grid.role === "map") return "";
  const [top, left, bottom, right] = grid.role === "input" ? model.meta.padding : [0, 0, 0, 0];
  return `${grid.rows - top - bottom} × ${grid.columns - left - right}${top || left || bottom || right ? " + padding" : ""}`;
}
