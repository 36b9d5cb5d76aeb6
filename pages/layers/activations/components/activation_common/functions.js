// The activation functions as the browser needs them while something is dragged. Python's own are the reference: what
// it sends along is compared here, and the largest difference is shown.
import { number } from "../../../../shared/js/numbers.js";

const ROOT_2_PI = Math.sqrt(2 * Math.PI);
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

const logistic = x => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const density = x => Math.exp((-x * x) / 2) / ROOT_2_PI;

// Φ(x): a series of positive terms near 0, a continued fraction far out.
function below(x) {
  const size = Math.abs(x);
  if (size < 5) {
    let term = size;
    let sum = size;
    for (let n = 1; term > sum * 1e-17; n++) sum += term *= (size * size) / (2 * n + 1);
    const half = sum * density(size);
    return x < 0 ? 0.5 - half : 0.5 + half;
  }
  let fraction = size;
  for (let k = 60; k > 0; k--) fraction = size + k / fraction;
  const tail = density(size) / fraction;
  return x < 0 ? tail : 1 - tail;
}

const GELU_ROOT = Math.sqrt(2 / Math.PI);
const GELU_CUBE = 0.044715;
const geluInner = x => GELU_ROOT * (x + GELU_CUBE * x ** 3);
const clip6 = x => Math.min(Math.max(x + 3, 0), 6);
const n4 = value => number(value, 4);
const inBrackets = value => (value < 0 ? `(${n4(value)})` : n4(value));

// f, g = f′, and both written out with the number put in.
export const FUNCTIONS = {
  sigmoid: {
    f: logistic,
    g: x => logistic(x) * logistic(-x),
    write: x => [`1 / (1 + e^${inBrackets(-x)})`, `σ(x) · (1 − σ(x)) = ${n4(logistic(x))} · ${n4(logistic(-x))}`],
  },
  tanh: {
    f: Math.tanh,
    g: x => 4 * logistic(2 * x) * logistic(-2 * x),
    write: x => [
      `(e^${inBrackets(x)} − e^${inBrackets(-x)}) / (e^${inBrackets(x)} + e^${inBrackets(-x)})`,
      `1 − tanh² x = 1 − ${inBrackets(Math.tanh(x))}²`,
    ],
  },
  relu: {
    f: x => Math.max(x, 0),
    g: x => (x > 0 ? 1 : 0),
    write: x => [`max(0, ${n4(x)})`, x > 0 ? "1, because x > 0" : "0, because x ≤ 0"],
  },
  relu6: {
    f: x => Math.min(Math.max(x, 0), 6),
    g: x => (x > 0 && x < 6 ? 1 : 0),
    write: x => [`min(max(0, ${n4(x)}), 6)`, x > 0 && x < 6 ? "1, because 0 < x < 6" : "0, because x lies outside 0 to 6"],
  },
  leaky_relu: { f: (x, p) => (x > 0 ? x : p * x), g: (x, p) => (x > 0 ? 1 : p), write: leakyText },
  prelu: { f: (x, p) => (x > 0 ? x : p * x), g: (x, p) => (x > 0 ? 1 : p), write: leakyText },
  elu: {
    f: (x, p) => (x > 0 ? x : p * Math.expm1(x)),
    g: (x, p) => (x > 0 ? 1 : p * Math.exp(x)),
    write: (x, p) =>
      x > 0 ? ["x, because x > 0", "1, because x > 0"] : [`${n4(p)} · (e^${inBrackets(x)} − 1)`, `${n4(p)} · e^${inBrackets(x)}`],
  },
  selu: {
    f: x => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
    g: x => SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x)),
    write: x =>
      x > 0
        ? [`1.0507 · ${n4(x)}`, "1.0507, because x > 0"]
        : [`1.0507 · 1.6733 · (e^${inBrackets(x)} − 1)`, `1.0507 · 1.6733 · e^${inBrackets(x)}`],
  },
  gelu: {
    f: x => x * below(x),
    g: x => below(x) + x * density(x),
    write: x => [
      `x · Φ(x) = ${inBrackets(x)} · ${n4(below(x))}`,
      `Φ(x) + x · φ(x) = ${n4(below(x))} + ${inBrackets(x)} · ${n4(density(x))}`,
    ],
  },
  gelu_tanh: {
    f: x => 0.5 * x * (1 + Math.tanh(geluInner(x))),
    g: x => {
      const inner = geluInner(x);
      const t = Math.tanh(inner);
      return 0.5 * (1 + t) + 2 * x * logistic(2 * inner) * logistic(-2 * inner) * GELU_ROOT * (1 + 3 * GELU_CUBE * x * x);
    },
    write: x => [
      `½ · ${inBrackets(x)} · (1 + ${inBrackets(Math.tanh(geluInner(x)))})`,
      `½(1 + t) + ½x(1 − t²)·u′, t = ${n4(Math.tanh(geluInner(x)))}`,
    ],
  },
  silu: {
    f: x => x * logistic(x),
    g: x => logistic(x) + x * logistic(x) * logistic(-x),
    write: x => [
      `x · σ(x) = ${inBrackets(x)} · ${n4(logistic(x))}`,
      `σ + x·σ·(1 − σ) = ${n4(logistic(x))} + ${inBrackets(x)} · ${n4(logistic(x) * logistic(-x))}`,
    ],
  },
  softplus: {
    f: (x, p) => Math.max(x, 0) + Math.log1p(Math.exp(-p * Math.abs(x))) / p,
    g: (x, p) => logistic(p * x),
    write: (x, p) => [`ln(1 + e^${inBrackets(p * x)}) / ${n4(p)}`, `σ(βx) = σ(${n4(p * x)})`],
  },
  hard_swish: {
    f: x => (x * clip6(x)) / 6,
    g: x => (x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1),
    write: x => [
      `${inBrackets(x)} · ${n4(clip6(x))} / 6`,
      x <= -3 ? "0, because x ≤ −3" : x < 3 ? `${inBrackets(x)} / 3 + ½` : "1, because x ≥ 3",
    ],
  },
  hard_sigmoid: {
    f: x => clip6(x) / 6,
    g: x => (x > -3 && x < 3 ? 1 / 6 : 0),
    write: x => [`${n4(clip6(x))} / 6`, x > -3 && x < 3 ? "1/6, because |x| < 3" : "0, because |x| ≥ 3"],
  },
  identity: { f: x => x, g: () => 1, write: x => [n4(x), "1 everywhere"] },
};

function leakyText(x, p) {
  return x > 0 ? ["x, because x > 0", "1, because x > 0"] : [`${n4(p)} · ${inBrackets(x)}`, `${n4(p)}, because x ≤ 0`];
}

// The largest difference from Python's numbers: checks = {name: [[x, f, g], …]}, each at the function's usual parameter.
export function apartFromPython(checks, usual) {
  let worst = 0;
  for (const [name, rows] of Object.entries(checks)) {
    const { f, g } = FUNCTIONS[name];
    const p = usual(name);
    for (const [x, value, slope] of rows) worst = Math.max(worst, Math.abs(f(x, p) - value), Math.abs(g(x, p) - slope));
  }
  return worst;
}
