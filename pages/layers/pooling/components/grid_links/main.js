import { onKeys } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { brief, clamp, shapeText } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { countPixel, gridsOf, shortText, valuePixel } from "./grids.js";

export default mount({
  whole: ".grid_links",
  parts: "from to cover said live",
  painted: "whole",
  create: setUp,
  load,
  draw,
});

function setUp(view) {
  const stage = view.whole;
  Object.assign(view, { stage, cursor: 0 });
  const over = event => {
    const cell = event.target.closest?.(".cell");
    if (cell) answer(view, cell.dataset.role, Number(cell.dataset.index));
  };
  stage.onpointerover = over;
  stage.onpointerdown = over;
  onKeys(stage, { Arrow: (down, right) => step(view, down, right) });
}

function load(view, /** @type {import("../../../../shared/js/packets").GridLinksMeta} */ meta, blob) {
  const doubles = name => new Float64Array(blob(name).buffer);
  const whole = name => new Int32Array(blob(name).buffer);
  const [, rows, columns] = meta.output;
  const cursor = Math.floor(rows / 2) * columns + Math.floor(columns / 2);
  Object.assign(view, {
    meta,
    cursor,
    x: doubles("x"),
    values: doubles("values"),
    weights: doubles("weights"),
    sources: whole("sources"),
    coverage: whole("coverage"),
  });
  const [from, to] = [meta.input, meta.output].map(shapeText);
  view.stage.setAttribute("aria-label", say("stage", { one: meta.names[0], from, other: meta.names[1], to }));
}

function draw(view) {
  const { meta } = view;
  const width = view.stage.clientWidth || 600;
  const widest = Math.max(meta.input[2], meta.output[2]);
  const abreast = meta.input[0] * meta.input[2] + (meta.covered ? 2 : 1) * meta.output[2];
  const fits = columns => Math.floor((width - 12) / columns) - 1;
  const together = Math.floor((width - 130) / abreast) - 1;
  view.size = Math.max(14, Math.min(40, fits(widest), together >= 28 ? together : 40));
  const colour = valuePixel(view);
  fill(view.from, `${meta.names[0]} ${shapeText(meta.input)}`, gridsOf(view, meta.input, view.x, colour, "from"));
  fill(view.to, `${meta.names[1]} ${shapeText(meta.output)}`, gridsOf(view, meta.output, view.values, colour, "to"));
  view.cover.hidden = !meta.covered;
  if (meta.covered) fill(view.cover, say("cover"), gridsOf(view, [1, ...meta.output.slice(1)], view.coverage, countPixel(view), "cover"));
  view.cells = { from: [...view.from.querySelectorAll(".cell")], to: [...view.to.querySelectorAll(".cell")] };
  answer(view, "to", Math.floor(view.cursor));
}

function fill(side, title, grids) {
  side.querySelector("h4").textContent = title;
  side.querySelector(".grids").replaceChildren(...grids);
}

// The cells that an output comes from, or the outputs that an input reaches.
function answer(view, role, index) {
  if (role === "cover") role = "to";
  for (const cell of view.stage.querySelectorAll(".on, .main")) cell.classList.remove("on", "main");
  view.cells[role][index].classList.add("main");
  if (role === "to") view.cursor = index;
  const taps = role === "to" ? tapsOf(view, index) : reached(view, index);
  const other = view.cells[role === "to" ? "from" : "to"];
  for (const tap of taps) other[role === "to" ? tap.source : tap.output].classList.add("on");
  view.said.textContent = role === "to" ? sum(view, index, taps) : goes(view, index, taps);
}

function tapsOf(view, output) {
  const { taps } = view.meta;
  const found = [];
  for (let k = output * taps; k < (output + 1) * taps; k++)
    if (view.sources[k] >= 0 && view.weights[k] !== 0) found.push({ source: view.sources[k], weight: view.weights[k] });
  return found;
}

function reached(view, source) {
  const { taps } = view.meta;
  const found = [];
  for (let k = 0; k < view.sources.length; k++)
    if (view.sources[k] === source && view.weights[k] !== 0) found.push({ output: Math.floor(k / taps), weight: view.weights[k] });
  return found;
}

function placeText(shape, index) {
  const [channels, rows, columns] = shape;
  const inside = index % (rows * columns);
  const [row, column] = [Math.floor(inside / columns), inside % columns];
  if (channels === 1) return say("place", { row, column });
  return say("place_of_channel", { channel: Math.floor(index / (rows * columns)), row, column });
}

const plainText = value => brief(value, 5);

function sum(view, index, taps) {
  const name = view.meta.names[1];
  const place = placeText(view.meta.output, index);
  if (!taps.length) return say("unreached", { name, place });
  const terms = taps.map(({ source, weight }) =>
    weight === 1 ? plainText(view.x[source]) : `${plainText(weight)} · ${plainText(view.x[source])}`,
  );
  const written = terms.join(" + ").replaceAll("+ −", "− ");
  const places = taps.map(tap => placeText(view.meta.input, tap.source)).join(" ");
  if (terms.length === 1 && taps[0].weight === 1) return say("copy", { name, place, value: written, places });
  return say("sum", { name, place, terms: written, value: plainText(view.values[index]), places });
}

function goes(view, index, taps) {
  const name = view.meta.names[0];
  const place = placeText(view.meta.input, index);
  const value = shortText(view.x[index]);
  if (taps.length > 1) return say("goes_to_many", { name, place, value, count: taps.length });
  return say(taps.length ? "goes_to_one" : "goes_nowhere", { name, place, value });
}

function step(view, down, right) {
  const [channels, rows, columns] = view.meta.output;
  const flat = rows * columns;
  const row = Math.floor((view.cursor % flat) / columns);
  const column = view.cursor % columns;
  const channel = Math.min(channels - 1, Math.floor(view.cursor / flat));
  answer(view, "to", channel * flat + clamp(row + down, 0, rows - 1) * columns + clamp(column + right, 0, columns - 1));
  view.live.textContent = view.said.textContent;
}
