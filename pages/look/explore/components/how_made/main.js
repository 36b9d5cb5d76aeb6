// Plays once when it comes, unless somebody wants less motion; pointing at a cell stops it there, a click opens the cell.
import { slider } from "../../../../shared/js/controls.js";
import { onKeys, placeIn, stepIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { bracketed, number } from "../../../../shared/js/numbers.js";
import { player, still } from "../../../../shared/js/play.js";
import { say } from "../../../../shared/js/say.js";
import { cellsAt, endOf, timeOf } from "./clock.js";
import { paint, picturesOf } from "./paint.js";
import { cellAt, planOf } from "./plan.js";
import { publish } from "./scan.js";

export default mount({
  whole: ".made",
  parts: "title says play scrub board scene sum live",
  painted: "board",
  create: setUp,
  load,
  draw: arrange,
  stop: () => publish(null),
});

function setUp(view) {
  view.player = player({
    button: view.play,
    step: passed => {
      view.time += passed;
      show(view);
      return view.time < endOf(count(view));
    },
    start: () => view.time >= endOf(count(view)) && (view.time = 0),
    changed: () => view.plan && show(view),
  });
  Object.assign(view, { pointed: null, cursor: null });
  view.board.onpointermove = event => point(view, event);
  view.board.onpointerleave = () => point(view, null);
  view.board.onclick = event => {
    point(view, event);
    if (view.pointed) pick(view, view.pointed);
  };
  view.board.onfocus = () => view.board.matches(":focus-visible") && moveTo(view, here(view));
  view.board.onblur = () => moveTo(view, null);
  onKeys(view.board, {
    Arrow: (down, right) => moveTo(view, stepIn(here(view), down, right, ...view.model.meta.size)),
    Enter: () => pick(view, here(view)),
    " ": () => view.player.toggle(),
  });
}

function load(view, /** @type {import("../../../../shared/js/packets").MakingMeta} */ meta, blob) {
  view.player.stop();
  const numbers = blob("numbers");
  const cells = meta.size[0] * meta.size[1];
  const flat = meta.exact ? new Float32Array(numbers.buffer, 0, numbers.byteLength / 4) : null;
  const values = flat && [...Array(flat.length / cells).keys()].map(i => flat.subarray(i * cells, (i + 1) * cells));
  view.model = { meta, pixels: blob("pixels"), values };
  view.pointed = view.cursor = null;
  view.title.textContent = meta.words.title;
  view.says.textContent = meta.words.says;
  view.board.setAttribute("aria-label", say("stage", { title: meta.words.title, says: meta.words.says }));
  const made = slider(
    say("cell"),
    { min: 0, max: cells, step: 1, value: cells },
    value => say("step_of", { value, last: cells }),
    value => scrubTo(view, value),
  );
  view.slide = made;
  view.scrub.replaceChildren(made.box);
  view.time = endOf(cells);
  view.fresh = !still();
}

function arrange(view) {
  const high = Math.max(200, Math.min(340, window.innerHeight * 0.4));
  view.plan = planOf(view.model.meta, view.whole.clientWidth || 520, high);
  view.pictures = picturesOf(view.model, view.theme.name);
  if (view.fresh) {
    view.fresh = false;
    view.time = 0;
    view.player.play();
  }
  show(view);
}

function show(view) {
  const { meta } = view.model;
  const all = count(view);
  const there = cellsAt(view.time, all);
  const own = view.pointed ?? view.cursor;
  const running = there > 0 && there < all ? placeOf(there - 1, meta) : null;
  const place = own ?? running;
  const cells = own ? all : there; // where somebody points, all of it is there
  paint(view, { time: own ? endOf(all) : view.time, cells, place });
  view.slide.input.value = String(cells);
  view.slide.update();
  view.board.dataset.cells = `${cells}/${all}`;
  view.sum.textContent = place ? written(view, place) : idle(view);
  tell(view, place, cells);
}

// The canvas shows the same windows on its own tiles.
function tell(view, place, cells) {
  const { meta } = view.model;
  const [height, width] = meta.read;
  const box = place && [meta.rows[place.row][0], meta.columns[place.column][0], meta.rows[place.row][1], meta.columns[place.column][1]];
  const shares = box && [box[0] / height, box[1] / width, box[2] / height, box[3] / width];
  const [rows, columns] = meta.size;
  publish(place && { layer: meta.layer, channel: meta.channel, box: shares, done: cells, last: count(view), rows, columns });
}

function count(view) {
  const [height, width] = view.model.meta.size;
  return height * width;
}

function placeOf(index, { size }) {
  return { row: Math.floor(index / size[1]), column: index % size[1] };
}

function here(view) {
  return view.cursor ?? placeOf(Math.max(0, Math.min(cellsAt(view.time, count(view)), count(view)) - 1), view.model.meta);
}

function scrubTo(view, cells) {
  view.player.stop();
  view.time = timeOf(cells, count(view));
  show(view);
}

function point(view, event) {
  const at = event && placeIn(view.board, event);
  const found = at && cellAt(view.plan, view.model.meta, at.x, at.y);
  if (!found && !view.pointed) return;
  if (found) view.player.stop();
  view.pointed = found;
  show(view);
}

function moveTo(view, cell) {
  if (cell) view.player.stop();
  view.cursor = cell;
  show(view);
  if (cell) view.live.textContent = written(view, cell);
}

function pick(view, cell) {
  const { layer, channel } = view.model.meta;
  view.send("pick", { layer, channel, ...cell, at: Date.now() });
}

function idle({ model }) {
  const { how, limits } = model.meta;
  const map = number(limits.output, 3);
  if (how !== "convolution") return [say("ask_a_cell"), say("colours", { limit: map })].join("\n");
  const [weights, products] = [number(limits.weights, 3), number(limits.product, 3)];
  return [say("ask_for_the_sum"), say("three_colours", { weights, products, map })].join("\n");
}

// "row 3, column 5: 1.31 + (−0.80) + bias 0.01 = 0.52"
function written(view, { row, column }) {
  const { meta, values } = view.model;
  if (!values) return say("click", { row, column });
  const at = row * meta.size[1] + column;
  const short = value => bracketed(value, one => number(one, 3));
  const result = number(values.at(-1)[at]);
  const terms = values.slice(0, -1).map(map => short(map[at]));
  if (meta.how === "convolution") {
    if (meta.bias !== 0) terms.push(say("bias", { bias: short(meta.bias) }));
    return say("reading", { row, column, terms: terms.join(" + "), result });
  }
  if (!terms.length) return say("value", { row, column, result });
  if (terms.length === 1) return say("becomes", { row, column, term: terms[0], result });
  const parts = terms.map((term, i) => say("term", { term, source: meta.parts[i].source }));
  return say("reading", { row, column, terms: parts.join(` ${meta.words.sign} `), result });
}
