// Where each map stands: a whole number of screen pixels a cell wherever there is room for one.
import { EDGE, slotBox, tileGrid } from "../../js/tiles.js";

const GAP = 6;
export const SPRITE = 8; // maps side by side in the hidden image that tiles are copied from
const SCREEN = 720; // pixels: as high as a page of maps may be where it stands alone
export const BESIDE = 190; // and where it stands beside something, with the lens below it, which is as wide

// The largest zoom whose tiles stay under 128 pixels and whose page fits a screen; if none does, the smallest legible one.
export function gridOf(model, shown, width, high = SCREEN) {
  if (model.meta.vector) return gridAt(model, shown, width, shown <= 16 ? 44 : shown <= 128 ? 30 : 18);
  const side = Math.max(model.width, model.height);
  const most = Math.max(1, Math.floor(128 / side));
  const zooms = [...Array(most).keys()].map(i => most - i).concat([1 / 2, 1 / 3, 1 / 4, 1 / 6, 1 / 8]);
  const legible = zooms.filter((zoom, i) => side * zoom <= 128 && (side * zoom >= 44 || i === 0));
  const fitting = legible.length ? legible : [128 / side];
  const best = fitting.find(zoom => gridAt(model, shown, width, zoom).height <= high) ?? fitting.at(-1);
  return gridAt(model, shown, width, Math.min(best, (width - 2 * EDGE) / model.width));
}

function gridAt(model, shown, width, zoom) {
  const w = model.width * zoom;
  const h = model.height * zoom;
  const { vector } = model.meta;
  const wide = vector ? w : Math.max(w, 26);
  const head = vector && w < 30 ? 0 : 18;
  const gap = vector && !head ? 2 : GAP;
  return { zoom, ...tileGrid(shown, width, { w, h, wide, head, gap, reach: w + gap / 2 }) };
}

export function cellBoxIn(grid, model, { slot, row, column }) {
  const box = slotBox(grid, slot);
  return { x: box.x + column * grid.zoom, y: box.y + row * grid.zoom, w: grid.zoom, h: grid.zoom };
}
