import { element } from "../../../../shared/js/dom.js";
import { exact, grouped, number } from "../../../../shared/js/numbers.js";
import { showTip } from "../../../../shared/js/tip.js";
import { cellAt, slotBox } from "./grid.js";
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
  view.back.onclick = () => turn(view, -1);
  view.next.onclick = () => turn(view, 1);
}

// What Python computes only when somebody wants it.
function ask(view, wanted) {
  view.notes.asked = wanted;
  view.live.textContent = `Computing: ${view.wants[wanted]}`;
  view.about.textContent = view.live.textContent;
  view.send("want", wanted);
}

function turn(view, by) {
  const pages = Math.ceil(view.order.length / pageSize(view.model));
  view.notes.page = Math.max(0, Math.min(pages - 1, view.notes.page + by));
  view.cursor = view.hover = null;
  arrange(view);
  view.live.textContent = `${view.model.meta.word}s ${view.range.textContent}`;
}

const SHOWS = {
  weights: "weights",
  responses: "frequency response",
  answers: "map on the picture",
  gradient_score: "gradient of the score",
  gradient_loss: "gradient of the loss",
};

export function showControls(view) {
  const { notes, model, order } = view;
  const size = pageSize(model);
  const start = notes.page * size;
  const shows = model.frames ? { weights: "weights", moved: "change since the first snapshot" } : showable(view);
  options(view.show, shows, notes.show);
  const sorts = Object.keys(SORTS).filter(name =>
    model.frames
      ? ["index", "change", "norm"].includes(name)
      : name !== "change" && (!single(model) || ["index", "norm", "weak"].includes(name)),
  );
  options(view.sort, Object.fromEntries(sorts.map(name => [name, SORTS[name][0]])), notes.sort);
  view.planes.hidden = model.planes !== 3 || !cellwise(view);
  view.plane.value = notes.plane;
  view.scale.value = notes.scale;
  view.scale.disabled = !cellwise(view);
  view.pager.hidden = order.length <= size;
  view.range.textContent = `${grouped.format(start + 1)}–${grouped.format(Math.min(order.length, start + size))} of ${grouped.format(order.length)}`;
  view.back.disabled = notes.page === 0;
  view.next.disabled = start + size >= order.length;
}

export function showable(view) {
  const { model, wants } = view;
  const here = { weights: "weights" };
  if (!single(model)) here.responses = SHOWS.responses;
  if (model.meta.answer) here.answers = SHOWS.answers;
  for (const aim of model.meta.gradients) here[`gradient_${aim}`] = SHOWS[`gradient_${aim}`];
  return { ...here, ...wants };
}

function options(select, wanted, chosen) {
  const made = Object.entries(wanted).map(([value, text]) => {
    const option = element("option", "", text);
    option.value = value;
    return option;
  });
  select.replaceChildren(...made);
  select.value = chosen;
}

export function listen(view) {
  const { stage } = view;
  stage.onpointermove = event => event.pointerType !== "touch" && hoverAt(view, event);
  stage.onpointerleave = () => leave(view);
  stage.onclick = event => {
    hoverAt(view, event);
    if (view.hover) pick(view, view.hover);
  };
  stage.onkeydown = event => pressed(view, event);
  stage.onfocus = () => focused(view, stage.matches(":focus-visible"));
  stage.onblur = () => focused(view, false);
  const field = view.field.querySelector("canvas");
  field.onpointermove = field.onpointerdown = event => {
    const box = field.getBoundingClientRect();
    point(view, dotAt(view, event.clientX - box.left, event.clientY - box.top));
  };
  field.onpointerleave = () => point(view, null);
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

function hoverAt(view, event) {
  const box = view.tiles.getBoundingClientRect();
  const cell = cellAt(view, event.clientX - box.left, event.clientY - box.top);
  const old = view.hover;
  const same = cell && old && cell.slot === old.slot && cell.row === old.row && cell.column === old.column;
  const other = !cell || !old || cell.slot !== old.slot;
  view.hover = cell;
  view.stage.style.cursor = cell ? "crosshair" : "default";
  if (!cell) return leave(view);
  if (!same) answer(view, other);
  return tipFor(view, cell, { x: event.clientX, y: event.clientY });
}

function leave(view) {
  view.hover = null;
  view.tip.hidden = true;
  answer(view);
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
    if (!single(model)) lines.push(["row, column", `${row}, ${column}`]);
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

function focused(view, yes) {
  view.focused = yes;
  if (yes) view.cursor ??= { slot: Math.max(0, view.page.indexOf(view.selected)), row: 0, column: 0 };
  if (!yes) view.tip.hidden = true;
  if (view.page.length) answer(view);
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function pressed(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.page.length) return;
  view.cursor ??= { slot: 0, row: 0, column: 0 };
  const step = STEPS[event.key];
  const { cursor, model } = view;
  const hold = (value, count) => Math.max(0, Math.min(count - 1, value));
  if (step && event.shiftKey)
    goTo(view, { slot: cursor.slot, row: hold(cursor.row + step[1], model.height), column: hold(cursor.column + step[0], model.width) });
  else if (step) goTo(view, { ...cursor, slot: hold(cursor.slot + step[0] + step[1] * view.grid.columns, view.page.length) });
  else if (event.key === "Home" || event.key === "End") goTo(view, { ...cursor, slot: event.key === "Home" ? 0 : view.page.length - 1 });
  else if (event.key === "PageUp" || event.key === "PageDown") turn(view, event.key === "PageUp" ? -1 : 1);
  else if (event.key === "Enter" || event.key === " ") pick(view, cursor);
  else if (event.key === "Escape") unpin(view);
  else return;
  event.preventDefault();
}

function unpin(view) {
  view.selected = view.notes.selected = null;
  leave(view);
}

function goTo(view, cell) {
  view.cursor = cell;
  view.hover = null;
  view.focused = true;
  answer(view);
  const box = slotBox(view.grid, cell.slot);
  const now = view.tiles.getBoundingClientRect();
  tipFor(view, cell, { x: now.left + box.x + box.w, y: now.top + box.y + box.h });
  const index = view.page[cell.slot];
  view.live.textContent = `${nameOf(view, index)}, row ${cell.row}, column ${cell.column}, ${exact(valueAt(view, index, planeShown(view), cell.row, cell.column))}`;
}
