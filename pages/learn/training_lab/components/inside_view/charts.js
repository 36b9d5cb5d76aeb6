// The run's curve with the place of the frame, the scores of the image at hand, and the confusion matrix.
import { boxIn, curve, dot, label, scaleOf, ticks, upright, upwards, xAxis, yAxis } from "../../../../shared/js/chart.js";
import { grouped, number, percent } from "../../../../shared/js/numbers.js";
import { cssColour, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { layered } from "./layers.js";

const HEIGHT = 180;
const [LOSS, RIGHT] = ["#3b78c2", "#d0701c"];
const CLASSES = 12; // scores that fit: the largest ones of more

/** Loss and test accuracy over steps; drawn once, and a line where the frame is. */
export function curvePanel(view) {
  const { curve: run, words, steps } = view.meta;
  /** @type {any} */
  const state = {};
  return {
    title: words.curve,
    size: view.meta.confusion ? "third" : "half",
    prepare(canvas, width) {
      const box = boxIn(width, HEIGHT, { left: 56, right: 58, top: 10, bottom: 34 });
      const x = scaleOf([0, ...run.step, ...steps], false, box.x, box.x + box.w);
      const loss = scaleOf([0, ...run.loss], false, box.y + box.h, box.y);
      const right = scaleOf([0, 1], false, box.y + box.h, box.y);
      const layers = layered(canvas, width, HEIGHT, context => paintCurve(context, view, { box, x, loss, right }));
      Object.assign(state, { layers, box, x });
    },
    paint(frame) {
      const { context } = state.layers;
      state.layers.begin();
      upright(context, state.box, state.x.at(steps[frame]), { colour: view.theme.text, width: 2 });
      const place = lastAt(run.step, steps[frame]);
      const test = lastAt(run.tested, steps[frame]);
      const said = test < 0 ? "" : ` · ${words.right} ${percent(run.right[test])}`;
      return place < 0
        ? `${words.step} ${grouped.format(steps[frame])}`
        : `${words.step} ${grouped.format(steps[frame])} · ${words.loss} ${number(run.loss[place], 3)}${said}`;
    },
  };
}

function paintCurve(context, view, { box, x, loss, right }) {
  const { curve: run, words } = view.meta;
  const { theme } = view;
  const across = ticks(x).filter(value => value >= 0);
  yAxis(
    context,
    box,
    ticks(loss)
      .filter(value => value >= 0)
      .map(value => [loss.at(value), String(value)]),
    theme,
  );
  xAxis(
    context,
    box,
    across.map(value => [x.at(value), grouped.format(value)]),
    theme,
    { title: words.step, most: box.x + box.w + 36 },
  );
  const middle = box.y + box.h / 2;
  upwards(context, theme, words.loss, { x: 12, y: middle });
  upwards(context, theme, words.right, { x: box.x + box.w + 50, y: middle });
  for (const share of [0, 0.5, 1]) label(context, theme, `${100 * share} %`, { x: box.x + box.w + 4, y: right.at(share) + 4 });
  const points = (steps, values, scale) => steps.map((step, i) => (values[i] === null ? null : [x.at(step), scale.at(values[i])]));
  curve(context, points(run.step, run.loss, loss), { colour: LOSS, width: 1.5 });
  const tested = points(run.tested, run.right, right);
  curve(context, tested, { colour: RIGHT, dash: [5, 4] });
  for (const point of tested) if (point) dot(context, point[0], point[1], { radius: 3.5, colour: RIGHT });
}

function lastAt(steps, step) {
  let place = -1;
  for (let i = 0; i < steps.length && steps[i] <= step; i++) place = i;
  return place;
}

/** A bar a class. */
export function scorePanel(view) {
  const { scores, classes, words } = view.meta;
  const every = classes.map((_, index) => index);
  const highest = every.map(index => Math.max(...scores.map(frame => frame[index] ?? 0)));
  const shown = classes.length <= CLASSES ? every : every.sort((a, b) => highest[b] - highest[a]).slice(0, CLASSES);
  const tall = (HEIGHT - 6) / shown.length;
  /** @type {any} */
  const state = {};
  return {
    title: words.scores,
    size: view.meta.confusion ? "third" : "half",
    prepare(canvas, width) {
      const from = Math.min(110, width * 0.3);
      const layers = layered(canvas, width, HEIGHT, context =>
        shown.forEach((index, row) =>
          label(context, view.theme, clipped(context, view.theme, classes[index], from - 8), {
            x: from - 6,
            y: 3 + (row + 0.5) * tall,
            align: "right",
            baseline: "middle",
          }),
        ),
      );
      Object.assign(state, { layers, width, from });
    },
    paint(frame) {
      const { layers, width, from } = state;
      const { context } = layers;
      const best = scores[frame].indexOf(Math.max(...scores[frame].map(value => value ?? -1)));
      layers.begin();
      shown.forEach((index, row) => {
        const y = 3 + row * tall;
        const value = scores[frame][index] ?? 0;
        const long = (width - from - 62) * value;
        context.fillStyle = index === best ? RIGHT : LOSS;
        context.fillRect(from, y + 1, Math.max(1, long), Math.max(3, tall - 3));
        label(context, view.theme, percent(value), { x: from + long + 5, y: y + tall / 2, baseline: "middle" });
      });
      return `“${classes[best]}”: ${percent(scores[frame][best])}`;
    },
  };
}

/** Text that is cut where it would leave its room. */
export function clipped(context, theme, text, room) {
  context.font = `12px ${theme.font}`;
  if (context.measureText(text).width <= room) return text;
  let kept = text;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > room) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/** A cell a pair of classes, as a share of its row. */
export function confusionPanel(view) {
  const { confusion: side, words } = view.meta;
  const lut = palette("magnitude", view.theme.name);
  /** @type {any} */
  const state = {};
  return {
    title: words.confusion,
    size: "third",
    prepare(canvas, width) {
      const cell = Math.max(2, Math.floor(Math.min(HEIGHT, width) / side));
      Object.assign(state, { layers: layered(canvas, width, HEIGHT, () => {}), cell });
    },
    paint(frame) {
      const { context } = state.layers;
      state.layers.begin();
      const cells = view.blobs.confusion.subarray(frame * side * side, (frame + 1) * side * side);
      const gap = state.cell > 6 ? 1 : 0;
      let right = 0;
      for (let i = 0; i < cells.length; i++) {
        const [row, column] = [Math.floor(i / side), i % side];
        if (row === column) right += cells[i] / 255 / side;
        context.fillStyle = cssColour(lut[Math.max(1, cells[i])]);
        context.fillRect(column * state.cell, row * state.cell, state.cell - gap, state.cell - gap);
      }
      return say("right_on_average", { share: percent(right) });
    },
  };
}
