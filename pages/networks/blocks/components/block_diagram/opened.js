// A box that is opened: its maps large, beside what they were made of, and the arithmetic of the cell that is pointed at.
import { doubleFrame, filled, sized } from "../../../../shared/js/canvas.js";
import { button } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { cellIn, onKeys, onPoint, stepIn } from "../../../../shared/js/input.js";
import { colourOfKind } from "../../../../shared/js/kinds.js";
import { brief, number, shapeText } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { computed, metAt, sourceOf, valueAt } from "./arithmetic.js";
import { pictureOf } from "./boxes.js";

const SIGNS = { addition: "+", multiplication: "×" };
const ROLES = {
  addition: () => ["x", "F(x)", "x + F(x)"],
  multiplication: () => [say("map"), say("factor"), say("map_times_factor")],
};
const NUMBER = 64; // of a single number
const LARGEST = 230; // pixels of a map

/** Shows a box's maps below the drawing. */
export function openBox(view, place, { focus = true } = {}) {
  const node = view.nodes[place];
  view.open = place;
  view.stage.dataset.open = node.key;
  view.opened.hidden = false;
  view.opened.style.setProperty("--kind", colourOfKind(node.kind));
  view.cell = { row: 0, column: 0 };
  view.seat = 0;
  const out = node.steps.at(-1);
  const top = element("div", "top");
  top.append(
    element("span", "name", `${node.title}${node.detail && node.kind !== "input" ? ` · ${node.detail}` : ""}`),
    button(say("close"), () => closeBox(view)),
  );
  view.maps = element("div", "maps");
  Object.assign(view.maps, { tabIndex: 0 });
  view.maps.setAttribute("role", "application");
  view.maps.setAttribute("aria-label", say("maps"));
  view.formula = element("div", "formula mono");
  view.opened.replaceChildren(top, element("div", "says", node.says), chooserFor(view, out), view.maps, view.formula);
  bindMaps(view);
  strongest(view, out);
  fillMaps(view);
  if (focus) view.opened.scrollIntoView({ block: "nearest" });
}

export function closeBox(view) {
  if (view.open === null) return false;
  view.open = null;
  delete view.stage.dataset.open;
  view.opened.hidden = true;
  view.relight();
  view.stage.focus({ preventScroll: true });
  return true;
}

