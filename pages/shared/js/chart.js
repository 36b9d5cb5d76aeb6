// Charts on a canvas: scales, round ticks, axes, lines, bands, marks and a legend. Sizes in CSS pixels.
import { element } from "./dom.js";
import { grouped } from "./numbers.js";

// Colours for lines, told apart by colour-blind eyes, 3 : 1 on light and dark.
export const SERIES = ["#3b78c2", "#d0701c", "#16917e", "#b8558f", "#86861d", "#8468c9"];

export const DASHES = [[], [7, 4], [2, 3]]; // beyond six the line is dashed, beyond twelve dotted

export function seriesColour(index) {
  return SERIES[index % SERIES.length];
}

/** A scale from `low` to `high` onto the pixels `from` to `to`, and back. */
export function scale(low, high, { from, to, log = false }) {
  const turn = log ? Math.log10 : value => value;
  const back = log ? power => 10 ** power : value => value;
  const [bottom, top] = [turn(low), turn(high)];
  const at = value => (log && value <= 0 ? from : from + ((turn(value) - bottom) / (top - bottom)) * (to - from));
  return { at, inverse: pixel => back(bottom + ((pixel - from) / (to - from)) * (top - bottom)), low, high, log };
}

/** A scale that holds all values, with room beyond them; null is no value, and nor is what no logarithm has. */
export function scaleOf(values, log, from, to) {
  const usable = values.filter(value => value !== null && (!log || value > 0));
  let low = Math.min(...usable);
  let high = Math.max(...usable);
  if (!usable.length) [low, high] = log ? [0.1, 1] : [0, 1];
  if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - 1, high + 1];
  const room = log ? (high / low) ** 0.06 : 0.06 * (high - low);
  const wide = log ? scale(low / room, high * room, { from, to, log }) : scale(low - room, high + room, { from, to });
  return { ...wide, low, high };
}

/** Round numbers between low and high: the steps 1, 2, 5 × 10ⁿ that give at most so many, and two at least. */
export function ticks({ low, high, log = false }, about = 4) {
  if (log) return powers(low, high);
  const step = roundStep((high - low) / about);
  if (Math.floor(high / step + 1e-6) <= Math.ceil(low / step - 1e-9) && high > low) return ticks({ low, high }, 2 * about);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step / 1e6; k++) found.push(Number((k * step).toPrecision(6)));
  return found;
}

/** The smallest of 1, 2, 5 × 10ⁿ that is no smaller than `least`. */
export function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map(times => times * power).find(size => size >= least * (1 - 1e-9));
}

function powers(low, high) {
  const found = [];
  const every = Math.max(1, Math.ceil(Math.log10(high / low) / 6));
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += every)
    for (const times of high / low > 100 ? [1] : [1, 2, 5]) found.push(Number((times * 10 ** power).toPrecision(3)));
  const within = found.filter(value => value >= low * 0.95 && value <= high * 1.05);
  return within.length < 2 ? ticks({ low, high }) : within;
}

/** A tick as one writes it: no zeros behind, a real minus. */
export function plain(value) {
  return (
    Math.abs(value) >= 1e4
      ? Math.abs(value) < 1e7
        ? grouped.format(value)
        : value.toExponential(0).replace("e+", "e")
      : String(Number(value.toPrecision(6)))
  ).replace("-", "−");
}

/** What stands at 10 to the exponent on a logarithmic axis, as Python's axes have it: 0.001, 1, 1,000, 1e−7. */
export function decadeText(exponent) {
  if (exponent < -4 || exponent > 6) return `1e${exponent}`.replace("-", "−");
  return exponent < 0 ? (10 ** exponent).toFixed(-exponent) : grouped.format(10 ** exponent);
}

/** The box of the plot inside a canvas: {x, y, w, h} between the edges {left, right, top, bottom}. */
export function boxIn(width, height, edge) {
  return { x: edge.left, y: edge.top, w: width - edge.left - edge.right, h: height - edge.top - edge.bottom };
}

/** Faint lines across the plot with their numbers to the left of it: marks [[pixel, text]]. */
export function yAxis(context, box, marks, theme, { gap = 6 } = {}) {
  setText(context, theme, "right", "middle");
  for (const [y, text] of marks) {
    context.globalAlpha = 0.16;
    context.fillRect(box.x, Math.round(y), box.w, 1);
    context.globalAlpha = 0.85;
    context.fillText(text, box.x - gap, y);
  }
  context.globalAlpha = 1;
}

/** Numbers below the plot and the axis's title below them: marks [[pixel, text]]; none is cut off at the right. */
export function xAxis(context, box, marks, theme, { title = "", most = Infinity, titleAt = 31 } = {}) {
  setText(context, theme, "center", "alphabetic");
  context.globalAlpha = 0.85;
  for (const [x, text] of marks) {
    const half = most === Infinity ? 0 : context.measureText(text).width / 2;
    context.fillText(text, Math.min(x, most - half - 1), box.y + box.h + 16);
  }
  if (title) context.fillText(title, box.x + box.w / 2, box.y + box.h + titleAt);
  context.globalAlpha = 1;
}

