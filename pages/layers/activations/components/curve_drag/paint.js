import { sized } from "../../../../shared/js/canvas.js";
import { heightFor } from "../../../../shared/js/projector.js";
import { DASHES, SERIES, axes, curveOn, dot, plane, segment, seriesColour, upright } from "../../../../shared/js/chart.js";
import { say } from "../../../../shared/js/say.js";
import { FUNCTIONS } from "../activation_common/functions.js";

export const LOW = -6;
export const HIGH = 6;
const POINTS = 481;

export function parameterOf(view, name) {
  return view.notes.parameters[name] ?? view.byName[name].parameter?.start ?? 0;
}

// f(x), f′(x) and whether that is saturated, for one function where the person stands.
export function standing(view, name) {
  const { f, g } = FUNCTIONS[name];
  const p = parameterOf(view, name);
  const x = view.notes.x;
  const slope = g(x, p);
  return { value: f(x, p), slope, saturated: Math.abs(slope) < view.notes.threshold, p };
}

function sampled(view, name) {
  const { f, g } = FUNCTIONS[name];
  const p = parameterOf(view, name);
  const values = [];
  const slopes = [];
  for (let k = 0; k < POINTS; k++) {
    const x = LOW + ((HIGH - LOW) * k) / (POINTS - 1);
    const slope = g(x, p);
    const last = slopes.at(-1);
    if (last && Math.abs(slope - last[1]) > 0.1) slopes.push([x - (HIGH - LOW) / (POINTS - 1) / 2, NaN]); // a corner: f′ jumps
    values.push([x, f(x, p)]);
    slopes.push([x, slope]);
  }
  return { values, slopes };
}

function span(curves, part, least, most) {
  const all = curves.flatMap(one => one[part].map(([, y]) => y)).filter(Number.isFinite);
  const low = Math.max(least, Math.min(0, ...all));
  const high = Math.min(most, Math.max(...all));
  const room = 0.08 * (high - low);
  return [low - room, high + room];
}

export function paint(view) {
  const { notes, theme } = view;
  const width = view.stage.clientWidth || 600;
  const narrow = view.narrow;
  const left = 44;
  const gap = 46;
  const around = gap + 62;
  const wanted = narrow ? 370 : 450; // of both charts together, three fifths for the upper one
  const charts = heightFor(view.stage, view.canvas, wanted + around) - around;
  const top = Math.round(0.6 * charts);
  const bottom = charts - top;
  const w = width - left - 12;
  const context = sized(view.canvas, width, charts + around);
  const curves = notes.chosen.map(name => sampled(view, name));
  const high = span(curves, "values", -2.2, 6);
  const upper = plane({ x: left, y: 22, w, h: top }, [LOW, HIGH], high);
  const lower = plane({ x: left, y: 22 + top + gap, w, h: bottom }, [LOW, HIGH], span(curves, "slopes", -0.6, 2));
  view.at = upper;
  shade(context, view, upper, lower);
  axes(context, upper, theme, { title: "f(x)" });
  axes(context, lower, theme, { title: say("derivative"), xTitle: "x" });
  threshold(context, view, lower);
  notes.chosen.forEach((name, index) => {
    const main = name === notes.main;
    const style = { colour: colourOf(view, name), dash: dashOf(view, name), width: main ? 3 : 1.75, alpha: main ? 1 : 0.8 };
    curveOn(context, upper, curves[index].values, style);
    curveOn(context, lower, curves[index].slopes, style);
  });
  stand(context, view, upper, lower);
}

// Where the main function's |f′| lies below the threshold: nothing learns there.
function shade(context, view, upper, lower) {
  const { g } = FUNCTIONS[view.notes.main];
  const p = parameterOf(view, view.notes.main);
  const step = (HIGH - LOW) / (POINTS - 1);
  context.fillStyle = view.theme.text;
  context.globalAlpha = 0.1;
  for (let k = 0; k < POINTS; k++) {
    const x = LOW + k * step;
    if (Math.abs(g(x, p)) >= view.notes.threshold) continue;
    const from = upper.X(Math.max(LOW, x - step / 2));
    const to = upper.X(Math.min(HIGH, x + step / 2));
    for (const { box } of [upper, lower]) context.fillRect(from, box.y, to - from, box.h);
  }
  context.globalAlpha = 1;
}

function threshold(context, view, lower) {
  const { x, w } = lower.box;
  const style = { colour: view.theme.text, width: 1, alpha: 0.6, dash: [3, 3] };
  for (const value of [view.notes.threshold, -view.notes.threshold])
    if (value > lower.y[0]) segment(context, [x, lower.Y(value)], [x + w, lower.Y(value)], style);
}

// The upright at x, the tangent of the main function, and a dot on every curve.
function stand(context, view, upper, lower) {
  const { notes, theme } = view;
  const x = notes.x;
  const main = standing(view, notes.main);
  for (const { box } of [upper, lower]) upright(context, box, upper.X(x), { colour: theme.text, alpha: 0.55, width: 1.5 });
  const reach = 1.6;
  const ends = [x - reach, x + reach].map(at => [at, main.value + main.slope * (at - x)]);
  curveOn(context, upper, ends, { colour: theme.text, width: 2, dash: [6, 3] });
  for (const name of notes.chosen) {
    const here = standing(view, name);
    const style = { radius: name === notes.main ? 6 : 4, colour: colourOf(view, name), ring: theme.background };
    const place = (at, y) => y >= at.y[0] && y <= at.y[1] && dot(context, at.X(x), at.Y(y), style);
    place(upper, here.value);
    place(lower, here.slope);
  }
}

export function colourOf(view, name) {
  return seriesColour(view.names.indexOf(name));
}

function dashOf(view, name) {
  return DASHES[Math.floor(view.names.indexOf(name) / SERIES.length) % DASHES.length];
}
