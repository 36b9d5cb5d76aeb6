export const PAST = ["#d0701c", "#16917e", "#b8558f"]; // older settings: told apart on both grounds, drawn thin
export const NOW = "#3b78c2";
export const DASH = { bound: [7, 4], weighed: [1.5, 4] };

export const isNumber = value => typeof value === "number" && Number.isFinite(value) && value > 0;

// The decades that hold every finite value of what is drawn, with room for "zero" below and "infinite" above.
export function decades(curves) {
  const logs = curves.flat().filter(isNumber).map(Math.log10);
  const low = logs.length ? Math.floor(Math.min(...logs)) : -1;
  const high = logs.length ? Math.ceil(Math.max(...logs)) : 1;
  const flat = curves.flat();
  return {
    low,
    high: Math.max(high, low + 1),
    zero: flat.includes("zero"),
    beyond: flat.some(value => value === "infinite" || value === "undefined"),
  };
}

export function curvesOf(view, name) {
  const frame = view.header.frames[view.frame];
  const all = [...view.header.frames.flatMap(one => one[name]), ...view.header.past.flatMap(one => one[name])];
  const own = name === "activation_gradients" && view.header.frames.length === 1 ? bounds(frame) : [];
  return [...all, ...own.map(line => line.values)];
}

export function bounds(frame) {
  return ["bound", "weighed"].filter(kind => frame[kind].length).map(kind => ({ kind, values: frame[kind] }));
}

// Where a value stands: a logarithm, the floor for zero, the ceiling for what is no number.
export function placed(value, scale, top, bottom) {
  const room = 14;
  const upper = top + (scale.beyond ? room : 0);
  const lower = bottom - (scale.zero ? room : 0);
  if (value === "zero") return bottom - 3;
  if (typeof value === "string") return top + 3;
  const share = (Math.log10(value) - scale.low) / (scale.high - scale.low);
  return lower - Math.max(0, Math.min(1, share)) * (lower - upper);
}
