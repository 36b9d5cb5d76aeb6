// The cells with their colours and numbers; padding, unread cells and winners look different.
import { doubleFrame, haloed, hatch, sized } from "../../js/canvas.js";
import { inkOn } from "../../js/ink.js";
import { brief } from "../../js/numbers.js";
import { cssColour, entryOf, palette } from "../../js/palette.js";
import { BETWEEN, boxOf } from "./layout.js";
import { current } from "./links.js";
import { firstChannel, inputAt, isPadding, isRead, mapOf, outputAt, tapsOf, weightAt, winnerOf } from "./model.js";

const PALETTES = { input: "activations", weights: "weights", map: "activations", output: "activations" };

function valueIn(view, grid, row, column) {
  const { model, notes } = view;
  if (grid.role === "input") return inputAt(model, firstChannel(model, notes.channel) + grid.channel, row, column);
  if (grid.role === "weights") return weightAt(model, notes.channel, grid.channel, row, column);
  if (grid.role === "map") return mapOf(model, notes.channel, grid.channel)[row * model.columns + column];
  if (grid.role === "output") return outputAt(model, notes.channel, row, column);
  const item = model.companions[grid.index];
  const channel = item.side === "input" ? firstChannel(model, notes.channel) : notes.channel;
  return item.values[((item.channels ? channel : 0) * grid.rows + row) * grid.columns + column];
}

