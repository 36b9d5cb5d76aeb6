// Keys and pointers, the same on every component: a finger does what a mouse that hovers does.
import { clamp, indexIn } from "./numbers.js";

/** @type {Record<string, [number, number]>} rows down and columns to the right */
export const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const RESERVED = new Set(["r", "c"]); // Streamlit's own: run again, clear the cache

/**
 * Handlers by the name of the key; `Arrow` takes all four as (down, right). A handler that answers false leaves the key to
 * the page, and so does every key that is held with Ctrl, Alt or Meta.
 * @param {HTMLElement} target
 * @param {Record<string, (...values: any[]) => unknown>} handlers
 */
export function onKeys(target, handlers) {
  const taken = Object.keys(handlers).filter(key => RESERVED.has(key.toLowerCase()));
  if (taken.length) throw new Error(`The keys ${taken.join(", ")} belong to Streamlit; choose another.`);
  target.onkeydown = event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = handlers.Arrow && ARROWS[event.key];
    const handler = step ? handlers.Arrow : handlers[event.key];
    if (!handler) return;
    const answer = step ? handler(...step, event) : handler(event);
    if (answer !== false) event.preventDefault();
  };
}

/** Where an event is within an element, in its pixels, and how large that is. */
export function placeIn(element, event) {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top, w: box.width, h: box.height };
}

/** The cell of a grid of rows × columns that fills an element, where an event is or nearest to it. */
export function cellIn(element, event, rows, columns) {
  const { x, y, w, h } = placeIn(element, event);
  return { row: indexIn((y / h) * rows, rows), column: indexIn((x / w) * columns, columns) };
}

/** The cell so many rows down and columns to the right of another, held inside the grid. */
export function stepIn({ row, column }, down, right, rows, columns) {
  return { row: clamp(row + down, 0, rows - 1), column: clamp(column + right, 0, columns - 1) };
}

/** What `find(event)` sees under the pointer or a finger: `point` as it moves (null as it leaves), `pick` on a click. */
export function onPoint(target, find, point, pick = null) {
  onHover(
    target,
    event => point(find(event), event),
    event => point(null, event),
  );
  if (pick) target.onclick = event => pick(find(event), event);
}

/** Where the card beside the pointer belongs. */
export function beside(event) {
  return { x: event.clientX, y: event.clientY };
}

/** over(event): the pointer moves or a finger touches; out(event): it leaves. */
export function onHover(target, over, out = null) {
  target.onpointermove = target.onpointerdown = over;
  if (out) target.onpointerleave = out;
}

/** follow(event) from the press to the release, wherever the pointer goes meanwhile. */
export function onDrag(target, follow) {
  target.onpointerdown = event => {
    target.setPointerCapture?.(event.pointerId);
    target.dataset.held = "1";
    follow(event);
  };
  target.onpointermove = event => target.dataset.held && follow(event);
  target.onpointerup = target.onpointercancel = () => delete target.dataset.held;
}
