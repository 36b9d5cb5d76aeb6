// All responses: each image's highest cell above the line, its lowest below it, and where the chosen patch stands.
import { label, legendOf, plain, scale, ticks } from "../../../../shared/js/chart.js";
import { sized, wash } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { number } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";

const HIGH = "#d0701c";
const LOW = "#16917e";
const TALL = 62;
const TITLE = 16; // of the axis, under its numbers

export function paintChart(view) {
  const { header, theme } = view;
  const width = view.legend.clientWidth;
  const double = !header.vector;
  const height = (double ? 2 : 1) * TALL + 44 + TITLE;
  const context = sized(view.chart, width, height);
  const x = scale(header.edges[0], header.edges[header.edges.length - 1], { from: 8, to: width - 8 });
  const middle = TALL + 12;
  const most = Math.max(1, ...header.high, ...(double ? header.low : []));
  const bars = (counts, colour, up) => {
    context.fillStyle = colour;
    counts.forEach((count, bin) => {
      if (!count) return;
      const tall = Math.max(1.5, (TALL * Math.sqrt(count)) / Math.sqrt(most));
      const left = x.at(header.edges[bin]);
      context.fillRect(left, up ? middle - tall : middle + 1, Math.max(1, x.at(header.edges[bin + 1]) - left - 1), tall);
    });
  };
  bars(header.high, HIGH, true);
  if (double) bars(header.low, LOW, false);
  wash(context, { x: 8, y: middle, w: width - 16, h: 1 }, theme.text, 0.5);
  for (const tick of ticks({ low: x.low, high: x.high }, width / 60))
    label(context, theme, plain(tick), { x: x.at(tick), y: height - 6 - TITLE, align: "center" });
  label(context, theme, say("axis"), { x: width / 2, y: height - 5, align: "center" });
  mark(context, x.at(header[view.end][view.index].value), theme, { from: 2, to: height - 20 - TITLE, colour: theme.primary, width: 2 });
  if (header.yours !== null)
    mark(context, x.at(header.yours), theme, { from: 2, to: height - 20 - TITLE, colour: theme.text, width: 1, dash: [4, 3] });
  announce(view, double);
}

function mark(context, at, theme, { from, to, colour, width, dash = [] }) {
  context.save();
  Object.assign(context, { strokeStyle: colour, lineWidth: width });
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(at, from);
  context.lineTo(at, to);
  context.stroke();
  context.restore();
}

function announce(view, double) {
  const { header } = view;
  const total = header.high.reduce((sum, count) => sum + count, 0);
  const lines = [[HIGH, say("highest", { images: total })]];
  if (double) lines.push([LOW, say("lowest")]);
  lines.push([view.theme.primary, say("at_hand")]);
  if (header.yours !== null) lines.push([view.theme.text, say("yours", { value: number(header.yours, 4) })]);
  view.legend.replaceChildren(
    ...legendOf(lines.map(([colour, name]) => ({ colour, name }))),
    element("span", "muted", say("mean", { mean: number(header.mean, 3) })),
  );
  view.chart.setAttribute(
    "aria-label",
    say("responses", { images: total, low: number(header.edges[0], 3), high: number(header.edges.at(-1), 3) }),
  );
}
