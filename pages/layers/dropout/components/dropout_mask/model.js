// The panels: what each shows of one unit, from its definition, and the sentence that writes it out with numbers.
// scale(p) is 1/(1−p), and 0 at p = 1, where PyTorch returns zeros.
import { number } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { cellOf } from "./tiles.js";

const keptScale = p => (p === 1 ? 0 : 1 / (1 - p));
const times = (one, other) => one * other + 0; // −0 + 0 is 0

export const PANELS = {
  x: { title: "x", formula: "what comes in", value: x => x, words: s => `x = ${s.xs}` },
  u: { title: "u", formula: "random, 0 … 1", value: (x, m, u) => u, words: s => `u = ${number(s.u)}` },
  m: {
    title: "mask m",
    formula: "1 where u ≥ p",
    value: (x, m) => m,
    words: s => say(s.m ? "kept_by_rule" : "dropped_by_rule", { u: number(s.u), p: s.ps }),
  },
  upTrain: {
    title: "training",
    formula: "x·m/(1−p)",
    value: (x, m, u, p, scale) => times(x, m) * scale,
    words: s =>
      s.p === 1
        ? say("zero_by_zero", { x: s.xs })
        : `x·m/(1−p) = ${s.xs} · ${s.m} / (1 − ${s.ps}) = ${number(times(s.x * s.m, keptScale(s.p)))}`,
  },
  upEval: { title: "testing", formula: "x", value: x => x, words: s => `x = ${s.xs}` },
  upGradient: {
    title: "gradient",
    formula: "m/(1−p)",
    value: (x, m, u, p, scale) => m * scale,
    words: s => (s.p === 1 ? say("gradient_by_zero") : `m/(1−p) = ${s.m} / (1 − ${s.ps}) = ${number(s.m * keptScale(s.p))}`),
  },
  downTrain: {
    title: "training",
    formula: "x·m",
    value: (x, m) => times(x, m),
    words: s => `x·m = ${s.xs} · ${s.m} = ${number(times(s.x, s.m))}`,
  },
  downEval: {
    title: "testing",
    formula: "x·(1−p)",
    value: (x, m, u, p) => times(x, 1 - p),
    words: s => `x·(1−p) = ${s.xs} · (1 − ${s.ps}) = ${number(times(s.x, 1 - s.p))}`,
  },
  downGradient: { title: "gradient", formula: "m", value: (x, m) => m, words: s => `m = ${s.m}` },
};
export const ROWS = { first: ["x", "u", "m"], up: ["upTrain", "upEval", "upGradient"], down: ["downTrain", "downEval", "downGradient"] };
export const UNSIGNED = new Set(["u", "m", "upGradient", "downGradient"]);

// Everything about one unit at this p. A whole channel shares one random number.
export function unitAt(model, index, p) {
  const u = model.uniform[model.channelwise ? Math.floor(index / model.cells) : index];
  const x = model.values[index];
  return { x, u, p, m: u >= p ? 1 : 0, xs: x < 0 ? `(${number(x)})` : number(x), ps: p.toFixed(2) };
}

export function valuesOf(model, name, p) {
  const { values, uniform, channelwise, cells } = model;
  const { value } = PANELS[name];
  const scale = keptScale(p);
  const found = new Float64Array(values.length);
  for (let i = 0; i < found.length; i++) {
    const u = uniform[channelwise ? Math.floor(i / cells) : i];
    found[i] = value(values[i], u >= p ? 1 : 0, u, p, scale);
  }
  return found;
}

export function meanOf(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

export function placeWords(model, index) {
  const { channel, row, column } = cellOf(model.shape, index);
  if (model.kind === "vector") return say("unit", { unit: channel });
  if (model.shape[0] === 1) return say("cell", { row, column });
  return say("cell_of_channel", { channel: model.names[channel], row, column });
}
