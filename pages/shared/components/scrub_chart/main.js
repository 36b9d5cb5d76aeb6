import { sized } from "../../js/canvas.js";
import { band, boxIn, cross, curve, dot, legendOf, scaleOf, segment, ticks, upright, xAxis, yAxis } from "../../js/chart.js";
import { element } from "../../js/dom.js";
import { beside, onKeys, placeIn } from "../../js/input.js";
import { mount } from "../../js/mount.js";
import { clamp, number } from "../../js/numbers.js";
import { say } from "../../js/say.js";
import { showTip } from "../../js/tip.js";

const EDGES = { left: 52, right: 12, top: 8, bottom: 36 };

// Charts that share one slider: its frames are all here, so that dragging it asks nobody.
export default mount({
  whole: ".scrub_chart",
  parts: "what scrub says stage tip live",
  create(view) {
    Object.assign(view, { frame: 0, hover: null, label: view.find(".frame") });
    view.scrub.oninput = () => {
      view.frame = Number(view.scrub.value);
      paint(view);
    };
  },
  // The frame of the same name stays; one that is gone gives way to the start.
  load(view, /** @type {import("../../js/packets").ScrubChartPacket} */ header) {
    const kept = header.frames.findIndex(frame => frame.label === view.frameLabel);
    view.frame = kept >= 0 ? kept : header.start;
  },
  draw: build,
});

function build(view) {
  const { header } = view;
  view.whole.classList.toggle("one", header.panels.length === 1);
  view.whole.classList.toggle("three", view.room > 860 && header.panels.length === 3);
  view.what.textContent = header.control;
  view.scrub.max = header.frames.length - 1;
  view.scrub.value = view.frame;
  view.canvases = header.panels.map((_, which) => canvasOf(view, which));
  view.stage.replaceChildren(...header.panels.map((panel, which) => figureOf(view, panel, which)));
  view.size = { width: Math.max(220, view.stage.children[0].clientWidth), height: 216 };
  view.box = boxIn(view.size.width, view.size.height, EDGES);
  view.scales = header.panels.map(panel => {
    const { x, y, w, h } = view.box;
    const values = panel.limits ?? panel.series.flatMap(series => series.values.flat(2));
    return { x: scaleOf(panel.x, panel.xLog, x, x + w), y: scaleOf(values, panel.log, y + h, y) };
  });
  paint(view);
}

