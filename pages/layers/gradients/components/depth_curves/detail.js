// The numbers of one layer, and the histograms of its outputs and of its weights' gradient.
import { sized } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { number, percent, worded } from "../../../../shared/js/numbers.js";
import { cssColour, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";

function facts(view) {
  const frame = view.header.frames[view.frame];
  const layer = view.layer;
  const { columns } = frame;
  return [
    ["‖∂L/∂W‖", worded(frame.weight_gradients[0][layer])],
    ["‖∂L/∂h‖", worded(frame.activation_gradients[0][layer])],
    ...(frame.bound.length ? [[say("bound"), worded(frame.bound[layer])]] : []),
    ...(frame.bound.length ? [[say("with_weights"), frame.weighed.length ? worded(frame.weighed[layer]) : say("none")]] : []),
    [say("mean"), worded(columns.mean[layer])],
    [say("std"), worded(columns.std[layer])],
    [say("zeros"), shareText(columns.zeros[layer])],
    ...(columns.flat ? [[say("flat"), shareText(columns.flat[layer])]] : []),
    ...(columns.weight_norms ? [["‖W‖", worded(columns.weight_norms[layer])]] : []),
  ];
}

function startsInWords({ seeds, weight_gradients }, layer) {
  if (seeds === 1) return say("one_start");
  const [, low, high] = weight_gradients;
  return say("median", { starts: seeds, low: worded(low[layer]), high: worded(high[layer]) });
}

function titleOf({ layer, layers, pinned }, names) {
  if (!names) return say(pinned ? "layer_pinned" : "layer", { layer: layer + 1, layers });
  return say(pinned ? "named_layer_pinned" : "named_layer", { layer: layer + 1, layers, name: names[layer] });
}

function shareText(value) {
  return typeof value === "string" ? worded(value) : value === 0 ? say("none") : percent(value);
}

export function drawCard(view, theme) {
  const frame = view.header.frames[view.frame];
  const found = facts(view);
  const card = view.card;
  const title = element("div", "title", titleOf(view, frame.names));
  const list = element("div", "facts");
  for (const [label, value] of found) {
    const row = element("div", "fact");
    row.append(element("span", "", label), element("span", "", value));
    list.append(row);
  }
  const seeds = element("div", "muted", frame.names ? "" : startsInWords(frame, view.layer));
  const bars = element("div", "bars");
  bars.append(
    histogram(view, 1, say(frame.names ? "outputs" : "outputs_of_start"), theme),
    histogram(view, 2, say(frame.names ? "gradient" : "gradient_of_start"), theme),
  );
  card.replaceChildren(title, list, seeds, bars);
  view.live.textContent = say("reading", {
    layer: view.layer + 1,
    facts: found.map(([label, value]) => `${label} ${value}`).join(", "),
  });
  card.dataset.layer = String(view.layer);
}

function histogram(view, which, name, theme) {
  const figure = element("figure");
  const canvas = element("canvas");
  const [low, high] = view.header.frames[view.frame].ranges[which - 1][view.layer];
  const width = Math.max(90, Math.floor((view.plotWidth - 14) / 2));
  const height = 64;
  const context = sized(canvas, width, height);
  const bins = view.header.bins;
  const bars = view.bars(view.frame, which).subarray(view.layer * bins, (view.layer + 1) * bins);
  const colours = palette("activations", theme.name);
  bars.forEach((bar, bin) => {
    const value = low + ((bin + 0.5) / bins) * (high - low);
    const tall = (bar / 255) * (height - 4);
    context.fillStyle = cssColour(colours[value < 0 ? 40 : 215]);
    context.fillRect((bin / bins) * width, height - tall, Math.max(1, width / bins - 0.5), tall);
  });
  context.fillStyle = theme.text;
  context.fillRect(0, height - 1, width, 1);
  if (low < 0 && high > 0) context.fillRect(Math.round((-low / (high - low)) * width), 0, 1, height);
  const ends = element("div", "ends");
  const empty = low === 0 && high === 0;
  ends.append(element("span", "", empty ? say("no_value") : number(low, 2)), element("span", "", empty ? "" : number(high, 2)));
  figure.append(element("figcaption", "muted", name), canvas, ends);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("histogram", { name, layer: view.layer + 1, low: number(low, 3), high: number(high, 3) }));
  return figure;
}
