import { outline, sized } from "../../../../shared/js/canvas.js";
import { cross, curve, dot, label, plane, upwards } from "../../../../shared/js/chart.js";
import { element, nest } from "../../../../shared/js/dom.js";
import { onKeys } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, number } from "../../../../shared/js/numbers.js";
import { cssColour, palette } from "../../../../shared/js/palette.js";
import { player, still } from "../../../../shared/js/play.js";
import { heightFor } from "../../../../shared/js/projector.js";
import { say } from "../../../../shared/js/say.js";
import { legend, paintCurve } from "./curve.js";

const FOOT = 34;
const SIDE = 46;

// Two loss surfaces, and on each the path of every learning rate: both sliders and the playing ask nobody.
export default mount({
  whole: ".descent_paths",
  parts: "panes share play axes legend curve live",
  create(view, header) {
    Object.assign(view, {
      rate: header.start,
      step: null,
      rateBox: view.find(".rate"),
      stepsBox: view.find(".steps"),
      stepOut: view.find(".step"),
    });
    listen(view);
  },
  load(view, /** @type {import("../../../../shared/js/packets").DescentPathsPacket} */ header) {
    view.last = header.panels[0].paths[0].length - 1;
    view.step ??= view.last;
  },
  draw: build,
});

function listen(view) {
  view.player = player({
    button: view.play,
    pace: () => (still() ? 700 : 120),
    start: () => {
      if (view.step >= view.last) view.step = 0;
    },
    step: () => {
      if (view.step >= view.last) return false;
      view.step += 1;
      paint(view);
      return true;
    },
  });
  view.rateBox.oninput = () => moved(view, { rate: Number(view.rateBox.value) });
  view.stepsBox.oninput = () => moved(view, { step: Number(view.stepsBox.value) });
  view.axes.onchange = () => build(view);
  const by = steps => moved(view, { step: clamp(view.step + steps, 0, view.last) });
  onKeys(view.panes, { ArrowLeft: () => by(-1), ArrowRight: () => by(1), Escape: () => view.player.stop() });
}

function moved(view, values) {
  view.player.stop();
  Object.assign(view, values);
  paint(view);
}

function build(view) {
  view.rateBox.max = view.header.shares.length - 1;
  view.stepsBox.max = view.last;
  view.panes.replaceChildren(
    ...view.header.panels.map(panel =>
      nest(
        "div",
        "pane",
        element("div", "name", panel.title),
        element("div", "about muted", panel.says),
        element("canvas"),
        element("div", "now mono"),
      ),
    ),
  );
  legend(view);
  view.panes.setAttribute("aria-label", say("stage"));
  const width = view.panes.children[0].clientWidth;
  const height = heightFor(view.whole, view.panes.querySelector("canvas"), Math.min(360, Math.round(width * 0.8)));
  view.size = { width, height };
  view.panels = view.header.panels.map(bowl => {
    const panel = view.axes.value === "same" ? squared(bowl, view.size) : bowl;
    return { panel, at: frame(panel, view.size) };
  });
  paint(view);
}

// The same bowl with as many pixels to a unit of either weight: a ravine looks like one.
function squared(bowl, { width, height }) {
  const sides = [width - SIDE - 8, height - FOOT - 8];
  const spans = [0, 1].map(axis => bowl.high[axis] - bowl.low[axis]);
  const unit = Math.max(spans[0] / sides[0], spans[1] / sides[1]);
  const middle = [0, 1].map(axis => (bowl.low[axis] + bowl.high[axis]) / 2);
  const half = sides.map(side => (side * unit) / 2);
  return { ...bowl, low: middle.map((at, axis) => at - half[axis]), high: middle.map((at, axis) => at + half[axis]) };
}

function frame({ low, high }, { width, height }) {
  const box = { x: SIDE, y: 8, w: width - SIDE - 8, h: height - FOOT - 8 };
  const { X, Y } = plane(box, [low[0], high[0]], [low[1], high[1]]);
  return ([first, second]) => [X(first), Y(second)];
}

function paint(view) {
  view.rateBox.value = view.rate;
  view.stepsBox.value = view.step;
  view.share.textContent = view.header.shares[view.rate].toFixed(2);
  view.stepOut.textContent = String(view.step);
  const said = view.panels.map((drawn, which) => paintBowl(view, drawn, view.panes.children[which]));
  paintCurve(view);
  view.panes.dataset.painted = `${view.digest}-${view.rate}-${view.step}`;
  if (!view.player.playing) view.live.textContent = said.join(". ");
}

function paintBowl(view, { panel, at }, box) {
  const { theme, size } = view;
  const context = sized(box.querySelector("canvas"), size.width, size.height);
  context.save();
  context.beginPath();
  context.rect(SIDE, 8, size.width - SIDE - 8, size.height - FOOT - 8);
  context.clip();
  const pixels = palette("magnitude", theme.name);
  [...panel.contours].reverse().forEach((line, which) => {
    trail(context, line.map(at));
    context.fillStyle = cssColour(pixels[110 - 18 * which]);
    context.globalAlpha = 0.55;
    context.fill();
    context.globalAlpha = 1;
  });
  const path = panel.paths[view.rate]
    .slice(0, view.step + 1)
    .filter(point => point[0] !== null)
    .map(at);
  curve(context, path, { colour: theme.text, width: 1.5 });
  for (const [x, y] of path) dot(context, x, y, { radius: 2.2, colour: theme.text });
  const [lastX, lastY] = path.at(-1);
  dot(context, lastX, lastY, { radius: 5.5, colour: theme.primary });
  const [x, y] = at(panel.minimum);
  cross(context, x, y, { size: 6, colour: theme.text });
  context.restore();
  edges(context, view, panel);
  return said(view, panel, box);
}

function trail(context, points) {
  context.beginPath();
  points.forEach(([x, y], index) => context[index ? "lineTo" : "moveTo"](x, y));
}

function edges(context, { theme, size }, { low, high }) {
  const box = { x: SIDE, y: 8, w: size.width - SIDE - 8, h: size.height - FOOT - 8 };
  const under = box.y + box.h + 16;
  const text = (words, place) => label(context, theme, words, { alpha: 0.88, ...place });
  outline(context, box, theme.text, 1, 0.35);
  text(number(low[0], 3), { x: box.x, y: under });
  text(number(high[0], 3), { x: box.x + box.w, y: under, align: "right" });
  text(number(high[1], 3), { x: box.x - 5, y: 18, align: "right" });
  text(number(low[1], 3), { x: box.x - 5, y: box.y + box.h, align: "right" });
  text(say("first_weight"), { x: (SIDE + size.width) / 2, y: under, align: "center" });
  upwards(context, theme, say("second_weight"), { x: 12, y: (size.height - FOOT) / 2, alpha: 0.88 });
}

function said(view, panel, box) {
  const loss = panel.losses[view.rate][view.step];
  const arrived = panel.arrivals[view.rate];
  const now = loss === null ? say("left") : say("loss", { loss: number(loss), least: number(panel.least) });
  const [rate, step] = [panel.rates[view.rate], view.step];
  const reading =
    arrived !== null
      ? say("arrives", { rate, step, now, arrived })
      : panel.left[view.rate][view.step] > 1
        ? say("diverges", { rate, step, now })
        : say("too_short", { rate, step, now, last: view.last });
  box.querySelector(".now").textContent = reading;
  return say("panel", { title: panel.title, reading });
}
