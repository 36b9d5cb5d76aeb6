import { element } from "../../../../shared/js/dom.js";
import { mount } from "../../../../shared/js/mount.js";
import { say } from "../../../../shared/js/say.js";
import { optionOf, rowOf, usual } from "./rows.js";

export default mount({
  whole: ".layer-builder",
  narrow: 860,
  notes: header => `layer_builder ${header.key}`,
  create: setUp,
  load,
  draw,
  again: draw,
});

function setUp(view, header) {
  const find = name => view.find(name);
  Object.assign(view, { rows: find(".rows"), add: find(".add"), total: find(".total") });
  const pick = element("select");
  const button = element("button", "", say("add"));
  for (const [name, kind] of Object.entries(header.kinds)) pick.append(optionOf(name, kind.title));
  pick.setAttribute("aria-label", say("layer_to_add"));
  button.type = "button";
  button.onclick = () =>
    view.notes.layers.length < view.header.most &&
    change(view, layers => layers.push(usual(view.header, pick.value)), view.notes.layers.length);
  view.add.append(pick, button);
}

function draw(view) {
  const { notes, header } = view;
  const active = document.activeElement?.shadowRoot?.activeElement ?? view.root.activeElement;
  const place = active && [...view.rows.children].findIndex(row => row.contains(active));
  const label = active?.getAttribute?.("aria-label");
  view.rows.replaceChildren(...notes.layers.map((layer, index) => rowOf(view, layer, index)));
  if (place >= 0 && label) [...view.rows.querySelectorAll("[aria-label]")].find(one => one.getAttribute("aria-label") === label)?.focus();
  const current = JSON.stringify(notes.layers) === JSON.stringify(header.layers);
  view.total.textContent = current ? header.total : "…";
  if (current) view.whole.dataset.painted = header.digest;
  else delete view.whole.dataset.painted;
}

function load(view, header) {
  if (view.notes.turn === header.turn) return;
  view.notes.turn = header.turn;
  view.notes.layers = header.layers.map(layer => [...layer]);
}

export function change(view, work, index, focus = "") {
  const layers = view.notes.layers.map(layer => [...layer]);
  work(layers);
  view.notes.layers = layers;
  draw(view);
  view.rows.children[index]?.querySelector(focus ? `[name="${focus}"], [title="${focus}"]` : "select")?.focus();
  view.send("layers", { layers, turn: view.header.turn, at: Date.now() });
}
