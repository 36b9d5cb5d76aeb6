// Runs on every change of data or theme: sorting, scale, page and what is chosen stay.
import { pushed } from "../../js/memory.js";
import { mount } from "../../js/mount.js";
import { settled } from "../../js/places.js";
import { partsOf } from "../../js/ranges.js";
import { say } from "../../js/say.js";
import { openPage } from "../../js/tiles.js";
import { askContribution, showControls } from "./controls.js";
import { answer, listen, numbersCame } from "./events.js";
import { BESIDE, gridOf } from "./grid.js";
import { gradientOf, modelOf, ordered, pageSize } from "./model.js";
import { paintBar, paintMaps } from "./paint.js";
import { loadPhoto } from "./side.js";

const PHONE = 640; // pixels: a window that is no wider stacks everything

export default mount({
  whole: ".mosaic",
  parts: "shows show slopes sort scale hide back next range pager low ramp high about side lens photo maps over empty tip live",
  painted: "stage",
  notes: header => `mosaic ${header.key}`,
  create: setUp,
  load,
  arrive(view, header) {
    pushed(view, header);
    const { gradient } = view.model;
    if (gradient && gradient.parts?.path !== header.slopes) gradient.parts = partsOf(header.slopes, () => numbersCame(view));
    if (view.model.parts?.path !== header.whole) view.model.parts = partsOf(header.whole, () => numbersCame(view));
    if (view.fresh) turnToSelected(view);
    view.fresh = false;
  },
  draw: arrange,
  again: answer,
});

function setUp(view) {
  const { notes } = view;
  notes.sort ??= "index";
  notes.scale ??= "layer";
  notes.hide ??= false;
  notes.show ??= "gradient";
  notes.page ??= 0;
  Object.assign(view, { selected: notes.selected ?? null, hover: null, cursor: null, focused: false });
  view.stage = view.find(".grid");
  listen(view);
  settled("layer", view.stage);
}

function load(view, meta, blob) {
  if (view.notes.layer !== meta.layer) {
    Object.assign(view.notes, { layer: meta.layer, page: 0 });
    view.selected = view.notes.selected = null;
  }
  view.model = modelOf(meta, blob("values"));
  view.model.gradient = gradientOf(meta, blob("gradient"));
  view.hover = null;
  view.fresh = true;
  if (view.cursor)
    view.cursor = {
      slot: view.cursor.slot,
      row: Math.min(view.cursor.row, view.model.height - 1),
      column: Math.min(view.cursor.column, view.model.width - 1),
    };
  loadPhoto(view, blob("picture"));
  view.stage.setAttribute(
    "aria-label",
    say("stage", {
      layer: meta.layer,
      operation: meta.operation,
      count: view.model.count,
      height: view.model.height,
      width: view.model.width,
    }),
  );
  askContribution(view);
}

// A chosen channel is looked for on its own page when the layer opens.
function turnToSelected(view) {
  const place = view.selected ? ordered(view.model, view.notes).indexOf(view.selected.channel) : -1;
  if (place >= 0 && !view.notes.page) view.notes.page = Math.floor(place / pageSize(view.model));
}

export function arrange(view) {
  view.side.hidden = view.model.meta.vector && !view.model.meta.picture;
  view.order = ordered(view.model, view.notes);
  openPage(view, pageSize(view.model));
  view.empty.hidden = view.page.length > 0;
  view.empty.textContent = say("all_dead");
  view.beside = view.narrow && window.innerWidth > PHONE;
  view.grid = gridOf(view.model, view.page.length, view.stage.clientWidth || 600, view.beside ? BESIDE : undefined);
  showControls(view);
  paintMaps(view);
  paintBar(view);
  answer(view);
}
