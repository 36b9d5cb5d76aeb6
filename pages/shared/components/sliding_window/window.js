// One window over numbers: what every component that slides one sets up, draws and answers.
import { perFrame } from "../../js/dom.js";
import { grouped } from "../../js/numbers.js";
import { count, listen, point, showControls } from "./controls.js";
import { layoutOf } from "./layout.js";
import { linksOf, shownOf } from "./links.js";
import { isPadding, isRead, modelOf } from "./model.js";
import { paintOver } from "./overlay.js";
import { paintCells } from "./paint.js";
import { showTerms } from "./terms.js";
import { counted, sentence } from "./words.js";

export const PARTS = "back play next step at speed which channel unpin stage cells over said terms key live";

export function setUp(view) {
  const { notes } = view;
  notes.step ??= 0;
  notes.speed ??= "2";
  notes.channel ??= 0;
  Object.assign(view, { hover: null, pinned: null, target: null, glide: null });
  view.letGo = () => point(view, null);
  listen(view);
  followHeight(view);
}

// The width is watched for every component; this drawing asks for the height of the window, too.
function followHeight(view) {
  const follow = perFrame(() => {
    if (!view.stage.isConnected) return window.removeEventListener("resize", follow);
    if (view.layout && !view.narrow && view.high !== window.innerHeight) arrange(view);
  });
  window.addEventListener("resize", follow);
}

export function load(view, /** @type {import("../../js/packets").SlidingWindowMeta} */ meta, blob) {
  take(view, modelOf(meta, blob));
}

/** Another model: what played stops, what was pinned is free, step and channel stay as far as they exist. */
export function take(view, model) {
  const { notes } = view;
  view.player.stop();
  view.building = false;
  view.pinned = view.hover = view.glide = null;
  view.model = model;
  notes.channel = Math.min(notes.channel, model.outputs - 1);
  notes.step = Math.min(notes.step, count(view) - 1);
}

const ABOVE_AND_BELOW = 350; // pixels of a window that title, controls and formula take
const PRESENTED = 120; // and what the bar and the buttons take where it is presented, enlarged

export function arrange(view) {
  view.high = window.innerHeight;
  view.width = view.stage.clientWidth || view.whole.clientWidth || 700;
  const zoom = view.stage.currentCSSZoom ?? 1;
  const room = zoom > 1 ? window.innerHeight / zoom - PRESENTED : window.innerHeight - ABOVE_AND_BELOW;
  const tallest = Math.max(250, Math.min(560, room));
  view.layout = layoutOf(view.model, view.notes.channel, view.width, {
    tallest: view.narrow ? 600 : tallest,
    steady: view.steady && !view.narrow,
  });
  view.stage.dataset.grids = JSON.stringify(
    view.layout.grids.map(({ role, channel, x, y, cell, pitch }) => ({ role, channel, x, y, cell, pitch })),
  );
  showControls(view);
  paintCells(view);
  showKey(view);
  answer(view);
}

// What is pointed at, else what is pinned, else the step.
export function answer(view) {
  const { notes } = view;
  view.target = view.pinned ?? view.hover;
  const shown = shownOf(view);
  view.links = linksOf(view, shown);
  paintOver(view);
  view.said.textContent = sentence(view, shown);
  showTerms(view);
  view.step.value = String(notes.step);
  view.at.textContent = `${grouped.format(notes.step + 1)} of ${grouped.format(count(view))}`;
  view.back.disabled = notes.step === 0;
  view.next.disabled = notes.step >= count(view) - 1;
  view.unpin.hidden = !view.pinned;
  view.stage.dataset.target = shown.role === "tap" ? "tap" : `${shown.role}/${shown.row}/${shown.column}`;
  view.answered?.(view);
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
  said.push(
    view.edit
      ? "click a number and type over it; arrow keys go from cell to cell, Enter opens, Escape frees, space plays"
      : "point at a cell, a weight or a term; click to pin, Escape to free; arrow keys move, space plays",
  );
  view.key.textContent = said.join(" · ");
  stage.setAttribute(
    "aria-label",
    `${model.height} by ${model.width} ${model.meta.names[0]} cells, a window of ${model.high} by ${model.wide}, ${model.rows} by ${model.columns} outputs. Arrow keys go from cell to cell and from grid to grid, space plays, Enter ${view.edit ? "opens a number to type over it or pins an output" : "pins"}, Escape frees.`,
  );
}
