// What is pointed at, in sentences.
import { brief, grouped } from "../../js/numbers.js";
import { say } from "../../js/say.js";
import { fromInput, fromWeight, outputAtHand } from "./links.js";
import { firstChannel, inputAt, isPadding, mapAt, outputAt, tapsOf, weightAt } from "./model.js";

export function placeText(model, row, column) {
  const [top, left] = model.meta.padding;
  const [rows, columns] = model.meta.sources;
  if (!isPadding(model, row, column)) return say("place", { row: row - top, column: column - left });
  const from = rows[row] >= 0 && columns[column] >= 0;
  return from ? say("copy", { row: rows[row], column: columns[column] }) : say("padding");
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
  const place = placeText(model, row, column);
  const start = isPadding(model, row, column)
    ? say("padding_cell", { place, value: brief(value) })
    : say("real_cell", { name: capital(model.meta.names[0]), place, value: brief(value) });
  return [start, ...reachSentences(model, row, column, links)].join(" ");
}

function reachSentences(model, row, column, links) {
  const outputs = grouped.format(links.output.length);
  const one = links.output.length === 1;
  if (model.stamps) return [one ? say("stamps_one") : say("stamps_many", { outputs })];
  if (!links.output.length) return [say("dropped")];
  const copies = links.input.length - 1;
  const taps = model.rowReaders[row].length * model.columnReaders[column].length;
  if (!copies && taps > 1 && model.weighted && !one)
    return [say("reaches_through", { outputs, weights: grouped.format(model.high * model.wide) })];
  const reached = one ? say("reaches_one") : say("reaches_many", { outputs });
  if (!copies) return [reached];
  return [reached, copies === 1 ? say("copies_one") : say("copies_many", { copies: grouped.format(copies) })];
}

function stampSentence(model, { row, column }) {
  const reached = fromInput(model, { row, column, channel: 0 }).output.length;
  const name = capital(model.meta.names[0]);
  if (reached === 1) return say("all_stamp_one", { name, row, column });
  return say("all_stamp", { name, row, column, outputs: grouped.format(reached) });
}

function weightSentence(view, target) {
  const { model, notes } = view;
  const { row, column, channel } = target;
  const links = fromWeight(model, target, outputAtHand(view, target));
  const value = weightAt(model, notes.channel, channel, row, column);
  const cells = new Set(links.input.map(cell => `${cell[0]},${cell[1]}`));
  const sentences = [
    say("weight", { name: capital(model.meta.names[1]), row, column, value: brief(value) }),
    meetSentence(cells.size, links.output.length),
  ];
  const met = links.main.input[0];
  if (met) sentences.push(say("meets_now", { value: brief(inputAt(model, firstChannel(model, notes.channel) + channel, met[0], met[1])) }));
  return sentences.join(" ");
}

function meetSentence(cells, outputs) {
  if (!cells) return say("weight_meets_none");
  if (cells === 1 && outputs === 1) return say("weight_meets_one");
  return say("weight_meets_many", { cells: grouped.format(cells), outputs: grouped.format(outputs) });
}

function outputSentence(view, { row, column, channel }) {
  const { model, notes } = view;
  const taps = [];
  for (let c = 0; c < model.inGroup; c++) taps.push(...tapsOf(model, notes.channel, c, row, column));
  const read = taps.filter(tap => tap.reads);
  const padded = read.filter(tap => isPadding(model, tap.y, tap.x)).length;
  const value = channel === undefined ? outputAt(model, notes.channel, row, column) : mapAt(model, notes.channel, channel, row, column);
  const name = channel === undefined ? capital(model.meta.names[2]) : say("channel_sum", { channel });
  const [text, cells] = [brief(value, 6), grouped.format(read.length)];
  if (padded) return say("output_padded", { name, row, column, value: text, cells, padded: grouped.format(padded) });
  if (read.length === 1) return say("output_of_one", { name, row, column, value: text });
  return say("output_of_many", { name, row, column, value: text, cells });
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
