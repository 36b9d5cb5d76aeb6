import { NOW, PAST } from "../../../../shared/components/layer_norms/model.js";
import { layerAt } from "../../../../shared/components/layer_norms/plot.js";
import { element } from "../../../../shared/js/dom.js";
import { onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, worded } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { drawCard } from "./detail.js";
import { EDGE, plotNorms, plotStrip } from "./plots.js";

function listen(view) {
  const { stage } = view;
  const choose = event => {
    const canvas = event.target.closest("canvas.plot, canvas.strip");
    if (!canvas || (view.pinned && event.type === "pointermove")) return;
    const { x, w } = placeIn(canvas, event);
    view.layer = Math.min(view.layers - 1, layerAt(x, view.span, w, EDGE));
    if (event.type === "click") view.pinned = !view.pinned || view.layer !== view.was;
    view.was = view.layer;
    drawAll(view);
  };
  stage.onpointermove = stage.onclick = choose;
  const to = layer => turn(view, clamp(layer, 0, view.layers - 1), view.pinned);
  const pin = () => turn(view, view.layer, !view.pinned);
  onKeys(stage, {
    ArrowRight: () => to(view.layer + 1),
    ArrowUp: () => to(view.layer + 1),
    ArrowLeft: () => to(view.layer - 1),
    ArrowDown: () => to(view.layer - 1),
    Home: () => to(0),
    End: () => to(view.layers - 1),
    Enter: pin,
    " ": pin,
    Escape: () => turn(view, view.layer, false),
  });
  view.step.oninput = () => {
    view.frame = Number(view.step.value);
    drawAll(view);
  };
}

function turn(view, layer, pinned) {
  Object.assign(view, { layer, pinned, was: layer });
  drawAll(view);
}

function drawAll(view) {
  const { room, narrow, theme } = view;
  if (!room) return;
  view.plotWidth = Math.floor((room - (narrow ? 0 : 20)) / (narrow ? 1 : 2));
  for (const canvas of view.root.querySelectorAll("canvas.plot")) plotNorms(canvas, view, theme);
  plotStrip(view.find("canvas.strip"), view, theme);
  drawCard(view, theme);
  const frame = view.header.frames[view.frame];
  view.at.textContent = say("step", { step: frame.step, loss: worded(frame.loss) });
  view.stage.dataset.painted = `${view.header.digest}/${view.frame}`;
}

function drawKeys(view) {
  const { frames, past } = view.header;
  const { theme } = view;
  const item = (colour, words, style, faint) => {
    const line = element("i");
    const span = element("span");
    line.style.borderTop = `${style === "solid" ? 3 : 2}px ${style} ${colour}`;
    line.style.opacity = faint ? "0.55" : "1";
    span.append(line, element("span", "", words));
    return span;
  };
  const { label, seeds } = frames[0];
  const made = [item(NOW, seeds > 1 ? say("band", { label, starts: seeds }) : label, "solid")];
  past.forEach((one, index) => made.push(item(PAST[index % PAST.length], one.label, "solid", true)));
  if (frames.length === 1 && frames[0].bound.length) {
    made.push(item(theme.text, say("slope_bound"), "dashed"));
    if (frames[0].weighed.length) made.push(item(theme.text, say("weighed_bound"), "dotted"));
  }
  view.keys.replaceChildren(...made);
}

export default mount({
  whole: ".depth_curves",
  parts: "stage step scrub keys at card live",
  create(view) {
    Object.assign(view, { frame: 0, layer: 0, pinned: false });
    listen(view);
  },
  load(view, /** @type {import("../../../../shared/js/packets").DepthCurvesPacket} */ header, blob) {
    const bytes = blob("bars");
    const size = header.frames[0].activation_gradients[0].length * header.bins;
    view.layers = size / header.bins;
    view.span = Math.max(view.layers, ...header.past.map(one => one.activation_gradients[0].length));
    view.bars = (frame, which) => bytes.subarray((3 * frame + which) * size, (3 * frame + which + 1) * size);
    view.layer = Math.min(view.layer, view.layers - 1);
    view.frame = Math.min(view.frame, header.frames.length - 1);
    view.step.max = String(header.frames.length - 1);
    view.step.value = String(view.frame);
    view.scrub.hidden = header.frames.length === 1;
    const linear = header.frames[view.frame].strip.scale === "linear";
    view.find(".strip-words").textContent = header.frames[0].names
      ? say(linear ? "strip" : "strip_log")
      : say(linear ? "strip_of_start" : "strip_of_start_log");
  },
  draw(view) {
    drawKeys(view);
    drawAll(view);
  },
});
