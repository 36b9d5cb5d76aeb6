import { element, perFrame } from "../../../../shared/js/dom.js";
import { memory } from "../../../../shared/js/memory.js";
import { grouped } from "../../../../shared/js/numbers.js";
import { unpack } from "../../../../shared/js/packet.js";
import { themeOf } from "../../../../shared/js/theme.js";
import { layersOf } from "./model.js";
import { paint } from "./paint.js";

const views = new WeakMap();
const WORDS = { kernel: "kernel size", stride: "stride", dilation: "dilation", padding: "padding", depth: "layers" };

export default function ({ data, parentElement, setStateValue }) {
  const { header } = unpack(data);
  const view = views.get(parentElement) ?? created(parentElement, header);
  view.send = setStateValue;
  view.theme = themeOf(parentElement);
  answer(view);
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root, header) {
  const notes = memory(`field_stack ${header.key}`);
  const find = name => root.querySelector(name);
  notes.settings ??= { ...header.settings };
  const view = {
    root,
    header,
    notes,
    width: header.width,
    settings: notes.settings,
    whole: find(".field-stack"),
    canvas: find("canvas"),
    body: find("tbody"),
    result: find(".result"),
  };
  find(".settings").replaceChildren(...Object.keys(WORDS).map(name => slider(view, name)));
  view.canvas.onpointermove = view.canvas.onpointerdown = event => over(view, event);
  view.canvas.onkeydown = event => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    view.cell += event.key === "ArrowLeft" ? -1 : 1;
    paint(view);
    event.preventDefault();
  };
  view.observer = new ResizeObserver(perFrame(() => view.theme && view.whole.clientWidth !== view.arrangedFor && answer(view)));
  view.observer.observe(view.whole);
  views.set(root, view);
  return view;
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
  const x = (event.clientX - view.canvas.getBoundingClientRect().left - label) / step - 0.5;
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
  view.arrangedFor = view.whole.clientWidth;
  view.narrow = view.whole.clientWidth < 560;
  view.whole.classList.toggle("narrow", view.narrow);
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
