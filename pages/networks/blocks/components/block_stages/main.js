// Runs on every change of data or theme; the channel, and a cell that is pinned, stay.
import { doubleFrame, painted, sharpness, sized } from "../../../../shared/js/canvas.js";
import { element, nest } from "../../../../shared/js/dom.js";
import { onKeys, onPoint, placeIn, stepIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, grouped, number, percent, shapeText } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { entriesOf, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";

export default mount({
  whole: ".stage",
  parts: "controls stage readout",
  painted: "stage",
  notes: header => `block_stages ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view) {
  const { notes } = view;
  notes.places ??= {};
  Object.assign(view, { hover: null, pinned: null });
  bindKeys(view);
}

function load(view, header, blob) {
  view.hover = view.pinned = null;
  view.panels = header.panels.map((panel, index) => ({
    ...panel,
    values: floats(blob(`values${index}`), "float32"),
    ...figureOf(view, panel, index),
  }));
  view.stage.replaceChildren(...view.panels.map(panel => panel.figure));
  view.stage.setAttribute("aria-label", say("stage", { steps: view.panels.map(panel => panel.role).join(", ") }));
  view.controls.replaceChildren(...[...new Set(view.panels.map(panel => panel.shape[0]))].map(count => chooserOf(view, count)));
}

function figureOf(view, panel, index) {
  const figure = element("figure");
  const caption = element("figcaption");
  const box = element("div", "canvases");
  caption.append(element("b", "", panel.role), element("span", "mono muted", shapeText(panel.shape)));
  const base = element("canvas");
  const over = element("canvas", "over");
  const at = element("div", "at mono");
  const numbers = element("div", "numbers");
  box.append(base, over);
  const title = element("div", "name muted mono", panel.name);
  figure.append(caption, box, at, numbers, title);
  if (panel.note) figure.append(element("div", "name muted", panel.note));
  const place = event => {
    const { x, y, w, h } = placeIn(box, event);
    return { x: clamp(x / w, 0, 0.9999), y: clamp(y / h, 0, 0.9999), index };
  };
  const pick = found => {
    const same = view.pinned && sameCell(view.panels[index], view.pinned, found);
    view.pinned = same ? null : found;
    point(view, view.pinned);
  };
  onPoint(box, place, found => point(view, found), pick);
  return { figure, base, over, at, numbers };
}

function chooserOf(view, count) {
  const panel = view.panels.find(item => item.shape[0] === count);
  const label = element("label");
  const slider = element("input");
  const shown = panel.channels.length;
  const words = view.panels.filter(item => item.shape[0] === count).map(item => item.role);
  view.notes.places[count] = Math.min(view.notes.places[count] ?? 0, shown - 1);
  Object.assign(slider, { type: "range", min: 0, max: shown - 1, step: 1, value: view.notes.places[count], className: "channel" });
  slider.dataset.count = count;
  slider.setAttribute("aria-label", say("channel_of", { steps: words.join(", ") }));
  const value = element("output", "mono");
  const some = element("span", "muted", shown < count ? say("some", { shown, count: grouped.format(count) }) : say("all", { count }));
  const update = () => (value.textContent = say("channel", { channel: panel.channels[view.notes.places[count]] }));
  slider.addEventListener("input", () => {
    view.notes.places[count] = Number(slider.value);
    update();
    paint(view);
  });
  update();
  view.saying = { ...view.saying, [count]: () => ((slider.value = view.notes.places[count]), update()) };
  label.append(element("b", "", view.panels.length === words.length ? "Channel" : words.join(" · ")), slider, value, some);
  return label;
}

function arrange(view) {
  const narrow = view.stage.clientWidth < 560;
  view.stage.style.setProperty("--across", narrow ? 2 : view.panels.length);
  paint(view);
}

function mapOf(view, panel) {
  const [, height, width] = panel.maps;
  const size = height * width;
  const at = view.notes.places[panel.shape[0]];
  return panel.values.subarray(at * size, (at + 1) * size);
}

function paint(view) {
  for (const panel of view.panels) {
    const map = mapOf(view, panel);
    const [, height, width] = panel.maps;
    const pixels = palette(panel.signed ? "activations" : "magnitude", view.theme.name);
    const entries = entriesOf(map, panel.limit, panel.signed);
    const ratio = sharpness();
    const across = Math.max(1, panel.base.parentElement.clientWidth);
    const down = (across * height) / width;
    panel.base.width = Math.round(across * ratio);
    panel.base.height = Math.round(down * ratio);
    const context = panel.base.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(painted(entries, width, height, pixels), 0, 0, panel.base.width, panel.base.height);
    describe(panel, map);
  }
  answer(view);
}

function describe(panel, map) {
  let low = Infinity;
  let high = -Infinity;
  let sum = 0;
  let squares = 0;
  let zeros = 0;
  for (const value of map) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
    squares += value * value;
    zeros += value === 0 ? 1 : 0;
  }
  const mean = sum / map.length;
  const deviation = Math.sqrt(Math.max(0, squares / map.length - mean * mean));
  const rows = [
    [say("smallest"), number(low, 3)],
    [say("largest"), number(high, 3)],
    [say("mean"), `${number(mean, 3)} ± ${number(deviation, 3)}`],
    [say("zeros"), zeros ? percent(zeros / map.length) : say("none")],
    [say("colours"), panel.signed ? `±${number(panel.limit, 3)}` : `0 … ${number(panel.limit, 3)}`],
  ];
  if (panel.step > 1) rows.push([say("drawn"), thinned(panel.step)]);
  panel.numbers.replaceChildren(
    ...rows.map(([label, value]) => nest("div", "", element("span", "muted", label), element("span", "mono", value))),
  );
}

function cellAt(panel, place) {
  const [, height, width] = panel.maps;
  return { row: Math.floor(place.y * height), column: Math.floor(place.x * width) };
}

function sameCell(panel, one, other) {
  const a = cellAt(panel, one);
  const b = cellAt(panel, other);
  return a.row === b.row && a.column === b.column;
}

function point(view, place) {
  view.hover = place;
  answer(view);
}

function bindKeys(view) {
  onKeys(view.stage, {
    Arrow(down, right) {
      const now = view.hover ?? view.pinned ?? { x: 0.5, y: 0.5, index: 0 };
      const [, height, width] = view.panels[now.index].maps;
      const { row, column } = stepIn(cellAt(view.panels[now.index], now), down, right, height, width);
      point(view, { index: now.index, x: (column + 0.5) / width, y: (row + 0.5) / height });
    },
    PageDown: () => turn(view, 1),
    PageUp: () => turn(view, -1),
    Enter() {
      view.pinned = view.hover;
    },
    Escape() {
      view.pinned = null;
      point(view, null);
    },
  });
}

function turn(view, by) {
  for (const panel of view.panels) {
    const count = panel.shape[0];
    if (view.panels.find(item => item.shape[0] === count) !== panel) continue;
    view.notes.places[count] = clamp(view.notes.places[count] + by, 0, panel.channels.length - 1);
    view.saying[count]();
  }
  paint(view);
}

function answer(view) {
  const place = view.hover ?? view.pinned;
  const words = [];
  for (const panel of view.panels) {
    const context = sized(panel.over, panel.base.parentElement.clientWidth, panel.base.clientHeight);
    panel.over.style.width = panel.over.style.height = "100%";
    context.clearRect(0, 0, panel.over.width, panel.over.height);
    panel.at.textContent = "";
    if (!place) continue;
    const [, height, width] = panel.maps;
    const { row, column } = cellAt(panel, place);
    const across = panel.base.clientWidth / width;
    const down = panel.base.clientHeight / height;
    const [w, h] = [Math.max(across, 5), Math.max(down, 5)];
    doubleFrame(context, { x: (column + 0.5) * across - w / 2, y: (row + 0.5) * down - h / 2, w, h }, view.theme);
    const value = number(mapOf(view, panel)[row * width + column]);
    panel.at.textContent = value;
    words.push(`${panel.role} [${row * panel.step}, ${column * panel.step}] ${value}`);
  }
  view.readout.textContent = place ? words.join("  ·  ") : say("hint");
}

function thinned(step) {
  if (step === 2) return say("second");
  return step === 3 ? say("third") : say("later", { step });
}