/** A plane of numbers [low, high] inside a box of pixels; `log` makes the x axis logarithmic. */
export function plane(box, x, y, log = false) {
  const across = scale(x[0], x[1], { from: box.x, to: box.x + box.w, log });
  const up = scale(y[0], y[1], { from: box.y + box.h, to: box.y });
  return { box, x, y, log, X: across.at, Y: up.at, atX: across.inverse };
}

/** Faint lines both ways with their numbers, the zero lines stronger; a title above and one of the x axis below. */
export function axes(context, at, theme, { xTicks = null, yTicks = null, xText = plain, yText = plain, title = "", xTitle = "" } = {}) {
  const { box, x, y } = at;
  const [right, bottom] = [box.x + box.w, box.y + box.h];
  const faint = strong => ({ colour: theme.text, width: 1, alpha: strong ? 0.5 : 0.12 });
  for (const value of yTicks ?? ticks({ low: y[0], high: y[1] }, Math.max(3, box.h / 25))) {
    segment(context, [box.x, at.Y(value)], [right, at.Y(value)], faint(value === 0));
    label(context, theme, yText(value), { x: box.x - 5, y: at.Y(value), align: "right", baseline: "middle" });
  }
  for (const value of xTicks ?? ticks({ low: x[0], high: x[1] }, Math.max(3, box.w / 38))) {
    segment(context, [at.X(value), box.y], [at.X(value), bottom], faint(value === 0 && !at.log));
    label(context, theme, xText(value), { x: at.X(value), y: bottom + 4, align: "center", baseline: "top" });
  }
  if (title) label(context, theme, title, { x: box.x, y: box.y - 6, baseline: "bottom" });
  if (xTitle) label(context, theme, xTitle, { x: right, y: bottom + 19, align: "right", baseline: "top" });
}

function setText(context, theme, align, baseline) {
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.text;
  context.textAlign = align;
  context.textBaseline = baseline;
}

/** Text at a place; align and baseline as the canvas names them. around: pixels of the page's colour about it. */
export function label(context, theme, text, { x, y, align = "left", baseline = "alphabetic", alpha = 0.85, around = 0 }) {
  setText(context, theme, align, baseline);
  if (around) {
    Object.assign(context, { strokeStyle: theme.background, lineWidth: 2 * around, lineJoin: "round" });
    context.strokeText(text, x, y);
  }
  context.globalAlpha = alpha;
  context.fillText(text, x, y);
  context.globalAlpha = 1;
}

/** Text that runs upwards, its middle at a place: the title of a y axis. */
export function upwards(context, theme, text, { x, y, alpha = 0.85 }) {
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  label(context, theme, text, { x: 0, y: 0, align: "center", alpha });
  context.restore();
}

/** Points [[x, y]] in pixels, joined; null leaves a gap. */
export function curve(context, points, { colour, width = 2, dash = [], alpha = 1 }) {
  context.save();
  Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: alpha });
  context.setLineDash(dash);
  context.beginPath();
  let open = false;
  for (const point of points) {
    if (point) context[open ? "lineTo" : "moveTo"](point[0], point[1]);
    open = point !== null;
  }
  context.stroke();
  context.restore();
}

/** A straight line from one point to another. */
export function segment(context, from, to, style) {
  curve(context, [from, to], style);
}

/** A curve through points [[x, y]] of a plane, cut at its box; what is not finite leaves a gap. */
export function curveOn(context, at, points, style) {
  const { box } = at;
  const held = y => Math.max(-1e5, Math.min(1e5, y));
  context.save();
  context.beginPath();
  context.rect(box.x - 1, box.y - 1, box.w + 2, box.h + 2);
  context.clip();
  context.lineJoin = "round";
  const known = ([x, y]) => Number.isFinite(x) && Number.isFinite(y);
  curve(
    context,
    points.map(point => (known(point) ? [at.X(point[0]), held(at.Y(point[1]))] : null)),
    style,
  );
  context.restore();
}

/** The area between a lowest and a highest line of points [[x, y]]. */
export function band(context, low, high, { colour, alpha = 0.18 }) {
  context.save();
  Object.assign(context, { fillStyle: colour, globalAlpha: alpha });
  context.beginPath();
  for (const [x, y] of [...high, ...[...low].reverse()]) context.lineTo(x, y);
  context.fill();
  context.restore();
}

/** A filled circle, with a ring of another colour around it where one is given. */
export function dot(context, x, y, { radius, colour, ring = null, line = 1.5 }) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  if (!ring) return;
  context.strokeStyle = ring;
  context.lineWidth = line;
  context.stroke();
}

/** Crossed strokes; size: half a side. */
export function cross(context, x, y, { size, colour, width = 2 }) {
  for (const slant of [size, -size]) segment(context, [x - size, y - slant], [x + size, y + slant], { colour, width });
}

/** The line at a place of the x axis: where the slider stands, what is read off. */
export function upright(context, box, x, { colour, alpha = 1, width = 1 }) {
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fillRect(Math.round(x), box.y, width, box.h);
  context.globalAlpha = 1;
}

/** Entries of a legend as elements: [{name, colour, sign}]; a sign stands in its colour, none is a bar of it. */
export function legendOf(entries) {
  return entries.map(({ name, colour, sign = "" }) => {
    const entry = element("span", "", name);
    const mark = element("i", sign ? "cross" : "", sign);
    mark.style[sign ? "color" : "background"] = colour;
    entry.prepend(mark);
    return entry;
  });
}
