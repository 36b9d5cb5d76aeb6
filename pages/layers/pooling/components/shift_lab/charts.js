// Curves over the amounts, and the cosine along the layers at one amount: a canvas each.
import { sized } from "../../../../shared/js/canvas.js";
import { band, boxIn, curve, dot, label, plane, segment, upright, xAxis, yAxis } from "../../../../shared/js/chart.js";
import { indexIn } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { measureOf, motionOf, placeOf, shownAt, wayColour } from "./model.js";

const EDGE = { left: 40, right: 10, top: 8, bottom: 34 };
const TITLE_AT = 31;

function lowest(values) {
  const known = values.flat(2).filter(value => value !== null);
  return Math.min(0.9, Math.floor(10 * Math.min(...known, 1)) / 10);
}

// A canvas with its plane: indices across, cosines from `low` to 1 up; `at` answers the index under a pixel.
function chartOf(canvas, height, count, low) {
  const width = Math.max(240, canvas.parentElement.clientWidth);
  const box = boxIn(width, height, EDGE);
  const span = count > 1 ? [0, count - 1] : [-0.5, 0.5];
  const { X, Y, atX } = plane(box, span, [low, 1]);
  return { context: sized(canvas, width, height), box, X, Y, low, at: x => indexIn(atX(x) + 0.5, count) };
}

function shares({ context, box, Y, low }, theme) {
  const step = 1 - low > 1.1 ? 0.4 : 1 - low > 0.55 ? 0.2 : 0.1;
  const marks = [];
  for (let value = Math.ceil(low / step) * step; value < 1.001; value += step)
    marks.push([Y(value), (Math.abs(value) < 1e-9 ? 0 : value).toFixed(1).replace("-", "−")]);
  yAxis(context, box, marks, theme);
}

// Every value that is known, as a point.
function known({ X, Y }, values) {
  return values.map((value, index) => (value === null ? null : [X(index), Y(value)])).filter(Boolean);
}

export function paintWays(view) {
  const motion = motionOf(view);
  const place = placeOf(view);
  const { theme } = view;
  view.ways.hidden = !place;
  if (!place) return;
  const curves = place[measureOf(view)].mean;
  const chart = chartOf(view.waysCanvas, view.narrow ? 210 : 240, motion.amounts.length, lowest([curves, place.floors]));
  const every = motion.unit === "px" ? 4 : 10;
  const marks = motion.amounts.flatMap((amount, index) => (amount % every ? [] : [[chart.X(index), String(amount).replace("-", "−")]]));
  const title = say(motion.unit === "px" ? "slid" : "turned");
  view.waysScale = chart;
  shares(chart, theme);
  xAxis(chart.context, chart.box, marks, theme, { title, titleAt: TITLE_AT });
  upright(chart.context, chart.box, chart.X(shownAt(view)) - 1, { colour: theme.primary, alpha: 0.8, width: 2 });
  curves.forEach((values, index) => paintWay(view, chart, { values, index, floor: place.floors[index] }));
}

function paintWay(view, chart, { values, index, floor }) {
  const colour = wayColour(view, index);
  const near = view.near === index;
  const { context, box, X, Y } = chart;
  const points = known(chart, values);
  const at = shownAt(view);
  curve(context, points, { colour, width: near ? 4 : 2, alpha: view.near === null || near ? 1 : 0.35, dash: index ? [] : [6, 4] });
  for (const [x, y] of points.length < values.length ? points : []) dot(context, x, y, { radius: 3, colour });
  if (values[at] !== null) dot(context, X(at), Y(values[at]), { radius: 4.5, colour, ring: view.theme.background });
  if (!near || floor === null || measureOf(view) !== "place") return;
  segment(context, [box.x, Y(floor)], [box.x + box.w, Y(floor)], { colour, width: 1.5, alpha: 0.9, dash: [2, 3] });
}

// The cosine along the network, layer by layer, at the amount that is shown.
export function paintDepth(view) {
  const motion = motionOf(view);
  const { theme, layer } = view;
  const at = shownAt(view);
  const { mean } = motion.depth;
  const chart = chartOf(view.depthCanvas, view.narrow ? 190 : 210, motion.layers.length, lowest([mean, motion.floors]));
  const { context, box, X, Y } = chart;
  const column = name =>
    known(
      chart,
      motion.depth[name].map(values => values[at]),
    );
  const under = (text, place, y = 16) => label(context, theme, text, { ...place, y: box.y + box.h + y, alpha: 1 });
  view.depthScale = chart;
  shares(chart, theme);
  paintPlaces(view, chart);
  band(context, column("low"), column("high"), { colour: theme.primary, alpha: 0.16 });
  curve(context, known(chart, motion.floors), { colour: theme.text, width: 1.5, alpha: 0.7, dash: [2, 3] });
  curve(context, column("mean"), { colour: theme.primary, width: 2.5 });
  if (layer !== null && layer < motion.layers.length)
    dot(context, X(layer), Y(mean[layer][at]), { radius: 5, colour: theme.primary, ring: theme.background });
  under(motion.layers[0].key, { x: box.x });
  under(motion.layers.at(-1).key, { x: box.x + box.w, align: "right" });
  under(say("layers"), { x: box.x + box.w / 2, align: "center" }, TITLE_AT);
}

// Where the maps become smaller: a mark on the axis.
function paintPlaces(view, { context, box, X }) {
  const motion = motionOf(view);
  motion.places.forEach((place, index) => {
    const layer = motion.layers.findIndex(item => item.key === place.layer);
    const width = index === view.notes.place ? 2 : 1;
    if (layer >= 0) upright(context, box, X(layer) - width / 2, { colour: view.theme.text, alpha: 0.35, width });
  });
}