function canvasOf(view, which) {
  const canvas = element("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.onpointermove = event => hovered(view, which, event);
  canvas.onpointerleave = canvas.onblur = () => leave(view);
  onKeys(canvas, { ArrowLeft: () => step(view, which, -1), ArrowRight: () => step(view, which, 1), Escape: () => leave(view) });
  return canvas;
}

function figureOf(view, panel, which) {
  const figure = element("figure");
  const legend = element("div", "legend");
  const named = panel.series.filter(series => series.kind !== "band");
  legend.append(
    ...legendOf(
      named.map(({ name, kind, colour }) => ({ name, colour: view.header.colours[colour], sign: kind === "crosses" ? "×" : "" })),
    ),
  );
  figure.append(element("figcaption", "", panel.title), legend, view.canvases[which]);
  return figure;
}

function paint(view) {
  const { header } = view;
  const frame = header.frames[view.frame];
  view.frameLabel = view.label.textContent = frame.label;
  view.says.textContent = frame.says;
  view.scrub.setAttribute("aria-valuetext", `${frame.label}: ${frame.says}`);
  header.panels.forEach((panel, which) => paintPanel(view, panel, which));
  view.stage.dataset.painted = `${view.digest}-${view.frame}`;
}

function paintPanel(view, panel, which) {
  const { header, theme, size, box } = view;
  const { x, y } = view.scales[which];
  const context = sized(view.canvases[which], size.width, size.height);
  paintAxes(context, view, panel, { x, y });
  for (const series of panel.series)
    paintSeries(context, series, { values: valuesOf(view, series), xs: panel.x, x, y, box, colour: header.colours[series.colour] });
  const at = header.frames[view.frame].at ?? null;
  if (at !== null && panel.xTitle === header.control) upright(context, box, x.at(at), { colour: header.colours[3] });
  if (view.hover?.which === which) upright(context, box, x.at(panel.x[view.hover.index]), { colour: theme.text });
  view.canvases[which].setAttribute("aria-label", say("chart", { title: panel.title, axis: panel.xTitle }));
}

function valuesOf(view, series) {
  return series.framed ? series.values[view.frame] : series.values;
}

// A line, a band, crosses, dots, or a rule from side to side; a line may have its points marked.
function paintSeries(context, { kind, marked }, { values, xs, x, y, box, colour }) {
  const points = numbers => numbers.map((value, index) => (value === null ? null : [x.at(xs[index]), y.at(value)]));
  if (kind === "rule") {
    const height = y.at(values[0]);
    return segment(context, [box.x, height], [box.x + box.w, height], { colour, dash: [6, 4] });
  }
  if (kind === "band") {
    const [low, high] = values.map(points);
    const there = xs.map((_, index) => index).filter(index => low[index] && high[index]);
    return band(
      context,
      there.map(index => low[index]),
      there.map(index => high[index]),
      { colour },
    );
  }
  const places = points(values);
  if (kind === "line") curve(context, places, { colour });
  const radius = marked ? 4 : { marks: 4.5, dots: 1.7 }[kind];
  for (const [across, up] of places.filter(Boolean)) {
    if (kind === "crosses") cross(context, across, up, { size: 6, colour });
    else if (radius) dot(context, across, up, { radius, colour });
  }
}

function paintAxes(context, { theme, size, box }, panel, { x, y }) {
  yAxis(
    context,
    box,
    ticks(y).map(value => [y.at(value), mark(value)]),
    theme,
  );
  const shown = panel.xLog ? panel.x.filter((_, index) => size.width > 330 || index % 2 === 0) : ticks(x);
  xAxis(
    context,
    box,
    shown.map(value => [x.at(value), mark(value)]),
    theme,
    { title: panel.xTitle },
  );
}

// A place on an axis: a round number as it is.
function mark(value) {
  return Math.abs(value) < 1e4 ? String(value).replace("-", "−") : number(value, 3);
}

function hovered(view, which, event) {
  const panel = view.header.panels[which];
  const { x } = view.scales[which];
  const away = panel.x.map(value => Math.abs(x.at(value) - placeIn(view.canvases[which], event).x));
  read(view, which, away.indexOf(Math.min(...away)), beside(event));
}

function step(view, which, by) {
  const panel = view.header.panels[which];
  const index = clamp((view.hover?.which === which ? view.hover.index : -1) + by, 0, panel.x.length - 1);
  const box = view.canvases[which].getBoundingClientRect();
  read(view, which, index, { x: box.left + view.scales[which].x.at(panel.x[index]), y: box.top + 40 });
}

function read(view, which, index, place) {
  const panel = view.header.panels[which];
  view.hover = { which, index };
  paintPanel(view, panel, which);
  const shown = panel.series.filter(series => series.kind !== "crosses" || valuesOf(view, series)[index] !== null);
  const lines = shown.map(series => {
    const values = valuesOf(view, series);
    if (series.kind === "band") return [series.name, say("band", { low: number(values[0][index]), high: number(values[1][index]) })];
    return [series.name, number(series.kind === "rule" ? values[0] : values[index])];
  });
  showTip(view.tip, place, `${panel.xTitle} ${mark(panel.x[index])}`, lines);
  view.tip.dataset.index = index;
  view.live.textContent = lines.map(pair => pair.join(" ")).join("; ");
}

function leave(view) {
  const which = view.hover?.which;
  view.hover = null;
  view.tip.hidden = true;
  if (which !== undefined) paintPanel(view, view.header.panels[which], which);
}
