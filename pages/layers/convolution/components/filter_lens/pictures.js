// Both pictures from their numbers: grey or RGB from 0 to 1, changes around zero in the palette of signed values.
import { pixelOf } from "../../../../shared/components/sliding_window/paint.js";
import { brief } from "../../../../shared/components/sliding_window/words.js";
import { sized } from "../../../../shared/js/canvas.js";
import { palette, ramp } from "../../../../shared/js/palette.js";

function picturePixels(values, [channels, height, width], { signed, limit, pixels }) {
  const out = new Uint32Array(height * width);
  const size = height * width;
  const byte = value => Math.max(0, Math.min(255, Math.round(255 * (signed ? 0.5 + value / (2 * limit || 1) : value))));
  for (let i = 0; i < size; i++) {
    if (channels === 3) out[i] = (255 << 24) | (byte(values[2 * size + i]) << 16) | (byte(values[size + i]) << 8) | byte(values[i]);
    else if (signed) out[i] = pixelOf({ pixels, limit, signed: true }, values[i]);
    else out[i] = (255 << 24) | (byte(values[i]) * 0x010101);
  }
  return out;
}

function bitmapOf(pixels, height, width) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  new Uint32Array(image.data.buffer).set(pixels);
  context.putImageData(image, 0, 0);
  return canvas;
}

export function paintPictures(view) {
  const { meta, theme, scale } = view;
  const [, height, width] = meta.shape;
  const pixels = palette("activations", theme.name);
  const plain = { signed: false };
  const shown = { signed: meta.signed, limit: meta.limit, pixels };
  for (const [side, values, how] of [
    ["before", view.picture, plain],
    ["after", view.result, shown],
  ]) {
    const context = sized(view[side].querySelector(".shown"), width * scale, height * scale);
    sized(view[side].querySelector(".marks"), width * scale, height * scale);
    context.imageSmoothingEnabled = scale < 1;
    context.drawImage(bitmapOf(picturePixels(values, meta.shape, how), height, width), 0, 0, width * scale, height * scale);
  }
  view.ramp.style.background =
    meta.signed && meta.shape[0] === 1 ? ramp("activations", theme.name) : "linear-gradient(to right, #000, #fff)";
  view.low.textContent = brief(meta.signed ? -meta.limit : 0, 3);
  view.high.textContent = brief(meta.signed ? meta.limit : 1, 3);
}

// The window on the picture, the cell on the result.
export function paintMarks(view) {
  const { meta, theme, scale, at } = view;
  const [high, wide] = meta.window;
  const [up, left] = meta.before;
  const boxes = { before: [at.row - up, at.column - left, high, wide], after: [at.row, at.column, 1, 1] };
  for (const [side, [row, column, h, w]] of Object.entries(boxes)) {
    const canvas = view[side].querySelector(".marks");
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    const grow = Math.max(0, (9 - w * scale) / 2);
    const box = [column * scale - grow, row * scale - grow, w * scale + 2 * grow, h * scale + 2 * grow];
    for (const [thick, colour] of [
      [5, theme.background],
      [2.5, theme.primary],
    ]) {
      context.lineWidth = thick;
      context.strokeStyle = colour;
      context.strokeRect(...box);
    }
  }
}
