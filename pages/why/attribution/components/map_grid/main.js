import { slider } from "../../../../shared/js/controls.js";
import { mount } from "../../../../shared/js/mount.js";
import { number } from "../../../../shared/js/numbers.js";
import { ramp } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { build, paintMaps } from "./maps.js";
import { listen, point } from "./pointer.js";

function setUp(view) {
  const { notes } = view;
  notes.opacity ??= 0.6;
  notes.only ??= false;
  notes.together ??= false;
  const words = value =>
    value > 0 && value < 1 ? say("share", { percent: Math.round(100 * value) }) : say(value ? "only_map" : "only_image");
  const made = slider(say("fade"), { min: 0, max: 1, step: 0.05, value: notes.opacity }, words, value => {
    notes.opacity = value;
    paintMaps(view);
  });
  view.opacity.append(made.box);
  view.only.checked = notes.only;
  view.only.onchange = () => {
    notes.only = view.only.checked;
    paintMaps(view);
  };
  view.together.checked = notes.together;
  view.together.onchange = () => {
    notes.together = view.together.checked;
    draw(view);
  };
  Object.assign(view, { at: null, tile: 0 });
  listen(view);
}

function load(view, /** @type {import("../../../../shared/js/packets").MapGridPacket} */ header, blob) {
  const bytes = blob("maps");
  view.pixels = blob("picture");
  view.maps = new Int16Array(bytes.buffer, 0, bytes.byteLength / 2);
  [view.height, view.width] = header.size;
  build(view, header);
}

function draw(view) {
  view.ramp.style.background = ramp("activations", view.theme.name);
  const one = say("one_scale", { times: number(view.most, 2) });
  view.scale.textContent = `${view.notes.together ? one : view.header.own_scales} ${view.header.scale}`;
  paintMaps(view);
  point(view, view.at);
  mark(view);
}

function mark(view) {
  for (const tile of view.tiles) tile.figure.classList.toggle("chosen", tile.name === view.header.chosen);
  view.whole.dataset.chosen = view.header.chosen;
  view.whole.dataset.scale = number(view.tiles.length, 3);
}

export default mount({
  whole: ".map-grid",
  parts: "stage opacity only together ramp where scale live",
  notes: header => header.key,
  painted: "stage",
  create: setUp,
  load,
  draw,
  again: mark,
});
