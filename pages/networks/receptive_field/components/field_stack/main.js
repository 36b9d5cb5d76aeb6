import { element } from "../../../../shared/js/dom.js";
import { onHover, onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { grouped } from "../../../../shared/js/numbers.js";
import { layersOf } from "./model.js";
import { paint } from "./paint.js";

const WORDS = { kernel: "kernel size", stride: "stride", dilation: "dilation", padding: "padding", depth: "layers" };

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
  find(".settings").replaceChildren(...Object.keys(WORDS).map(name => slider(view, name)));
  onHover(view.canvas, event => over(view, event));
  const by = cells => () => {
    view.cell += cells;
    paint(view);
  };
  onKeys(view.canvas, { ArrowLeft: by(-1), ArrowRight: by(1) });
}

function slider(view, name) {
  const label = element("label");
  const words = element("span");
  const input = element("input");
  const least = name === "padding" ? 0 : 1;
  Object.assign(input, { type: "range", name, min: least, max: view.header.most[name], step: 1, value: view.settings[name] });
  input.setAttribute("aria-label", WORDS[name]);
  const say = () => (words.textContent = `${WORDS[name]} ${view.settings[name]}`);
  input.oninput = () => {
    view.settings[name] = Number(input.value);
    view.cell = null;
    say();
    answer(view);
  };
  input.onchange = () => view.send("settings", { ...view.settings });
  say();
  label.append(words, input);
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

function answer(view) {
  const { settings } = view;
  const layers = (view.layers = layersOf(settings, view.width));
  const last = layers.at(-1);
  const reach = settings.dilation * (settings.kernel - 1) + 1;
  const holes = settings.dilation > 1 ? `; each window spans ${reach} cells` : "";
  view.result.textContent = `A cell of layer ${settings.depth} sees ${grouped.format(last.size)} ${last.size === 1 ? "pixel" : "pixels"} a side (${grouped.format(last.size ** 2)} in all), neighbours lie ${grouped.format(last.jump)} ${last.jump === 1 ? "pixel" : "pixels"} apart${holes}.`;
  view.body.replaceChildren(
    ...layers.map(layer => {
      const line = element("tr");
      line.append(...layer.words.map(text => element("td", "", text)));
      return line;
    }),
  );
  paint(view);
  view.whole.dataset.painted = Object.values(settings).join("-");
}
