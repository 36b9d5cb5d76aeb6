import { perFrame } from "../../../../shared/js/dom.js";
import { memory } from "../../../../shared/js/memory.js";
import { unpack } from "../../../../shared/js/packet.js";
import { sameTheme, themeOf } from "../../../../shared/js/theme.js";
import { answer, listen, showControls, showable } from "./events.js";
import { gridOf } from "./grid.js";
import { modelOf, ordered, pageSize } from "./model.js";
import { paintBar, paintTiles } from "./paint.js";
import { showOverview } from "./plane.js";
import { showFrame, stop } from "./play.js";

const views = new WeakMap();
const DEFAULTS = {
  kernels: ["weights", "index"],
  inputs: ["weights", "norm"],
  frequency: ["responses", "angle"],
  training: ["weights", "index"],
};
const PARTS_OF_IT = [
  "play",
  "toggle",
  "scrub",
  "speed",
  "said",
  "curve",
  "overview",
  "field",
  "directions",
  "alike",
  "show",
  "plane",
  "sort",
  "scale",
  "pager",
  "back",
  "range",
  "next",
  "low",
  "ramp",
  "high",
  "about",
  "tiles",
  "over",
  "side",
  "name",
  "lens",
  "before",
  "response",
  "classic",
  "answer",
  "numbers",
  "tip",
  "live",
];

// Runs on every change of data or theme: what is shown, sorted, scaled and chosen stays.
export default function ({ data, parentElement, setStateValue }) {
  const started = performance.now();
  const { header, blob } = unpack(data);
  const view = views.get(parentElement) ?? created(parentElement, header);
  view.setStateValue = setStateValue;
  view.wants = header.wants;
  const theme = themeOf(parentElement);
  const fresh = view.digest !== header.meta.digest;
  if (fresh) load(view, header.meta, blob);
  takePushed(view, header);
  if (fresh || !sameTheme(theme, view.theme)) {
    view.theme = theme;
    arrange(view);
  } else answer(view);
  view.stage.dataset.painted = header.meta.digest;
  view.stage.dataset.milliseconds = (performance.now() - started).toFixed(1);
  return () => {
    stop(view);
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

// A choice that Python changed is taken over once; until then the person's own holds.
function takePushed(view, header) {
  if (view.notes.pushed === header.pushed) return;
  view.notes.pushed = header.pushed;
  const place = "kernel" in header.selected ? view.model.meta.names.indexOf(header.selected.kernel) : -1;
  view.selected = view.notes.selected = place < 0 ? null : place;
}

function created(root, header) {
  const notes = memory(`kernel_grid ${header.key}`);
  const [show, sort] = DEFAULTS[header.view];
  notes.show ??= show;
  notes.sort ??= sort;
  notes.plane ??= "all";
  notes.scale ??= "layer";
  notes.page ??= 0;
  const view = {
    root,
    notes,
    kind: header.view,
    selected: notes.selected ?? null,
    hover: null,
    cursor: null,
    pointed: null,
    lit: null,
    focused: false,
    timer: null,
  };
  for (const name of PARTS_OF_IT) view[name] = root.querySelector(`.${name}`);
  view.planes = root.querySelector("label.inputs");
  view.stage = root.querySelector(".grid");
  view.whole = root.querySelector(".kernel_grid");
  view.pickable = header.view === "kernels";
  const resized = perFrame(() => view.model && view.whole.clientWidth !== view.arrangedFor && arrange(view));
  view.observer = new ResizeObserver(resized);
  view.observer.observe(view.whole);
  listen(view);
  views.set(root, view);
  return view;
}

function load(view, meta, blob) {
  const { notes } = view;
  stop(view);
  if (notes.title !== meta.title) {
    Object.assign(notes, { title: meta.title, page: 0 });
    view.selected = notes.selected = null;
  }
  view.model = modelOf(meta, blob);
  view.digest = meta.digest;
  view.hover = view.cursor = view.pointed = view.lit = null;
  if (notes.asked && notes.asked.startsWith("gradient_") && meta.gradients.includes(notes.asked.slice(9))) {
    notes.show = notes.asked;
    notes.asked = null;
  }
  const shows = view.model.frames ? ["weights", "moved"] : Object.keys(showable({ ...view, wants: {} }));
  if (!shows.includes(notes.show)) notes.show = "weights";
  if (view.model.frames) notes.frame = Math.min(notes.frame ?? view.model.frames.length - 1, view.model.frames.length - 1);
  view.stage.setAttribute(
    "aria-label",
    `${meta.title}: ${view.model.count} kernels of ${view.model.height} by ${view.model.width}. ` +
      "Arrow keys move between them, shift and arrow keys between weights, Enter chooses, Page keys turn the page, Escape lets go.",
  );
}

export function arrange(view) {
  const { notes, model } = view;
  view.arrangedFor = view.whole.clientWidth;
  view.narrow = view.whole.clientWidth < 560;
  view.whole.classList.toggle("narrow", view.narrow);
  view.order = ordered(view);
  const size = pageSize(model);
  notes.page = Math.min(notes.page, Math.max(0, Math.ceil(view.order.length / size) - 1));
  view.page = view.order.slice(notes.page * size, (notes.page + 1) * size);
  if (view.cursor && view.cursor.slot >= view.page.length) view.cursor = null;
  view.hover = null;
  view.tip.hidden = true;
  view.play.hidden = !model.frames;
  view.whole.classList.toggle("alone", model.count === 1 && !model.frames);
  view.grid = gridOf(view, view.page.length, view.stage.clientWidth || 600);
  showControls(view);
  showOverview(view);
  paintTiles(view);
  paintBar(view);
  answer(view);
  if (model.frames) showFrame(view);
}