function coloursOf(view, grid) {
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

// As many digits as a cell has room for; "" where not even one fits.
function fitting(context, value, room) {
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : value > 0 ? "∞" : "–";
  for (const digits of [4, 3, 2, 1]) {
    const text = brief(value, digits);
    if (context.measureText(text).width <= room) return text;
  }
  return "";
}

export function paintCells(view) {
  const { layout, theme } = view;
  const context = sized(view.cells, view.width, layout.height);
  sized(view.over, view.width, layout.height);
  view.stage.style.height = `${layout.height}px`;
  for (const grid of layout.grids) {
    paintGrid(context, view, grid);
    paintLabel(context, grid, theme);
  }
}

function paintGrid(context, view, grid) {
  const { theme } = view;
  const colours = coloursOf(view, grid);
  const { cell } = grid;
  const gap = cell > 8 ? 1 : 0;
  context.font = `${cell >= 40 ? 13 : 12}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let row = 0; row < grid.rows; row++)
    for (let column = 0; column < grid.columns; column++) {
      const value = valueIn(view, grid, row, column);
      const box = boxOf(grid, row, column);
      const nothing = !Number.isFinite(value);
      const pixel = nothing ? 0 : pixelOf(colours, value);
      context.fillStyle = nothing ? theme.background : cssColour(pixel);
      context.fillRect(box.x, box.y, cell - gap, cell - gap);
      const edge = grid.role === "input" && isPadding(view.model, row, column);
      if (edge) veil(context, box, theme, gap);
      if (cell >= 22) {
        context.fillStyle = edge || nothing ? theme.text : inkOn(pixel);
        context.fillText(fitting(context, value, cell - 7), box.x + (cell - gap) / 2, box.y + (cell - gap) / 2 + 0.5);
      }
      if (grid.role === "input" && !isRead(view.model, row, column))
        hatch(context, { ...box, w: box.w - gap, h: box.h - gap }, theme, { alpha: 0.6, every: 5 });
    }
  if (grid.role === "input") frameReal(context, view, grid);
}

// Padding: paler, with a dotted edge; the frame of the picture itself stands between.
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

function paintLabel(context, grid, theme) {
  context.fillStyle = theme.text;
  context.font = `12px ${theme.font}`;
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
  const sign = grid.broken && grid.sign ? `${grid.sign} ` : "";
  context.fillText(`${sign}${grid.label}`, grid.x, grid.y - 6);
  if (!grid.sign || grid.broken) return;
  context.font = `600 15px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(grid.sign, grid.x - BETWEEN / 2 - 1, grid.y + (grid.rows * grid.cell) / 2);
}

// ------------------------------------------------------------------------------------------ what is linked, in frames
export function paintOver(view) {
  const { layout, theme } = view;
  const context = view.over.getContext("2d");
  const links = view.links;
  context.clearRect(0, 0, view.width, layout.height);
  for (const grid of layout.grids) {
    if (view.player?.playing && ["output", "map", "companion"].includes(grid.role) && grid.side !== "input")
      coverAhead(context, view, grid);
    for (const [row, column] of framesIn(links, grid)) frameCell(context, boxOf(grid, row, column), theme, theme.text, 2, grid.cell);
    for (const [row, column] of framesIn(links.main, grid))
      frameCell(context, boxOf(grid, row, column), theme, theme.primary, 3, grid.cell);
  }
  paintWinners(context, view);
  paintAnchor(context, view);
}

// A dot in the middle of the window, a circle around the cell that the output stands for, where they are apart.
function paintAnchor(context, view) {
  const { model, layout, theme } = view;
  const { anchors } = model.meta;
  const now = current(view);
  if (!anchors || (view.target && view.target.role !== "output" && view.target.role !== "tap")) return;
  for (const grid of layout.grids.filter(item => item.role === "input")) {
    const taps = tapsOf(model, view.notes.channel, grid.channel, now.row, now.column);
    const middle = name => taps.reduce((sum, tap) => sum + tap[name], 0) / taps.length + 0.5;
    const dot = { x: grid.x + middle("x") * grid.cell, y: grid.y + middle("y") * grid.cell };
    const stand = boxOf(grid, anchors[0][now.row], anchors[1][now.column]);
    const x = stand.x + (grid.cell - 1) / 2;
    const y = stand.y + (grid.cell - 1) / 2;
    const marks = thick => {
      context.beginPath();
      context.arc(x, y, Math.max(4, grid.cell * 0.36), 0, 2 * Math.PI);
      context.stroke();
      context.beginPath();
      context.arc(dot.x, dot.y, thick === 4 ? 6 : 4.5, 0, 2 * Math.PI);
      context.fill();
    };
    haloed(context, theme, marks, { colour: theme.primary });
  }
}

function framesIn(links, grid) {
  if (!links) return [];
  const cells =
    grid.role === "map" || (grid.role === "companion" && grid.side !== "input")
      ? links.output
      : grid.role === "companion"
        ? links.input
        : links[grid.role];
  return (cells ?? []).filter(cell => cell.length < 3 || grid.role === "companion" || cell[2] === grid.channel);
}

function frameCell(context, { x, y, w, h }, theme, colour, line, cell) {
  const thick = cell < 14 ? 1.5 : line;
  const box = { x: x + thick / 2, y: y + thick / 2, w: w - 1 - thick, h: h - 1 - thick };
  doubleFrame(context, box, theme, { colour, line: thick, around: thick + (cell < 14 ? 1 : 2) });
}

function coverAhead(context, view, grid) {
  context.globalAlpha = 0.88;
  context.fillStyle = view.theme.background;
  for (let step = view.notes.step + 1; step < view.model.rows * view.model.columns; step++) {
    const box = boxOf(grid, Math.floor(step / view.model.columns), step % view.model.columns);
    context.fillRect(box.x, box.y, box.w, box.h);
  }
  context.globalAlpha = 1;
}

// A corner on every cell that won the current window, or any window while nothing is singled out.
function paintWinners(context, view) {
  const { model, notes, layout, theme } = view;
  if (!model.winners.length) return;
  const grid = layout.grids.find(item => item.role === "input");
  const size = Math.max(4, grid.cell * 0.3);
  context.fillStyle = theme.primary;
  for (let row = 0; row < model.rows; row++)
    for (let column = 0; column < model.columns; column++) {
      const tap = winnerOf(model, notes.channel, row, column);
      if (tap < 0) continue;
      const y = model.readRows[row * model.high + Math.floor(tap / model.wide)];
      const x = model.readColumns[column * model.wide + (tap % model.wide)];
      const box = boxOf(grid, y, x);
      context.beginPath();
      context.moveTo(box.x, box.y);
      context.lineTo(box.x + size, box.y);
      context.lineTo(box.x, box.y + size);
      context.fill();
    }
}
