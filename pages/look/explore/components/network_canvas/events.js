// Pointer, touch and keys. Handlers are assigned, never stacked: the component runs again on every rerun.
import { say } from "../../../../shared/js/say.js";
import { cellBox, tileAt } from "./layout.js";
import { markLegends } from "./legends.js";
import { arrange } from "./main.js";
import { channelAt, foldable, standIn } from "./model.js";
import { begin } from "./motion.js";
import { paintOver, readAloud, selectedTile, showActive } from "./overlay.js";

export function listen(view) {
  const { stage, scroll } = view;
  stage.onpointermove = event => event.pointerType !== "touch" && hoverAt(view, event);
  stage.onpointerleave = () => leave(view);
  stage.onclick = event => clicked(view, event);
  stage.onkeydown = event => pressed(view, event);
  stage.onfocus = () => focused(view, stage.matches(":focus-visible"));
  stage.onblur = () => focused(view, false);
  scroll.onscroll = view.scrolled;
  view.fold.onclick = () => setOpen(view, new Set());
}

function pointOf(view, event) {
  const box = view.stage.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function hoverAt(view, event) {
  const tile = tileAt(view.plan, ...pointOf(view, event));
  const same = tile && view.hover && tile.column === view.hover.column && tile.index === view.hover.index;
  view.hover = tile;
  view.stage.style.cursor = tile ? "pointer" : "default";
  if (!tile) leave(view);
  else {
    if (!same) paintOver(view);
    showActive(view, { x: event.clientX, y: event.clientY });
  }
}

function leave(view) {
  const was = view.hover;
  view.hover = null;
  view.tip.hidden = true;
  if (was !== undefined) paintOver(view);
}

function clicked(view, event) {
  if (event.target.closest?.(".legend")) return;
  hoverAt(view, event);
  if (view.hover) pick(view, view.hover);
}

function pick(view, { column, index }) {
  const scores = column.form === "scores";
  const layer = scores ? view.model.columns.get(view.model.output) : column.layer;
  const channel = scores ? view.model.scores[index].index : channelAt(layer, index);
  view.cursor = { column, index };
  choose(view, { layer: layer.key, channel });
  view.send("pick", { layer: layer.key, channel, at: Date.now() });
}

function choose(view, selected) {
  view.selected = view.notes.selected = selected;
  begin(view, "open", () => paintOver(view));
  markLegends(view);
}

function focused(view, yes) {
  view.focused = yes;
  if (yes && !view.cursor) view.cursor = selectedTile(view) ?? { column: view.plan.columns[0], index: 0 };
  if (!yes) view.tip.hidden = true;
  paintOver(view);
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function pressed(view, event) {
  if (event.target !== view.stage || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = STEPS[event.key];
  view.cursor ??= { column: view.plan.columns[0], index: 0 };
  if (step) move(view, ...step);
  else if (event.key === "Home") goTo(view, view.plan.columns[0], 0);
  else if (event.key === "End") goTo(view, view.plan.columns.at(-1), 0);
  else if (event.key === "Enter") enter(view);
  else if (event.key === " ") pick(view, view.cursor);
  else if (event.key === "Escape") escape(view);
  else return;
  event.preventDefault();
}

// Up and down within a column; left and right to the tile of the next column at the same height.
function move(view, dx, dy) {
  const { column, index } = view.cursor;
  if (dy) return goTo(view, column, Math.max(0, Math.min(column.count - 1, index + dy)));
  const next = view.plan.columns[view.plan.columns.indexOf(column) + dx];
  if (!next) return undefined;
  const box = cellBox(column, index);
  const middle = box.y + box.h / 2;
  let best = 0;
  let least = Infinity;
  for (let i = 0; i < next.count; i++) {
    const other = cellBox(next, i);
    const far = Math.abs(other.y + other.h / 2 - middle);
    if (far < least) [best, least] = [i, far];
  }
  return goTo(view, next, best);
}

function goTo(view, column, index) {
  view.cursor = { column, index };
  view.hover = null;
  view.focused = true;
  const { scroll } = view;
  const margin = 40;
  const left = column.x - margin;
  const right = column.x + column.w + margin;
  if (left < scroll.scrollLeft) scroll.scrollLeft = left;
  if (right > scroll.scrollLeft + scroll.clientWidth) scroll.scrollLeft = right - scroll.clientWidth;
  paintOver(view);
  const box = cellBox(column, index);
  const stage = view.stage.getBoundingClientRect();
  showActive(view, { x: stage.left + box.x + box.w, y: stage.top + box.y + box.h });
  readAloud(view);
}

// Enter opens a folded block, and otherwise picks the tile.
function enter(view) {
  const group = groupOfCursor(view);
  if (group && foldable(view.model, group) && !view.open.has(group.name)) toggle(view, group);
  else pick(view, view.cursor);
}

function escape(view) {
  const group = groupOfCursor(view);
  if (group && view.open.has(group.name)) toggle(view, group);
  leave(view);
}

function groupOfCursor(view) {
  const key = view.cursor.column.key;
  return view.model.groupOf.has(key) ? view.model.groups[view.model.groupOf.get(key)] : null;
}

// Opens or folds a block; its left edge stays where it was on the screen.
export function toggle(view, group) {
  const before = view.plan.groups.find(one => one.group === group).x - view.scroll.scrollLeft;
  const open = new Set(view.open);
  if (!open.delete(group.name)) open.add(group.name);
  setOpen(view, open);
  view.scroll.scrollLeft = view.plan.groups.find(one => one.group === group).x - Math.max(0, before);
  view.live.textContent = open.has(group.name)
    ? say("opened", { block: group.label, nodes: group.layers.length })
    : say("folded_again", { block: group.label });
}

function setOpen(view, open) {
  const cursor = view.cursor;
  view.open = view.notes.open = open;
  view.hover = null;
  view.tip.hidden = true;
  arrange(view);
  if (cursor) {
    const column = view.plan.byKey.get(cursor.column.key) ?? standingFor(view, cursor.column.key);
    view.cursor = column ? { column, index: Math.min(cursor.index, column.count - 1) } : null;
  }
  paintOver(view);
}

function standingFor(view, key) {
  return view.model.columns.has(key) ? view.plan.byKey.get(standIn(view.model, key)) : null;
}
