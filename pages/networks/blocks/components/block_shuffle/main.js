import { centred, sized } from "../../../../shared/js/canvas.js";
import { onKeys, onPoint, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp } from "../../../../shared/js/numbers.js";
import { player, still } from "../../../../shared/js/play.js";
import { say } from "../../../../shared/js/say.js";

const SERIES = ["#2f69b0", "#b45c10", "#0f7768", "#a8437e", "#6d6d12", "#7257b8", "#56606b", "#9a3b32"]; // white on each: 4.5 : 1
const STEPS = ["group_after_group", "a_grid", "turned", "shuffled", "inverse", "turned_again", "back"];

export default mount({
  whole: ".stage",
  parts: "play time said stage readout",
  painted: "stage",
  notes: header => `block_shuffle ${header.key}`,
  create: setUp,
  draw: paint,
});

function setUp(view) {
  const { notes } = view;
  notes.time ??= 0;
  Object.assign(view, { hover: null });
  view.canvas = view.find("canvas");
  view.time.value = notes.time;
  view.time.addEventListener("input", () => {
    view.player.stop();
    notes.time = Number(view.time.value);
    paint(view);
  });
  view.player = playerOf(view);
  onPoint(
    view.stage,
    event => found(view, event),
    channel => point(view, channel),
  );
  bindKeys(view);
}

// Each of the six changes takes 0.9 s and rests for half of it; with reduced motion it is one jump a second.
function playerOf(view) {
  let from = 0;
  let begin = 0;
  return player({
    button: view.play,
    start() {
      from = view.notes.time >= 6 ? 0 : Math.floor(view.notes.time);
      begin = performance.now();
    },
    step() {
      const passed = (performance.now() - begin) / 900;
      const whole = Math.floor(passed);
      const part = Math.min(1, 2 * (passed - whole));
      view.notes.time = Math.min(6, from + whole + (still() ? 0 : part * part * (3 - 2 * part)));
      view.time.value = view.notes.time;
      paint(view);
      return view.notes.time < 6;
    },
  });
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
  const style = { ink: "#ffffff", size: clamp(view.side * 0.42, 12, 13) };
  view.places.forEach((place, channel) => {
    const x = 1 + place.x * view.side;
    const y = 1 + place.y * view.side;
    const side = view.side - 2;
    context.fillStyle = SERIES[Math.floor(channel / size) % SERIES.length];
    context.fillRect(x, y, side, side);
    if (view.side >= 22) centred(context, theme, channel, { x, y: y + 1, w: side, h: side }, style);
    if (channel !== view.hover) return;
    context.strokeStyle = theme.text;
    context.lineWidth = 3;
    context.strokeRect(x + 1.5, y + 1.5, side - 3, side - 3);
  });
  view.stage.dataset.time = view.notes.time.toFixed(2);
  view.stage.setAttribute("aria-label", say("stage", { channels, groups }));
  const rest = Math.round(view.notes.time);
  view.said.textContent =
    Math.abs(view.notes.time - rest) < 0.02
      ? say("at", { step: rest, what: say(STEPS[rest]) })
      : say("on_the_way", { step: view.notes.time.toFixed(1), what: say(STEPS[Math.ceil(view.notes.time)]) });
  answer(view);
}

function found(view, event) {
  const at = placeIn(view.canvas, event);
  const [x, y] = [(at.x - 1) / view.side, (at.y - 1) / view.side];
  const channel = view.places.findIndex(place => x >= place.x && x < place.x + 1 && y >= place.y && y < place.y + 1);
  return channel < 0 ? null : channel;
}

function point(view, channel) {
  if (view.hover === channel) return;
  view.hover = channel;
  paint(view);
}

function bindKeys(view) {
  const to = channel => point(view, clamp(channel, 0, view.header.channels - 1));
  onKeys(view.stage, {
    ArrowLeft: () => to((view.hover ?? -1) - 1),
    ArrowRight: () => to((view.hover ?? -1) + 1),
    Escape: () => point(view, null),
  });
}

function answer(view) {
  const { header, hover } = view;
  const { channels, groups } = header;
  const size = channels / groups;
  if (hover === null) {
    view.readout.textContent = say("hint");
    return;
  }
  const group = Math.floor(hover / size);
  const within = hover % size;
  const place = header.order.indexOf(hover);
  view.readout.textContent = say("channel", { channel: hover, group, size, within, groups, place, home: header.back.indexOf(hover) });
}
