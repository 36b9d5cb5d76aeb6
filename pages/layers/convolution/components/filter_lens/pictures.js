// Both images from their numbers: grey or RGB from 0 to 1, changes around zero in the palette of signed values.
import { doubleFrame, filled, greyPixel, pixelCanvas, rgbPixel, sized } from "../../../../shared/js/canvas.js";
import { brief, clamp } from "../../../../shared/js/numbers.js";
import { entryOf, palette, ramp } from "../../../../shared/js/palette.js";

function pictureOf(values, [channels, height, width], { signed, limit = 1, pixels = null }) {
  const size = height * width;
  const byte = value => clamp(Math.round(255 * (signed ? 0.5 + value / (2 * limit || 1) : value)), 0, 255);
  return pixelCanvas(width, height, out => {
    for (let i = 0; i < size; i++) {
      if (channels === 3) out[i] = rgbPixel(byte(values[i]), byte(values[size + i]), byte(values[2 * size + i]));
      else out[i] = signed ? pixels[entryOf(values[i], limit)] : greyPixel(byte(values[i]));
    }
  });
}

export function paintPictures(view) {
  const { meta, theme, scale } = view;
  const [, height, width] = meta.shape;
  const pixels = palette("activations", theme.name);
  const plain = { signed: false };
  const shown = { signed: meta.signed, limit: meta.limit, pixels };
  const paint = (side, values, how) => {
    filled(view[side].querySelector(".shown"), pictureOf(values, meta.shape, how), width * scale, height * scale);
    sized(view[side].querySelector(".marks"), width * scale, height * scale);
  };
  paint("before", view.picture, plain);
  paint("after", view.result, shown);
  view.ramp.style.background =
    meta.signed && meta.shape[0] === 1 ? ramp("activations", theme.name) : "linear-gradient(to right, #000, #fff)";
  view.low.textContent = brief(meta.signed ? -meta.limit : 0, 3);
  view.high.textContent = brief(meta.signed ? meta.limit : 1, 3);
}

// The window on the image, the cell on the result.
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
    const box = { x: column * scale - grow, y: row * scale - grow, w: w * scale + 2 * grow, h: h * scale + 2 * grow };
    doubleFrame(context, box, theme, { colour: theme.primary, line: 2.5, around: 5 });
  }
}
