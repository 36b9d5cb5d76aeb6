import { mount } from "../../../../shared/js/mount.js";
import { say } from "../../../../shared/js/say.js";
import { openPage } from "../../../../shared/js/tiles.js";
import { answer, listen, showControls, showable } from "./events.js";
import { gridOf } from "./grid.js";
import { modelOf, ordered, pageSize } from "./model.js";
import { paintBar, paintTiles } from "./paint.js";
import { showOverview } from "./plane.js";
import { showFrame } from "./play.js";

const DEFAULTS = {
  kernels: ["weights", "index"],
  inputs: ["weights", "norm"],
  frequency: ["responses", "angle"],
  training: ["weights", "index"],
};

// Runs on every change of data or theme: what is shown, sorted, scaled and chosen stays.
export default mount({
  whole: ".kernel_grid",
  parts: `play toggle scrub speed said curve overview field directions alike show plane sort scale pager back range
    next low ramp high about tiles over side name lens before response classic answer numbers tip live`,
  painted: "stage",
  notes: header => `kernel_grid ${header.key}`,
  create: setUp,
  load,
  arrive(view, header) {
    view.wants = header.wants;
    takePushed(view, header);
  },
  draw: arrange,
  again: answer,
});

// A choice that Python changed is taken over once; until then the person's own holds.
function takePushed(view, header) {
  if (view.notes.pushed === header.pushed) return;
  view.notes.pushed = header.pushed;
  const place = "kernel" in header.selected ? view.model.meta.names.indexOf(header.selected.kernel) : -1;
  view.selected = view.notes.selected = place < 0 ? null : place;
}

function setUp(view, header) {
  const { notes } = view;
  const [show, sort] = DEFAULTS[header.view];
  notes.show ??= show;
  notes.sort ??= sort;
  notes.plane ??= "all";
  notes.scale ??= "layer";
  notes.page ??= 0;
  Object.assign(view, {
    kind: header.view,
    selected: notes.selected ?? null,
    hover: null,
    cursor: null,
    pointed: null,
    lit: null,
    focused: false,
  });
  view.planes = view.find("label.inputs");
  view.stage = view.find(".grid");
  view.pickable = header.view === "kernels";
  listen(view);
}

function load(view, /** @type {import("../../../../shared/js/packets").KernelGridMeta} */ meta, blob) {
  const { notes } = view;
  view.player.stop();
  if (notes.title !== meta.title) {
    Object.assign(notes, { title: meta.title, page: 0 });
    view.selected = notes.selected = null;
  }
  view.model = modelOf(meta, blob);
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
    say("stage", { title: meta.title, count: view.model.count, height: view.model.height, width: view.model.width }),
  );
}

export function arrange(view) {
  const { model } = view;
  view.order = ordered(view);
  openPage(view, pageSize(model));
  view.play.hidden = view.curve.hidden = !model.frames;
  view.whole.classList.toggle("training", Boolean(model.frames));
  view.whole.classList.toggle("alone", model.count === 1 && !model.frames);
  view.grid = gridOf(view, view.page.length, view.stage.clientWidth || 600);
  showControls(view);
  showOverview(view);
  paintTiles(view);
  paintBar(view);
  answer(view);
  if (model.frames) showFrame(view);
}
