import { filled, painted, sized, wash } from "../../../../shared/js/canvas.js";
import { DASHES, axes, curveOn, dot, label, plain, plane, seriesColour, ticks, upright } from "../../../../shared/js/chart.js";
import { slider, stepper } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { onDrag, onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, number, percent } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { entriesOf, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";

export default mount({
  whole: ".dying-neuron",
  narrow: 640,
  parts: "settings verdict sweep active loss",
  painted: "whole",
  notes: header => `dying_neuron ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view) {
  const { notes } = view;
  view.stage = view.find(".wide-chart");
  view.figures = [...view.root.querySelectorAll("figure")];
  const follow = event => {
    const wanted = Math.log(view.at.atX(placeIn(view.sweep, event).x));
    const apart = view.model.rates.map(rate => Math.abs(Math.log(rate) - wanted));
    choose(view, apart.indexOf(Math.min(...apart)));
  };
  onDrag(view.stage, follow);
  const by = step => () => choose(view, notes.rate + step);
  onKeys(view.stage, { ArrowLeft: by(-1), ArrowDown: by(-1), ArrowRight: by(1), ArrowUp: by(1) });
}

function load(view, /** @type {import("../../../../shared/js/packets").DyingNeuronMeta} */ meta, blob) {
  const { notes } = view;
  const parts = ["weights", "bias", "active", "losses", "gradient"];
  const neurons = meta.neurons.map((neuron, index) => {
    const arrays = parts.map(part => [part, floats(blob(`${part}${index}`), "float32")]);
    return { ...neuron, ...Object.fromEntries(arrays) };
  });
  view.model = { ...meta, neurons, inputs: floats(blob("inputs"), "float32") };
  notes.rate = notes.digest === meta.digest ? notes.rate : meta.start;
  notes.digest = meta.digest;
  view.rate = slider(
    say("rate"),
    { min: 0, max: meta.rates.length - 1, step: 1, value: notes.rate },
    place => number(meta.rates[place], 3),
    place => choose(view, place),
  );
  view.rate.input.classList.add("rate");
  view.player?.stop();
  view.player = stepper(meta.steps, () => answer(view), { milliseconds: 120 });
  view.player.step = meta.steps;
  view.settings.replaceChildren(view.rate.box, view.player.box);
}

function choose(view, place) {
  const { notes, model } = view;
  notes.rate = clamp(place, 0, model.rates.length - 1);
  view.rate.input.value = notes.rate;
  view.rate.update();
  answer(view);
}

function arrange(view) {
  view.player.show(view.player.step);
}

const rowOf = (view, values, size = 1) => {
  const { steps } = view.model;
  const from = view.notes.rate * (steps + 1) * size;
  return values.subarray(from, from + (steps + 1) * size);
};

function answer(view) {
  verdict(view);
  sweep(view);
  overSteps(view);
  view.model.neurons.forEach((neuron, index) => one(view, neuron, view.figures[index]));
  view.stage.setAttribute("aria-valuetext", number(view.model.rates[view.notes.rate], 3));
  view.stage.dataset.rate = view.notes.rate;
  view.stage.dataset.step = view.player.step;
}

// What happens at this rate, in words made of the numbers.
function verdict(view) {
  const { model, notes } = view;
  const [relu, leaky] = model.neurons;
  const died = relu.deadAt[notes.rate];
  const rate = number(model.rates[notes.rate], 3);
  const end = rowOf(view, leaky.active).at(-1);
  const gradient = rowOf(view, leaky.gradient).at(-1);
  const first =
    died >= 0
      ? say("dies", { rate, step: died, left: model.steps - died })
      : say("lives", { rate, steps: model.steps, share: percent(rowOf(view, relu.active).at(-1)) });
  const second = end > 0 ? say("leaky_active", { share: percent(end) }) : say("leaky_moves", { gradient: number(gradient, 3) });
  view.verdict.textContent = `${first} ${second}`;
}

// Every rate of the sweep: how many examples make the neuron active at the end.
function sweep(view) {
  const { model, notes, theme } = view;
  const wide = view.stage.clientWidth || 600;
  const context = sized(view.sweep, wide, 190);
  const last = model.steps;
  const at = (view.at = plane({ x: 46, y: 26, w: wide - 60, h: 112 }, [model.rates[0], model.rates.at(-1)], [-0.06, 1.06], true));
  axes(context, at, theme, {
    title: say("share_at_the_end"),
    xTitle: say("rate"),
    xTicks: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].filter(rate => rate >= at.x[0] * 0.999 && rate <= at.x[1] * 1.001),
    yTicks: [0, 0.5, 1],
    yText: part => `${part * 100} %`,
  });
  if (model.threshold) {
    wash(context, { x: at.X(model.threshold), y: at.box.y, w: at.box.x + at.box.w - at.X(model.threshold), h: at.box.h }, theme.text, 0.1);
    const words = say("dies_from", { rate: number(model.threshold, 4) });
    const right = at.X(model.threshold) + context.measureText(words).width + 12 < at.box.x + at.box.w;
    const x = at.X(model.threshold) + (right ? 10 : -10); // beside the line of the rate at hand
    const y = right ? at.box.y + 14 : at.box.y + at.box.h - 9; // on the left the curves run along the top
    label(context, theme, words, { x, y, align: right ? "left" : "right" });
  }
  model.neurons.forEach((neuron, index) => {
    const points = model.rates.map((rate, place) => [rate, neuron.active[place * (last + 1) + last]]);
    const colour = seriesColour(index);
    curveOn(context, at, points, { colour, width: 2, dash: DASHES[index] });
    for (const [rate, active] of points) dot(context, at.X(rate), at.Y(active), { radius: 3, colour, ring: theme.background });
  });
  upright(context, at.box, at.X(model.rates[notes.rate]) - 1, { colour: theme.primary, alpha: 0.8, width: 2 });
}

// At this rate, over the steps: who is active, and the loss.
function overSteps(view) {
  const { model, theme } = view;
  const { step } = view.player;
  const wide = view.active.parentElement.clientWidth || 300;
  const chart = (canvas, part, title, y, options, map = value => value) => {
    const context = sized(canvas, wide, 178);
    const at = plane({ x: 46, y: 24, w: wide - 58, h: 108 }, [0, model.steps], y);
    axes(context, at, theme, { title, xTitle: say("step"), ...options });
    upright(context, at.box, at.X(step), { colour: theme.text, alpha: 0.7 });
    model.neurons.forEach((neuron, index) => {
      const points = Array.from(rowOf(view, neuron[part]), (value, k) => [k, map(value)]);
      const words = say(index ? "dashed" : "solid", { title: neuron.title });
      curveOn(context, at, points, { colour: seriesColour(index), dash: DASHES[index] });
      label(context, theme, words, { x: at.box.x + 4 + index * 100, y: at.box.y + at.box.h + 33 });
    });
  };
  const losses = model.neurons.flatMap(neuron => [...rowOf(view, neuron.losses)]).filter(value => value > 0);
  const powers = losses.map(Math.log10);
  chart(view.active, "active", say("share"), [-0.05, 1.05], {
    yTicks: [0, 0.5, 1],
    yText: part => `${part * 100} %`,
  });
  const low = Math.min(-2, Math.floor(Math.min(...powers)));
  const high = Math.max(0, Math.ceil(Math.max(...powers)));
  const powersOnly = {
    yTicks: ticks({ low, high }, 6).filter(Number.isInteger),
    yText: power => (power < -3 || power > 4 ? `1e${power}`.replace("-", "−") : plain(10 ** power)),
  };
  chart(view.loss, "losses", say("error"), [low, high + 0.1], powersOnly, Math.log10);
}

// One neuron at one step: its weights as an image, its sum for every example, and its numbers.
function one(view, neuron, figure) {
  const { model, theme } = view;
  const { step } = view.player;
  const size = model.side ** 2;
  const weights = rowOf(view, neuron.weights, size).subarray(step * size, (step + 1) * size);
  const bias = rowOf(view, neuron.bias)[step];
  const wide = Math.min(figure.clientWidth || 150, 170);
  const [picture, strip] = figure.querySelectorAll("canvas");
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const pixels = palette("weights", theme.name);
  filled(picture, painted(entriesOf(weights, largest), model.side, model.side, pixels), wide, wide);
  figure.querySelector("figcaption").textContent = neuron.title;
  sums(view, strip, weights, bias, wide);
  const texts = [
    say("weights", { largest: number(largest, 3) }),
    say("bias", { bias: number(bias, 3) }),
    say("active", { share: percent(rowOf(view, neuron.active)[step]) }),
    say("loss", { loss: number(rowOf(view, neuron.losses)[step], 3) }),
    say("gradient", { gradient: number(rowOf(view, neuron.gradient)[step], 3) }),
  ];
  figure.querySelector(".numbers").replaceChildren(...texts.map(text => element("div", "", text)));
}

// w·x + b of every example: the first digit above, the second below; left of the line the ReLU is silent.
function sums(view, canvas, weights, bias, wide) {
  const { model, theme } = view;
  const count = model.labels.length;
  const size = weights.length;
  const values = new Float64Array(count);
  for (let n = 0; n < count; n++) {
    let sum = bias;
    for (let k = 0; k < size; k++) sum += weights[k] * model.inputs[n * size + k];
    values[n] = sum;
  }
  const reach = Math.max(1.5, ...values.map(Math.abs)) * 1.05;
  const context = sized(canvas, wide, 96);
  const at = plane({ x: 4, y: 20, w: wide - 8, h: 50 }, [-reach, reach], [0, 1]);
  axes(context, at, theme, { yTicks: [], xTicks: [0], title: say("sums", { reach: number(reach, 3) }) });
  values.forEach((value, n) => {
    context.globalAlpha = 0.55;
    context.fillStyle = seriesColour(model.labels[n] ? 2 : 3);
    context.fillRect(at.X(value) - 1, at.box.y + (model.labels[n] ? 2 : 27), 2, 21);
  });
  context.globalAlpha = 1;
  model.digits.forEach((digit, row) => label(context, theme, String(digit), { x: at.box.x + 1, y: at.box.y + 17 + 25 * row }));
}
