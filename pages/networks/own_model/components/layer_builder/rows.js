// One line a layer: its kind, its settings, what Python found, and the buttons that move it.
import { element } from "../../../../shared/js/dom.js";
import { grouped, shapeText } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { change } from "./main.js";

export function rowOf(view, layer, index) {
  const { header, notes } = view;
  const kind = header.kinds[layer[0]];
  const found = checkedAt(view, index);
  const made = element("li", found ? (found.problem ? "wrong" : found.reached ? "" : "unreached") : "waiting");
  const row = element("div", "row");
  const pick = element("select");
  for (const [name, one] of Object.entries(header.kinds)) pick.append(optionOf(name, one.title));
  pick.value = layer[0];
  pick.setAttribute("aria-label", say("layer", { number: index + 1 }));
  pick.onchange = () => change(view, layers => (layers[index] = usual(header, pick.value)), index);
  row.append(element("span", "muted", String(index + 1)), pick, settingsOf(view, layer, kind, index));
  for (const [label, text] of factsOf(found)) {
    const cell = element("span", "mono", text);
    cell.dataset.label = label;
    row.append(cell);
  }
  row.append(toolsOf(view, index, notes.layers.length));
  made.append(row);
  if (found?.problem) made.append(element("p", "why", say("breaks", { problem: found.problem })));
  return made;
}

export function optionOf(value, text) {
  const made = element("option", "", text);
  made.value = value;
  return made;
}

function factsOf(found) {
  const facts = (output, parameters = "", macs = "", sees = "") => [
    [say("output"), output],
    [say("parameters"), parameters],
    [say("macs"), macs],
    [say("sees"), sees],
  ];
  if (!found) return facts("…");
  if (!found.reached) return facts(found.problem ? "–" : say("not_reached"));
  return facts(shapeText(found.shape), grouped.format(found.parameters), grouped.format(found.macs), found.sees);
}

function settingsOf(view, layer, kind, index) {
  const box = element("div", "settings");
  kind.settings.forEach(([name, least, most], place) => {
    const label = element("label", "", name);
    const input = element("input");
    Object.assign(input, { type: "number", min: least, max: most, step: 1, value: layer[place + 1], name });
    input.setAttribute("aria-label", say("setting", { name, number: index + 1 }));
    input.onchange = () => {
      const value = Math.round(Number(input.value));
      if (input.value === "" || !Number.isFinite(value)) return (input.value = layer[place + 1]);
      const held = Math.max(least, Math.min(most, value));
      input.value = held;
      change(view, layers => (layers[index][place + 1] = held), index, name);
    };
    label.append(input);
    box.append(label);
  });
  return box;
}

function toolsOf(view, index, count) {
  const box = element("span", "tools");
  const tools = [
    ["↑", say("up"), index === 0, layers => layers.splice(index - 1, 0, layers.splice(index, 1)[0]), index - 1],
    ["↓", say("down"), index === count - 1, layers => layers.splice(index + 1, 0, layers.splice(index, 1)[0]), index + 1],
    ["+", say("insert"), count >= view.header.most, layers => layers.splice(index + 1, 0, usual(view.header, "relu")), index + 1],
    ["×", say("remove"), count === 1, layers => layers.splice(index, 1), Math.max(0, index - 1)],
  ];
  for (const [text, words, disabled, work, focus] of tools) {
    const button = element("button", "", text);
    Object.assign(button, { type: "button", disabled, title: words });
    button.setAttribute("aria-label", say("tool", { what: words, number: index + 1 }));
    button.onclick = () => change(view, work, focus, words);
    box.append(button);
  }
  return box;
}

export function usual(header, name) {
  return [name, ...header.kinds[name].settings.map(setting => setting[3])];
}

// What Python said about this very list; while it has not answered yet, the unchanged lines before the change hold.
function checkedAt(view, index) {
  const { header, notes } = view;
  const same = JSON.stringify(header.layers.slice(0, index + 1)) === JSON.stringify(notes.layers.slice(0, index + 1));
  return same ? header.checked[index] : null;
}