function chooserFor(view, out) {
  const label = element("label", "slide");
  const input = /** @type {HTMLInputElement} */ (element("input"));
  Object.assign(input, { type: "range", min: 0, max: out.channels.length - 1, step: 1, value: 0 });
  const shown = element("span", "mono");
  view.showSeat = () => {
    input.value = String(view.seat);
    shown.textContent = say("channel", { channel: out.channels[view.seat] });
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  input.oninput = () => {
    view.seat = Number(input.value);
    strongest(view, out);
    fillMaps(view);
  };
  const some =
    out.channels.length < out.shape[0]
      ? say("some_channels", { some: out.channels.length, count: out.shape[0] })
      : say("all_channels", { count: out.shape[0] });
  label.append(element("b", "", say("channel_label")), input, shown, element("span", "muted", some));
  view.showSeat();
  return label;
}

// The cell that stands out most is the one that is explained first.
function strongest(view, out) {
  const [, height, width] = out.maps;
  const map = out.values.subarray(view.seat * height * width, (view.seat + 1) * height * width);
  let best = 0;
  map.forEach((value, index) => Math.abs(value) > Math.abs(map[best]) && (best = index));
  view.cell = { row: Math.floor(best / width), column: best % width };
}

// [step, channel, sign before it, words above it]: what is drawn side by side.
function seatsOf(view) {
  const node = view.nodes[view.open];
  const inputs = node.inputs.map(place => lastOf(view, place));
  const channel = node.steps.at(-1).channels[view.seat];
  if (SIGNS[node.kind]) {
    const order = orderOf(view, node);
    const words = (place, at) => `${ROLES[node.kind]()[at]}: ${view.nodes[place].title}`;
    const seats = order.map((place, at) => [lastOf(view, place), channel, at ? SIGNS[node.kind] : "", words(place, at)]);
    return [...seats, [node.steps[0], channel, "=", ROLES[node.kind]()[2]]];
  }
  if (node.kind === "concatenation") {
    const from = sourceOf(node, inputs, channel);
    return [
      [inputs[from.place], from.channel, "", from.words],
      [node.steps[0], channel, "→", node.title],
    ];
  }
  const read = inputs.length === 1 ? [[inputs[0], linked(inputs[0], node.steps[0], channel, view.seat), "", "reads"]] : [];
  const made = node.steps.map((step, index) => [
    step,
    linked(step, node.steps.at(-1), channel, view.seat),
    index || read.length ? "→" : "",
    step.title,
  ]);
  return [...read, ...made];
}

// The same channel where two steps hold the same ones, else one of its own.
function linked(step, out, channel, seat) {
  return step.link === out.link && step.channels.includes(channel) ? channel : step.channels[seat % step.channels.length];
}

function fillMaps(view) {
  const seats = seatsOf(view);
  const room = view.opened.clientWidth - 40;
  const fit = (room - (seats.length - 1) * 44) / seats.length;
  const side = Math.min(LARGEST, fit > 110 ? fit : Math.max(110, (room - 50) / 2));
  view.plates = seats.map(([step, channel, sign, words]) =>
    plateOf(view, { step, channel, sign, words, side: step.maps[1] > 1 ? side : NUMBER }),
  );
  view.maps.replaceChildren(...view.plates.flatMap(({ sign, figure }) => (sign ? [element("span", "sign", sign), figure] : [figure])));
  view.showSeat();
  answerCell(view);
}

function plateOf(view, { step, channel, sign, words, side }) {
  const figure = element("figure");
  const caption = element("figcaption");
  const plate = element("div", "plate");
  const canvas = element("canvas");
  const over = element("canvas", "over");
  const at = element("figcaption", "mono");
  caption.append(element("b", "", words), element("div", "mono muted", say("channel_of", { channel, shape: shapeText(step.shape) })));
  const [, height, width] = step.maps;
  figure.style.width = `${Math.max(side, 110)}px`;
  const tall = Math.max(1, (side * height) / width);
  filled(canvas, pictureOf(view, step, Math.max(0, step.channels.indexOf(channel))), side, tall);
  plate.append(canvas, over);
  figure.append(caption, plate, at);
  const [rows, columns] = [height, width];
  const found = event => ({ ...cellIn(canvas, event, rows, columns), rows, columns });
  onPoint(plate, found, cell => cell && setCell(view, cell), null);
  return { figure, over, at, step, channel, sign, side, tall };
}

// A cell of one map, taken to the map that leaves the box.
function setCell(view, { row, column, rows, columns }) {
  const [, height, width] = view.nodes[view.open].steps.at(-1).maps;
  view.cell = { row: Math.floor(((row + 0.5) * height) / rows), column: Math.floor(((column + 0.5) * width) / columns) };
  answerCell(view);
}

function bindMaps(view) {
  onKeys(view.maps, {
    Arrow(down, right) {
      const [, height, width] = view.nodes[view.open].steps.at(-1).maps;
      view.cell = stepIn(view.cell, down, right, height, width);
      answerCell(view);
      view.said.textContent = say("place", { row: view.cell.row, column: view.cell.column, value: view.plates.at(-1).at.textContent });
    },
    PageDown: () => turnTo(view, 1),
    PageUp: () => turnTo(view, -1),
    Escape: () => closeBox(view),
  });
}

function turnTo(view, by) {
  const out = view.nodes[view.open].steps.at(-1);
  view.seat = (view.seat + by + out.channels.length) % out.channels.length;
  strongest(view, out);
  fillMaps(view);
}

function answerCell(view) {
  const out = view.nodes[view.open].steps.at(-1);
  const met = metOf(view);
  for (const [index, { over, at, step, channel, side, tall }] of view.plates.entries()) {
    const [, height, width] = step.maps;
    const [row, column] = cellOn(step, out, view.cell);
    const context = sized(over, side, tall);
    const [w, h] = [Math.max(side / width, 6), Math.max(tall / height, 6)];
    doubleFrame(context, { x: ((column + 0.5) * side) / width - w / 2, y: ((row + 0.5) * tall) / height - h / 2, w, h }, view.theme);
    at.textContent = met ? met.printed[index] : number(valueAt(step, channel, row, column));
  }
  view.formula.replaceChildren(...formulas(view, met).map(line => element("div", "", line)));
}

function cellOn(step, out, { row, column }) {
  const [, height, width] = step.maps;
  return [Math.floor(((row + 0.5) * height) / out.maps[1]), Math.floor(((column + 0.5) * width) / out.maps[2])];
}

// What several inputs make of the cell; null where the box has one.
function metOf(view) {
  const node = view.nodes[view.open];
  if (!SIGNS[node.kind] && node.kind !== "concatenation") return null;
  const order = SIGNS[node.kind] ? orderOf(view, node) : node.inputs;
  const inputs = order.map(place => lastOf(view, place));
  return metAt(node, inputs, node.steps[0].channels[view.seat], view.cell.row, view.cell.column);
}

function lastOf(view, place) {
  return view.nodes[place].steps.at(-1);
}

// Maps before what has one number a channel, and the way around before the layers: x + F(x), map × gate.
function orderOf(view, node) {
  const [first, second] = node.inputs;
  const size = place => lastOf(view, place).maps[1];
  const late = node.kind === "addition" ? view.nodes[first].rank > view.nodes[second].rank : size(first) < size(second);
  return late ? [second, first] : [first, second];
}

// A line a step, each with what it reads and what comes out.
function formulas(view, met) {
  const node = view.nodes[view.open];
  const out = node.steps.at(-1);
  const inputs = node.inputs.map(place => view.nodes[place].steps.at(-1));
  const { row, column } = view.cell;
  const every = out.every;
  const here = value => say("place", { row: row * every, column: column * every, value });
  if (node.kind === "input") return [here(brief(valueAt(out, out.channels[view.seat], row, column)))];
  if (met) return [here(met.words)];
  const lines = node.steps.map((step, index) => {
    const before = node.steps[index - 1] ?? inputs[0];
    const channel = linked(step, out, out.channels[view.seat], view.seat);
    const [r, c] = cellOn(step, out, view.cell);
    const found = before && computed(step, before, channel, r, c);
    return found ? `${step.title}: ${found[0]}` : "";
  });
  return [`${here}:`, ...lines.filter(Boolean)];
}
