import { perFrame } from "../../js/dom.js";
import { memory, pushed } from "../../js/memory.js";
import { unpack } from "../../js/packet.js";
import { settled } from "../../js/places.js";
import { sameTheme, themeOf } from "../../js/theme.js";
import { askContribution, showControls } from "./controls.js";
import { answer, listen } from "./events.js";
import { gridOf } from "./grid.js";
import { modelOf, ordered, pageOf, pageSize } from "./model.js";
import { paintBar, paintMaps } from "./paint.js";
import { loadPhoto } from "./side.js";

const views = new WeakMap();

// Runs on every change of data or theme: sorting, scale, page and what is chosen stay.
export default function ({ data, parentElement, setStateValue }) {
  const started = performance.now();
  const { header, blob } = unpack(data);
  const view = views.get(parentElement) ?? created(parentElement, header.key);
  view.setStateValue = setStateValue;
  const theme = themeOf(parentElement);
  const fresh = view.digest !== header.meta.digest;
  if (fresh) load(view, header.meta, blob);
  pushed(view, header);
  if (fresh || !sameTheme(theme, view.theme)) {
    view.theme = theme;
    if (fresh) turnToSelected(view);
    arrange(view);
  } else answer(view);
  view.stage.dataset.painted = header.meta.digest;
  view.stage.dataset.milliseconds = (performance.now() - started).toFixed(1);
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root, key) {
  const notes = memory(`mosaic ${key}`);
  notes.sort ??= "index";
  notes.scale ??= "layer";
  notes.hide ??= false;
  notes.page ??= 0;
  const view = { root, notes, selected: notes.selected ?? null, hover: null, cursor: null, focused: false };
  const names = [
    "sort",
    "scale",
    "hide",
    "back",
    "next",
    "range",
    "pager",
    "low",
    "ramp",
    "high",
    "about",
    "side",
    "lens",
    "photo",
    "maps",
    "over",
    "empty",
    "tip",
    "live",
  ];
  for (const name of names) view[name] = root.querySelector(`.${name}`);
  view.stage = root.querySelector(".grid");
  view.whole = root.querySelector(".mosaic");
  const resized = perFrame(() => view.model && view.whole.clientWidth !== view.arrangedFor && arrange(view));
  view.observer = new ResizeObserver(resized);
  view.observer.observe(view.whole);
  listen(view);
  settled("layer", view.stage);
  views.set(root, view);
  return view;
}

function load(view, meta, blob) {
  if (view.notes.layer !== meta.layer) {
    Object.assign(view.notes, { layer: meta.layer, page: 0 });
    view.selected = view.notes.selected = null;
  }
  view.model = modelOf(meta, blob("values"));
  view.digest = meta.digest;
  view.hover = null;
  if (view.cursor)
    view.cursor = {
      slot: view.cursor.slot,
      row: Math.min(view.cursor.row, view.model.height - 1),
      column: Math.min(view.cursor.column, view.model.width - 1),
    };
  loadPhoto(view, blob("picture"));
  view.stage.setAttribute(
    "aria-label",
    `${meta.layer}, ${meta.operation}: ${view.model.count} maps of ${view.model.height} by ${view.model.width}. ` +
      "Arrow keys move between maps, shift and arrow keys between cells, Enter picks, Page keys turn the page, Escape goes back to the network.",
  );
  askContribution(view);
}

// A chosen channel is looked for on its own page when the layer opens.
function turnToSelected(view) {
  const place = view.selected ? ordered(view.model, view.notes).indexOf(view.selected.channel) : -1;
  if (place >= 0 && !view.notes.page) view.notes.page = Math.floor(place / pageSize(view.model));
}

export function arrange(view) {
  view.arrangedFor = view.whole.clientWidth;
  view.narrow = view.whole.clientWidth < 560;
  view.whole.classList.toggle("narrow", view.narrow);
  view.side.hidden = view.model.meta.vector && !view.model.meta.picture;
  view.order = ordered(view.model, view.notes);
  view.notes.page = Math.min(view.notes.page, Math.max(0, Math.ceil(view.order.length / pageSize(view.model)) - 1));
  view.page = pageOf(view);
  if (view.cursor && view.cursor.slot >= view.page.length) view.cursor = null;
  view.hover = null;
  view.tip.hidden = true;
  view.empty.hidden = view.page.length > 0;
  view.empty.textContent = "Every channel of this layer is dead on this picture: there is no map left to show.";
  view.grid = gridOf(view.model, view.page.length, view.stage.clientWidth || 600);
  showControls(view);
  paintMaps(view);
  paintBar(view);
  answer(view);
}
