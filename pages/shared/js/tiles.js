// Tiles in rows on a canvas, many pages of them: where each stands, what is under a point, and how pointer, keys and pager
// move over them. A view has grid (how they stand), page (what each slot shows), order (all of it), hover and cursor (cells).
import { element } from "./dom.js";
import { beside, onKeys, placeIn, stepIn } from "./input.js";
import { clamp, grouped, indexIn } from "./numbers.js";
import { say } from "./say.js";

export const EDGE = 4; // pixels: room for a frame around the outermost tiles

/** So many tiles of w × h in a room so wide. wide: of a column; head: above each; reach: how far right of its left edge one is hit. */
export function tileGrid(shown, room, { w, h, wide, head, gap, reach = wide + gap }) {
  const columns = clamp(Math.floor((room - 2 * EDGE + gap) / (wide + gap)), 1, shown);
  const width = columns * (wide + gap) - gap + 2 * EDGE;
  return { w, h, wide, head, gap, reach, columns, width, height: Math.ceil(shown / columns) * (h + head + gap) + EDGE };
}

export function slotBox(grid, slot) {
  const x = EDGE + (slot % grid.columns) * (grid.wide + grid.gap);
  const y = Math.floor(slot / grid.columns) * (grid.h + grid.head + grid.gap);
  return { x, y: y + Math.max(grid.head, EDGE), w: grid.w, h: grid.h };
}

/** {slot, row, column} under a point of the grid, or null; each tile has height × width cells. */
export function cellUnder(grid, count, { x, y }, { height, width }) {
  const column = Math.floor((x - EDGE) / (grid.wide + grid.gap));
  const slot = Math.floor(y / (grid.h + grid.head + grid.gap)) * grid.columns + column;
  if (column < 0 || y < 0 || column >= grid.columns || slot >= count) return null;
  const box = slotBox(grid, slot);
  if (x > box.x + grid.reach) return null;
  return { slot, row: indexIn(((y - box.y) / box.h) * height, height), column: indexIn(((x - box.x) / box.w) * width, width) };
}

/** What the pointer or the keys are on. */
export function activeCell(view) {
  return view.hover ?? (view.focused ? view.cursor : null);
}

/** One page of the order; a page beyond the last, and a cursor beyond the last tile, give way. */
export function openPage(view, size) {
  const { notes, order } = view;
  notes.page = clamp(notes.page, 0, Math.max(0, Math.ceil(order.length / size) - 1));
  view.page = order.slice(notes.page * size, (notes.page + 1) * size);
  if (view.cursor && view.cursor.slot >= view.page.length) view.cursor = null;
  view.hover = null;
  view.tip.hidden = true;
}

export function showPager(view, size) {
  const { order } = view;
  const start = view.notes.page * size;
  view.pager.hidden = order.length <= size;
  view.range.textContent = say("range_of", {
    from: grouped.format(start + 1),
    to: grouped.format(Math.min(order.length, start + size)),
    total: grouped.format(order.length),
  });
  view.back.disabled = start === 0;
  view.next.disabled = start + size >= order.length;
}

/**
 * Pointer, keys and pager.
 * @param {any} view
 * @param {HTMLElement} surface the canvas that the tiles are drawn on
 * @param {object} does
 * @param {(view: any, other?: boolean) => void} does.answer paints what follows the pointer; other: another tile than before
 * @param {(view: any, cell: any, place: {x: number, y: number}) => void} does.tip shows the card
 * @param {(view: any, cell: any) => void} does.pick
 * @param {(view: any) => void} does.arrange paints another page
 * @param {(view: any) => void} does.letGo Escape
 * @param {(view: any) => any} does.start the cell that the keys begin on
 * @param {(view: any, cell: any) => any} does.corner the box whose lower right corner the card stands at
 * @param {(view: any, cell: any) => string} does.says a cell in words
 * @param {string} does.words what a page holds: "maps"
 */
export function listenToTiles(view, surface, does) {
  const { stage } = view;
  const leave = () => leaveTiles(view, does.answer);
  const hover = event => {
    const cell = cellUnder(view.grid, view.page.length, placeIn(surface, event), view.model);
    const old = view.hover;
    const other = !cell || !old || cell.slot !== old.slot;
    view.hover = cell;
    stage.style.cursor = cell ? "crosshair" : "default";
    if (!cell) return leave();
    if (other || cell.row !== old.row || cell.column !== old.column) does.answer(view, other);
    return does.tip(view, cell, beside(event));
  };
  const focus = yes => {
    view.focused = yes;
    if (yes) view.cursor ??= does.start(view);
    else view.tip.hidden = true;
    if (view.page.length) does.answer(view);
  };
  stage.onpointermove = event => event.pointerType !== "touch" && hover(event);
  stage.onpointerleave = leave;
  stage.onclick = event => {
    hover(event);
    if (view.hover) does.pick(view, view.hover);
  };
  stage.onfocus = () => focus(stage.matches(":focus-visible"));
  stage.onblur = () => focus(false);
  const turn = by => turnPage(view, by, does);
  view.back.onclick = () => turn(-1);
  view.next.onclick = () => turn(1);
  tileKeys(view, surface, does, turn);
}

/** Nothing is under the pointer any more. */
export function leaveTiles(view, answer) {
  view.hover = null;
  view.tip.hidden = true;
  answer(view);
}

function turnPage(view, by, does) {
  view.notes.page += by;
  view.cursor = view.hover = null;
  does.arrange(view);
  view.live.textContent = `${does.words} ${view.range.textContent}`;
}

function tileKeys(view, surface, does, turn) {
  const here = () => (view.cursor ??= { slot: 0, row: 0, column: 0 });
  const to = cell => goTo(view, surface, does, cell);
  const move = (down, right, event) => {
    if (event.shiftKey) return to({ ...here(), ...stepIn(here(), down, right, view.model.height, view.model.width) });
    const slot = here().slot + right + down * view.grid.columns;
    return slot >= 0 && slot < view.page.length && to({ ...here(), slot });
  };
  const there =
    work =>
    (...values) => {
      if (!view.page.length) return false; // an empty page leaves the keys to Streamlit
      work(...values);
      return true;
    };
  onKeys(view.stage, {
    Arrow: there(move),
    Home: there(() => to({ ...here(), slot: 0 })),
    End: there(() => to({ ...here(), slot: view.page.length - 1 })),
    PageUp: there(() => turn(-1)),
    PageDown: there(() => turn(1)),
    Enter: there(() => does.pick(view, here())),
    " ": there(() => does.pick(view, here())),
    Escape: there(() => does.letGo(view)),
  });
}

function goTo(view, surface, does, cell) {
  Object.assign(view, { cursor: cell, hover: null, focused: true });
  does.answer(view);
  const box = slotBox(view.grid, cell.slot);
  const at = surface.getBoundingClientRect();
  if (at.top + box.y < 70 || at.top + box.y + box.h > window.innerHeight - 10) scrollTo(view, box);
  const now = surface.getBoundingClientRect();
  const corner = does.corner(view, cell);
  does.tip(view, cell, { x: now.left + corner.x + corner.w, y: now.top + corner.y + corner.h });
  view.live.textContent = does.says(view, cell);
}

// A canvas has no elements to scroll to: a marker takes the tile's place for a moment.
function scrollTo(view, { x, y, w, h }) {
  const marker = element("span");
  Object.assign(marker.style, { position: "absolute", left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` });
  view.stage.append(marker);
  marker.scrollIntoView({ block: "nearest" });
  marker.remove();
}
