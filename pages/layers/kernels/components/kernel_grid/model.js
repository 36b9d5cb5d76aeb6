// A packet's numbers, and which of them the tiles show: weights, a gradient, a frame of a run, its change since the first.
import { grouped } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";

const PAGE = 128;
const MANY = 1024;
export const COLOUR_WORDS = ["red", "green", "blue"];

export function modelOf(meta, blob) {
  const [count, planes, height, width] = meta.shape;
  const model = { meta, count, planes, height, width, cells: height * width, per: planes * height * width, arrays: {}, limits: {} };
  model.arrays.weights = new Float32Array(blob("weights").buffer);
  for (const aim of meta.gradients) model.arrays[`gradient_${aim}`] = new Float32Array(blob(`gradient_${aim}`).buffer);
  model.responses = blob("responses");
  model.classics = new Float32Array(blob("classics").buffer);
  if (meta.answer) model.answers = blob("answers");
  if (meta.frames) splitFrames(model, new Float32Array(blob("frames").buffer));
  model.dead = new Set(meta.dead);
  model.silent = new Set(meta.silent);
  return model;
}

// One array a snapshot, and its difference to the first one.
function splitFrames(model, all) {
  const size = model.count * model.per;
  const first = all.subarray(0, size);
  model.frames = model.meta.frames.steps.map((_, t) => all.subarray(t * size, (t + 1) * size));
  model.moved = model.frames.map(frame => frame.map((value, i) => value - first[i]));
}

export function single(model) {
  return model.cells === 1;
}

// The array of numbers that the tiles stand for now.
export function arrayOf(view) {
  const { model, notes } = view;
  if (model.frames) return (notes.show === "moved" ? model.moved : model.frames)[notes.frame];
  return model.arrays[notes.show] ?? model.arrays.weights;
}

export function valueAt(view, index, plane, row, column) {
  const { model } = view;
  return arrayOf(view)[index * model.per + plane * model.cells + row * model.width + column];
}

// What shows numbers a cell, and not an image of another size.
export function cellwise(view) {
  return !["responses", "answers"].includes(view.notes.show);
}

export function coloured(view) {
  return view.model.planes === 3 && view.notes.plane === "all";
}

export function planeShown(view) {
  return view.model.planes === 3 && view.notes.plane !== "all" ? Number(view.notes.plane) : 0;
}

export function largest(values, start, end) {
  let top = 0;
  for (let i = start; i < end; i++) top = Math.max(top, Math.abs(values[i]));
  return top;
}

// The size that the palette's ends stand for: of one tile, or of all (over a run: of all snapshots).
export function limitOf(view, index) {
  const { model, notes } = view;
  if (notes.scale === "tile") return largest(arrayOf(view), index * model.per, (index + 1) * model.per);
  const known = model.frames && notes.show !== "moved" ? "frames" : notes.show;
  if (!(known in model.limits)) {
    const arrays = model.frames ? (notes.show === "moved" ? model.moved : model.frames) : [arrayOf(view)];
    model.limits[known] = Math.max(...arrays.map(values => largest(values, 0, values.length)));
  }
  return model.limits[known];
}

export const SORTS = {
  index: ["by_index", null],
  norm: ["by_norm", (n, i) => -n.norm[i]],
  weak: ["by_weakness", (n, i) => n.norm[i]],
  frequency: ["by_frequency", (n, i) => n.frequency[i]],
  angle: ["by_angle", (n, i) => n.angle[i] ?? 999],
  likeness: ["by_likeness", (n, i) => -Math.abs(n.cosine[i])],
  change: ["by_change", null],
};

export function ordered(view) {
  const { model, notes } = view;
  const all = [...Array(model.count).keys()];
  const changes = model.meta.frames?.changes[notes.frame];
  const by = notes.sort === "change" && changes ? (_, i) => -changes[i] : SORTS[notes.sort]?.[1];
  if (!by) return all;
  const keys = all.map(i => by(model.meta.numbers, i));
  return all.sort((a, b) => keys[a] - keys[b] || a - b);
}

export function pageSize(model) {
  return single(model) ? MANY : PAGE;
}

// The palette of a kernel's own cells, and of what the tiles show.
export function cellPalette(view) {
  return view.notes.show.startsWith("gradient") ? "activations" : "weights";
}

export function palettes(view) {
  const { show } = view.notes;
  return show === "responses" ? "magnitude" : show === "answers" ? "activations" : cellPalette(view);
}

export function nameOf(view, index) {
  if (view.model.count === 1 && view.model.meta.word === "kernel") return view.model.meta.title;
  const { meta } = view.model;
  const pair = meta.labels?.[index].split("·");
  return pair ? say("pair", { kernel: pair[0], input: pair[1] }) : `${meta.word} ${grouped.format(meta.names[index])}`;
}
