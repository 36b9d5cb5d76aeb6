import { legendOf } from "../../../../shared/js/chart.js";
import { button, slider } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { number, percent } from "../../../../shared/js/numbers.js";
import { still } from "../../../../shared/js/play.js";
import { say } from "../../../../shared/js/say.js";
import { coloursOf } from "./colours.js";
import { fitted, itemAt, nextTowards, paintMap, positions, reaches } from "./ground.js";
import { paintSide } from "./side.js";

const RESTS = 400; // milliseconds without another gesture

function setUp(view) {
  Object.assign(view, { item: 0, pinned: false, layer: 0, from: null, sheet: null, drag: null, zoom: fitted() });
  const { notes, ground } = view;
  notes.colour ??= "class";
  view.colour.onchange = () => {
    notes.colour = view.colour.value;
    paint(view);
    tell(view);
  };
  view.dots.onchange = () => paint(view);
  const zoomed = factor => () => zoomBy(view, factor, { x: view.ground.clientWidth / 2, y: view.ground.clientHeight / 2 });
  view.buttons.append(
    button("+", zoomed(1.5)),
    button("−", zoomed(1 / 1.5)),
    button(say("all"), () => reset(view)),
  );
  [...view.buttons.children].forEach((one, index) => one.setAttribute("aria-label", say(["nearer", "further", "show_all"][index])));
  listen(view, ground);
}

function listen(view, ground) {
  ground.onpointerdown = event => {
    view.drag = { ...placeIn(ground, event), zoom: { ...view.zoom }, far: 0 };
    if (event.pointerType === "mouse") ground.setPointerCapture(event.pointerId);
  };
  ground.onpointermove = event => {
    const at = placeIn(ground, event);
    if (!view.drag) return view.pinned || turnTo(view, itemAt(view, at));
    const [right, down] = [at.x - view.drag.x, at.y - view.drag.y];
    view.drag.far = Math.max(view.drag.far, Math.hypot(right, down));
    if (event.pointerType !== "mouse") return null;
    view.zoom = { ...view.zoom, x: view.drag.zoom.x + right, y: view.drag.zoom.y + down };
    return paint(view);
  };
  ground.onpointerup = event => {
    const far = view.drag?.far ?? 0;
    view.drag = null;
    if (far > 5) return;
    const item = itemAt(view, placeIn(ground, event));
    view.pinned = item >= 0 && !(view.pinned && item === view.item);
    turnTo(view, item < 0 ? view.item : item, true);
  };
  ground.onpointercancel = () => (view.drag = null);
  ground.addEventListener("wheel", event => {
    if (!event.ctrlKey && view.root.activeElement !== ground) return;
    event.preventDefault();
    zoomBy(view, event.deltaY < 0 ? 1.2 : 1 / 1.2, placeIn(ground, event));
  });
  onKeys(ground, {
    Arrow: (down, right) => turnTo(view, nextTowards(view, right, down), true),
    Enter: () => keep(view, !view.pinned),
    " ": () => keep(view, !view.pinned),
    Escape: () => keep(view, false),
    "+": () => zoomBy(view, 1.3, positions(view)[view.item]),
    "-": () => zoomBy(view, 1 / 1.3, positions(view)[view.item]),
    0: () => reset(view),
    PageUp: () => toLayer(view, view.layer - 1),
    PageDown: () => toLayer(view, view.layer + 1),
  });
}

function keep(view, pinned) {
  view.pinned = pinned;
  paint(view);
}

function reset(view) {
  view.zoom = fitted();
  paint(view);
}

function zoomBy(view, factor, { x, y }) {
  const scale = Math.max(0.5, Math.min(20, view.zoom.scale * factor));
  const grown = scale / view.zoom.scale;
  view.zoom = { scale, x: x - (x - view.zoom.x) * grown, y: y - (y - view.zoom.y) * grown };
  paint(view);
}

function load(view, /** @type {import("../../../../shared/js/packets").ImageMapPacket} */ header, blob) {
  const floats = blob("places");
  const near = blob("near");
  view.places = new Float32Array(floats.buffer, 0, floats.byteLength / 4);
  view.near = new Uint16Array(near.buffer, 0, near.byteLength / 2);
  view.total = header.labels.length;
  view.reach = reaches(view);
  view.item = Math.min(view.total - 1, header.count);
  view.pinned = false;
  const last = header.layers.length - 1;
  const named = header.layers.findIndex(layer => layer.name === header.pushed.layer);
  view.layer = named < 0 ? last : named;
  view.notes.colour = view.colour.value = header.pushed.colour;
  view.from = null;
  const words = layer => `${header.layers[layer].name}`;
  const made = slider("Layer", { min: 0, max: last, step: 1, value: view.layer }, words, layer => toLayer(view, layer));
  view.slide = made;
  view.slot.replaceChildren(made.box);
  view.colour.options[1].disabled = header.answer_names.every(name => !name);
  view.colour.options[2].disabled = !header.right.length;
  if (view.colour.selectedOptions[0]?.disabled) view.colour.value = view.notes.colour = "class";
  view.sheet = null;
  const { digest } = header;
  createImageBitmap(new Blob([blob("sheet")])).then(sheet => {
    if (view.header.digest !== digest) return;
    view.sheet = sheet;
    paint(view);
    view.whole.dataset.ready = digest;
  });
}

// The images go to their new places in a quarter of a second, or at once where motion is not wanted.
function toLayer(view, layer) {
  if (layer < 0 || layer >= view.header.layers.length || layer === view.layer) return;
  view.from = still() ? null : { layer: view.layer, since: performance.now() };
  view.layer = view.notes.layer = layer;
  view.slide.input.value = String(layer);
  view.slide.update();
  view.whole.dataset.layer = view.header.layers[layer].name;
  step(view);
  tell(view);
}

// The link gets layer and colour once a gesture rests.
function tell(view) {
  clearTimeout(view.telling);
  view.telling = setTimeout(() => {
    view.send("seen", { layer: view.header.layers[view.layer].name, colour: view.notes.colour });
  }, RESTS);
}

function step(view) {
  paint(view);
  if (view.from) requestAnimationFrame(() => step(view));
}

function turnTo(view, item, always = false) {
  if (item < 0 || (item === view.item && !always)) return;
  view.item = item;
  paint(view);
  view.live.textContent = view.title.textContent;
}

function paint(view) {
  if (!view.sheet || !view.room) return;
  view.paints = coloursOf(view);
  paintMap(view);
  paintSide(view);
  const layer = view.header.layers[view.layer];
  view.legend.replaceChildren(
    element(
      "span",
      "mono",
      say("layer", {
        layer: layer.name,
        kept: layer.kept,
        right: percent(layer.right),
        wide: number(100 * layer.wide, 2),
        chance: percent(layer.chance),
      }),
    ),
    ...legendOf(view.paints.legend.map(([colour, name]) => ({ colour, name }))),
  );
}

export default mount({
  whole: ".image-map",
  parts: "slot colour dots buttons ground map side title lens facts legend live layer-near by-layer by-pixels",
  notes: header => header.key,
  painted: "map",
  create: setUp,
  load,
  draw: paint,
  stop: view => clearTimeout(view.telling),
});
