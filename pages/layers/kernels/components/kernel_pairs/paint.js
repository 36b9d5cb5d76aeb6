import { colourPicture, doubleFrame, filled, painted, pixelCanvas, sharpness, sized } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { number } from "../../../../shared/js/numbers.js";
import { entriesOf, palette } from "../../../../shared/js/palette.js";
import { heightFor } from "../../../../shared/js/projector.js";
import { bytesOf } from "../../../../shared/js/theme.js";

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
  const room = heightFor(cells, cells, Math.min(view.narrow ? view.whole.clientWidth - 4 : 420, 420));
  const sharp = sharpness();
  view.zoom = count > 64 ? room / count : Math.floor((room / count) * sharp) / sharp;
  const side = count * view.zoom;
  filled(cells, painted(entriesOf(view.matrix, 1), count, count, pixels), side, side);
}

// What lies beyond the threshold keeps its colour, the rest is veiled; a frame where the pointer is.
export function paintOver(view) {
  const { theme, kept, zoom, over } = view;
  const count = kept.length;
  const context = sized(over, count * zoom, count * zoom);
  const limit = view.meta.thresholds[view.notes.threshold] - 1e-9;
  const [r, g, b] = bytesOf(theme.background);
  const veil = (190 << 24) | (b << 16) | (g << 8) | r;
  const mask = pixelCanvas(count, count, out => {
    for (let i = 0; i < out.length; i++) out[i] = Math.abs(view.matrix[i]) >= limit ? 0 : veil;
  });
  context.imageSmoothingEnabled = false;
  context.drawImage(mask, 0, 0, count * zoom, count * zoom);
  const at = view.at;
  if (!at) return;
  const size = Math.max(zoom, 6);
  const shift = (zoom - size) / 2;
  const box = { x: at.column * zoom + shift, y: at.row * zoom + shift, w: size, h: size };
  doubleFrame(context, box, theme, { line: 1.5, around: 3 });
}

// One kernel as a small image, in its own range: red, green and blue where it reads three inputs.
function kernelCanvas(view, index, room) {
  const { theme, weights } = view;
  const [, planes, height, width] = view.meta.shape;
  const cells = height * width;
  const start = index * planes * cells;
  const values = weights.subarray(start, start + planes * cells);
  const limit = Math.max(1e-12, ...values.map(Math.abs));
  const single = () => painted(entriesOf(values.subarray(0, cells), limit), width, height, palette("weights", theme.name));
  const picture = planes === 3 ? colourPicture(values, width, height, limit) : single();
  const zoom = Math.min(room / width, room / height);
  const canvas = element("canvas");
  filled(canvas, picture, width * zoom, height * zoom);
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
