import { element, perFrame } from "../../../../shared/js/dom.js";
import { memory } from "../../../../shared/js/memory.js";
import { unpack } from "../../../../shared/js/packet.js";
import { optionOf, rowOf, usual } from "./rows.js";

const views = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const { header } = unpack(data);
  const view = views.get(parentElement) ?? created(parentElement, header);
  view.send = setStateValue;
  view.header = header;
  if (view.notes.turn !== header.turn) {
    view.notes.turn = header.turn;
    view.notes.layers = header.layers.map(layer => [...layer]);
  }
  draw(view);
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root, header) {
  const notes = memory(`layer_builder ${header.key}`);
  const find = name => root.querySelector(name);
  const view = { root, notes, header, whole: find(".layer-builder"), rows: find(".rows"), add: find(".add"), total: find(".total") };
  const pick = element("select");
  const button = element("button", "", "Add at the end");
  for (const [name, kind] of Object.entries(header.kinds)) pick.append(optionOf(name, kind.title));
  pick.setAttribute("aria-label", "Layer to add");
  button.type = "button";
  button.onclick = () =>
    view.notes.layers.length < view.header.most &&
    change(view, layers => layers.push(usual(view.header, pick.value)), view.notes.layers.length);
  view.add.append(pick, button);
  view.observer = new ResizeObserver(perFrame(() => arrange(view)));
  view.observer.observe(view.whole);
  views.set(root, view);
  return view;
}

function arrange(view) {
  view.whole.classList.toggle("narrow", view.whole.clientWidth < 860);
}

export function change(view, work, index, focus = "") {
  const layers = view.notes.layers.map(layer => [...layer]);
  work(layers);
  view.notes.layers = layers;
  draw(view);
  view.rows.children[index]?.querySelector(focus ? `[name="${focus}"], [title="${focus}"]` : "select")?.focus();
  view.send("layers", { layers, turn: view.header.turn, at: Date.now() });
}

function draw(view) {
  const { notes, header } = view;
  const active = document.activeElement?.shadowRoot?.activeElement ?? view.root.activeElement;
  const place = active && [...view.rows.children].findIndex(row => row.contains(active));
  const label = active?.getAttribute?.("aria-label");
  arrange(view);
  view.rows.replaceChildren(...notes.layers.map((layer, index) => rowOf(view, layer, index)));
  if (place >= 0 && label) [...view.rows.querySelectorAll("[aria-label]")].find(one => one.getAttribute("aria-label") === label)?.focus();
  const current = JSON.stringify(notes.layers) === JSON.stringify(header.layers);
  view.total.textContent = current ? header.total : "…";
  if (current) view.whole.dataset.painted = header.digest;
  else delete view.whole.dataset.painted;
}
