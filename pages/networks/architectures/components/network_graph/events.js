// Pointer, wheel, two fingers, keys.
import { perFrame } from "../../../../shared/js/dom.js";
import { beside, onKeys, placeIn } from "../../../../shared/js/input.js";
import { clamp } from "../../../../shared/js/numbers.js";
import { showTip } from "../../../../shared/js/tip.js";
import { arrangeAll, forget } from "./layout.js";
import { describe, fit, remember, sentence } from "./main.js";
import { paintOver, repaint } from "./paint.js";

const FAR = 5; // px that a pointer may move in a click

function boxAt(view, x, y) {
  const { at } = view;
  const wx = (x - at.x) / at.zoom;
  const wy = (y - at.y) / at.zoom;
  for (let i = view.boxes.length - 1; i >= 0; i--) {
    const { id, x: left, y: top, w, h } = view.boxes[i];
    if (wx >= left && wx <= left + w && wy >= top && wy <= top + h) return id;
  }
  return null;
}

export function listen(view) {
  const { stage } = view;
  const fingers = new Map();
  const paintSoon = perFrame(() => repaint(view));
  view.paintSoon = paintSoon;
  let start = null;
  let apart = 0;
  const inside = event => placeIn(stage, event);
  stage.onpointerdown = event => {
    const here = inside(event);
    fingers.set(event.pointerId, here);
    try {
      stage.setPointerCapture(event.pointerId);
    } catch {
      /* a synthetic event has no pointer to capture */
    }
    if (fingers.size === 1) start = { ...here, moved: false };
    if (fingers.size === 2) apart = distance(fingers);
    view.tip.hidden = true;
  };
  stage.onpointermove = event => {
    const here = inside(event);
    const before = fingers.get(event.pointerId);
    if (!before) return hover(view, here, event);
    fingers.set(event.pointerId, here);
    if (fingers.size === 2) {
      const now = distance(fingers);
      const [one, other] = [...fingers.values()];
      zoomTo(view, (view.at.zoom * now) / (apart || now), { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
      apart = now;
      start.moved = true;
    }
    if (Math.hypot(here.x - start.x, here.y - start.y) > FAR) start.moved = true;
    if (start.moved) {
      const share = fingers.size;
      view.at.x += (here.x - before.x) / share;
      view.at.y += (here.y - before.y) / share;
      stage.classList.add("held");
      paintSoon();
    }
    return undefined;
  };
  stage.onpointerup = stage.onpointercancel = event => {
    const was = fingers.delete(event.pointerId);
    if (fingers.size) return;
    stage.classList.remove("held");
    if (was && start && !start.moved && event.type === "pointerup") clicked(view, inside(event));
    start = null;
  };
  stage.onpointerleave = () => {
    view.tip.hidden = true;
    point(view, null);
  };
  stage.addEventListener(
    "wheel",
    event => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== view.host && view.root.activeElement !== stage) return;
      event.preventDefault();
      zoomTo(view, view.at.zoom * Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), inside(event));
      paintSoon();
    },
    { passive: false },
  );
  bindKeys(view);
}

function distance(fingers) {
  const [one, other] = [...fingers.values()];
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function hover(view, here, event) {
  const id = boxAt(view, here.x, here.y);
  view.stage.classList.toggle("on-block", id !== null && view.tree.items[id].children.length > 0);
  point(view, id);
  if (id === null || event.pointerType === "touch") view.tip.hidden = true;
  else {
    const { title, lines } = describe(view, id);
    showTip(view.tip, beside(event), title, lines);
  }
}

function point(view, id) {
  if (view.hover === id) return;
  view.hover = id;
  paintOver(view);
  const active = id ?? view.cursor;
  view.said.textContent = active === null ? "" : sentence(view, active);
}

function clicked(view, here) {
  const id = boxAt(view, here.x, here.y);
  view.cursor = id;
  if (id !== null && view.tree.items[id].children.length) toggle(view, id);
  else paintOver(view);
  view.said.textContent = id === null ? "" : sentence(view, id);
}

// Opens or folds a box; its upper left corner stays where it is on the screen.
function toggle(view, id) {
  const before = view.placed.get(id);
  if (view.open.has(id)) view.open.delete(id);
  else view.open.add(id);
  forget(view, id);
  arrangeAll(view);
  const after = view.placed.get(id);
  if (before && after) {
    view.at.x += (before.x - after.x) * view.at.zoom;
    view.at.y += (before.y - after.y) * view.at.zoom;
  }
  remember(view);
  repaint(view);
}

export function zoomTo(view, zoom, { x, y }) {
  const next = clamp(zoom, 0.015, 3);
  const ratio = next / view.at.zoom;
  view.at = { x: x - (x - view.at.x) * ratio, y: y - (y - view.at.y) * ratio, zoom: next };
  remember(view);
}

function bindKeys(view) {
  const { stage } = view;
  const done =
    work =>
    (...values) => {
      work(...values);
      repaint(view);
      if (view.cursor !== null) view.said.textContent = sentence(view, view.cursor);
    };
  const by = factor => done(() => zoomTo(view, view.at.zoom * factor, { x: stage.clientWidth / 2, y: stage.clientHeight / 2 }));
  const [nearer, further] = [by(1.25), by(0.8)];
  const open = done(() => view.cursor !== null && view.tree.items[view.cursor].children.length && toggle(view, view.cursor));
  const arrow = done((down, right, event) => {
    if (!event.shiftKey) return step(view, [right, down]);
    view.at.x -= 60 * right;
    view.at.y -= 60 * down;
    return undefined;
  });
  const others = { 0: done(() => fit(view)), Enter: open, " ": open, Escape: done(() => foldAround(view)) };
  onKeys(stage, { "+": nearer, "=": nearer, "-": further, _: further, Arrow: arrow, ...others });
}

// To the nearest box in that direction that does not hold the one at hand.
function step(view, [dx, dy]) {
  const from = view.placed.get(view.cursor);
  let best = null;
  let least = Infinity;
  for (const box of view.boxes) {
    if (box.open && from) continue;
    const x = from ? box.x + box.w / 2 - from.x - from.w / 2 : box.x;
    const y = from ? box.y + box.h / 2 - from.y - from.h / 2 : box.y;
    const along = x * dx + y * dy;
    const across = Math.abs(x * dy) + Math.abs(y * dx);
    if (from && (along <= 1 || box.id === view.cursor)) continue;
    const cost = from ? along + 2.5 * across : x + y;
    if (cost < least) [best, least] = [box.id, cost];
  }
  if (best === null) return;
  view.cursor = best;
  reveal(view, best);
}

// Escape: the box around folds and is the one at hand; outside of all, what is found or pointed at is let go.
function foldAround(view) {
  const { items } = view.tree;
  const at = view.cursor;
  const box = at === null ? null : view.open.has(at) ? at : items[at].parent >= 0 ? items[at].parent : null;
  view.tip.hidden = true;
  if (box === null) {
    view.cursor = view.match = null;
    return;
  }
  view.cursor = box;
  toggle(view, box);
}

// Into sight, if it is not there: the smallest move that does it.
function reveal(view, id) {
  const { stage, at } = view;
  const box = view.placed.get(id);
  const edge = 30;
  for (const [axis, size, room] of [
    ["x", "w", stage.clientWidth],
    ["y", "h", stage.clientHeight],
  ]) {
    const low = box[axis] * at.zoom + at[axis];
    const high = low + box[size] * at.zoom;
    if (low < edge) at[axis] += edge - low;
    else if (high > room - edge) at[axis] -= Math.min(high - room + edge, low - edge);
  }
}
