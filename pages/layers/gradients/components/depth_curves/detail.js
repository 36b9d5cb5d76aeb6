// The numbers of one layer, and the histograms of its outputs and of its weights' gradient.
import { worded } from "../../../../shared/components/layer_norms/model.js";
import { sized } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { number, percent } from "../../../../shared/js/numbers.js";
import { cssColour, palette } from "../../../../shared/js/palette.js";

function facts(view) {
  const frame = view.header.frames[view.frame];
  const layer = view.layer;
  const { columns } = frame;
  const spread = name => {
    const [, low, high] = frame[name];
    return frame.seeds > 1 ? ` (${worded(low[layer])} … ${worded(high[layer])})` : "";
  };
  const found = [
    ["‖∂L/∂W‖", worded(frame.weight_gradients[0][layer])],
    ["‖∂L/∂h‖", worded(frame.activation_gradients[0][layer])],
    ...(frame.bound.length ? [["bound", worded(frame.bound[layer])]] : []),
    ...(frame.bound.length ? [["with ‖W‖₂", frame.weighed.length ? worded(frame.weighed[layer]) : "none"]] : []),
    ["mean", worded(columns.mean[layer])],
    ["std", worded(columns.std[layer])],
    ["zeros", shareText(columns.zeros[layer])],
    ...(columns.flat ? [["flat", shareText(columns.flat[layer])]] : []),
    ...(columns.weight_norms ? [["‖W‖", worded(columns.weight_norms[layer])]] : []),
  ];
  return { found, spread: spread("weight_gradients") };
}

function shareText(value) {
  return typeof value === "string" ? worded(value) : value === 0 ? "none" : percent(value);
}

export function drawCard(view, theme) {
  const frame = view.header.frames[view.frame];
  const { found, spread } = facts(view);
  const card = view.card;
  const title = element(
    "div",
    "title",
    `Layer ${view.layer + 1} of ${view.layers}${frame.names ? ` · ${frame.names[view.layer]}` : ""}${view.pinned ? ", pinned" : ""}`,
  );
  const list = element("div", "facts");
  for (const [label, value] of found) {
    const row = element("div", "fact");
    row.append(element("span", "", label), element("span", "", value));
    list.append(row);
  }
  const start = frame.names ? "" : ", start 1";
  const seeds = element(
    "div",
    "muted",
    frame.names ? "" : frame.seeds > 1 ? `median of n = ${frame.seeds} starts; ‖∂L/∂W‖${spread}` : "one start",
  );
  const bars = element("div", "bars");
  bars.append(histogram(view, 1, `outputs${start}`, theme), histogram(view, 2, `∂L/∂W${start}`, theme));
  card.replaceChildren(title, list, seeds, bars);
  const said = found.map(([label, value]) => `${label} ${value}`).join(", ");
  view.live.textContent = `Layer ${view.layer + 1}: ${said}`;
  card.dataset.layer = String(view.layer);
}

function histogram(view, which, words, theme) {
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
  ends.append(element("span", "", empty ? "no finite value" : number(low, 2)), element("span", "", empty ? "" : number(high, 2)));
  figure.append(element("figcaption", "muted", words), canvas, ends);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${words}, layer ${view.layer + 1}: from ${number(low, 3)} to ${number(high, 3)}`);
  return figure;
}
