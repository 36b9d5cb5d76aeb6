// Colours for lines, told apart by colour-blind eyes; beyond six the line is dashed, beyond twelve dotted.
import { element } from "../../../../shared/js/dom.js";
import { clamp, percent } from "../../../../shared/js/numbers.js";
import { player } from "../../../../shared/js/play.js";

export const SERIES = ["#3b78c2", "#d0701c", "#16917e", "#b8558f", "#86861d", "#8468c9"];
export const DASHES = [[], [7, 4], [2, 3]];

export function seriesColour(index) {
  return SERIES[index % SERIES.length];
}

// Round steps for about `count` ticks between low and high.
export function ticks(low, high, count) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const share = raw / power;
  const step = power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(Math.round(k * step * 1e9) / 1e9);
  return found;
}

// A plane of numbers inside a box of pixels; `log` makes the x axis logarithmic.
export function plane(box, x, y, log = false) {
  const u = log ? Math.log : value => value;
  const [x0, x1] = x.map(u);
  const [y0, y1] = y;
  return {
    box,
    x,
    y,
    log,
    X: value => box.x + ((u(value) - x0) / (x1 - x0)) * box.w,
    Y: value => box.y + box.h - ((value - y0) / (y1 - y0)) * box.h,
    atX: pixel => {
      const inside = x0 + ((pixel - box.x) / box.w) * (x1 - x0);
      return log ? Math.exp(inside) : inside;
    },
  };
}

// A tick as one writes it: no zeros behind, a real minus.
export function plain(value) {
  return (Math.abs(value) >= 1e4 ? value.toExponential(0) : String(Number(value.toPrecision(6)))).replace("-", "−");
}

export function axes(context, at, theme, { xTicks = null, yTicks = null, xText = plain, yText = plain, title = "", xTitle = "" } = {}) {
  const { box } = at;
  context.save();
  context.font = `12px ${theme.font}`;
  context.lineWidth = 1;
  for (const value of yTicks ?? ticks(...at.y, Math.max(2, box.h / 40))) {
    line(context, theme, [box.x, at.Y(value)], [box.x + box.w, at.Y(value)], value === 0 ? 0.5 : 0.12);
    label(context, theme, yText(value), box.x - 5, at.Y(value), "right", "middle");
  }
  for (const value of xTicks ?? ticks(...at.x, Math.max(2, box.w / 60))) {
    line(context, theme, [at.X(value), box.y], [at.X(value), box.y + box.h], value === 0 && !at.log ? 0.5 : 0.12);
    label(context, theme, xText(value), at.X(value), box.y + box.h + 4, "center", "top");
  }
  if (title) label(context, theme, title, box.x, box.y - 6, "left", "bottom");
  if (xTitle) label(context, theme, xTitle, box.x + box.w, box.y + box.h + 19, "right", "top");
  context.restore();
}

export function line(context, theme, from, to, alpha = 1, colour = theme.text) {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
  context.globalAlpha = 1;
}

export function label(context, theme, text, x, y, align = "left", baseline = "alphabetic", alpha = 0.85) {
  context.globalAlpha = alpha;
  context.fillStyle = theme.text;
  context.textAlign = align;
  context.textBaseline = baseline;
  context.fillText(text, x, y);
  context.globalAlpha = 1;
}

// Points joined, clipped to the plane; what is not finite leaves a gap.
export function polyline(context, at, points, colour, { width = 2, dash = [], alpha = 1 } = {}) {
  context.save();
  context.beginPath();
  context.rect(at.box.x - 1, at.box.y - 1, at.box.w + 2, at.box.h + 2);
  context.clip();
  context.beginPath();
  let pen = false;
  for (const [x, y] of points) {
    const known = Number.isFinite(x) && Number.isFinite(y);
    if (known) context[pen ? "lineTo" : "moveTo"](at.X(x), Math.max(-1e5, Math.min(1e5, at.Y(y))));
    pen = known;
  }
  Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: alpha, lineJoin: "round" });
  context.setLineDash(dash);
  context.stroke();
  context.restore();
}

export function dot(context, x, y, radius, colour, theme) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = theme.background;
  context.stroke();
}

export function share(value) {
  return value === 0 ? "0 %" : percent(value);
}

export function button(text, className = "") {
  const made = element("button", className, text);
  made.type = "button";
  return made;
}

// A range control with its word and its value: slider("T", {min, max, step, value}, text, onInput).
export function slider(word, { min, max, step, value }, text, onInput) {
  const box = element("label", "slide");
  const input = element("input");
  const shown = element("span", "mono");
  Object.assign(input, { type: "range", min, max, step, value });
  const say = () => {
    shown.textContent = text(Number(input.value));
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  input.oninput = () => {
    say();
    onInput(Number(input.value));
  };
  box.append(element("span", "word", word), input, shown);
  say();
  return { box, input, say };
}

// Play, pause and scrub over steps 0 … last. Whoever wants less motion steps by hand: nothing plays by itself.
export function stepper(last, onStep, { milliseconds = 250, word = "step" } = {}) {
  const toggle = button("Play", "play");
  const scrub = slider(
    word,
    { min: 0, max: last, step: 1, value: 0 },
    value => `${value} of ${last}`,
    value => show(value),
  );
  const box = element("div", "player");
  box.append(toggle, scrub.box);
  const play = player({
    button: toggle,
    pace: milliseconds,
    start: () => self.step >= last && show(0),
    step: () => (self.step >= last ? false : show(self.step + 1)),
  });
  const self = Object.assign(play, { box, step: 0, show, input: scrub.input });
  function show(step) {
    self.step = clamp(step, 0, last);
    scrub.input.value = String(self.step);
    scrub.say();
    onStep(self.step);
  }
  return self;
}
