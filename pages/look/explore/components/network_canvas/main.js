import { perFrame } from "../../../../shared/js/dom.js";
import { memory, pushed } from "../../../../shared/js/memory.js";
import { unpack } from "../../../../shared/js/packet.js";
import { settled } from "../../../../shared/js/places.js";
import { sameTheme, themeOf } from "../../../../shared/js/theme.js";
import { listen } from "./events.js";
import { geometry } from "./layout.js";
import { markLegends, paintLegends } from "./legends.js";
import { modelOf } from "./model.js";
import { paintOver } from "./overlay.js";
import { paintChunks, repaint } from "./paint.js";

const views = new WeakMap();

// Runs on every change of data or theme: loads what is new, and keeps what the person had open, chosen and scrolled to.
export default function ({ data, parentElement, setStateValue }) {
  const started = performance.now();
  const { header, blob } = unpack(data);
  const view = views.get(parentElement) ?? created(parentElement, header.key);
  view.setStateValue = setStateValue;
  const theme = themeOf(parentElement);
  const fresh = view.digest !== header.layout.digest;
  if (fresh) load(view, header, blob("atlas"));
  pushed(view, header);
  if (fresh || !sameTheme(theme, view.theme)) {
    view.theme = theme;
    arrange(view);
  }
  markLegends(view);
  paintOver(view);
  view.stage.dataset.painted = header.layout.digest;
  view.stage.dataset.milliseconds = (performance.now() - started).toFixed(1);
  announce(view);
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

// Once a window: the pixels are on the screen, so whatever waited for them may come now.
function announce(view) {
  if (view.notes.announced) return;
  view.notes.announced = true;
  requestAnimationFrame(() =>
    setTimeout(() => {
      view.stage.dataset.shown = Date.now(); // milliseconds since 1970: what benchmarks/start.py reads
      view.setStateValue("painted", true);
    }),
  );
}

function created(root, key) {
  const find = name => root.querySelector(`.${name}`);
  const notes = memory(`canvas ${key}`);
  /** @type {any} */
  const view = { root, notes, open: notes.open ?? new Set(), selected: notes.selected ?? null, hover: null, cursor: null };
  for (const name of ["stage", "scroll", "chunks", "over", "legends", "tip", "live", "fold", "ramp", "note"]) view[name] = find(name);
  view.scrolled = perFrame(() => {
    notes.scroll = view.scroll.scrollLeft;
    if (!view.plan) return;
    showMore(view);
    paintChunks(view);
    paintOver(view);
  });
  const resized = perFrame(() => view.plan && view.scroll.clientWidth !== view.arrangedFor && arrange(view));
  view.observer = new ResizeObserver(resized);
  view.observer.observe(view.scroll);
  listen(view);
  settled("network", view.stage);
  views.set(root, view);
  return view;
}

function load(view, header, atlas) {
  const same = view.notes.title === header.layout.title;
  const cursor = view.cursor && same ? [view.cursor.column.key, view.cursor.index] : null;
  if (!same) Object.assign(view.notes, { title: header.layout.title, open: new Set(), scroll: 0 });
  view.open = view.notes.open ?? new Set();
  view.model = modelOf(header.layout, atlas);
  view.digest = header.layout.digest;
  view.hover = view.cursor = null;
  view.restore = cursor;
  view.note.textContent =
    (view.model.small ? "every channel" : `of each block the ${header.layout.perLayer} channels with most energy`) +
    "; ranges centred on zero, a ReLU keeps the range of what it reads";
  view.stage.setAttribute(
    "aria-label",
    `${header.layout.title || "Network"}: ${header.layout.layers.length} nodes in ${header.layout.groups.length} groups. ` +
      "Arrow keys move, Enter opens a block or picks a tile, space picks, Escape closes.",
  );
}

// Lays everything out for the width at hand and paints it.
export function arrange(view) {
  view.arrangedFor = view.scroll.clientWidth;
  view.plan = geometry(view, view.scroll.clientWidth || 800);
  view.stage.style.width = `${view.plan.width}px`;
  view.hover = null;
  view.tip.hidden = true;
  view.fold.hidden = view.open.size === 0;
  paintLegends(view);
  if (view.notes.scroll) view.scroll.scrollLeft = view.notes.scroll;
  restoreCursor(view);
  showMore(view);
  repaint(view);
  paintOver(view);
}

// The picture fades at an edge beyond which it goes on.
function showMore({ scroll }) {
  scroll.classList.toggle("more-left", scroll.scrollLeft > 4);
  scroll.classList.toggle("more-right", scroll.scrollLeft + scroll.clientWidth < scroll.scrollWidth - 4);
}

function restoreCursor(view) {
  const [key, index] = view.restore ?? (view.cursor ? [view.cursor.column.key, view.cursor.index] : []);
  const column = key && view.plan.byKey.get(key);
  view.cursor = column ? { column, index: Math.min(index, column.count - 1) } : null;
  view.restore = null;
}
