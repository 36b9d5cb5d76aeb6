// How one cell of a box's map came about, in numbers: what was read, what was done, what came out.
import { brief, bracketed, grouped } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";

/** The value of a step's map at a cell of a channel (by its number); undefined where it did not travel. */
export function valueAt(step, channel, row, column) {
  const place = step.channels.indexOf(channel);
  const [, height, width] = step.maps;
  if (place < 0) return undefined;
  return step.values[(place * height + Math.min(row, height - 1)) * width + Math.min(column, width - 1)];
}

/**
 * The sum, product or copy that a box of several inputs computes at a cell, in as few digits as it takes for the printed
 * numbers to be right among themselves. inputs: last steps of each, in the order in which they are drawn.
 * @returns {{words: string, printed: string[], result: number}}
 */
export function metAt(node, inputs, channel, row, column) {
  const result = valueAt(node.steps[0], channel, row, column);
  if (node.kind === "concatenation") {
    const from = sourceOf(node, inputs, channel);
    const words = say("same_number", { channel, own: from.channel, source: from.words, value: brief(result) });
    return { words, printed: [brief(result), brief(result)], result };
  }
  const product = node.kind === "multiplication";
  const made = values => (product ? values.reduce((all, value) => all * value, 1) : values.reduce((all, value) => all + value, 0));
  const values = inputs.map(step => valueAt(step, channel, row, column));
  const digits =
    [2, 3, 4, 5, 6].find(count => made(values.map(value => rounded(value, count))).toFixed(count) === result.toFixed(count)) ?? 6;
  const print = value => String(rounded(value, digits)).replace("-", "−");
  const words = `${values.map((value, index) => (index && value < 0 ? `(${print(value)})` : print(value))).join(product ? " × " : " + ")} = ${print(result)}`;
  return { words, printed: [...values, result].map(print), result: made(values) };
}

function rounded(value, digits) {
  return Number(value.toFixed(digits));
}

/** Which input a channel of a concatenation comes from: {place, channel, words}. */
export function sourceOf(node, inputs, channel) {
  const place = node.starts.findLastIndex(start => start <= channel);
  const branch = node.branches?.[place];
  return { place, channel: channel - node.starts[place], words: branch ?? inputs[place].key };
}

/** [words, result] of one step of a chain; null where it cannot be computed from what is drawn. before: the step it reads. */
export function computed(step, before, channel, row, column) {
  const rule = RULES[step.kind];
  return rule ? rule(step, before, channel, row, column) : null;
}

const RULES = { normalization: normalised, activation: bent, convolution: filtered, pooling: pooled };

function normalised(step, before, channel, row, column) {
  const { mean, variance, scale, shift, epsilon } = step.arithmetic;
  const read = valueAt(before, channel, row, column);
  const at = step.channels.indexOf(channel);
  if (!mean || read === undefined) return null;
  const deviation = Math.sqrt(variance[at] + epsilon);
  const result = ((read - mean[at]) / deviation) * scale[at] + shift[at];
  return [
    `(${brief(read)} − ${bracketed(mean[at])}) / ${brief(deviation)} · ${bracketed(scale[at])} + ${bracketed(shift[at])} = ${brief(valueAt(step, channel, row, column))}`,
    result,
  ];
}

const FUNCTIONS = {
  relu: value => Math.max(0, value),
  relu6: value => Math.min(6, Math.max(0, value)),
  sigmoid: value => 1 / (1 + Math.exp(-value)),
  hardsigmoid: value => Math.min(1, Math.max(0, value / 6 + 0.5)),
  hardswish: value => value * Math.min(1, Math.max(0, value / 6 + 0.5)),
  silu: value => value / (1 + Math.exp(-value)),
};

function bent(step, before, channel, row, column) {
  const name = step.operation.split(/[ (]/)[0];
  const rule = FUNCTIONS[name.toLowerCase()];
  const read = valueAt(before, channel, row, column);
  if (!rule || read === undefined) return null;
  return [`${name}(${brief(read)}) = ${brief(valueAt(step, channel, row, column))}`, rule(read)];
}

// Every cell of a window that lies on the map: [value, place in the window]; null where the map is drawn with gaps.
function windowOf(step, before, channel, row, column) {
  const { window, stride, padding } = step.arithmetic;
  if (!window || before.every > 1 || step.every > 1 || before.channels.indexOf(channel) < 0) return null;
  const [, height, width] = before.maps;
  const found = [];
  for (let i = 0; i < window[0]; i++)
    for (let j = 0; j < window[1]; j++) {
      const [r, c] = [row * stride[0] - padding[0] + i, column * stride[1] - padding[1] + j];
      if (r >= 0 && c >= 0 && r < height && c < width) found.push([valueAt(before, channel, r, c), i * window[1] + j]);
    }
  return found;
}

function filtered(step, before, channel, row, column) {
  const { kernels, bias, products } = step.arithmetic;
  const at = step.channels.indexOf(channel);
  const read = kernels && windowOf(step, before, channel, row, column);
  const out = brief(valueAt(step, channel, row, column));
  const more = bias ? ` + ${bracketed(bias[at])}` : "";
  if (!read) return products ? [sumInWords(products, bias?.[at], out), null] : null;
  const terms = read.map(([value, place]) => value * kernels[at][place]);
  const words = read.map(([value, place]) => `${bracketed(value, short)} · ${bracketed(kernels[at][place], short)}`);
  return [`${words.join(" + ")}${more} = ${out}`, terms.reduce((sum, term) => sum + term, bias ? bias[at] : 0)];
}

function short(value) {
  return brief(value, 2);
}

function sumInWords(count, bias, value) {
  const products = grouped.format(count);
  if (bias === undefined) return say("sum", { products, value });
  return say("sum_and_bias", { products, bias: bracketed(bias), value });
}

function pooled(step, before, channel, row, column) {
  const out = brief(valueAt(step, channel, row, column));
  if (step.maps[1] === 1 && step.maps[2] === 1 && before.maps[1] > 1) {
    const [, height, width] = before.maps;
    const at = before.channels.indexOf(channel);
    if (at < 0 || before.every > 1) return [say("mean", { cells: grouped.format(before.shape[1] * before.shape[2]), value: out }), null];
    const cells = before.values.subarray(at * height * width, (at + 1) * height * width);
    const mean = cells.reduce((sum, value) => sum + value, 0) / cells.length;
    return [say("mean", { cells: grouped.format(cells.length), value: out }), mean];
  }
  const read = windowOf(step, before, channel, row, column);
  if (!read) return null;
  const values = read.map(([value]) => value);
  return [say("largest", { values: values.map(value => brief(value, 3)).join(", "), value: out }), Math.max(...values)];
}
