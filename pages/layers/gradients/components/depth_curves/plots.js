import { DASH, NOW, PAST, bounds, curvesOf, decades, placed } from "../../../../shared/components/layer_norms/model.js";
import { across, decadeAxis, drawMark, layerAxis } from "../../../../shared/components/layer_norms/plot.js";
import { painted, sized } from "../../../../shared/js/canvas.js";
import { band, boxIn, curve, label, ticks, upright } from "../../../../shared/js/chart.js";
import { number } from "../../../../shared/js/numbers.js";
import { entryOf, palette } from "../../../../shared/js/palette.js";

export const EDGE = { left: 46, right: 8, top: 10, bottom: 24 };

export function plotNorms(canvas, view, theme) {
  const { name } = canvas.dataset;
  const [width, height] = [view.plotWidth, 230];
  const context = sized(canvas, width, height);
  const frame = view.header.frames[view.frame];
  const scale = decades(curvesOf(view, name));
  const box = boxIn(width, height, EDGE);
  const place = value => placed(value, scale, box.y, box.y + box.h);
  const x = layer => across(layer, view.span, width, EDGE);
  const points = values => values.map((value, layer) => [x(layer), place(value)]);
  decadeAxis(context, box, { scale, place, most: 6 }, theme);
  depthAxis(context, view, box, theme);
  view.header.past.forEach((past, index) =>
    curve(context, points(past[name][0]), { colour: PAST[index % PAST.length], width: 1.6, alpha: 0.55 }),
  );
  if (name === "activation_gradients" && view.header.frames.length === 1)
    for (const { kind, values } of bounds(frame)) curve(context, points(values), { colour: theme.text, width: 1.3, dash: DASH[kind] });
  const [middle, low, high] = frame[name];
  if (frame.seeds > 1) band(context, points(low), points(high), { colour: NOW, alpha: 0.2 });
  curve(context, points(middle), { colour: NOW, width: 2.6 });
  const radius = view.span > 30 ? 2 : 3;
  middle.forEach((value, layer) => drawMark(context, value, { x: x(layer), y: place(value), radius, colour: NOW }, theme));
  cursor(context, view, box, theme);
}

function depthAxis(context, view, box, theme) {
  const layers = view.span;
  const every = [1, 2, 5, 10].find(size => (layers / size) * 26 < box.w + EDGE.right) ?? 10;
  layerAxis(context, box, { layers, every, x: layer => across(layer, layers, view.plotWidth, EDGE) }, theme);
}

function cursor(context, view, box, theme) {
  const style = { colour: theme.text, alpha: view.pinned ? 0.9 : 0.4, width: view.pinned ? 2 : 1 };
  upright(context, box, across(view.layer, view.span, view.plotWidth, EDGE), style);
}

// One column of colour a layer: how its outputs are spread.
export function plotStrip(canvas, view, theme) {
  const [width, height] = [view.plotWidth, 190];
  const context = sized(canvas, width, height);
  const box = boxIn(width, height, EDGE);
  const { bins } = view.header;
  const { layers } = view;
  const shares = view.bars(view.frame, 0);
  const entries = new Uint8Array(layers * bins);
  for (let layer = 0; layer < layers; layer++)
    for (let bin = 0; bin < bins; bin++) entries[(bins - 1 - bin) * layers + layer] = entryOf(shares[layer * bins + bin], 255, false);
  context.imageSmoothingEnabled = false;
  context.drawImage(painted(entries, layers, bins, palette("magnitude", theme.name)), box.x, box.y, (box.w * layers) / view.span, box.h);
  stripNumbers(context, view.header.frames[view.frame].strip, box, theme);
  depthAxis(context, view, box, theme);
  cursor(context, view, box, theme);
}

function stripNumbers(context, { edges, least }, box, theme) {
  const [low, high] = [edges[0], edges.at(-1)];
  for (const value of ticks({ low, high }, 5)) {
    const y = box.y + box.h * (1 - shareOf(value, edges));
    const shown = Math.abs(value) < least ? 0 : value; // rounding left of zero
    label(context, theme, number(shown, 2), { x: box.x - 5, y, align: "right", baseline: "middle", alpha: 1 });
  }
}

// Where a value lies between the first edge (0) and the last (1): the bins are equally tall, whatever they hold.
function shareOf(value, edges) {
  const above = Math.max(
    1,
    edges.findIndex(edge => edge >= value),
  );
  const [low, high] = [edges[above - 1], edges[above]];
  return (above - 1 + (value - low) / (high - low)) / (edges.length - 1);
}
