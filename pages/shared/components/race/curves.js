// The curves: what is over in full, what is still to come as a shadow, and the line of the place reached.
import { sized } from "../../js/canvas.js";
import { band, curve, dot, scale, scaleOf, ticks, upright, xAxis, yAxis } from "../../js/chart.js";
import { grouped, number } from "../../js/numbers.js";
import { indexAt, seriesOf } from "./standing.js";

export function endOf(view) {
  return Math.max(...view.header.lanes.map(lane => lane.ends[view.axis.id]), 1e-9);
}

export function frontOf(view) {
  const fronts = view.header.lanes.map(lane => lane.x[view.axis.id].at(-1) ?? 0);
  return Math.max(...fronts, 0) / endOf(view);
}

function scalesOf(view) {
  const { header, measure, axis, box } = view;
  const [left, top, right, bottom] = [box.x, box.y, box.x + box.w, box.y + box.h];
  const x = scale(0, endOf(view), { from: left, to: right });
  const values = header.lanes.flatMap(lane => seriesOf(lane, measure, axis.id).y).filter(value => value !== null);
  if (measure.log) return { x, y: scaleOf(values, true, bottom, top) };
  const [low, high] = shareRange(measure, values);
  return { x, y: scale(low, high, { from: bottom, to: top }) };
}

// From 0 to 100 %; test images, whose curves lie close together, only between the tens around them.
function shareRange(measure, values) {
  if (measure.id !== "test" || !values.length) return [0, 1];
  const low = Math.floor(Math.min(...values) * 10 + 1e-6) / 10;
  const high = Math.ceil(Math.max(...values) * 10 - 1e-6) / 10;
  return high - low < 0.05 ? [Math.max(0, high - 0.1), high] : [low, high];
}

function shareMarks({ low, high }) {
  const step = high - low > 0.6 ? 0.25 : high - low > 0.25 ? 0.1 : 0.05;
  const found = [];
  for (let value = Math.ceil(low / step - 1e-6) * step; value <= high + 1e-6; value += step) found.push(value);
  return found;
}

export function paintRace(view) {
  const { theme, size, canvas, header, box } = view;
  const context = sized(canvas, size.width, size.height);
  view.scales = scalesOf(view);
  const { x } = view.scales;
  const place = view.position * endOf(view);
  paintFrame(context, view);
  if (view.measure.id === "accuracy") for (const lane of header.lanes) paintBand(context, view, lane, place);
  for (const lane of header.lanes) {
    if (!header.live) paintCurve(context, view, lane, { alpha: 0.45, width: 1.2 });
    paintCurve(context, view, lane, { alpha: 1, width: 2.4, until: place });
  }
  if (view.position < 1) upright(context, box, x.at(place), { colour: theme.text, alpha: 0.75 });
  if (view.hover !== null) upright(context, box, x.at(view.hover), { colour: theme.text, alpha: 0.5 });
}

// 0 and four to ten round numbers up to the end.
function evenMarks(end) {
  const rough = end / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const found = [];
  const step = Math.max(...[1, 2, 2.5, 5].map(times => times * power).filter(size => size <= rough * 1.0001));
  for (let index = 0; index * step <= end * 1.0001; index++) found.push(Number((index * step).toPrecision(6)));
  return found;
}

function paintFrame(context, view) {
  const { theme, size, measure, axis, box } = view;
  const { x, y } = view.scales;
  const shares = measure.percent ? shareMarks(y) : ticks(y);
  const text = value => (measure.percent ? `${Math.round(100 * value)} %` : number(value, 3));
  yAxis(
    context,
    box,
    shares.map(value => [y.at(value), text(value)]),
    theme,
  );
  const marks = evenMarks(x.high).map(value => [x.at(value), grouped.format(value)]);
  xAxis(context, box, marks, theme, { title: axis.title, most: size.width });
}

function paintBand(context, view, lane, place) {
  if (!lane.lowest.length) return;
  const xs = lane.x[view.axis.id];
  const { x, y } = view.scales;
  const last = indexAt(xs, place);
  if (last < 1) return;
  const points = values => xs.slice(0, last + 1).map((at, i) => [x.at(at), y.at(values[i])]);
  band(context, points(lane.lowest), points(lane.highest), { colour: lane.colour, alpha: 0.13 });
}

function paintCurve(context, view, lane, { alpha, width, until = Infinity }) {
  const { x: xs, y: ys } = seriesOf(lane, view.measure, view.axis.id);
  const { x, y } = view.scales;
  const points = [];
  for (let i = 0; i < xs.length && xs[i] <= until + 1e-9; i++) points.push(ys[i] === null ? null : [x.at(xs[i]), y.at(ys[i])]);
  curve(context, points, { colour: lane.colour, width, dash: lane.dash, alpha });
  const last = points.findLast(Boolean);
  if (alpha === 1 && last) dot(context, last[0], last[1], { radius: 4, colour: lane.colour });
}
