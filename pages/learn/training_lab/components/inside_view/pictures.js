// Rows of small images, palette entry by entry: kernels, their gradients, an image's maps. All frames share one layout.
import { sized } from "../../../../shared/js/canvas.js";
import { number } from "../../../../shared/js/numbers.js";
import { palette } from "../../../../shared/js/palette.js";

const GAP = 3;
const LARGEST = 64; // pixels a side

/** Images of one kind. */
export function tilePanel(view, tiles) {
  const [count, channels, rows, columns] = tiles.shape;
  const { theme } = view;
  const entries = view.blobs[tiles.blob];
  const lut = palette(tiles.palette, theme.name);
  const state = { context: null, side: 0, across: 0, buffer: null };
  return {
    title: tiles.title,
    says: tiles.says,
    size: "half",
    prepare(canvas, width) {
      const fitting = Math.floor((width + GAP) / Math.min(count, 16)) - GAP;
      state.side = Math.max(14, Math.min(LARGEST, fitting));
      state.across = Math.max(1, Math.floor((width + GAP) / (state.side + GAP)));
      const down = Math.ceil(count / state.across);
      const height = state.side * (rows / columns);
      state.context = sized(canvas, width, down * (height + GAP));
      state.context.imageSmoothingEnabled = false;
      state.buffer = sheet(columns, rows * count);
    },
    paint(frame) {
      const size = count * channels * rows * columns;
      fillSheet(state.buffer, entries.subarray(frame * size, (frame + 1) * size), { count, channels, cells: rows * columns, lut });
      state.buffer.put();
      const height = state.side * (rows / columns);
      for (let place = 0; place < count; place++) {
        const x = (place % state.across) * (state.side + GAP);
        const y = Math.floor(place / state.across) * (height + GAP);
        state.context.drawImage(state.buffer.canvas, 0, place * rows, columns, rows, x, y, state.side, height);
      }
      const range = `${tiles.signed ? "±" : "0 to "}${number(tiles.limits[frame], 2)}`;
      return tiles.says ? `${range} · ${tiles.says}` : range;
    },
  };
}

function sheet(width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  return { canvas, pixels: new Uint32Array(image.data.buffer), put: () => context.putImageData(image, 0, 0) };
}

// One channel by the palette, three as red, green and blue around a middle grey.
function fillSheet({ pixels }, entries, { count, channels, cells, lut }) {
  if (channels === 1) {
    for (let i = 0; i < pixels.length; i++) pixels[i] = lut[entries[i]];
    return;
  }
  for (let tile = 0; tile < count; tile++)
    for (let cell = 0; cell < cells; cell++) {
      const start = tile * channels * cells + cell;
      const [red, green, blue] = [entries[start], entries[start + cells], entries[start + 2 * cells]];
      pixels[tile * cells + cell] = (255 << 24) | (blue << 16) | (green << 8) | red;
    }
}
