import { sized } from "../../js/canvas.js";
import { boxIn, segment } from "../../js/chart.js";
import { button } from "../../js/controls.js";
import { element, nest } from "../../js/dom.js";
import { beside, onKeys, placeIn } from "../../js/input.js";
import { memory } from "../../js/memory.js";
import { mount } from "../../js/mount.js";
import { clamp } from "../../js/numbers.js";
import { player, still } from "../../js/play.js";
import { heightFor } from "../../js/projector.js";
import { say } from "../../js/say.js";
import { showTip } from "../../js/tip.js";
import { endOf, frontOf, paintRace } from "./curves.js";
import { laneText, leadWords, placeText, standings, valueText } from "./standing.js";

const LASTS = 6000;
const EDGES = { left: 52, right: 12, top: 8, bottom: 36 };
const NOTCHES = 400; // ms from start to end when played; of the slider

// Several training runs on one canvas: played, scrubbed and read off here; while they train, the newest is shown.
export default mount({
  whole: ".race",
  parts: "scrub play stage lanes at says tip live",
  create(view) {
    Object.assign(view, { hover: null, position: 1, following: false, before: null, canvas: view.find(".stage canvas") });
    listen(view);
  },
  load(view, /** @type {import("../../js/packets").RacePacket} */ header) {
    view.notes = memory(header.key);
    view.axis = header.axes.find(one => one.id === view.notes.axis) ?? header.axes[0];
    view.measure = header.measures.find(one => one.id === (view.notes.measure ?? header.start)) ?? header.measures[0];
    view.plays = arrive(view, view.before);
    view.before = header;
  },
  draw: build,
});

// Where the race stands when new curves come: at the front of a live one. Answers whether it plays: once, when first seen.
function arrive(view, before) {
  const { header, notes } = view;
  if (header.live) {
    if (!before?.live) {
      view.player.stop();
      view.following = true;
    }
    if (view.following) view.position = frontOf(view);
  } else if (before?.live) Object.assign(view, { position: 1, following: false });
  else if (!before) {
    const plays = !notes.played && !still();
    view.position = notes.position ?? (plays ? 0 : 1);
    notes.played = true;
    return plays;
  }
  return false;
}

function listen(view) {
  const { canvas } = view;
  view.player = player({
    button: view.play,
    step: passed => advance(view, passed / LASTS),
    start: () => {
      if (view.position >= limitOf(view)) view.position = 0;
      view.following = false;
    },
  });
  view.scrub.oninput = () => moveTo(view, Number(view.scrub.value) / NOTCHES);
  canvas.onpointermove = event => {
    const at = placeUnder(view, event);
    if (event.buttons === 1) moveTo(view, at / endOf(view));
    read(view, at, beside(event));
  };
  canvas.onpointerdown = event => moveTo(view, placeUnder(view, event) / endOf(view));
  canvas.onpointerleave = canvas.onblur = () => leave(view);
  const by = hundredths => () => spoken(view, () => moveTo(view, view.position + hundredths / 100));
  onKeys(canvas, {
    ArrowLeft: by(-1),
    ArrowDown: by(-1),
    ArrowRight: by(1),
    ArrowUp: by(1),
    PageDown: by(-10),
    PageUp: by(10),
    Home: () => spoken(view, () => moveTo(view, 0)),
    End: () => spoken(view, () => moveTo(view, 1)),
    " ": () => spoken(view, view.player.toggle),
    Escape: () => leave(view),
  });
}

function placeUnder(view, event) {
  return clamp(view.scales.x.inverse(placeIn(view.canvas, event).x), 0, endOf(view));
}

function limitOf(view) {
  return view.header.live ? frontOf(view) : 1;
}

function build(view) {
  const { header } = view;
  if (!view.room || !header.lanes.length) return;
  choices(view, ".axes", header.axes, "axis");
  choices(view, ".measures", header.measures, "measure");
  view.labels = header.lanes.map(() => element("span"));
  view.entries = header.lanes.map((lane, index) => nest("span", "lane", laneMark(lane), view.labels[index]));
  view.lanes.replaceChildren(...view.entries);
  const high = view.narrow ? 260 : 330;
  sizedTo(view, high);
  const room = heightFor(view.whole, view.canvas, high); // once it is written what stands above
  if (room !== high) sizedTo(view, room);
  if (view.plays) view.player.play();
  view.plays = false;
}

function sizedTo(view, height) {
  view.size = { width: view.room, height };
  view.box = boxIn(view.size.width, view.size.height, EDGES);
  paint(view);
}

function choices(view, selector, listed, what) {
  const buttons = listed.map(one => {
    const made = button(one.words, () => {
      view[what] = one;
      view.notes[what] = one.id;
      if (view.following) view.position = frontOf(view);
      build(view);
    });
    made.setAttribute("role", "radio");
    made.setAttribute("aria-checked", String(view[what].id === one.id));
    return made;
  });
  const kept = view.find(selector);
  const focused = [...kept.children].indexOf(view.root.activeElement ?? kept.getRootNode().activeElement);
  kept.replaceChildren(...buttons);
  if (focused >= 0) buttons[focused]?.focus();
}

function laneMark(lane) {
  const canvas = element("canvas");
  segment(sized(canvas, 30, 10), [0, 5], [30, 5], { colour: lane.colour, width: 3, dash: lane.dash });
  return canvas;
}

function paint(view) {
  const place = view.position * endOf(view);
  const { rows } = standings(view, place);
  const words = leadWords(view, place);
  paintRace(view);
  rows.forEach((row, index) => {
    view.labels[index].textContent = laneText(view, row);
    view.entries[index].classList.toggle("first", row.rank === 1);
  });
  view.scrub.value = Math.round(view.position * NOTCHES);
  view.scrub.setAttribute("aria-valuetext", words);
  view.at.textContent = placeText(view.axis, place);
  view.says.textContent = words;
  view.canvas.setAttribute("aria-label", say("stage", { title: view.header.title, standing: words }));
  Object.assign(view.stage.dataset, {
    live: view.header.live,
    painted: `${view.header.digest}-${view.axis.id}-${view.measure.id}-${view.position.toFixed(3)}`,
  });
}

function moveTo(view, position) {
  const front = limitOf(view);
  view.player.stop();
  view.position = clamp(position, 0, front);
  view.following = view.header.live && view.position >= front - 1e-6;
  if (!view.header.live) view.notes.position = view.position;
  paint(view);
}

function advance(view, share) {
  const front = limitOf(view);
  view.position = Math.min(front, view.position + share);
  if (!view.header.live) view.notes.position = view.position;
  const over = view.position >= front;
  if (over) view.following = view.header.live;
  paint(view);
  if (over) view.live.textContent = leadWords(view, view.position * endOf(view));
  return !over;
}

// After a key: what stands at the new place is read off, and said.
function spoken(view, work) {
  work();
  const place = view.position * endOf(view);
  const box = view.canvas.getBoundingClientRect();
  read(view, place, { x: box.left + view.scales.x.at(place), y: box.top + 40 });
  view.live.textContent = leadWords(view, place);
}

function read(view, place, at) {
  view.hover = place;
  paintRace(view);
  const lines = standings(view, place).rows.map(row => [row.lane.name, valueText(view.measure, row.value)]);
  showTip(view.tip, at, `${placeText(view.axis, place)} · ${view.measure.words.toLowerCase()}`, lines);
  view.tip.dataset.place = String(place);
}

function leave(view) {
  view.hover = null;
  view.tip.hidden = true;
  if (view.scales) paintRace(view);
}
