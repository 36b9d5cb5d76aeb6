// Where each tile stands; a kernel's cell is a whole number of screen pixels wherever there is room for one.
import { sharpness } from "../../../../shared/js/canvas.js";
import { heightFor } from "../../../../shared/js/projector.js";
import { EDGE, tileGrid } from "../../../../shared/js/tiles.js";
import { cellwise, single } from "./model.js";

const GAP = 8;
const HEAD = 20;
const LEAST = 48; // of a tile that gives way to a projector's window: what stands over it has room

export function gridOf(view, shown, width) {
  const pictures = !cellwise(view);
  if (single(view.model) && !pictures) return gridAt(shown, width, 22, 22, 0, 3);
  const roomy = shown <= 12 ? 112 : shown <= 40 ? 84 : shown <= 72 ? 66 : 52;
  let side = width < 420 ? Math.min(roomy, 78) : roomy;
  let grid = gridOfTiles(view, shown, width, side);
  while (side > LEAST && grid.height > heightFor(view.stage, view.stage, grid.height)) {
    side -= 1;
    grid = gridOfTiles(view, shown, width, side);
  }
  return grid;
}

function gridOfTiles(view, shown, width, side) {
  const { model, notes } = view;
  const pictures = !cellwise(view);
  const [height, wide] = pictures ? pictureSize(model, notes.show) : [model.height, model.width];
  const sharp = sharpness();
  const fit = Math.min(side / wide, side / height);
  const zoom = pictures ? fit : Math.max(1, Math.floor(fit * sharp)) / sharp;
  const grid = gridAt(shown, width, Math.min(wide * zoom, width - 2 * EDGE), height * zoom, HEAD, GAP);
  return inRows(view, grid, shown, width);
}

// Slices in their own order: as many in a row as a kernel has inputs, so that a row is a kernel.
function inRows(view, grid, shown, width) {
  const { columns } = view.model.meta;
  if (!columns || view.notes.sort !== "index" || columns >= grid.columns) return grid;
  return gridAt(shown, Math.min(width, columns * (grid.wide + grid.gap) + 2 * EDGE), grid.w, grid.h, grid.head, grid.gap);
}

function pictureSize(model, show) {
  return show === "answers" ? model.meta.answer.slice(0, 2) : [model.meta.response, model.meta.response];
}

function gridAt(shown, width, w, h, head, gap) {
  return tileGrid(shown, width, { w, h, wide: Math.max(w, head ? 34 : w), head, gap });
}
