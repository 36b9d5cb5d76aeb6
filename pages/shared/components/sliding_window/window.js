// One window over numbers: what every component that slides one sets up, draws and answers.
import { perFrame } from "../../js/dom.js";
import { grouped } from "../../js/numbers.js";
import { say } from "../../js/say.js";
import { count, listen, point, showControls } from "./controls.js";
import { layoutOf } from "./layout.js";
import { linksOf, shownOf } from "./links.js";
import { isPadding, isRead, modelOf } from "./model.js";
import { paintOver } from "./overlay.js";
import { paintCells } from "./paint.js";
import { showTerms } from "./terms.js";
import { sentence } from "./words.js";

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
  view.at.textContent = say("step", { step: grouped.format(notes.step + 1), steps: grouped.format(count(view)) });
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
  if (top || left || bottom || right) said.push(say("dotted"));
  let unread = 0;
  for (let row = 0; row < model.height; row++)
    for (let column = 0; column < model.width; column++) if (!isPadding(model, row, column) && !isRead(model, row, column)) unread += 1;
  if (unread) said.push(unread === 1 ? say("hatched_one") : say("hatched_many", { cells: grouped.format(unread) }));
  if (model.winners.length) said.push(say("blue_corner"));
  if (model.meta.anchors) said.push(say("anchors"));
  said.push(say(view.edit ? "keys_edit" : "keys"));
  view.key.textContent = said.join(" · ");
  stage.setAttribute(
    "aria-label",
    say(view.edit ? "stage_edit" : "stage", {
      height: model.height,
      width: model.width,
      name: model.meta.names[0],
      high: model.high,
      wide: model.wide,
      rows: model.rows,
      columns: model.columns,
    }),
  );
}
