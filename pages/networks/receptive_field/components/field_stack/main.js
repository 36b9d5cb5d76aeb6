import { element, nest } from "../../../../shared/js/dom.js";
import { onHover, onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { grouped } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { layersOf } from "./model.js";
import { paint } from "./paint.js";

/** @type {Record<string, (value: number) => string>} each setting with its value, in words */
const SETTINGS = {
  kernel: value => say("kernel", { value }),
  stride: value => say("stride", { value }),
  dilation: value => say("dilation", { value }),
  padding: value => say("padding", { value }),
  depth: value => say("depth", { value }),
};

export default mount({
  whole: ".field-stack",
  notes: header => `field_stack ${header.key}`,
  create: setUp,
  draw: answer,
});

function setUp(view, header) {
  const { notes } = view;
  const find = name => view.find(name);
  notes.settings ??= { ...header.settings };
  Object.assign(view, {
    width: header.width,
    settings: notes.settings,
    canvas: find("canvas"),
    body: find("tbody"),
    result: find(".result"),
  });
  find(".settings").replaceChildren(...Object.keys(SETTINGS).map(name => slider(view, name)));
  onHover(view.canvas, event => over(view, event));
  const by = cells => () => {
    view.cell += cells;
    paint(view);
  };
  onKeys(view.canvas, { ArrowLeft: by(-1), ArrowRight: by(1) });
}

function slider(view, name) {
  const label = element("label");
  const caption = element("span");
  const input = element("input");
  const least = name === "padding" ? 0 : 1;
  Object.assign(input, { type: "range", name, min: least, max: view.header.most[name], step: 1, value: view.settings[name] });
  const update = () => (caption.textContent = SETTINGS[name](view.settings[name]));
  input.oninput = () => {
    view.settings[name] = Number(input.value);
    view.cell = null;
    update();
    answer(view);
  };
  input.onchange = () => view.send("settings", { ...view.settings });
  update();
  label.append(caption, input);
  return label;
}

function over(view, event) {
  const { label, step, top } = view.geometry;
  const layer = view.layers[top];
  const x = (placeIn(view.canvas, event).x - label) / step - 0.5;
  const cell = Math.round((x + layer.padding - (layer.size - 1) / 2) / layer.jump);
  if (cell === view.cell) return;
  view.cell = cell;
  paint(view);
}

function seenWords({ depth, kernel, dilation }, last) {
  const jump = grouped.format(last.jump);
  if (last.size === 1) return say("sees_one", { depth, jump });
  const size = grouped.format(last.size);
  const area = grouped.format(last.size ** 2);
  if (dilation === 1) return say("sees", { depth, size, area, jump });
  return say("sees_spread", { depth, size, area, jump, reach: dilation * (kernel - 1) + 1 });
}

function answer(view) {
  const { settings } = view;
  const layers = (view.layers = layersOf(settings, view.width));
  const last = layers.at(-1);
  view.result.textContent = seenWords(settings, last);
  view.body.replaceChildren(...layers.map(layer => nest("tr", "", ...layer.words.map(text => element("td", "", text)))));
  paint(view);
  view.whole.dataset.painted = Object.values(settings).join("-");
}
