// What the cell at hand is linked with, in frames over the cells: the beam, the factors, what is still covered.
import { doubleFrame, haloed } from "../../js/canvas.js";
import { inkOn } from "../../js/ink.js";
import { bracketed, brief } from "../../js/numbers.js";
import { boxOf } from "./layout.js";
import { current, outputAtHand, shownOf } from "./links.js";
import { firstChannel, inputAt, isPadding, stampedBy, tapsOf, weightAt, winnerOf } from "./model.js";
import { left } from "./motion.js";
import { coloursOf, paintCell, pixelOf, valueIn } from "./paint.js";

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

const NAME = 25; // pixels above a grid that its name takes

// A beam from the window to what becomes of it, behind everything that holds numbers and behind their names.
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
  for (const grid of layout.grids) context.rect(grid.x - 3, grid.y - NAME, grid.broad * grid.cell + 6, grid.tall * grid.cell + NAME + 3);
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
