// The convolution as cnnviz.topics.convolution computes it, number for number and sentence for sentence: the same order of
// additions, so the same float64. What has no result throws a Refused with the remedy.
import { say } from "../../../../shared/js/say.js";

export class Refused extends Error {}

const AXES = ["rows", "columns"];

/** For each of before + size + after places the place of the input that it repeats, −1 for a zero. */
export function sourcesOf(size, before, after, mode, side) {
  const most = mode === "reflect" ? size - 1 : mode === "circular" ? size : Math.max(before, after);
  if (Math.max(before, after) > most) throw new Refused(say("repeats", { mode, size, side, most, asked: Math.max(before, after) }));
  return Array.from({ length: before + size + after }, (_, at) => repeated(at - before, size, mode));
}

function repeated(place, size, mode) {
  if (mode === "replicate") return Math.max(0, Math.min(size - 1, place));
  if (mode === "circular") return ((place % size) + size) % size;
  if (place >= 0 && place < size) return place;
  if (mode === "zeros") return -1;
  return place < 0 ? -place : 2 * (size - 1) - place;
}

/** [top, left, bottom, right]; "same" puts the odd one right and below. */
export function paddingAround({ kernel, stride, padding, dilation }) {
  if (padding !== "same") return [padding[0], padding[1], padding[0], padding[1]];
  if (stride[0] !== 1 || stride[1] !== 1) throw new Refused(say("same_with_stride"));
  const total = [0, 1].map(axis => dilation[axis] * (kernel[axis] - 1));
  const before = total.map(cells => Math.floor(cells / 2));
  return [before[0], before[1], total[0] - before[0], total[1] - before[1]];
}

function checkGroups({ channels, outputs, groups }) {
  if (channels % groups || outputs % groups) throw new Refused(say("unequal_groups", { channels, outputs, groups }));
}

function readingTables(asked, padded) {
  return AXES.map((side, axis) => {
    const kernel = asked.kernel[axis];
    const span = asked.dilation[axis] * (kernel - 1) + 1;
    if (span > padded[axis]) throw new Refused(say("kernel_too_large", { span, side, size: padded[axis] }));
    const outputs = Math.floor((padded[axis] - span) / asked.stride[axis]) + 1;
    return table(outputs, kernel, (out, tap) => out * asked.stride[axis] + tap * asked.dilation[axis]);
  });
}

function stampingTables(asked) {
  return AXES.map((side, axis) => {
    const [stride, padding, dilation, extra, kernel] = ["stride", "padding", "dilation", "extra", "kernel"].map(key => asked[key][axis]);
    const most = Math.max(stride, dilation);
    if (extra >= most) throw new Refused(say("output_padding_too_large", { extra, most, less: most - 1 }));
    const size = asked.size[axis];
    const outputs = stride * (size - 1) + dilation * (kernel - 1) + extra + 1 - 2 * padding;
    if (outputs < 1) throw new Refused(say("nothing_left", { padding, side }));
    return table(outputs, kernel, (out, tap) => {
      const start = out + padding - dilation * tap;
      const place = start / stride;
      return Number.isInteger(place) && place >= 0 && place < size ? place : -1;
    });
  });
}

function table(outputs, taps, place) {
  const found = new Int32Array(outputs * taps);
  for (let out = 0; out < outputs; out++) for (let tap = 0; tap < taps; tap++) found[out * taps + tap] = place(out, tap);
  return found;
}

/**
 * x: [C, H, W], weights: [O, C / groups, kh, kw], bias: one number or null. asked: {channels, outputs, groups, size, kernel,
 * stride, padding (a pair or "same"), dilation, extra: pairs of (rows, columns), mode, flipped, transposed}.
 */
