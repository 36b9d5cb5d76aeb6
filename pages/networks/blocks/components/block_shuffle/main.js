import { sized } from "../../../../shared/js/canvas.js";
import { perFrame } from "../../../../shared/js/dom.js";
import { memory } from "../../../../shared/js/memory.js";
import { unpack } from "../../../../shared/js/packet.js";
import { themeOf } from "../../../../shared/js/theme.js";

const views = new WeakMap();
const SERIES = ["#2f69b0", "#b45c10", "#0f7768", "#a8437e", "#6d6d12", "#7257b8", "#56606b", "#9a3b32"]; // white on each: 4.5 : 1
const SAID = [
  "the channels, group after group",
  "as a grid: one row a group",
  "the grid turned: one column a group",
  "read row by row: shuffled",
  "the inverse: as a grid of the other number of groups",
  "turned again",
  "read row by row: every channel is back",
];

export default function ({ data, parentElement }) {
  const { header } = unpack(data);
  const view = views.get(parentElement) ?? created(parentElement, header);
  view.theme = themeOf(parentElement);
  view.header = header;
  arrange(view);
  view.stage.dataset.painted = header.digest;
  return () => {
    cancelAnimationFrame(view.frame);
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root, header) {
  const notes = memory(`block_shuffle ${header.key}`);
  notes.time ??= 0;
  const view = { root, notes, hover: null, frame: 0 };
  for (const name of ["play", "time", "said", "stage", "readout"]) view[name] = root.querySelector(`.${name}`);
  view.canvas = root.querySelector("canvas");
  view.time.value = notes.time;
  view.time.addEventListener("input", () => {
    stop(view);
    notes.time = Number(view.time.value);
    paint(view);
  });
  view.play.addEventListener("click", () => (view.frame ? stop(view) : play(view)));
  for (const kind of ["pointermove", "pointerdown"]) view.stage.addEventListener(kind, event => point(view, found(view, event)));
  view.stage.addEventListener("pointerleave", () => point(view, null));
  view.stage.addEventListener("keydown", event => pressed(view, event));
  view.observer = new ResizeObserver(perFrame(() => view.header && view.stage.clientWidth !== view.arrangedFor && arrange(view)));
  view.observer.observe(view.stage);
  views.set(root, view);
  return view;
}

// Each of the six changes takes 0.9 s and rests for half of it; with reduced motion it is one jump a second.
function play(view) {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const begin = performance.now();
  const from = view.notes.time >= 6 ? 0 : Math.floor(view.notes.time);
  view.play.textContent = "Pause";
  const tick = now => {
    const passed = (now - begin) / 900;
    const whole = Math.floor(passed);
    const part = Math.min(1, 2 * (passed - whole));
    view.notes.time = Math.min(6, from + whole + (still ? 0 : part * part * (3 - 2 * part)));
    view.time.value = view.notes.time;
    paint(view);
    if (view.notes.time < 6) view.frame = requestAnimationFrame(tick);
    else stop(view);
  };
  view.frame = requestAnimationFrame(tick);
}

function stop(view) {
  cancelAnimationFrame(view.frame);
  view.frame = 0;
  view.play.textContent = "Play";
}

function arrange(view) {
  view.arrangedFor = view.stage.clientWidth;
  paint(view);
}

// Column and row of a place in a grid that is `across` wide.
const inGrid = (place, across) => ({ x: place % across, y: Math.floor(place / across) });

// Where a channel stands at each of the seven rests, in cells.
function rests(header, channel) {
  const { channels, groups } = header;
  const size = channels / groups;
  const shuffled = header.order.indexOf(channel);
  const wrap = header.wrap;
  const first = inGrid(channel, size);
  const turned = { x: first.y, y: first.x };
  const second = inGrid(shuffled, groups);
  return [inGrid(channel, wrap), first, turned, inGrid(shuffled, wrap), second, { x: second.y, y: second.x }, inGrid(channel, wrap)];
}

function placesNow(view) {
  const { header, notes } = view;
  const before = Math.min(5, Math.floor(notes.time));
  const share = notes.time - before;
  return header.order.map((_, channel) => {
    const all = rests(header, channel);
    const from = all[before];
    const to = all[before + 1];
    return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
  });
}

function paint(view) {
  const { header, theme } = view;
  const { channels, groups } = header;
  const size = channels / groups;
  const wide = Math.max(120, view.stage.clientWidth);
  header.wrap = Math.min(channels, Math.max(groups, size, Math.floor(wide / 34)));
  const columns = Math.max(header.wrap, groups, size);
  const rows = Math.max(groups, size, Math.ceil(channels / header.wrap));
  view.side = Math.max(11, Math.min(40, wide / columns, 420 / rows));
  view.places = placesNow(view);
  const context = sized(view.canvas, Math.min(wide, columns * view.side + 2), rows * view.side + 2);
  context.font = `${Math.min(13, Math.max(12, view.side * 0.42))}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  view.places.forEach((place, channel) => {
    const x = 1 + place.x * view.side;
    const y = 1 + place.y * view.side;
    const side = view.side - 2;
    context.fillStyle = SERIES[Math.floor(channel / size) % SERIES.length];
    context.fillRect(x, y, side, side);
    if (view.side >= 22) {
      context.fillStyle = "#ffffff";
      context.fillText(channel, x + side / 2, y + side / 2 + 1);
    }
    if (channel !== view.hover) return;
    context.strokeStyle = theme.text;
    context.lineWidth = 3;
    context.strokeRect(x + 1.5, y + 1.5, side - 3, side - 3);
  });
  view.stage.dataset.time = view.notes.time.toFixed(2);
  view.stage.setAttribute("aria-label", `${channels} channels in ${groups} groups. Arrow keys step through the channels, Escape lets go.`);
  const rest = Math.round(view.notes.time);
  view.said.textContent =
    Math.abs(view.notes.time - rest) < 0.02
      ? `${rest} of 6: ${SAID[rest]}`
      : `${view.notes.time.toFixed(1)} of 6: on the way to “${SAID[Math.ceil(view.notes.time)]}”`;
  answer(view);
}

function found(view, event) {
  const box = view.canvas.getBoundingClientRect();
  const x = (event.clientX - box.left - 1) / view.side;
  const y = (event.clientY - box.top - 1) / view.side;
  const channel = view.places.findIndex(place => x >= place.x && x < place.x + 1 && y >= place.y && y < place.y + 1);
  return channel < 0 ? null : channel;
}

function point(view, channel) {
  if (view.hover === channel) return;
  view.hover = channel;
  paint(view);
}

function pressed(view, event) {
  const now = view.hover ?? -1;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step) point(view, Math.max(0, Math.min(view.header.channels - 1, now + step)));
  else if (event.key === "Escape") point(view, null);
  else return;
  event.preventDefault();
}

function answer(view) {
  const { header, hover } = view;
  const { channels, groups } = header;
  const size = channels / groups;
  if (hover === null) {
    view.readout.textContent = "Point at a channel: its group, its place before, after, and after the inverse.";
    return;
  }
  const group = Math.floor(hover / size);
  const within = hover % size;
  const place = header.order.indexOf(hover);
  view.readout.textContent =
    `Channel ${hover} = ${group} · ${size} + ${within}: number ${within} of group ${group}. The shuffle puts it to place ${within} · ${groups} + ${group} = ${place}` +
    `; the inverse, a shuffle in ${size} groups, back to place ${header.back.indexOf(hover)}.`;
}
