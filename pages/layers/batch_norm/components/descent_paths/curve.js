// How much of the first excess loss is left after each step, on a logarithmic scale, for both bowls.
import { sized } from "../../../../shared/js/canvas.js";
import { boxIn, curve, legendOf, scale, upright, xAxis, yAxis } from "../../../../shared/js/chart.js";
import { element } from "../../../../shared/js/dom.js";
import { clamp } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";

const LEAST = 1e-8;
const MOST = 1e3;
const HEIGHT = 190;
const EDGES = { left: 52, right: 12, top: 10, bottom: 36 };
const SHARES = [
  [1e2, "100"],
  [1, "1"],
  [1e-2, "0.01"],
  [1e-4, "0.0001"],
  [1e-6, "1e−6"],
  [1e-8, "1e−8"],
];

export function paintCurve(view) {
  const { theme, header, room } = view;
  const context = sized(view.curve, room, HEIGHT);
  const box = boxIn(room, HEIGHT, EDGES);
  const x = scale(0, view.last, { from: box.x, to: box.x + box.w });
  const y = scale(LEAST, MOST, { from: box.y + box.h, to: box.y, log: true });
  yAxis(
    context,
    box,
    SHARES.map(([share, text]) => [y.at(share), text]),
    theme,
  );
  const steps = Array.from({ length: Math.floor(view.last / 10) + 1 }, (_, k) => [x.at(10 * k), String(10 * k)]);
  xAxis(context, box, steps, theme, { title: "step", titleAt: 32 });
  header.panels.forEach((panel, which) => {
    const points = panel.left[view.rate].map((left, step) => (left === null ? null : [x.at(step), y.at(clamp(left, LEAST, MOST))]));
    curve(context, points.filter(Boolean), { colour: header.colours[which] });
  });
  upright(context, box, x.at(view.step), { colour: theme.text });
}

export function legend(view) {
  const entries = view.header.panels.map((panel, which) => ({ name: panel.title, colour: view.header.colours[which] }));
  view.legend.replaceChildren(element("span", "name", say("excess")), ...legendOf(entries));
}
