import { element, nest } from "../../../../shared/js/dom.js";
import { onHover, onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, shapeText } from "../../../../shared/js/numbers.js";
import { player, still } from "../../../../shared/js/play.js";
import { amountText, defaults, measureOf, motionOf, placeOf, settle, shownAt, wayColour } from "./model.js";
import { paintAll, paintPhoto } from "./paint.js";

const BEAT = 250; // ms a step

export default mount({
  whole: ".shift_lab",
  narrow: 640,
  parts: "about ways legend said scrub amount place measure live where how",
  notes: header => `shift lab ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view) {
  const { find } = view;
  defaults(view.notes);
  Object.assign(view, {
    hover: null,
    near: null,
    layer: null,
    frames: {},
    photoCanvas: find(".photo canvas"),
    photoWords: find(".photo figcaption"),
    mapsBox: find(".maps"),
    waysCanvas: find(".ways canvas"),
    waysTitle: find(".ways .title"),
    depthCanvas: find(".depth canvas"),
    depthTitle: find(".depth .title"),
    kinds: { slide: find(".slide"), turn: find(".turn") },
  });
  listen(view);
}

function load(view, /** @type {import("../../../../shared/js/packets").ShiftLabMeta} */ meta, blob) {
  Object.assign(view, { meta, hover: null, near: null, layer: null, frames: {} });
  settle(view);
  const kept = {};
  view.entries = way =>
    (kept[`${view.notes.motion}_${view.notes.place}_${way}`] ??= blob(`${view.notes.motion}_${view.notes.place}_${way}`));
  const pictures = Object.keys(meta.motions).map(async name => {
    view.frames[name] = await createImageBitmap(new Blob([blob(`${name}_frames`)], { type: "image/png" }));
  });
  Promise.all(pictures).then(() => {
    if (view.digest !== meta.digest) return;
    paintPhoto(view);
    view.whole.dataset.painted = meta.digest;
  });
}

// Everything that a motion, a place or the width decides.
function arrange(view) {
  const { notes } = view;
  const motion = motionOf(view);
  for (const [name, button] of Object.entries(view.kinds)) button.setAttribute("aria-pressed", String(name === notes.motion));
  view.scrub.max = motion.amounts.length - 1;
  view.measure.value = measureOf(view);
  view.measure.disabled = notes.motion !== "slide";
  view.place.replaceChildren(
    ...motion.places.map((place, index) => new Option(`${place.layer} · ${place.operation} · ${shapeText(place.shape)}`, index)),
  );
  view.place.value = notes.place;
  view.where.hidden = view.how.hidden = !motion.places.length;
  view.mapCanvases = motion.ways.map(() => element("canvas"));
  view.mapsBox.replaceChildren(
    ...motion.ways.map((way, index) => nest("figure", "", view.mapCanvases[index], element("figcaption", "", way.title))),
  );
  view.legend.replaceChildren(...motion.ways.map((way, index) => legendItem(view, way, index)));
  paintAll(view);
}

function legendItem(view, way, index) {
  const item = element("span");
  const mark = element("i");
  mark.style.borderColor = wayColour(view, index);
  mark.style.borderTopStyle = index ? "solid" : "dashed";
  item.append(mark, element("span", "", way.title), element("b", "mono"));
  item.onpointerenter = () => show(view, { near: index });
  item.onpointerleave = () => show(view, { near: null });
  return item;
}

function show(view, change) {
  Object.assign(view, change);
  paintAll(view);
}

function go(view, at, spoken = false) {
  const motion = motionOf(view);
  view.notes.at[view.notes.motion] = clamp(at, 0, motion.amounts.length - 1);
  show(view, { hover: null });
  if (spoken) view.live.textContent = `${amountText(motion, shownAt(view))}: ${view.photoWords.textContent}`;
}

function listen(view) {
  view.scrub.oninput = () => go(view, Number(view.scrub.value), true);
  const step = () => go(view, (view.notes.at[view.notes.motion] + 1) % motionOf(view).amounts.length);
  view.player = player({ button: view.find(".play"), pace: BEAT, start: step, step: () => (still() ? false : step()) });
  view.place.onchange = () => choose(view, { place: Number(view.place.value) });
  view.measure.onchange = () => choose(view, { measure: view.measure.value });
  for (const [name, button] of Object.entries(view.kinds)) button.onclick = () => choose(view, { motion: name });
  point(view, view.waysCanvas, {
    read: ({ x, y }) => waysAt(view, x, y),
    move: by => go(view, view.notes.at[view.notes.motion] + by, true),
  });
  point(view, view.depthCanvas, { read: ({ x }) => show(view, { layer: view.depthScale.at(x) }), move: by => moveLayer(view, by) });
  view.waysCanvas.onclick = () => view.hover !== null && go(view, view.hover, true);
}

function choose(view, change) {
  view.player.stop();
  Object.assign(view.notes, change);
  Object.assign(view, { hover: null, near: null });
  settle(view);
  arrange(view);
}

// A chart that the pointer reads and the arrow keys step along.
function point(view, canvas, { read, move }) {
  const leave = () => show(view, { hover: null, near: null, layer: null });
  onHover(canvas, event => read(placeIn(canvas, event)), leave);
  onKeys(canvas, { ArrowLeft: () => move(-1), ArrowRight: () => move(1), Escape: leave });
}

// The nearest amount, and the curve that is nearest there.
function waysAt(view, x, y) {
  const at = view.waysScale.at(x);
  const curves = placeOf(view)[measureOf(view)].mean;
  const away = curves.map(values => (values[at] === null ? Infinity : Math.abs(view.waysScale.Y(values[at]) - y)));
  const least = Math.min(...away);
  show(view, { hover: at, near: least < 24 ? away.indexOf(least) : null });
}

function moveLayer(view, by) {
  const last = motionOf(view).layers.length - 1;
  show(view, { layer: clamp((view.layer ?? last) + by, 0, last) });
  view.live.textContent = view.said.textContent;
}
