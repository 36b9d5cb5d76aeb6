import { offer } from "../../../../shared/js/controls.js";
import { onHover, placeIn } from "../../../../shared/js/input.js";
import { exact, number } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { leaveTiles, listenToTiles, showPager, slotBox } from "../../../../shared/js/tiles.js";
import { showTip } from "../../../../shared/js/tip.js";
import { arrange } from "./main.js";
import { COLOUR_WORDS, SORTS, cellwise, nameOf, pageSize, planeShown, single, valueAt } from "./model.js";
import { paintBar, paintOver } from "./paint.js";
import { dotAt, paintField } from "./plane.js";
import { bindPlay } from "./play.js";
import { classicWords, paintSide } from "./side.js";

function bindControls(view) {
  const { notes } = view;
  const set = (name, value) => {
    notes[name] = value;
    notes.page = 0;
    view.cursor = view.hover = null;
    arrange(view);
  };
  view.show.onchange = () => {
    const wanted = view.show.value;
    if (wanted in view.wants) return ask(view, wanted);
    set("show", wanted);
    return undefined;
  };
  view.plane.onchange = () => set("plane", view.plane.value);
  view.sort.onchange = () => set("sort", view.sort.value);
  view.scale.onchange = () => set("scale", view.scale.value);
}

// What Python computes only when somebody wants it.
function ask(view, wanted) {
  view.notes.asked = wanted;
  view.live.textContent = say("computing", { what: view.wants[wanted] });
  view.about.textContent = view.live.textContent;
  view.send("want", wanted);
}

const GRADIENTS = { score: "gradient_score", loss: "gradient_loss" };

export function showControls(view) {
  const { notes, model } = view;
  const shows = model.frames ? { weights: say("weights"), moved: say("moved") } : showable(view);
  offer(view.show, shows, notes.show);
  const sorts = Object.keys(SORTS).filter(name =>
    model.frames
      ? ["index", "change", "norm"].includes(name)
      : name !== "change" && (!single(model) || ["index", "norm", "weak"].includes(name)),
  );
  offer(view.sort, Object.fromEntries(sorts.map(name => [name, say(SORTS[name][0])])), notes.sort);
  view.planes.hidden = model.planes !== 3 || !cellwise(view);
  view.plane.value = notes.plane;
  view.scale.value = notes.scale;
  view.scale.disabled = !cellwise(view);
  showPager(view, pageSize(model));
}

export function showable(view) {
  const { model, wants } = view;
  const here = { weights: say("weights") };
  if (!single(model)) here.responses = say("responses");
  if (model.meta.answer) here.answers = say("answers");
  for (const aim of model.meta.gradients) here[GRADIENTS[aim]] = say(GRADIENTS[aim]);
  return { ...here, ...wants };
}

export function listen(view) {
  const field = view.field.querySelector("canvas");
  listenToTiles(view, view.tiles, {
    answer,
    tip: tipFor,
    pick,
    arrange,
    letGo: unpin,
    start: () => ({ slot: Math.max(0, view.page.indexOf(view.selected)), row: 0, column: 0 }),
    corner: (_, cell) => slotBox(view.grid, cell.slot),
    says,
    get words() {
      return `${view.model.meta.word}s`;
    },
  });
  onHover(
    field,
    event => point(view, dotAt(view, placeIn(field, event))),
    () => point(view, null),
  );
  bindControls(view);
  bindPlay(view);
}

// A dot of the frequency plane: its kernel is shown beside the grid and lit up in it.
function point(view, index) {
  if (view.pointed === index) return;
  view.pointed = index;
  view.lit = index === null ? null : new Set([index]);
  answer(view);
  paintField(view);
}

// side: whether the enlarged kernel is another one than before.
export function answer(view, side = true) {
  paintOver(view);
  if (!side) return;
  paintSide(view);
  if (view.notes.scale === "tile") paintBar(view);
  if (view.kind === "frequency" && !view.overview.hidden) paintField(view);
}

function tipFor(view, { slot, row, column }, place) {
  const { model } = view;
  const index = view.page[slot];
  const lines = [];
  if (cellwise(view)) {
    if (!single(model)) lines.push([say("row_and_column"), `${row}, ${column}`]);
    const planes = model.planes === 3 ? [0, 1, 2] : [0];
    for (const plane of planes)
      lines.push([model.planes === 3 ? COLOUR_WORDS[plane] : "value", exact(valueAt(view, index, plane, row, column))]);
  }
  const n = model.meta.numbers;
  const changes = model.meta.frames?.changes;
  if (changes) lines.push(["‖w − w₀‖", number(changes[view.notes.frame][index])]);
  else lines.push(["norm", number(n.norm[index])]);
  if (!single(model) && !changes)
    lines.push(
      ["frequency", number(n.frequency[index], 3)],
      ["orientation", n.angle[index] === null ? "none" : `${number(n.angle[index], 3)}°`],
    );
  if (n.classic[index] !== null && !changes) lines.push(["like", classicWords(view, index)]);
  showTip(view.tip, place, nameOf(view, index), lines);
  view.tip.dataset.cell = `${model.meta.names[index]}/${row}/${column}`;
}

function pick(view, cell) {
  view.cursor = { ...cell };
  view.selected = view.notes.selected = view.page[cell.slot];
  answer(view);
  if (view.pickable) view.send("pick", { kernel: view.model.meta.names[view.selected], at: Date.now() });
}

function unpin(view) {
  view.selected = view.notes.selected = null;
  leaveTiles(view, answer);
}

function says(view, { slot, row, column }) {
  const index = view.page[slot];
  return say("cell", { kernel: nameOf(view, index), row, column, value: exact(valueAt(view, index, planeShown(view), row, column)) });
}
