// One life for every component. Streamlit calls it on each change of data or theme; what is new is loaded and drawn, what
// a person pinned, opened or scrolled to stays, and everything that was started ends with it.
import { memory } from "./memory.js";
import { unpack } from "./packet.js";
import { unwatched, watched } from "./sizes.js";
import { sameTheme, themeOf } from "./theme.js";

/** @typedef {import("./types").View} View */

const NARROW = 560; // pixels: below it panes stack

/**
 * The function that Streamlit calls, out of those that make a component.
 * @param {import("./types").Spec} spec
 */
export function mount(spec) {
  const views = new WeakMap();
  return function component({ data, parentElement, setStateValue }) {
    const started = performance.now();
    const { header, blob } = unpack(data);
    const view = livingIn(parentElement) ?? createView(spec, parentElement, header);
    views.set(parentElement, view);
    wake(spec, view);
    updateView(spec, view, { header, blob, send: setStateValue });
    if (spec.painted) view[spec.painted].dataset.milliseconds = (performance.now() - started).toFixed(1);
    return () => putToRest(spec, view);
  };

  // What was ended may be called again: Streamlit ends a call that a newer one has overtaken, and makes the newer one then.
  function livingIn(root) {
    const view = views.get(root);
    if (!view || root.querySelector(spec.whole) === view.whole) return view;
    putToRest(spec, view);
    return undefined;
  }
}

function wake(spec, view) {
  if (view.begun) return;
  view.begun = true;
  spec.begin?.(view);
  watched(view.whole, () => view.drawn && view.whole.clientWidth && view.whole.clientWidth !== view.room && drawView(spec, view));
}

function putToRest(spec, view) {
  if (!view.begun) return;
  Object.assign(view, { begun: false, digest: undefined }); // called again, it loads and draws
  view.player?.stop();
  spec.stop?.(view);
  unwatched(view.whole);
}

function createView(spec, root, header) {
  const find = selector => root.querySelector(selector);
  const view = { root, header, find, whole: find(spec.whole), notes: spec.notes ? memory(spec.notes(header)) : null, drawn: false };
  for (const name of (spec.parts ?? "").match(/\S+/g) ?? []) view[name] = find(`.${name}`);
  spec.create?.(view, header);
  return view;
}

function updateView(spec, view, { header, blob, send }) {
  const theme = themeOf(view.root);
  const digest = digestOf(header);
  const fresh = digest === undefined || digest !== view.digest;
  const other = fresh || !sameTheme(theme, view.theme);
  Object.assign(view, { header, theme, send, digest });
  if (fresh) spec.load?.(view, header.meta ?? header, blob);
  spec.arrive?.(view, header);
  if (other) drawView(spec, view);
  else spec.again?.(view);
}

function drawView(spec, view) {
  view.room = view.whole.clientWidth;
  view.theme = themeOf(view.root); // Present mode may have begun or ended
  view.narrow = view.room < (spec.narrow ?? NARROW);
  view.whole.classList.toggle("narrow", view.narrow);
  spec.draw(view);
  view.drawn = true;
  if (spec.painted) view[spec.painted].dataset.painted = view.digest;
}

function digestOf(header) {
  return header.digest ?? header.meta?.digest ?? header.layout?.digest;
}
