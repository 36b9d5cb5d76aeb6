import { layoutOf } from "../../../../shared/components/sliding_window/layout.js";
import { modelOf } from "../../../../shared/components/sliding_window/model.js";
import { paintOver } from "../../../../shared/components/sliding_window/overlay.js";
import { paintCells } from "../../../../shared/components/sliding_window/paint.js";
import { showTerms } from "../../../../shared/components/sliding_window/terms.js";
import { cellIn, onKeys, stepIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { brief, clamp } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { paintMarks, paintPictures } from "./pictures.js";

const CHANNELS = ["red", "green", "blue"];

export default mount({
  narrow: 480, // pixels: on a projector, too, the image stands beside its result
  whole: ".filter_lens",
  parts: "pair before after said patch cells over terms live ramp low high which channel",
  painted: "pair",
  notes: header => `filter lens ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view) {
  view.stage = view.patch; // where the sliding window's own painting puts its height
  for (const side of ["before", "after"]) {
    const canvas = view[side].querySelector(".shown");
    const under = event => cellIn(canvas, event, view.meta.shape[1], view.meta.shape[2]);
    canvas.onpointermove = event => event.pointerType !== "touch" && !view.notes.pinned && look(view, under(event));
    canvas.onclick = event => toggle(view, under(event));
  }
  const said =
    work =>
    (...values) => {
      work(...values);
      view.live.textContent = view.said.textContent;
    };
  onKeys(view.pair, {
    Arrow: said((down, right, event) => step(view, down, right, event)),
    Enter: said(() => toggle(view, view.at)),
    Escape: said(() => {
      view.notes.pinned = false;
      look(view, view.at);
    }),
  });
  view.channel.onchange = () => look(view, view.at);
}

function load(view, /** @type {import("../../../../shared/js/packets").FilterLensMeta} */ meta, blob) {
  const [, height, width] = meta.shape;
  const at = view.notes.at ?? { row: Math.floor(height / 2), column: Math.floor(width / 2) };
  view.meta = meta;
  view.picture = new Float32Array(blob("picture").buffer);
  view.result = new Float32Array(blob("result").buffer);
  view.kernel = new Float64Array(blob("kernel").buffer);
  view.at = { row: Math.min(at.row, height - 1), column: Math.min(at.column, width - 1) };
  view.which.hidden = meta.shape[0] === 1;
  view.pair.setAttribute("aria-label", say("pair", { height, width, high: meta.window[0], wide: meta.window[1] }));
}

function arrange(view) {
  const [, height, width] = view.meta.shape;
  view.width = view.whole.clientWidth || 700;
  const { narrow } = view;
  const room = narrow ? view.width : (view.width - 18) / 2;
  view.scale = Math.min(room / width, (narrow ? 300 : 440) / height);
  paintPictures(view);
  look(view, view.at);
}

function look(view, at) {
  view.at = view.notes.at = at;
  paintMarks(view);
  showPatch(view);
}

// The pixel's neighbourhood as an operation of its own: one window, one output.
function showPatch(view) {
  const { meta, at } = view;
  const [channels, height, width] = meta.shape;
  const [high, wide] = meta.window;
  const [up, left] = meta.before;
  const channel = channels === 1 ? 0 : Number(view.channel.value);
  const base = channel * height * width;
  const patch = new Float64Array(high * wide);
  const clip = (value, size) => clamp(value, 0, size - 1);
  for (let i = 0; i < high; i++)
    for (let j = 0; j < wide; j++)
      patch[i * wide + j] = view.picture[base + clip(at.row - up + i, height) * width + clip(at.column - left + j, width)];
  const value = view.result[base + at.row * width + at.column];
  const blobs = {
    input: patch,
    weights: view.kernel,
    output: Float64Array.of(value),
    rows: Int32Array.from({ length: high }, (_, i) => i),
    columns: Int32Array.from({ length: wide }, (_, j) => j),
  };
  const small = {
    kind: "products",
    input: [1, high, wide],
    output: [1, 1, 1],
    window: [high, wide],
    groups: 1,
    padding: [0, 0, 0, 0],
    sources: [[...blobs.rows], [...blobs.columns]],
    power: 2,
    names: ["patch", "kernel", "result"],
    companions: [],
    anchors: null,
    limits: [1, Math.max(...view.kernel.map(Math.abs)), meta.signed ? meta.limit : 1],
  };
  view.mini = {
    model: modelOf(small, name => new Uint8Array((blobs[name] ?? new Float64Array(0)).buffer)),
    notes: { channel: 0, step: 0 },
    theme: view.theme,
    width: view.width,
    stage: view.patch,
    cells: view.cells,
    over: view.over,
    terms: view.terms,
    said: view.said,
    target: null,
    hover: null,
    pinned: null,
    letGo: () => letGo(view.mini),
  };
  view.mini.layout = layoutOf(view.mini.model, 0, view.width);
  view.mini.links = { input: [], weights: [], output: [] };
  paintCells(view.mini);
  showTerms(view.mini);
  view.said.textContent = saidOf(view, value, channels === 1 ? null : CHANNELS[channel]);
}

function saidOf({ meta, at, notes }, value, colour) {
  const [, height, width] = meta.shape;
  const [high, wide] = meta.window;
  const [up, left] = meta.before;
  const beyond = at.row < up || at.column < left || at.row - up + high > height || at.column - left + wide > width;
  const { row, column } = at;
  const text = brief(value);
  const pixel = colour
    ? say(notes.pinned ? "pixel_of_pinned" : "pixel_of", { row, column, colour, value: text })
    : say(notes.pinned ? "pixel_pinned" : "pixel", { row, column, value: text });
  return beyond ? `${pixel} ${say("beyond")}` : pixel;
}

// A term that is pointed at: its cell and its weight in the small grids.
function letGo(mini) {
  mini.links = { input: [], weights: [], output: [] };
  mini.target = mini.hover = null;
  paintOver(mini);
}

function toggle(view, at) {
  view.notes.pinned = !view.notes.pinned;
  look(view, at);
}

function step(view, down, right, event) {
  const [, height, width] = view.meta.shape;
  const far = event.shiftKey ? 10 : 1;
  look(view, stepIn(view.at, far * down, far * right, height, width));
}