export function convolve(x, weights, bias, asked) {
  checkGroups(asked);
  const around = asked.transposed ? [0, 0, 0, 0] : paddingAround(asked);
  const sources = AXES.map((name, axis) =>
    sourcesOf(asked.size[axis], around[axis], around[2 + axis], asked.transposed ? "zeros" : asked.mode, name),
  );
  const padded = sources.map(places => places.length);
  const [rows, columns] = asked.transposed ? stampingTables(asked) : readingTables(asked, padded);
  const input = paddedInput(x, asked, sources);
  const [high, wide] = asked.kernel;
  const shape = [asked.outputs, rows.length / high, columns.length / wide];
  const made = { around, sources, padded, input, rows, columns, shape, high, wide };
  const output = summed(made, weights, bias, asked, asked.flipped);
  const straight = asked.flipped ? summed(made, weights, bias, asked, false) : null;
  return { ...made, output, straight, drawn: asked.flipped ? turned(weights, high * wide) : weights };
}

function paddedInput(x, { channels, size }, sources) {
  const [rows, columns] = sources;
  const found = new Float64Array(channels * rows.length * columns.length);
  let at = 0;
  for (let channel = 0; channel < channels; channel++)
    for (const row of rows)
      for (const column of columns) found[at++] = row < 0 || column < 0 ? 0 : x[(channel * size[0] + row) * size[1] + column];
  return found;
}

// One tap after the other within a channel, then the channels, then the bias: the order in which Python adds.
function summed({ input, rows, columns, shape, high, wide, padded }, weights, bias, { channels, outputs, groups }, flipped) {
  const within = channels / groups;
  const found = new Float64Array(shape[0] * shape[1] * shape[2]);
  let at = 0;
  for (let out = 0; out < outputs; out++) {
    const first = Math.floor(out / (outputs / groups)) * within;
    for (let row = 0; row < shape[1]; row++)
      for (let column = 0; column < shape[2]; column++) {
        let sum = 0;
        for (let channel = 0; channel < within; channel++) {
          let part = 0;
          for (let i = 0; i < high; i++)
            for (let j = 0; j < wide; j++) {
              const y = rows[row * high + (flipped ? high - 1 - i : i)];
              const z = columns[column * wide + (flipped ? wide - 1 - j : j)];
              if (y >= 0 && z >= 0)
                part +=
                  weights[((out * within + channel) * high + i) * wide + j] * input[((first + channel) * padded[0] + y) * padded[1] + z];
            }
          sum += part;
        }
        found[at++] = sum + (bias ?? 0);
      }
  }
  return found;
}

/** Every kernel of so many cells turned by 180°. */
export function turned(weights, cells) {
  const found = new Float64Array(weights.length);
  for (let start = 0; start < weights.length; start += cells)
    for (let at = 0; at < cells; at++) found[start + at] = weights[start + cells - 1 - at];
  return found;
}

/** Where a kernel has no middle cell: the padded row and column that each output stands over; else null. */
export function anchorsOf({ around, shape }, { kernel, stride, dilation, transposed }) {
  const shift = [0, 1].map(axis => (dilation[axis] * (kernel[axis] - 1)) / 2 - around[axis]);
  if (transposed || !shift.some(cells => cells % 1)) return null;
  return [0, 1].map(axis => Array.from({ length: shape[1 + axis] }, (_, out) => out * stride[axis] + around[axis]));
}

/** The size along an axis with its numbers put in: "⌊(5 + 2·0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 3". */
export function sizeFormula(asked, around, axis, result) {
  const [n, k, s, d] = ["size", "kernel", "stride", "dilation"].map(name => asked[name][axis]);
  const [before, after] = [around[axis], around[2 + axis]];
  if (asked.transposed) return `${s}·(${n} − 1) + ${d}·(${k} − 1) + ${asked.extra[axis]} + 1 − 2·${asked.padding[axis]} = ${result}`;
  const padded = before === after ? `${n} + 2·${before}` : `${n} + ${before} + ${after}`;
  return `⌊(${padded} − ${d}·(${k} − 1) − 1) / ${s}⌋ + 1 = ${result}`;
}
