import { beside, cellIn, onHover, onKeys, stepIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { grouped, number } from "../../../../shared/js/numbers.js";
import { ramp } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { showTip } from "../../../../shared/js/tip.js";
import { LARGE, LISTED, THUMB, cosineAt, paintMatrix, paintOver, pairOf } from "./paint.js";

export default mount({
  whole: ".kernel_pairs",
  parts: "threshold chained value counted cells over ramp about heading looked listed list tip",
  painted: "stage",
  notes: header => `kernel_pairs ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view, header) {
  const { notes } = view;
  Object.assign(view, { at: null });
  notes.threshold ??= header.meta.thresholds.findIndex(value => value >= 0.9);
  notes.chained ??= false;
  view.stage = view.find(".matrix");
  listen(view);
}

// The map's rows and columns: in their own order, or like beside like.
function order(view) {
  const { kept, order: chain } = view.meta;
  const places = view.notes.chained ? chain : kept.map((_, place) => place);
  view.kept = places.map(place => kept[place]);
  view.matrix = new Float32Array(kept.length ** 2);
  places.forEach((from, row) =>
    places.forEach((to, column) => (view.matrix[row * kept.length + column] = view.cosines[from * kept.length + to])),
  );
  view.at = null;
}

function listen(view) {
  const { stage } = view;
  view.chained.onchange = () => {
    view.notes.chained = view.chained.checked;
    order(view);
    arrange(view);
  };
  view.threshold.oninput = () => {
    view.notes.threshold = Number(view.threshold.value);
    paintOver(view);
    showPairs(view);
  };
  const leave = () => {
    view.tip.hidden = true;
  };
  onHover(stage, event => lookAt(view, cellIn(view.cells, event, view.kept.length, view.kept.length), beside(event)), leave);
  stage.onblur = leave;
  onKeys(stage, { Arrow: (down, right) => step(view, down, right), Escape: leave });
}

function step(view, down, right) {
  const cell = stepIn(view.at ?? { row: 0, column: 0 }, down, right, view.kept.length, view.kept.length);
  const box = view.cells.getBoundingClientRect();
  lookAt(view, cell, { x: box.left + (cell.column + 1) * view.zoom, y: box.top + (cell.row + 1) * view.zoom });
}

function lookAt(view, { row, column }, place) {
  const other = !view.at || view.at.row !== row || view.at.column !== column;
  view.at = { row, column };
  const pair = [view.kept[row], view.kept[column]];
  const cosine = cosineAt(view, row, column);
  if (other) {
    paintOver(view);
    showLooked(view, pair, cosine);
  }
  showTip(view.tip, place, say("tip", { one: pair[0], other: pair[1] }), [[say("cosine"), number(cosine, 4)]]);
}

function showLooked(view, pair, cosine) {
  view.heading.textContent = pair[0] === pair[1] ? say("with_itself", { kernel: pair[0] }) : say("two", { one: pair[0], other: pair[1] });
  view.looked.replaceChildren(pairOf(view, pair, cosine, LARGE));
}

function showPairs(view) {
  const { meta, notes } = view;
  const at = notes.threshold;
  const limit = meta.thresholds[at];
  const count = meta.counts[at];
  view.threshold.value = String(at);
  view.threshold.setAttribute("aria-valuetext", limit.toFixed(2));
  view.value.textContent = limit.toFixed(2);
  const chance = meta.chances[at] * meta.possible;
  view.counted.textContent = say("counted", {
    count: grouped.format(count),
    possible: grouped.format(meta.possible),
    chance: chance < 0.05 ? say("no_pairs") : number(chance, 2),
  });
  const listed = meta.pairs
    .map((pair, i) => [pair, meta.cosines[i]])
    .filter(([, cosine]) => Math.abs(cosine) >= limit - 1e-9)
    .slice(0, LISTED);
  view.listed.textContent =
    listed.length > 1 ? say("listed_many", { count: listed.length }) : say(listed.length ? "listed_one" : "listed_none");
  view.list.replaceChildren(...listed.map(([pair, cosine]) => pairOf(view, pair, cosine, THUMB)));
}

function arrange(view) {
  view.ramp.style.background = ramp("activations", view.theme.name);
  const all = view.meta.shape[0];
  const shown = view.kept.length;
  const { chained } = view.notes;
  const count = grouped.format(all);
  view.about.textContent =
    shown < all ? say(chained ? "some_sorted" : "some", { shown, count }) : say(chained ? "all_sorted" : "all", { count });
  view.chained.checked = chained;
  view.stage.setAttribute("aria-label", say("stage", { title: view.meta.title, count: shown }));
  paintMatrix(view);
  paintOver(view);
  showPairs(view);
  if (!view.at) showLooked(view, view.meta.pairs[0], view.meta.cosines[0]);
}

function load(view, /** @type {import("../../../../shared/js/packets").KernelPairsMeta} */ meta, blob) {
  Object.assign(view, { meta, at: null });
  view.cosines = new Float32Array(blob("matrix").buffer);
  view.weights = new Float32Array(blob("weights").buffer);
  order(view);
}
