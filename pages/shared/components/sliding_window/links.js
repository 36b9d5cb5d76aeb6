// What belongs together: the window of an output, all outputs of an input cell, all cells that meet a weight.
// A target is {role: "output" | "input" | "weights" | "tap", …}; links are lists of [row, column] or [row, column, channel].
import { sameCells, tapsOf, winnerOf } from "./model.js";

export function linksOf(view, target) {
  const { model, notes } = view;
  if (target.role === "input") return fromInput(model, target);
  if (target.role === "weights") return fromWeight(model, target, current(view));
  return fromOutput(model, target, notes.channel);
}

export function current({ model, notes, target }) {
  if (target && (target.role === "output" || target.role === "tap")) return target;
  return { role: "output", row: Math.floor(notes.step / model.columns), column: notes.step % model.columns };
}

function fromOutput(model, { row, column, channel, tap }, out) {
  const links = { input: [], weights: [], output: [[row, column]], main: { output: [[row, column]], input: [], weights: [] } };
  const won = winnerOf(model, out, row, column);
  for (let c = 0; c < model.inGroup; c++) {
    if (channel !== undefined && channel !== c && !tap) continue;
    for (const found of tapsOf(model, out, c, row, column)) {
      if (!found.reads) continue;
      links.input.push([found.y, found.x, c]);
      links.weights.push([found.i, found.j, c]);
      if (!tap && found.i * model.wide + found.j === won) links.main.input.push([found.y, found.x, c]);
      if (tap && tap.channel === c && tap.i === found.i && tap.j === found.j) {
        links.main.input.push([found.y, found.x, c]);
        links.main.weights.push([found.i, found.j, c]);
      }
    }
  }
  return links;
}

export function fromInput(model, { row, column, channel }) {
  const cells = sameCells(model, row, column);
  const outputs = new Map();
  const weights = new Map();
  for (const [y, x] of cells)
    for (const [r, i] of model.rowReaders[y])
      for (const [c, j] of model.columnReaders[x]) {
        outputs.set(`${r},${c}`, [r, c]);
        weights.set(`${i},${j}`, [i, j, channel]);
      }
  return {
    input: cells.map(([y, x]) => [y, x, channel]),
    weights: [...weights.values()],
    output: [...outputs.values()],
    main: { input: [[row, column, channel]], weights: [], output: [] },
  };
}

export function fromWeight(model, { row, column, channel }, now) {
  const input = [];
  const output = [];
  for (let r = 0; r < model.rows; r++)
    for (let c = 0; c < model.columns; c++) {
      const y = model.readRows[r * model.high + row];
      const x = model.readColumns[c * model.wide + column];
      if (y < 0 || x < 0) continue;
      input.push([y, x, channel]);
      output.push([r, c]);
    }
  const y = model.readRows[now.row * model.high + row];
  const x = model.readColumns[now.column * model.wide + column];
  const meets = y >= 0 && x >= 0;
  return {
    input,
    output,
    weights: [[row, column, channel]],
    main: { weights: [[row, column, channel]], input: meets ? [[y, x, channel]] : [], output: meets ? [[now.row, now.column]] : [] },
  };
}

export function targetAt(view, { grid, row, column }) {
  if (grid.role === "weights") return { role: "weights", row, column, channel: grid.channel };
  if (grid.role === "input") return { role: "input", row, column, channel: grid.channel };
  if (grid.role === "companion" && grid.side === "input") return { role: "input", row, column, channel: 0 };
  return { role: "output", row, column, ...(grid.role === "map" ? { channel: grid.channel } : {}) };
}

export function sameTarget(one, other) {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
