// A layer's numbers: which maps, in which order, on which page, and the range that each one's colours span.
import { painted, pixelCanvas } from "../../js/canvas.js";
import { exact } from "../../js/numbers.js";
import { floats } from "../../js/packet.js";
import { ZERO, entriesOf, palette } from "../../js/palette.js";
import { say } from "../../js/say.js";

export const MAPS = "activations"; // the palette: as on the canvas, whether or not there is anything below zero

export function modelOf(meta, bytes) {
  const [count, height, width] = meta.maps;
  const drawn = meta.drawn && { height: meta.drawn[0], width: meta.drawn[1], codes: new Int8Array(bytes.buffer) };
  const values = drawn ? null : floats(bytes, "float32");
  const tops = drawn ? Float32Array.from(meta.tops) : null;
  return {
    meta,
    values,
    drawn,
    parts: null,
    count,
    height,
    width,
    cells: height * width,
    tops,
    dead: new Set(meta.channels.dead),
    same: new Set(meta.channels.same),
    photo: null,
  };
}

// The gradient beside the maps, as a model of its own: d score / d value, cell by cell.
export function gradientOf(meta, bytes) {
  return meta.gradient && modelOf({ ...meta.gradient, maps: meta.maps, channels: meta.channels, vector: meta.vector }, bytes);
}

// What the tiles show: the gradient where there is one, unless the person wants the values.
export function tilesOf(view) {
  return view.notes.show === "gradient" && view.model.gradient ? view.model.gradient : view.model;
}

// One map as a small picture: from its own numbers where they are here, else as it travelled.
export function pictureOf(model, channel, limit, theme) {
  const pixels = palette(MAPS, theme.name);
  const values = model.drawn && mapOf(model, channel);
  if (values) return painted(entriesOf(values, limit), model.width, model.height, pixels);
  const { width, height } = spriteSize(model);
  return pixelCanvas(width, height, out => colourMap(model, channel, limit, pixels, { out, across: width, x: 0, y: 0 }));
}

// The numbers of one map: at hand, or fetched for the first who asks; null until they are there.
export function mapOf(model, channel) {
  const { cells, values, parts } = model;
  if (values) return values.subarray(channel * cells, (channel + 1) * cells);
  const bytes = parts?.at(4 * channel * cells, 4 * cells);
  return bytes ? floats(bytes, "float32") : null;
}

// A number as it was recorded; null while it is on its way.
export function valueAt(model, channel, row, column) {
  return mapOf(model, channel)?.[row * model.width + column] ?? null;
}

// How large the images are that all maps are drawn from.
export function spriteSize(model) {
  return model.drawn ?? model;
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

// One map as pixels, written into `out` (a 32-bit image of `across` pixels a row) from (x, y) on.
export function colourMap(model, channel, limit, pixels, target) {
  const { width, height } = spriteSize(model);
  const { out, across, x, y } = target;
  const values = model.drawn?.codes ?? model.values;
  const unit = model.drawn ? model.tops[channel] / 127 : 1;
  const gain = limit > 0 ? (unit * 127) / limit : 0;
  for (let row = 0, i = channel * width * height; row < height; row++) {
    for (let column = 0, at = (y + row) * across + x; column < width; column++, i++, at++) {
      const entry = Math.round(ZERO + values[i] * gain);
      out[at] = pixels[entry < 1 ? 1 : entry > 255 ? 255 : entry];
    }
  }
}

// The cell that says most: the largest size in a map.
export function peak(model, channel) {
  if (model.drawn) {
    const at = model.meta.peaks[channel];
    return { channel, row: Math.floor(at / model.width), column: at % model.width };
  }
  let best = channel * model.cells;
  for (let i = best, end = best + model.cells; i < end; i++) if (Math.abs(model.values[i]) > Math.abs(model.values[best])) best = i;
  const at = best - channel * model.cells;
  return { channel, row: Math.floor(at / model.width), column: at % model.width };
}

export function valueText(value, model) {
  return value !== null ? exact(value) : say(model.parts?.path ? "on_its_way" : "left_out");
}
