// What is asked (settings and typed numbers, as the link has them) and the numbers that belong to it.
import { convolve } from "./arithmetic.js";

const FIELD = 32;
const KERNEL = 7;
const MOST_CHANNELS = 4;

export function numbersOf(meta, blob) {
  const doubles = name => new Float64Array(blob(name).buffer);
  return { meta, field: doubles("field"), kernels: doubles("kernels"), ones: doubles("ones"), pictures: blob("pictures") };
}

export function pairOf(asked, name) {
  return [asked[name], asked.apart ? asked[`${name}_columns`] : asked[name]];
}

/** The setting as the arithmetic takes it. */
export function settingOf({ meta }, asked) {
  const size = meta.colours ? [asked.pixels, asked.pixels] : [asked.rows, asked.columns];
  const { groups, outputs, flipped, transposed } = asked;
  return {
    size,
    channels: meta.colours || asked.channels,
    outputs,
    groups,
    flipped,
    transposed,
    kernel: pairOf(asked, "kernel"),
    stride: pairOf(asked, "stride"),
    dilation: pairOf(asked, "dilation"),
    padding: asked.same && !transposed ? "same" : pairOf(asked, "padding"),
    extra: transposed ? pairOf(asked, "extra") : [0, 0],
    mode: transposed ? "zeros" : asked.mode,
  };
}

export function inputOf(numbers, asked, { channels, size }) {
  const [rows, columns] = size;
  if (numbers.meta.colours) return pictureOf(numbers, asked.pixels);
  const found = new Float64Array(channels * rows * columns);
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        found[(channel * rows + row) * columns + column] =
          asked.typed[`x.${channel}.${row}.${column}`] ?? numbers.field[(channel * FIELD + row) * FIELD + column];
  return found;
}

function pictureOf({ meta, pictures }, size) {
  let start = 0;
  for (let n = meta.bounds.pixels[0]; n < size; n++) start += meta.colours * n * n;
  return Float64Array.from(pictures.subarray(start, start + meta.colours * size * size), hundredths => hundredths / 100);
}

export function weightsOf(numbers, asked, { channels, outputs, groups, kernel }) {
  const [high, wide] = kernel;
  const within = Math.max(1, Math.floor(channels / groups));
  const classic = high === wide && numbers.meta.kernels.find(one => one.name === asked.name)?.sizes[high];
  const found = new Float64Array(outputs * within * high * wide);
  let at = 0;
  for (let out = 0; out < outputs; out++)
    for (let channel = 0; channel < within; channel++)
      for (let i = 0; i < high; i++)
        for (let j = 0; j < wide; j++) {
          const begun = classic
            ? classic[i * wide + j]
            : high * wide === 1
              ? numbers.ones[out * MOST_CHANNELS + channel]
              : numbers.kernels[((out * MOST_CHANNELS + channel) * KERNEL + i) * KERNEL + j];
          found[at++] = asked.typed[`w.${out}.${channel}.${i}.${j}`] ?? begun;
        }
  return found;
}

/** Everything that follows from what is asked. Throws Refused where there is no result. */
export function resultOf(numbers, asked) {
  const setting = settingOf(numbers, asked);
  const x = inputOf(numbers, asked, setting);
  const weights = weightsOf(numbers, asked, setting);
  return { setting, x, weights, ...convolve(x, weights, asked.bias, setting) };
}
