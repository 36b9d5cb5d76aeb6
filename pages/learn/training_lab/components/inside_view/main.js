import { stepper } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { mount } from "../../../../shared/js/mount.js";
import { grouped } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { confusionPanel, curvePanel, scorePanel } from "./charts.js";
import { tablePanel } from "./table.js";
import { tilePanel } from "./pictures.js";

// One slider over looks inside a run: every frame is here, so that moving it asks nobody. A live look is one frame.
export default mount({
  whole: ".inside_view",
  narrow: 760,
  parts: "control stage live",
  painted: "stage",
  create(view) {
    Object.assign(view, { frame: 0, blobs: {} });
  },
  load(view, /** @type {import("../../../../shared/js/packets").InsideMeta} */ meta, blob) {
    view.player?.stop();
    const followed = !view.meta || view.meta.steps.length !== meta.steps.length;
    view.meta = meta;
    view.blobs = {};
    for (const name of Object.keys(view.header.blobs)) view.blobs[name] = blob(name);
    view.frame = followed ? meta.steps.length - 1 : Math.min(view.frame, meta.steps.length - 1);
  },
  draw: build,
});

function build(view) {
  const { meta } = view;
  const several = meta.steps.length > 1;
  if (several) setUpPlayer(view);
  view.control.hidden = !several;
  const panels = [curvePanel(view), scorePanel(view)];
  if (meta.confusion) panels.push(confusionPanel(view));
  panels.push(...meta.tiles.map(tiles => tilePanel(view, tiles)));
  panels.push(...meta.tables.map(table => tablePanel(view, table)));
  view.panels = panels.map(panel => ({ ...panel, ...framed(panel) }));
  view.stage.replaceChildren(...view.panels.map(panel => panel.figure));
  for (const panel of view.panels) panel.prepare(panel.canvas, panel.figure.clientWidth);
  paint(view, view.frame);
}

/** A panel's figure: its title, what it says, and a canvas. */
function framed({ title, size, says = "" }) {
  const figure = element("figure", size);
  const caption = element("figcaption");
  const said = element("span", "", says);
  caption.append(element("b", "", title), said);
  const canvas = element("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", title);
  figure.append(caption, canvas);
  return { figure, canvas, said };
}

function setUpPlayer(view) {
  const { steps, words } = view.meta;
  const last = steps.length - 1;
  const onStep = frame => paint(view, frame);
  view.player?.stop();
  view.player = stepper(last, onStep, { milliseconds: 350, word: words.step, text: place => stepText(view, place) });
  view.control.replaceChildren(view.player.box);
  view.player.input.value = String(view.frame);
  view.player.step = view.frame;
  view.player.update();
}

function stepText(view, place) {
  const { steps } = view.meta;
  return say("step", { step: grouped.format(steps[place]), steps: grouped.format(steps.at(-1)) });
}

function paint(view, frame) {
  if (!view.panels) return;
  const started = performance.now();
  view.frame = frame;
  for (const panel of view.panels) {
    const says = panel.paint(frame);
    if (typeof says === "string") panel.said.textContent = says;
  }
  view.stage.dataset.frame = String(frame);
  view.stage.dataset.took = (performance.now() - started).toFixed(2);
}
