import { say } from "./say.js";

export const grouped = new Intl.NumberFormat("en-GB");

// Four digits, a real minus sign, powers of ten only where nothing else is legible.
export function number(value, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (!Number.isFinite(size)) return value < 0 ? "−∞" : "∞";
  const text =
    size >= 1e5 || size < 1e-3
      ? size
          .toExponential(digits - 2)
          .replace("e+", "e")
          .replace("-", "−")
      : trimmed(size.toPrecision(digits));
  return (value < 0 ? "−" : "") + text;
}

function trimmed(text) {
  return text.includes("e") ? grouped.format(Number(text)) : text;
}

// A float32 as it is: the shortest decimal that names it and no other.
export function exact(value) {
  if (!Number.isFinite(value)) return number(value);
  for (let digits = 6; digits < 9; digits++) {
    if (Math.fround(Number(value.toPrecision(digits))) === value) return String(Number(value.toPrecision(digits))).replace("-", "−");
  }
  return String(Number(value.toPrecision(9))).replace("-", "−");
}

/** A probability or another share: the same text as `percent` of cnnviz/figures/numbers.py, for every number. */
export function percent(share) {
  if (share === null || !Number.isFinite(share)) return "–";
  if (share < 0) return share > -0.0005 ? "> −0.1 %" : `−${percent(-share)}`;
  if (share === 0 || share === 1) return share ? "100 %" : "0 %";
  if (share >= 0.9995 && share < 1) return "> 99.9 %";
  const hundredths = 100 * share;
  const even = (4 * hundredths) % 4 === 1 ? hundredths - 0.05 : hundredths; // half way between two tenths: to the even one
  return share < 0.0005 ? "< 0.1 %" : `${even.toFixed(1)} %`;
}

/** As short as it is true to so many digits, without zeros behind; never in groups of three. */
export function brief(value, digits = 4) {
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : value > 0 ? "∞" : "–";
  return String(Number(value.toPrecision(digits))).replaceAll("-", "−");
}

/** A factor in a product: in brackets where it is negative. */
export function bracketed(value, text = brief) {
  return value < 0 ? `(${text(value)})` : text(value);
}

export function shapeText(shape) {
  return `[${shape.join(", ")}]`;
}

/** A value, held between two bounds. */
// 0.25 and 4 as "0.25⁴": `power` of cnnviz/figures/numbers.py.
export function power(base, exponent) {
  return `${base}${[...String(exponent)].map(digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("")}`;
}

export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/** The whole number at or below a value, held to the indices 0 … count − 1. */
export function indexIn(value, count) {
  return clamp(Math.floor(value), 0, count - 1);
}

/** A number, or the word that the packet has in its place: "zero", "infinite", "undefined". */
export function worded(value) {
  if (value === "zero") return say("exactly_zero");
  if (value === "undefined") return say("not_a_number");
  return value === "infinite" ? "∞" : number(value, 3);
}
