// Runs on every change of data or theme: the step, the speed, the output channel stay.
import { mount } from "../../js/mount.js";
import { grouped } from "../../js/numbers.js";
import { count, listen, point, showControls } from "./controls.js";
import { layoutOf } from "./layout.js";
import { current, linksOf } from "./links.js";
import { isPadding, isRead, modelOf } from "./model.js";
import { paintCells, paintOver } from "./paint.js";
import { showTerms } from "./terms.js";
import { counted, sentence } from "./words.js";

export default mount({
  whole: ".sliding_window",
  parts: "back play next step at speed which channel unpin stage cells over said terms key live",
  painted: "stage",
  notes: header => `sliding window ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view) {
  const { notes } = view;
  notes.step ??= 0;
  notes.speed ??= "2";
  notes.channel ??= 0;
  Object.assign(view, { hover: null, pinned: null, target: null });
  view.letGo = () => point(view, null);
  listen(view);
}

function load(view, /** @type {import("../../js/packets").SlidingWindowMeta} */ meta, blob) {
  const { notes } = view;
  view.player.stop();
  view.pinned = view.hover = null;
  view.model = modelOf(meta, blob);
  notes.channel = Math.min(notes.channel, view.model.outputs - 1);
  notes.step = Math.min(notes.step, count(view) - 1);
}

export function arrange(view) {
  view.width = view.whole.clientWidth || 700;
  view.layout = layoutOf(view.model, view.notes.channel, view.width);
  showControls(view);
  paintCells(view);
  showKey(view);
  answer(view);
}

// What is pointed at, else what is pinned, else the step.
export function answer(view) {
  const { model, notes } = view;
  view.target = view.pinned ?? view.hover;
  const shown = view.target ?? current(view);
  view.links = linksOf(view, shown);
  paintOver(view);
  view.said.textContent = sentence(view, shown);
  showTerms(view);
  const now = current(view);
  const step = now.row * model.columns + now.column;
  view.step.value = String(notes.step);
  view.at.textContent = `${step + 1} of ${grouped.format(count(view))}`;
  view.back.disabled = notes.step === 0;
  view.next.disabled = notes.step >= count(view) - 1;
  view.unpin.hidden = !view.pinned;
  view.stage.dataset.target = shown.role === "tap" ? "tap" : `${shown.role}/${shown.row}/${shown.column}`;
}

function showKey(view) {
  const { model, stage } = view;
  const [top, left, bottom, right] = model.meta.padding;
  const said = [];
  if (top || left || bottom || right) said.push("dotted: padding");
  let unread = 0;
  for (let row = 0; row < model.height; row++)
    for (let column = 0; column < model.width; column++) if (!isPadding(model, row, column) && !isRead(model, row, column)) unread += 1;
  if (unread) said.push(`hatched: ${counted(unread, "cell")} that no window reads`);
  if (model.winners.length) said.push("blue corner: the cell that a window takes");
  if (model.meta.anchors) said.push("dot: the middle of the window, circle: the cell that the output stands for");
  said.push("point at a cell, a weight or a term; click to pin, Escape to free; arrow keys move, space plays");
  view.key.textContent = said.join(" · ");
  stage.setAttribute(
    "aria-label",
    `${model.height} by ${model.width} ${model.meta.names[0]} cells, a window of ${model.high} by ${model.wide}, ${model.rows} by ${model.columns} outputs. Arrow keys move the output cell, space plays, Enter pins, Escape frees.`,
  );
}
