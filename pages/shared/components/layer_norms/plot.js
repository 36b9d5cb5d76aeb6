// One training's chart: its layers from first to last, the norm of each on the common logarithmic scale.
import { sized } from "../../js/canvas.js";
import { boxIn, cross, curve, decadeText, dot, label, upright, xAxis, yAxis } from "../../js/chart.js";
import { indexIn } from "../../js/numbers.js";
import { isNumber, placed } from "./model.js";

export const NARROW_EDGE = { left: 40, right: 6, top: 8, bottom: 20 };

// The middle of a layer's column between the edges of a chart, and the layer at a place.
export function across(layer, layers, width, edge) {
  const room = width - edge.left - edge.right;
  return edge.left + (layers === 1 ? room / 2 : ((layer + 0.5) / layers) * room);
}

export function layerAt(x, layers, width, edge) {
  return indexIn(((x - edge.left) / (width - edge.left - edge.right)) * layers, layers);
}

export function drawChart(view, which) {
  const { header, theme, width, height, scale } = view;
  const cell = header.cells[which];
  const layers = cell.layers.length;
  const context = sized(view.canvases[which], width, height);
  const box = boxIn(width, height, NARROW_EDGE);
  const place = value => placed(value, scale, box.y, box.y + box.h);
  const x = layer => across(layer, layers, width, NARROW_EDGE);
  const values = cell.values[view.frame];
  decadeAxis(context, box, { scale, place, most: box.h / 20 }, theme);
  layerAxis(context, box, { layers, every: layers > 8 ? (width > 200 ? 4 : 8) : 1, x }, theme);
  drawBound(context, view, cell, { place, x });
  curve(
    context,
    values.map((value, layer) => [x(layer), place(value)]),
    { colour: cell.colour, width: 2.2 },
  );
  values.forEach((value, layer) => drawMark(context, value, { x: x(layer), y: place(value), radius: 2.6, colour: cell.colour }, theme));
  if (view.layer === null) return;
  upright(context, box, x(Math.min(view.layer, layers - 1)), { colour: theme.text, alpha: view.chart === which ? 0.75 : 0.3 });
}

// Every decade's line, or each so-many-th; "0" below and "∞" above where such values occur.
export function decadeAxis(context, box, { scale, place, most }, theme) {
  const step = Math.max(1, Math.ceil((scale.high - scale.low) / most));
  const marks = [];
  const top = scale.beyond ? place("infinite") + 17 : -Infinity; // what would lie over "∞" is left out
  for (let exponent = scale.low; exponent <= scale.high; exponent += step)
    if (place(10 ** exponent) >= top) marks.push([place(10 ** exponent), decadeText(exponent)]);
  yAxis(context, box, marks, theme);
  const edge = (text, y) => label(context, theme, text, { x: box.x - 6, y, align: "right", baseline: "middle", alpha: 1 });
  if (scale.zero) edge("0", place("zero") - 2);
  if (scale.beyond) edge("∞", place("infinite") + 3);
}

export function layerAxis(context, box, { layers, every, x }, theme) {
  const shown = Array.from({ length: layers }, (_, layer) => layer).filter(layer => layer === 0 || (layer + 1) % every === 0);
  xAxis(
    context,
    box,
    shown.map(layer => [x(layer), String(layer + 1)]),
    theme,
  );
  label(context, theme, "layer", { x: box.x - 6, y: box.y + box.h + 16, align: "right", alpha: 1 });
}

// What the slopes alone would leave of the last layer's gradient: a straight line on this scale.
function drawBound(context, { frame, theme }, cell, { place, x }) {
  const layers = cell.layers.length;
  const last = cell.values[frame][layers - 1];
  if (!cell.slope || !isNumber(last)) return;
  const points = cell.layers.map((_, layer) => [x(layer), place(last * cell.slope ** (layers - 1 - layer))]);
  curve(context, points, { colour: theme.text, width: 1.2, dash: [5, 4] });
}

// A dot for a number, a square on the floor for an exact zero, a cross at the top for what is no number.
export function drawMark(context, value, { x, y, radius, colour }, theme) {
  if (value === "zero") {
    context.fillStyle = colour;
    context.fillRect(x - 3, y - 3, 6, 6);
  } else if (typeof value === "string") cross(context, x, y, { size: 3, colour: theme.text });
  else dot(context, x, y, { radius, colour });
}
