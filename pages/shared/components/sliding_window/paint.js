// The cells with their colours and numbers; padding, unread cells and winners look different.
import { doubleFrame, haloed, hatch, sized } from "../../js/canvas.js";
import { inkOn } from "../../js/ink.js";
import { bracketed, brief } from "../../js/numbers.js";
import { cssColour, entryOf, palette } from "../../js/palette.js";
import { BETWEEN, boxOf } from "./layout.js";
import { current, outputAtHand, shownOf } from "./links.js";
import { firstChannel, inputAt, isPadding, isRead, mapOf, outputAt, stampedBy, tapsOf, weightAt, winnerOf } from "./model.js";
import { left } from "./motion.js";
import { fitted } from "./numerals.js";

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

function paintCell(context, view, grid, { row, column, value, angle = 0 }) {
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

// ------------------------------------------------------------------------------------------ what is linked, in frames
export function paintOver(view) {
  const { layout, theme, links } = view;
  const context = view.over.getContext("2d");
  context.clearRect(0, 0, view.width, layout.height);
  for (const grid of layout.grids) if (view.building && !view.target) coverAhead(context, view, grid);
  paintBeam(context, view);
  for (const grid of layout.grids) {
    if (view.turn && grid.role === "weights") continue;
    const moved = glideOf(view, grid);
    frameCells(context, view, grid, { cells: framesIn(links, grid), colour: theme.text, line: 2, moved });
    frameCells(context, view, grid, { cells: framesIn(links.main, grid), colour: theme.primary, line: 3, moved });
    if (!view.glide) paintFactors(context, view, grid);
  }
  paintWinners(context, view);
  paintAnchor(context, view);
}

// How far a frame still is from its place, in cells.
function glideOf(view, grid) {
  const rest = view.target ? 0 : left(view.glide);
  if (!rest || grid.role === "weights") return [0, 0];
  const { before } = view.glide;
  const now = current(view);
  const own = (now.role === "input") === (grid.role === "input" || grid.side === "input");
  const places = view.model.stamps
    ? [view.model.rowReaders, view.model.columnReaders].map(readers => at => readers[at]?.[0]?.[0] ?? -1)
    : [at => view.model.readRows[at * view.model.high], at => view.model.readColumns[at * view.model.wide]];
  return ["row", "column"].map((name, axis) => {
    if (own) return rest * (before[name] - now[name]);
    const [from, to] = [places[axis](before[name]), places[axis](now[name])];
    return from >= 0 && to >= 0 ? rest * (from - to) : 0;
  });
}

// A beam from the window to what becomes of it, behind everything that holds numbers.
function paintBeam(context, view) {
  const { model, layout, theme, links } = view;
  if (!model.weighted || model.inGroup > 1) return;
  const [input, output] = ["input", "output"].map(role => layout.grids.find(grid => grid.role === role));
  const reading = [links.input, links.output].map((cells, at) =>
    extentOf(view, [input, output][at], at || links.output.length === 1 ? cells : []),
  );
  const hand = !model.stamps && outputAtHand(view);
  if (hand && shownOf(view).role !== "weights") reading[1] = extentOf(view, output, [[hand.row, hand.column]]);
  const [from, to] = reading;
  if (!from || !to || from.x + from.w > to.x) return;
  context.save();
  context.beginPath();
  context.rect(0, 0, view.width, layout.height);
  for (const grid of layout.grids) context.rect(grid.x - 3, grid.y - 3, grid.broad * grid.cell + 6, grid.tall * grid.cell + 6);
  context.clip("evenodd");
  context.beginPath();
  context.moveTo(from.x + from.w, from.y);
  context.lineTo(to.x, to.y);
  context.lineTo(to.x, to.y + to.h);
  context.lineTo(from.x + from.w, from.y + from.h);
  context.fillStyle = context.strokeStyle = theme.primary;
  context.globalAlpha = 0.13;
  context.fill();
  context.globalAlpha = 0.5;
  context.lineWidth = 1.5;
  context.stroke();
  context.restore();
}

function extentOf(view, grid, cells) {
  if (!cells.length) return null;
  const [rows, columns] = [0, 1].map(axis => cells.map(cell => cell[axis]));
  const [top, start] = [Math.min(...rows), Math.min(...columns)];
  const box = boxOf(grid, top, start, Math.max(...rows) - top + 1, Math.max(...columns) - start + 1);
  const [down, right] = glideOf(view, grid);
  return { ...box, x: box.x + right * grid.cell, y: box.y + down * grid.cell };
}

// In the corner of what is read its weight, in the corner of what is stamped on what is added.
function paintFactors(context, view, grid) {
  const { model, notes, theme } = view;
  const shown = shownOf(view);
  if (!model.weighted || grid.cell < 52) return;
  const size = grid.cell >= 60 ? 14 : 12;
  Object.assign(context, { font: `600 ${size}px ${theme.font}`, textAlign: "right", textBaseline: "alphabetic" });
  const write = (text, row, column, padded) => {
    const box = boxOf(grid, row, column);
    context.fillStyle = padded ? theme.text : inkOn(pixelOf(coloursOf(view, grid), valueIn(view, grid, row, column)));
    context.fillText(text, box.x + box.w - 6, box.y + box.h - 7, grid.cell - 8);
  };
  const now = model.stamps ? null : outputAtHand(view, shown);
  if (grid.role === "input" && now && shown.role !== "weights") {
    for (const tap of tapsOf(model, notes.channel, grid.channel, now.row, now.column))
      if (tap.reads) write(`×${bracketed(tap.weight, value => brief(value, 2))}`, tap.y, tap.x, isPadding(model, tap.y, tap.x));
  } else if (grid.role === "output" && model.stamps && shown.role === "input" && model.inGroup === 1) {
    const value = inputAt(model, firstChannel(model, notes.channel), shown.row, shown.column);
    for (const [r, i] of model.rowReaders[shown.row])
      for (const [c, j] of model.columnReaders[shown.column]) {
        const product = value * weightAt(model, notes.channel, 0, i, j);
        write(`${product < 0 ? "" : "+"}${brief(product, 2)}`, r, c, false);
      }
  }
}

// A dot in the middle of the window, a circle around the cell that the output stands for, where they are apart.
function paintAnchor(context, view) {
  const { model, layout, theme } = view;
  const { anchors } = model.meta;
  const now = outputAtHand(view);
  if (!anchors || !now || (view.target && view.target.role !== "output" && view.target.role !== "tap")) return;
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

// One frame around cells that fill a box, else a frame around each.
function frameCells(context, view, grid, { cells, colour, line, moved }) {
  if (!cells.length) return;
  const { theme } = view;
  const style = { colour, line: grid.cell < 14 ? 1.5 : line };
  const shifted = box => ({ ...box, x: box.x + moved[1] * grid.cell, y: box.y + moved[0] * grid.cell });
  const [rows, columns] = [0, 1].map(axis => cells.map(cell => cell[axis]));
  const [top, start] = [Math.min(...rows), Math.min(...columns)];
  const [high, wide] = [Math.max(...rows) - top + 1, Math.max(...columns) - start + 1];
  const whole =
    new Set(cells.map(([row, column]) => `${row},${column}`)).size === high * wide && grid.pitch[0] === 1 && grid.pitch[1] === 1;
  const boxes = whole ? [boxOf(grid, top, start, high, wide)] : cells.map(([row, column]) => boxOf(grid, row, column));
  for (const box of boxes) frameCell(context, shifted(box), theme, style, grid.cell);
}

function frameCell(context, { x, y, w, h }, theme, { colour, line }, cell) {
  const gap = cell > 40 ? 2 : 1;
  const box = { x: x - gap + line / 2, y: y - gap + line / 2, w: w + gap - line, h: h + gap - line };
  doubleFrame(context, box, theme, { colour, line, around: line + (cell < 14 ? 1 : 2) });
}

// What is not there yet while it plays: outputs ahead of the window are empty, stamped ones hold what has come so far.
function coverAhead(context, view, grid) {
  const { model, notes, theme } = view;
  const stamped = model.stamps && grid.role === "output";
  if (stamped) {
    const values = stampedBy(model, notes.channel, notes.step);
    values.forEach((value, at) => {
      const place = { row: Math.floor(at / model.columns), column: at % model.columns };
      paintCell(context, view, grid, { ...place, value });
    });
  }
  if (model.stamps || !["output", "map", "companion"].includes(grid.role) || grid.side === "input") return;
  for (let step = notes.step + 1; step < model.rows * model.columns; step++) {
    const box = boxOf(grid, Math.floor(step / model.columns), step % model.columns);
    context.globalAlpha = 1;
    context.fillStyle = theme.background;
    context.fillRect(box.x, box.y, box.w, box.h);
    context.globalAlpha = 0.25;
    context.strokeStyle = theme.text;
    context.lineWidth = 1;
    context.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 3, box.h - 3);
    context.globalAlpha = 1;
  }
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
