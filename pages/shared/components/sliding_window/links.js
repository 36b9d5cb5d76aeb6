// What belongs together: the window of an output, all outputs of an input cell, all cells that meet a weight.
// A target is {role: "output" | "input" | "weights" | "tap", …}; links are lists of [row, column] or [row, column, channel].
import { sameCells, stepsOf, tapsOf, winnerOf } from "./model.js";

export function linksOf(view, target) {
  const { model, notes } = view;
  if (target.role === "input") return fromInput(model, target, outputAtHand(view, target));
  if (target.role === "weights") return fromWeight(model, target, outputAtHand(view, target));
  return fromOutput(model, target, notes.channel);
}

/** What is answered: what is pointed at, else what is pinned, else the step. */
export function shownOf(view) {
  return view.target ?? current(view);
}

/** The cell of the step: an output, or the input cell that stamps. */
export function current({ model, notes }) {
  const { columns } = stepsOf(model);
  return { role: model.stamps ? "input" : "output", row: Math.floor(notes.step / columns), column: notes.step % columns };
}

/** The output whose sum is written: the one shown, else the one whose window holds the input cell nearest its middle. */
export function outputAtHand(view, target = shownOf(view)) {
  const { model } = view;
  if (target.role === "output" || target.role === "tap") return target;
  const now = current(view);
  if (target.role === "input") {
    const row = middlemost(model.rowReaders[target.row], model.high);
    const column = middlemost(model.columnReaders[target.column], model.wide);
    return row === null || column === null ? null : { role: "output", row, column };
  }
  if (!model.stamps) return now;
  const reached = (readers, tap) => readers.find(([, at]) => at === tap)?.[0];
  const row = reached(model.rowReaders[now.row], target.row);
  const column = reached(model.columnReaders[now.column], target.column);
  return row === undefined || column === undefined ? null : { role: "output", row, column };
}

function middlemost(readers, taps) {
  let best = null;
  for (const [out, tap] of readers) if (!best || Math.abs(tap - (taps - 1) / 2) < Math.abs(best[1] - (taps - 1) / 2)) best = [out, tap];
  return best && best[0];
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

export function fromInput(model, { row, column, channel }, now = null) {
  const cells = sameCells(model, row, column);
  const outputs = new Map();
  const weights = new Map();
  for (const [y, x] of cells)
    for (const [r, i] of model.rowReaders[y])
      for (const [c, j] of model.columnReaders[x]) {
        outputs.set(`${r},${c}`, [r, c]);
        weights.set(`${i},${j}`, channel === undefined ? [i, j] : [i, j, channel]);
      }
  const of = channel === undefined ? [] : [channel];
  const window = now && !model.stamps ? fromOutput(model, { ...now, channel }, 0) : null;
  const through = window ? readBetween(model, { row, column }, now) : null;
  return {
    input: [...cells.map(([y, x]) => [y, x, ...of]), ...(window ? window.input : [])],
    weights: [...weights.values()],
    output: [...outputs.values()],
    main: {
      input: [[row, column, ...of]],
      weights: through ? [[...through, channel]] : [],
      output: window ? window.output : [],
    },
  };
}

// The tap through which an output reads a cell.
function readBetween(model, { row, column }, now) {
  const i = model.rowReaders[row].find(([out]) => out === now.row)?.[1];
  const j = model.columnReaders[column].find(([out]) => out === now.column)?.[1];
  return i === undefined || j === undefined ? null : [i, j];
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
  const y = now ? model.readRows[now.row * model.high + row] : -1;
  const x = now ? model.readColumns[now.column * model.wide + column] : -1;
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
