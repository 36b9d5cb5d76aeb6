// Numbers as cnnviz.figures.numbers writes them: three digits, a real minus, powers of ten where tiny or huge.
const MINUS = "−";

function power(value) {
  const [mantissa, exponent] = value.toExponential(1).split("e");
  return `${mantissa}e${Number(exponent)}`;
}

export function number(value) {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  let text;
  if (size < 0.0009995 || size >= 9999999.5) text = power(value);
  else text = size >= 999.5 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
  return text.replaceAll("-", MINUS);
}

// The power of ten that a whole grid is shown in: 0 where plain numbers do.
export function exponentFor(limit) {
  if (!(limit > 0)) return 0;
  const exponent = Math.floor(Math.log10(limit) + 1e-9);
  return exponent < -1 || exponent > 2 ? exponent : 0;
}

export function superscript(exponent) {
  const digits = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  return [...String(exponent)].map(digit => digits[digit]).join("");
}

// What fits a cell: "−0.31", in a narrow one "−.31".
export function cellText(value, exponent, narrow) {
  const scaled = value / 10 ** exponent;
  const size = Math.abs(scaled);
  let text = scaled.toFixed(size >= 99.5 ? 0 : size >= 9.95 ? 1 : 2);
  if (Number(text) === 0) text = "0";
  if (narrow) text = size >= 0.995 ? scaled.toFixed(size >= 9.95 ? 0 : 1) : text.replace("0.", ".");
  return text.replace("-", MINUS);
}

export function floats(packed) {
  if (!packed) return new Float32Array(0);
  return new Float32Array(Uint8Array.from(atob(packed), letter => letter.charCodeAt(0)).buffer);
}

export function bytes(packed) {
  return Uint8Array.from(atob(packed), letter => letter.charCodeAt(0));
}

// A diverging palette: entry 128 is zero, ±127 steps to the limit (cnnviz.figures.palettes).
export function colourOf(lut, value, limit) {
  const share = limit > 0 ? Math.max(-1, Math.min(1, value / limit)) : 0;
  const entry = 3 * (128 + Math.round(127 * share));
  return [lut[entry], lut[entry + 1], lut[entry + 2]];
}

export function largest(values) {
  let limit = 0;
  for (const value of values) limit = Math.max(limit, Math.abs(value));
  return limit;
}
