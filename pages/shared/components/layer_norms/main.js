import { legendOf } from "../../js/chart.js";
import { element } from "../../js/dom.js";
import { beside, onHover, onKeys, placeIn } from "../../js/input.js";
import { mount } from "../../js/mount.js";
import { clamp, number, power, worded } from "../../js/numbers.js";
import { player } from "../../js/play.js";
import { say } from "../../js/say.js";
import { showTip } from "../../js/tip.js";
import { decades, isNumber } from "./model.js";
import { NARROW_EDGE, across, drawChart, layerAt } from "./plot.js";

const BEAT = 250; // ms a frame while it plays

export default mount({
  whole: ".layer_norms",
  parts: "stage scrub play at says keys tip live",
  notes: header => header.key,
  create(view) {
    Object.assign(view, { layer: null, chart: 0 });
    listen(view);
  },
  load(view, /** @type {import("../../js/packets").LayerNormsPacket} */ header) {
    view.frame = Math.min(view.notes.frame ?? 0, header.steps.length - 1);
  },
  draw: build,
});

function listen(view) {
  const { stage } = view;
  const last = () => view.header.steps.length - 1;
  view.player = player({
    button: view.play,
    pace: BEAT,
    start: () => view.frame >= last() && toFrame(view, 0),
    step: () => {
      toFrame(view, view.frame + 1);
      return view.frame < last();
    },
  });
  view.scrub.oninput = () => {
    view.player.stop();
    toFrame(view, Number(view.scrub.value));
  };
  stage.onpointerleave = stage.onblur = () => leave(view);
  onKeys(stage, { Arrow: (down, right) => step(view, down, right), Escape: () => leave(view) });
}

function build(view) {
  const { header, stage, scrub } = view;
  view.columns = Math.min(view.narrow ? 2 : header.columns, header.cells.length);
  stage.style.setProperty("--columns", view.columns);
  view.scale = decades(header.cells.flatMap(cell => cell.values));
  scrub.max = header.steps.length - 1;
  scrub.value = view.frame;
  view.shares = header.cells.map(() => element("div", "share muted mono"));
  view.canvases = header.cells.map((_, which) => {
    const canvas = element("canvas");
    canvas.setAttribute("role", "img");
    onHover(canvas, event => pointed(view, which, event));
    return canvas;
  });
  stage.replaceChildren(...header.cells.map((cell, which) => figureOf(view, cell, which)));
  view.width = Math.max(120, stage.children[0].clientWidth);
  view.height = header.cells.length > 4 ? 150 : 210;
  view.keys.textContent = header.keys;
  paint(view);
}

function figureOf(view, cell, which) {
  const figure = element("figure");
  const caption = element("figcaption");
  caption.append(...legendOf([cell]), element("span", "right muted", cell.right));
  figure.append(caption, view.canvases[which], view.shares[which]);
  return figure;
}

function paint(view) {
  const { header, frame } = view;
  view.at.textContent = say("step", { step: header.steps[frame], steps: header.steps.at(-1) });
  view.says.textContent = header.says[frame];
  header.cells.forEach((cell, which) => {
    drawChart(view, which);
    view.shares[which].textContent = cell.shares[frame];
    view.canvases[which].setAttribute(
      "aria-label",
      say("chart", { name: cell.name, step: header.steps[frame], share: cell.shares[frame] }),
    );
  });
  view.stage.dataset.painted = `${view.digest}-${frame}`;
}

function toFrame(view, frame) {
  view.frame = view.notes.frame = frame;
  view.scrub.value = frame;
  paint(view);
}

function pointed(view, which, event) {
  const { x, w } = placeIn(view.canvases[which], event);
  read(view, which, layerAt(x, view.header.cells[which].layers.length, w, NARROW_EDGE), beside(event));
}

function step(view, down, right) {
  const chart = clamp(view.chart + down, 0, view.header.cells.length - 1);
  const layers = view.header.cells[chart].layers.length;
  const layer = clamp((view.layer ?? -1) + right, 0, layers - 1);
  const box = view.canvases[chart].getBoundingClientRect();
  read(view, chart, layer, { x: box.left + across(layer, layers, view.width, NARROW_EDGE), y: box.top + 24 });
}

function read(view, which, layer, place) {
  Object.assign(view, { layer, chart: which });
  paint(view);
  const cell = view.header.cells[which];
  const last = cell.layers.length - 1;
  const values = cell.values[view.frame];
  const lines = [[say("norm"), worded(values[layer])]];
  if (layer < last && isNumber(values[layer]) && isNumber(values[last]))
    lines.push([say("of_last"), number(values[layer] / values[last], 3)]);
  if (cell.slope && layer < last) lines.push([power(cell.slope, last - layer), number(cell.slope ** (last - layer), 3)]);
  showTip(view.tip, place, say("layer", { name: cell.name, layer: layer + 1, title: cell.layers[layer] }), lines);
  view.live.textContent = say("reading", { name: cell.name, layer: layer + 1, values: lines.map(pair => pair.join(" ")).join("; ") });
}

function leave(view) {
  view.layer = null;
  view.tip.hidden = true;
  paint(view);
}
