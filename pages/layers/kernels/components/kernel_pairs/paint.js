import { painted, sized } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { number } from "../../../../shared/js/numbers.js";
import { ZERO, palette } from "../../../../shared/js/palette.js";

export const THUMB = 46;
export const LARGE = 92;
export const LISTED = 24;

export function cosineAt(view, row, column) {
  return view.matrix[row * view.kept.length + column];
}

// The map: a square a pair, coloured by its cosine.
export function paintMatrix(view) {
  const { theme, kept, cells } = view;
  const count = kept.length;
  const pixels = palette("activations", theme.name);
  const room = Math.min(view.narrow ? view.whole.clientWidth - 4 : 420, 420);
  const sharp = window.devicePixelRatio || 1;
  view.zoom = count > 64 ? room / count : Math.floor((room / count) * sharp) / sharp;
  const entries = Array.from(view.matrix, value => Math.max(1, Math.min(255, Math.round(ZERO + 127 * value))));
  const picture = painted(entries, count, count, pixels);
  const side = count * view.zoom;
  const context = sized(cells, side, side);
  context.imageSmoothingEnabled = view.zoom < 1;
  context.drawImage(picture, 0, 0, side, side);
}

// What lies beyond the threshold keeps its colour, the rest is veiled; a frame where the pointer is.
export function paintOver(view) {
  const { theme, kept, zoom, over } = view;
  const count = kept.length;
  const context = sized(over, count * zoom, count * zoom);
  const limit = view.meta.thresholds[view.notes.threshold] - 1e-9;
  const mask = context.createImageData(count, count);
  const out = new Uint32Array(mask.data.buffer);
  const [r, g, b] = rgbOf(theme.background);
  const veil = (190 << 24) | (b << 16) | (g << 8) | r;
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(view.matrix[i]) >= limit ? 0 : veil;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = count;
  canvas.getContext("2d").putImageData(mask, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, count * zoom, count * zoom);
  const at = view.at;
  if (!at) return;
  const size = Math.max(zoom, 6);
  const shift = (zoom - size) / 2;
  for (const [colour, line] of [
    [theme.background, 3],
    [theme.text, 1.5],
  ]) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(at.column * zoom + shift, at.row * zoom + shift, size, size);
  }
}

function rgbOf(colour) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

// One kernel as a small picture, in its own range: red, green and blue where it reads three inputs.
function kernelCanvas(view, index, room) {
  const { theme, weights } = view;
  const [, planes, height, width] = view.meta.shape;
  const cells = height * width;
  const start = index * planes * cells;
  let limit = 1e-12;
  for (let i = start; i < start + planes * cells; i++) limit = Math.max(limit, Math.abs(weights[i]));
  const pixels = palette("weights", theme.name);
  const small = document.createElement("canvas");
  small.width = width;
  small.height = height;
  const image = small.getContext("2d").createImageData(width, height);
  const out = new Uint32Array(image.data.buffer);
  const level = value => Math.max(0, Math.min(255, Math.round(127.5 + (127.5 * value) / limit)));
  for (let i = 0; i < cells; i++) {
    const at = start + i;
    if (planes === 3)
      out[i] = (255 << 24) | (level(weights[at + 2 * cells]) << 16) | (level(weights[at + cells]) << 8) | level(weights[at]);
    else out[i] = pixels[Math.max(1, Math.min(255, Math.round(ZERO + (127 * weights[at]) / limit)))];
  }
  small.getContext("2d").putImageData(image, 0, 0);
  const canvas = document.createElement("canvas");
  const zoom = Math.min(room / width, room / height);
  const context = sized(canvas, width * zoom, height * zoom);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width * zoom, height * zoom);
  return canvas;
}

export function pairOf(view, [one, other], cosine, room) {
  const pair = element("div", "pair");
  for (const index of [one, other]) {
    const box = element("div", "one");
    box.append(kernelCanvas(view, index, room), element("span", "", String(index)));
    pair.append(box);
  }
  pair.append(element("span", "cosine mono", number(cosine, 3)));
  return pair;
}
