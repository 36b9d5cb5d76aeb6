// Runs on every change of data or theme: loads what is new, and keeps what the person had open, chosen and scrolled to.
import { perFrame } from "../../../../shared/js/dom.js";
import { pushed } from "../../../../shared/js/memory.js";
import { mount } from "../../../../shared/js/mount.js";
import { partsOf } from "../../../../shared/js/ranges.js";
import { settled } from "../../../../shared/js/places.js";
import { say } from "../../../../shared/js/say.js";
import { listen } from "./events.js";
import { follow } from "../how_made/scan.js";
import { geometry } from "./layout.js";
import { markLegends, paintLegends } from "./legends.js";
import { modelOf } from "./model.js";
import { glide, standing } from "./motion.js";
import { paintOver } from "./overlay.js";
import { paintChunks, repaint } from "./paint.js";
import { endWay, offerWay, showWay } from "./play_way.js";
import { save } from "./slide.js";
import { pushedSide, showSides } from "./two.js";

export default mount({
  whole: ".scroll",
  parts: "stage scroll chunks over legends tip live fold ramp lowest highest note sides play png svg",
  painted: "stage",
  notes: header => `canvas ${header.key}`,
  create: setUp,
  load,
  arrive(view, header) {
    pushed(view, header);
    pushedSide(view, header.shown);
    if (view.model.rest?.path !== header.rest) view.model.rest = partsOf(header.rest, () => repaint(view));
  },
  draw: arrange,
  begin(view) {
    window.addEventListener("resize", view.resized);
    view.unfollow = follow(place => {
      view.scan = place;
      if (view.plan) paintOver(view);
    });
  },
  stop(view) {
    window.removeEventListener("resize", view.resized);
    view.unfollow();
  },
  again(view) {
    markLegends(view);
    paintOver(view);
  },
});

// Once a window: the pixels are on the screen, so whatever waited for them may come now.
function announce(view) {
  if (view.notes.announced) return;
  view.notes.announced = true;
  requestAnimationFrame(() =>
    setTimeout(() => {
      view.stage.dataset.shown = Date.now(); // milliseconds since 1970: what benchmarks/start.py reads
      view.send("painted", true);
    }),
  );
}

function setUp(view) {
  const { notes } = view;
  Object.assign(view, { open: notes.open ?? new Set(), selected: notes.selected ?? null, hover: null, cursor: null });
  view.scrolled = perFrame(() => {
    notes.scroll = view.scroll.scrollLeft;
    if (!view.plan) return;
    showMore(view);
    paintChunks(view);
    paintOver(view);
  });
  view.resized = perFrame(() => view.plan && window.innerHeight !== view.high && arrange(view)); // as high as the window allows
  view.png.onclick = () => save(view, "png");
  view.svg.onclick = () => save(view, "svg");
  offerWay(view);
  listen(view);
  settled("network", view.stage);
}

function load(view, header, blob) {
  const same = view.notes.title === header.layout.title;
  endWay(view);
  showWay(view);
  const cursor = view.cursor && same ? [view.cursor.column.key, view.cursor.index] : null;
  if (!same) Object.assign(view.notes, { title: header.layout.title, open: new Set(), scroll: 0 });
  view.open = view.notes.open ?? new Set();
  view.model = modelOf(header.layout, blob("atlas"), blob("folded"));
  view.hover = view.cursor = null;
  view.restore = cursor;
  showSides(view);
  view.stage.setAttribute(
    "aria-label",
    say("stage", {
      title: header.layout.title || say("network"),
      nodes: header.layout.layers.length,
      groups: header.layout.groups.length,
    }),
  );
}

// Lays everything out for the width at hand and paints it.
export function arrange(view) {
  endWay(view);
  const before = standing(view);
  view.high = window.innerHeight;
  view.plan = geometry(view, view.scroll.clientWidth || 800);
  view.stage.style.width = `${view.plan.width}px`;
  view.hover = null;
  view.tip.hidden = true;
  view.fold.hidden = view.open.size === 0;
  paintLegends(view);
  if (view.notes.scroll) view.scroll.scrollLeft = view.notes.scroll;
  restoreCursor(view);
  showMore(view);
  const paint = () => {
    repaint(view);
    paintOver(view);
  };
  paint();
  glide(view, before, paint);
  announce(view);
}

// The image fades at an edge beyond which it goes on.
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
