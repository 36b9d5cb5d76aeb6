// Curves over the amounts, and the cosine along the layers at one amount: a canvas each.
import { sized } from "../../../../shared/js/canvas.js";
import { measureOf, motionOf, placeOf, shownAt, wayColour } from "./model.js";

const LEFT = 40;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 34;

function frameOf(canvas, height) {
  const width = Math.max(240, canvas.parentElement.clientWidth);
  return { context: sized(canvas, width, height), width, height };
}

function lowest(values) {
  const known = values.flat(2).filter(value => value !== null);
  return Math.min(0.9, Math.floor(10 * Math.min(...known, 1)) / 10);
}

function scales(frame, count, low) {
  const wide = frame.width - LEFT - RIGHT;
  const high = frame.height - TOP - BOTTOM;
  return {
    x: index => LEFT + (count > 1 ? (index / (count - 1)) * wide : wide / 2),
    y: value => TOP + (1 - (value - low) / (1 - low)) * high,
    at: x => Math.max(0, Math.min(count - 1, Math.round(((x - LEFT) / wide) * (count - 1)))),
  };
}

function grid(frame, scale, low, theme) {
  const { context } = frame;
  context.font = `12px ${theme.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const step = 1 - low > 1.1 ? 0.4 : 1 - low > 0.55 ? 0.2 : 0.1;
  for (let value = Math.ceil(low / step) * step; value < 1.001; value += step) {
    const y = Math.round(scale.y(value)) + 0.5;
    stroke(
      context,
      [
        [LEFT, y],
        [frame.width - RIGHT, y],
      ],
      theme.text,
      1,
      0.14,
    );
    context.fillStyle = theme.text;
    context.fillText((Math.abs(value) < 1e-9 ? 0 : value).toFixed(1).replace("-", "−"), LEFT - 6, y);
  }
}

function stroke(context, points, colour, width, alpha = 1, dash = []) {
  context.save();
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  context.restore();
}

function known(scale, values) {
  return values
    .map((value, index) => [value, index])
    .filter(([value]) => value !== null)
    .map(([value, index]) => [scale.x(index), scale.y(value)]);
}

function axisWords(frame, scale, motion, theme, title) {
  const { context } = frame;
  const every = motion.unit === "px" ? 4 : 10;
  context.fillStyle = theme.text;
  context.textAlign = "center";
  context.textBaseline = "top";
  motion.amounts.forEach((amount, index) => {
    if (amount % every === 0) context.fillText(String(amount).replace("-", "−"), scale.x(index), frame.height - BOTTOM + 5);
  });
  context.fillText(title, (LEFT + frame.width - RIGHT) / 2, frame.height - 14);
}

export function paintWays(view) {
  const motion = motionOf(view);
  const place = placeOf(view);
  const { theme } = view;
  view.ways.hidden = !place;
  if (!place) return;
  const curves = place[measureOf(view)].mean;
  const low = lowest([curves, place.floors]);
  const frame = frameOf(view.waysCanvas, view.narrow ? 210 : 240);
  const scale = scales(frame, motion.amounts.length, low);
  view.waysScale = scale;
  grid(frame, scale, low, theme);
  axisWords(frame, scale, motion, theme, motion.unit === "px" ? "slid by, pixels" : "turned by, degrees");
  const at = shownAt(view);
  stroke(
    frame.context,
    [
      [scale.x(at), TOP],
      [scale.x(at), frame.height - BOTTOM],
    ],
    theme.primary,
    2,
    0.8,
  );
  curves.forEach((values, index) => paintCurve(view, frame, scale, { values, index, floor: place.floors[index], at }));
}

function paintCurve(view, frame, scale, { values, index, floor, at }) {
  const colour = wayColour(view, index);
  const near = view.near === index;
  const { context } = frame;
  const points = known(scale, values);
  stroke(context, points, colour, near ? 4 : 2, view.near === null || near ? 1 : 0.35, index ? [] : [6, 4]);
  for (const [x, y] of points.length < values.length ? points : []) dot(context, x, y, 3, colour);
  if (values[at] !== null) dot(context, scale.x(at), scale.y(values[at]), 4.5, colour, view.theme.background);
  if (near && floor !== null && measureOf(view) === "place")
    stroke(
      context,
      [
        [LEFT, scale.y(floor)],
        [frame.width - RIGHT, scale.y(floor)],
      ],
      colour,
      1.5,
      0.9,
      [2, 3],
    );
}

function dot(context, x, y, radius, colour, ring) {
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fillStyle = colour;
  context.fill();
  if (!ring) return;
  context.strokeStyle = ring;
  context.lineWidth = 1.5;
  context.stroke();
}

// The cosine along the network, layer by layer, at the amount that is shown.
export function paintDepth(view) {
  const motion = motionOf(view);
  const { theme } = view;
  const at = shownAt(view);
  const count = motion.layers.length;
  const mean = motion.depth.mean;
  const low = lowest([mean, motion.floors]);
  const frame = frameOf(view.depthCanvas, view.narrow ? 190 : 210);
  const scale = scales(frame, count, low);
  const { context } = frame;
  const column = name => motion.depth[name].map(values => values[at]);
  view.depthScale = scale;
  grid(frame, scale, low, theme);
  paintPlaces(view, frame, scale);
  band(context, known(scale, column("low")), known(scale, column("high")), theme.primary);
  stroke(context, known(scale, motion.floors), theme.text, 1.5, 0.7, [2, 3]);
  stroke(context, known(scale, column("mean")), theme.primary, 2.5);
  const pointed = view.layer;
  if (pointed !== null && pointed < count) dot(context, scale.x(pointed), scale.y(mean[pointed][at]), 5, theme.primary, theme.background);
  context.fillStyle = theme.text;
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillText(motion.layers[0].key, LEFT, frame.height - BOTTOM + 6);
  context.textAlign = "right";
  context.fillText(motion.layers.at(-1).key, frame.width - RIGHT, frame.height - BOTTOM + 6);
  context.textAlign = "center";
  context.fillText("layers, in the order in which they run", (LEFT + frame.width - RIGHT) / 2, frame.height - 14);
}

function band(context, low, high, colour) {
  context.save();
  context.globalAlpha = 0.16;
  context.fillStyle = colour;
  context.beginPath();
  [...low, ...high.reverse()].forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.fill();
  context.restore();
}

// Where the maps become smaller: a mark on the axis.
function paintPlaces(view, frame, scale) {
  const motion = motionOf(view);
  motion.places.forEach((place, index) => {
    const layer = motion.layers.findIndex(item => item.key === place.layer);
    const x = scale.x(layer);
    if (layer >= 0)
      stroke(
        frame.context,
        [
          [x, TOP],
          [x, frame.height - BOTTOM],
        ],
        view.theme.text,
        index === view.notes.place ? 2 : 1,
        0.35,
      );
  });
}
