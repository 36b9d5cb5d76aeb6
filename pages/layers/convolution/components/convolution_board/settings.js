// Slim sliders beside the drawing; what is rarely used is folded.
import { element } from "../../../../shared/js/dom.js";
import { offer } from "../../../../shared/js/controls.js";
import { say } from "../../../../shared/js/say.js";

const NAMES = { padding: "padding_around" }; // where the sentence is not called as the setting
const IN_FULL = { extra: "extra_in_full", channels: "channels_in_full", outputs: "outputs_in_full" };
const PAIRS = ["kernel", "stride", "padding", "dilation", "extra"];

export function buildSettings(view) {
  const { meta } = view.numbers;
  view.fields = {};
  const begin = choice(view, say("begin"), { "": say("a_setting"), ...titled(Object.keys(meta.presets)) }, "", name => preset(view, name));
  const sizes = meta.colours ? ["pixels"] : ["rows", "columns"];
  const ranges = [...sizes, ...PAIRS.flatMap(name => [name, `${name}_columns`])].map(name => range(view, name));
  const more = element("details");
  const folded = element("div", "folded");
  const names = { example: say("whole_numbers"), ...Object.fromEntries(meta.kernels.map(one => [one.name, one.title])) };
  folded.append(
    choice(view, say("numbers"), names, "name", name => view.change({ name, typed: without(view.notes.asked.typed, "w") })),
    ...(meta.colours ? [] : [range(view, "channels")]),
    range(view, "outputs"),
    range(view, "groups"),
    bias(view),
    choice(view, say("padded_with"), titled(meta.modes), "mode", mode => view.change({ mode })),
    switches(view, ["same", "apart"]),
  );
  more.append(element("summary", "", say("more_settings")), folded);
  view.limit = element("p", "limit");
  view.limit.setAttribute("role", "status");
  view.settings.replaceChildren(begin, ...ranges, switches(view, ["flipped", "transposed"]), view.limit, more);
}

function titled(names) {
  return Object.fromEntries(names.map(name => [name, name]));
}

function without(typed, kind) {
  return Object.fromEntries(Object.entries(typed).filter(([place]) => !place.startsWith(`${kind}.`)));
}

function preset(view, name) {
  const { first, presets } = view.numbers.meta;
  if (!(name in presets)) return;
  const before = view.notes.asked.flipped;
  const values = { ...first, pixels: view.notes.asked.pixels, typed: {}, ...presets[name] };
  Object.assign(view.notes, { step: 0, channel: 0 });
  view.pinned = null;
  view.change(values, { turn: values.flipped !== before });
}

function labelled(word, name, className = "setting") {
  const box = element("label", className);
  box.append(element("span", "word", word));
  box.dataset.name = name;
  return box;
}

function range(view, name) {
  const root = name.replace("_columns", "");
  const [min, max] = view.numbers.meta.bounds[name];
  const box = labelled(say(name === root ? (NAMES[root] ?? root) : "columns"), name);
  const input = element("input");
  const value = element("span", "value mono");
  Object.assign(input, { type: "range", min, max, step: 1 });
  const full = say(IN_FULL[root] ?? NAMES[root] ?? root);
  input.setAttribute("aria-label", name === "columns" ? say("input_columns") : name === root ? full : say("columns_of", { name: full }));
  input.oninput = () => {
    const now = Number(input.value);
    view.change(name === "rows" && !isApart(view.notes.asked) ? { rows: now, columns: now } : { [name]: now });
    view.limit.textContent = now === max ? say("most", { name: full, most: max }) : "";
  };
  box.append(input, value);
  view.fields[name] = { box, input, show: asked => (input.value = value.textContent = String(asked[name])) };
  return box;
}

function isApart({ apart, rows, columns }) {
  return apart || rows !== columns;
}

function choice(view, word, words, name, chosen) {
  const box = labelled(word, name, "setting wide");
  const select = element("select");
  select.setAttribute("aria-label", word);
  offer(select, words, "");
  select.onchange = () => {
    chosen(select.value);
    if (!name) select.value = "";
  };
  box.append(select);
  if (name) view.fields[name] = { box, input: select, show: asked => (select.value = asked[name]) };
  return box;
}

function bias(view) {
  const box = labelled("Bias", "bias", "setting wide");
  const input = element("input");
  Object.assign(input, { type: "text", inputMode: "decimal", placeholder: "none", title: view.numbers.meta.hints.bias });
  input.oninput = () => {
    const text = input.value.trim().replace(",", ".").replace("−", "-");
    const value = text === "" ? null : Number(text);
    const right = value === null || (Number.isFinite(value) && Math.abs(value) <= 100);
    box.classList.toggle("wrong", !right);
    view.limit.textContent = right ? "" : say("bias_wanted");
    if (right) view.change({ bias: value });
  };
  box.append(input);
  const show = asked => document.activeElement !== input && input.getRootNode().activeElement !== input && (input.value = asked.bias ?? "");
  view.fields.bias = { box, input, show };
  return box;
}

function switches(view, names) {
  const line = element("div", "switches");
  for (const name of names) {
    const box = element("label");
    const input = element("input");
    input.type = "checkbox";
    input.onchange = () => view.change({ [name]: input.checked }, { turn: name === "flipped" });
    box.title = view.numbers.meta.hints[name];
    box.append(input, say(name));
    line.append(box);
    view.fields[name] = { box, input, show: asked => (input.checked = asked[name]) };
  }
  return line;
}

/** Every control as it is asked; those without effect are away, those that made the problem are marked. */
export function showSettings(view) {
  const { asked } = view.notes;
  for (const field of Object.values(view.fields)) field.show(asked);
  const hide = (name, away) => view.fields[name] && (view.fields[name].box.hidden = away);
  for (const name of PAIRS) hide(`${name}_columns`, !asked.apart || (name === "extra" && !asked.transposed));
  hide("columns", !isApart(asked));
  hide("extra", !asked.transposed);
  hide("same", asked.transposed);
  hide("mode", asked.transposed);
  for (const name of ["padding", "padding_columns"]) view.fields[name].input.disabled = asked.same && !asked.transposed;
  for (const [name, field] of Object.entries(view.fields)) {
    const wrong = Boolean(view.problem) && (view.moved ?? []).includes(name);
    field.box.classList.toggle("wrong", wrong);
    field.input.setAttribute("aria-invalid", String(wrong));
  }
}
