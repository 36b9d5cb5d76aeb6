// A layer's numbers: which maps, in which order, on which page, and the range that each one's colours span.
import { exact, number } from "../../js/numbers.js";
import { floats } from "../../js/packet.js";
import { ZERO } from "../../js/palette.js";

export function modelOf(meta, bytes, picture) {
  const values = floats(bytes, meta.dtype);
  const [count, height, width] = meta.maps;
  return { meta, values, count, height, width, cells: height * width, tops: null, dead: new Set(meta.channels.dead), picture, photo: null };
}

export function valueAt(model, channel, row, column) {
  return model.values[channel * model.cells + row * model.width + column];
}

// The largest size in each map, found once.
export function tops(model) {
  if (model.tops) return model.tops;
  model.tops = new Float32Array(model.count);
  for (let c = 0; c < model.count; c++) {
    let top = 0;
    for (let i = c * model.cells, end = i + model.cells; i < end; i++) top = Math.max(top, Math.abs(model.values[i]));
    model.tops[c] = top;
  }
  return model.tops;
}

export function limitOf(model, notes, channel) {
  const { limits } = model.meta;
  if (notes.scale === "map" && !model.meta.vector) return tops(model)[channel];
  return notes.scale === "network" && limits.network ? limits.network : limits.layer;
}

// Descending by the chosen number (contribution: what speaks most for the class first), index breaks ties.
export function ordered(model, notes) {
  const numbers = model.meta.channels[notes.sort];
  const all = [...Array(model.count).keys()].filter(channel => !(notes.hide && model.dead.has(channel)));
  return numbers ? all.sort((a, b) => numbers[b] - numbers[a] || a - b) : all;
}

export function pageSize(model) {
  return model.meta.vector ? 1024 : 128;
}

export function signedPalette(model) {
  return model.meta.limits.signed ? "activations" : "magnitude";
}

// One map as pixels, written into `out` (a 32-bit image of `across` pixels a row) from (x, y) on.
export function colourMap(model, channel, limit, pixels, target) {
  const { values, width, height, cells } = model;
  const { out, across, x, y } = target;
  const signed = model.meta.limits.signed;
  const gain = limit > 0 ? (signed ? 127 : 254) / limit : 0;
  const zero = signed ? ZERO : 1;
  for (let row = 0, i = channel * cells; row < height; row++) {
    for (let column = 0, at = (y + row) * across + x; column < width; column++, i++, at++) {
      const entry = Math.round(zero + values[i] * gain);
      out[at] = pixels[entry < 1 ? 1 : entry > 255 ? 255 : entry];
    }
  }
}

// The cell that says most: the largest size in a map.
export function peak(model, channel) {
  let best = channel * model.cells;
  for (let i = best, end = best + model.cells; i < end; i++) if (Math.abs(model.values[i]) > Math.abs(model.values[best])) best = i;
  const at = best - channel * model.cells;
  return { channel, row: Math.floor(at / model.width), column: at % model.width };
}

export function valueText(model, value) {
  return model.meta.dtype === "float32" ? exact(value) : `≈ ${number(value, 3)}`;
}
