import { haloed, painted, sized } from "../../../../shared/js/canvas.js";
import { axes, curveOn, dot, label, plane } from "../../../../shared/js/chart.js";
import { stepper } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { number, percent } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { palette } from "../../../../shared/js/palette.js";
import { heightFor } from "../../../../shared/js/projector.js";
import { say } from "../../../../shared/js/say.js";

export default mount({
  whole: ".descent-pair",
  parts: "settings planes signs",
  painted: "whole",
  notes: header => `descent_pair ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view) {
  view.figures = [...view.root.querySelectorAll("figure")];
  view.strip = element("canvas");
  view.signs.append(view.strip);
  view.strip.onpointerdown = event => {
    view.player.show(Math.round((placeIn(view.strip, event).x - 64) / view.slot + 0.5));
  };
  const to = step => () => view.player.show(step());
  onKeys(view.planes, {
    ArrowLeft: to(() => view.player.step - 1),
    ArrowRight: to(() => view.player.step + 1),
    Home: to(() => 0),
    End: to(() => view.last),
    " ": () => view.player.toggle(),
  });
}

function load(view, header, blob) {
  view.paths = header.paths.map((path, index) => ({ ...path, surface: floats(blob(`surface${index}`), "float32") }));
  view.last = header.paths[0].path.length - 1;
  view.player?.stop();
  view.player = stepper(view.last, () => answer(view), { milliseconds: 250 });
  view.player.step = Math.min(view.notes.step ?? view.last, view.last);
  view.player.input.value = view.player.step;
  view.settings.replaceChildren(view.player.box);
  for (const path of view.paths) path.sprite = {};
}

function arrange(view) {
  view.player.show(view.player.step);
}

function answer(view) {
  view.notes.step = view.player.step;
  view.paths.forEach((path, index) => plane_(view, path, view.figures[index]));
  signs(view);
  view.planes.dataset.step = view.player.step;
}

// The loss over both weights, darker where it is larger; the path so far, the goal, and where the next step may go.
function plane_(view, path, figure) {
  const { theme, header } = view;
  const { step } = view.player;
  const canvas = figure.querySelector("canvas");
  const wide = Math.min(figure.clientWidth || 300, 460);
  const side = Math.min(wide - 46, heightFor(view.whole, canvas, wide + 20) - 66);
  const context = sized(canvas, wide, side + 66);
  const at = plane({ x: 38, y: 20, w: side, h: side }, [header.low, header.high], [header.low, header.high]);
  context.imageSmoothingEnabled = true;
  context.drawImage(surface(path, header, theme), at.box.x, at.box.y, side, side);
  quadrants(context, at, path, step, theme);
  axes(context, at, theme, { title: "w₂", xTitle: "w₁" });
  const passed = path.path.slice(0, step + 1);
  const spot = ([x, y], style) => dot(context, at.X(x), at.Y(y), { ring: theme.background, ...style });
  curveOn(context, at, path.path, { colour: theme.text, width: 1, alpha: 0.3 });
  curveOn(context, at, passed, { colour: theme.text, width: 2.25 });
  for (const point of side > 200 ? passed : []) spot(point, { radius: 2.2, colour: theme.text });
  goal(context, at, path.goal, theme);
  spot(path.path[step], { radius: 6, colour: theme.primary });
  figure.querySelector("figcaption").textContent = say("inputs", {
    title: path.title,
    lowest: number(path.lowest, 3),
    highest: number(path.highest, 3),
  });
  figure.querySelector(".numbers").replaceChildren(...said(path, step).map(text => element("div", "", text)));
}

function surface(path, header, theme) {
  path.sprite[theme.name] ??= painted(levels(path.surface), header.grid, header.grid, palette("magnitude", theme.name));
  return path.sprite[theme.name];
}

// Rows are counted upwards in the data and downwards on screen.
function levels(values) {
  const side = Math.sqrt(values.length);
  const top = Math.log1p(Math.max(...values));
  const found = new Uint8Array(values.length);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      found[(side - 1 - row) * side + column] = 1 + Math.round((150 * Math.log1p(values[row * side + column])) / top);
    }
  return found;
}

// Both inputs of this step's examples positive: the step can only go into two of the four quadrants.
function quadrants(context, at, path, step, theme) {
  const inputs = path.examples[step];
  if (!inputs || !inputs.every(pair => pair.every(value => value > 0)) || inputs.length > 1) return;
  const [x, y] = path.path[step];
  const reach = 70;
  const X = at.X(x);
  const Y = at.Y(y);
  context.save();
  context.beginPath();
  context.rect(at.box.x, at.box.y, at.box.w, at.box.h);
  context.clip();
  context.globalAlpha = 0.24;
  context.fillStyle = theme.text;
  for (const turn of [-Math.PI / 2, Math.PI / 2]) {
    context.beginPath();
    context.moveTo(X, Y);
    context.arc(X, Y, reach, turn, turn + Math.PI / 2);
    context.fill();
  }
  context.restore();
}

function goal(context, at, [x, y], theme) {
  const [X, Y] = [at.X(x), at.Y(y)];
  const plus = () => {
    context.beginPath();
    context.moveTo(X - 7, Y);
    context.lineTo(X + 7, Y);
    context.moveTo(X, Y - 7);
    context.lineTo(X, Y + 7);
    context.stroke();
  };
  haloed(context, theme, plus, { line: 2, around: 5 });
}

function said(path, step) {
  const pair = ([one, other]) => `(${number(one, 3)}, ${number(other, 3)})`;
  const lines = [say("weights", { weights: pair(path.path[step]), loss: number(path.losses[step], 3) })];
  const examples = path.examples[step];
  if (examples) {
    const [a] = examples;
    const [g1, g2] = path.gradients[step];
    const sign = value => (value > 0 ? "+" : value < 0 ? "−" : "0");
    if (examples.length === 1)
      lines.push(say("example", { inputs: pair(a), error: number(path.errors[step], 3) }), say("gradient", { gradient: pair([g1, g2]) }));
    else lines.push(say("gradient_of_many", { examples: examples.length, gradient: pair([g1, g2]) }));
    const [one, other] = [sign(g1), sign(g2)];
    lines.push(say(one === other ? "signs_same" : "signs_differ", { one, other }));
  } else lines.push(say("end"));
  lines.push(
    say("same_share", { share: percent(path.same), steps: path.gradients.length }),
    say("path", { length: number(path.length, 3), times: number(path.length / path.straight, 3) }),
  );
  return lines;
}

// One mark a step, one row a path: filled where both gradients have the same sign.
function signs(view) {
  const { theme, paths } = view;
  const { step } = view.player;
  const wide = view.signs.clientWidth || 600;
  const context = sized(view.strip, wide, 74);
  view.slot = (wide - 72) / view.last;
  label(context, theme, say(view.narrow ? "key_narrow" : "key"), { x: 0, y: 12 });
  paths.forEach((path, row) => {
    const y = 24 + 24 * row;
    label(context, theme, path.title, { x: 0, y: y + 12 });
    path.gradients.forEach(([g1, g2], index) => {
      const x = 64 + index * view.slot;
      const same = Math.sign(g1) === Math.sign(g2);
      const size = Math.max(1.5, view.slot - 1.5);
      context.strokeStyle = context.fillStyle = same ? theme.primary : theme.text;
      context.globalAlpha = same ? 1 : 0.45;
      context.lineWidth = 1;
      if (same) context.fillRect(x, y, size, 16);
      else context.strokeRect(x + 0.5, y + 0.5, Math.max(1, size - 1), 15);
    });
  });
  context.globalAlpha = 1;
  context.strokeStyle = theme.text;
  context.lineWidth = 2;
  if (step < view.last) context.strokeRect(63 + step * view.slot, 21, view.slot + 1, 46);
}
