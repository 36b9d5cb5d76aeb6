// Numbers as short as they are true to so many digits, and one sentence about what is pointed at.
import { brief, grouped } from "../../js/numbers.js";
import { fromInput, fromWeight, outputAtHand } from "./links.js";
import { firstChannel, inputAt, isPadding, mapAt, outputAt, tapsOf, weightAt } from "./model.js";

export function counted(count, word) {
  return `${grouped.format(count)} ${word}${count === 1 ? "" : "s"}`;
}

export function placeText(model, row, column) {
  const [top, left] = model.meta.padding;
  const [rows, columns] = model.meta.sources;
  if (!isPadding(model, row, column)) return `(${row - top}, ${column - left})`;
  const from = rows[row] >= 0 && columns[column] >= 0;
  return from ? `padding, a copy of (${rows[row]}, ${columns[column]})` : "padding";
}

export function sentence(view, target) {
  const { model, notes } = view;
  if (target.role === "input") return inputSentence(model, target, firstChannel(model, notes.channel));
  if (target.role === "weights") return weightSentence(view, target);
  return outputSentence(view, target);
}

function inputSentence(model, { row, column, channel }, first) {
  const links = fromInput(model, { row, column, channel });
  if (channel === undefined) return stampSentence(model, { row, column });
  const value = inputAt(model, first + channel, row, column);
  const copies = links.input.length - 1;
  const name = isPadding(model, row, column) ? "This cell is " : `${capital(model.meta.names[0])} cell `;
  const start = `${name}${placeText(model, row, column)}: ${brief(value)}. `;
  if (model.stamps) return `${start}It stamps its multiple of the kernel onto ${counted(links.output.length, "output")}.`;
  if (!links.output.length) return `${start}No window reads it: it is dropped.`;
  const taps = model.rowReaders[row].length * model.columnReaders[column].length;
  const through = model.weighted ? `, each time through another of the ${grouped.format(model.high * model.wide)} weights` : "";
  const also = copies ? `, ${counted(copies, "copy").replace("copys", "copies")} in the padding included` : taps > 1 ? through : "";
  return `${start}It reaches ${counted(links.output.length, "output")}${also}.`;
}

function stampSentence(model, { row, column }) {
  const reached = fromInput(model, { row, column, channel: 0 }).output.length;
  return `${capital(model.meta.names[0])} cell (${row}, ${column}) stamps its multiple of the kernel onto ${counted(reached, "output")}; where stamps overlap, they are added.`;
}

function weightSentence(view, target) {
  const { model, notes } = view;
  const { row, column, channel } = target;
  const links = fromWeight(model, target, outputAtHand(view, target));
  const value = weightAt(model, notes.channel, channel, row, column);
  const cells = new Set(links.input.map(cell => `${cell[0]},${cell[1]}`));
  const where = `${capital(model.meta.names[1])} (${row}, ${column}): ${brief(value)}. `;
  const met = links.main.input[0];
  const now = met
    ? ` In the output at hand it meets ${brief(inputAt(model, firstChannel(model, notes.channel) + channel, met[0], met[1]))}.`
    : "";
  return `${where}The same weight meets ${counted(cells.size, "cell")}, one for each of ${counted(links.output.length, "output")}.${now}`;
}

function outputSentence(view, { row, column, channel }) {
  const { model, notes } = view;
  const taps = [];
  for (let c = 0; c < model.inGroup; c++) taps.push(...tapsOf(model, notes.channel, c, row, column));
  const read = taps.filter(tap => tap.reads);
  const padded = read.filter(tap => isPadding(model, tap.y, tap.x)).length;
  const value = channel === undefined ? outputAt(model, notes.channel, row, column) : mapAt(model, notes.channel, channel, row, column);
  const name = channel === undefined ? capital(model.meta.names[2]) : `Sum of channel ${channel}`;
  const some = padded ? `, ${grouped.format(padded)} of them padding` : "";
  return `${name} (${row}, ${column}): ${brief(value, 6)}, from ${counted(read.length, "cell")}${some}.`;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
