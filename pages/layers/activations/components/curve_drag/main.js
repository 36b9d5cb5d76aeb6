import { SERIES } from "../../../../shared/js/chart.js";
import { button, slider } from "../../../../shared/js/controls.js";
import { element, perFrame } from "../../../../shared/js/dom.js";
import { onDrag, onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, number } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { FUNCTIONS, apartFromPython } from "../activation_common/functions.js";
import { HIGH, LOW, colourOf, paint, parameterOf, standing } from "./paint.js";

export default mount({
  whole: ".curve-drag",
  parts: "chips settings stage card apart",
  painted: "whole",
  notes: header => `curve_drag ${header.key}`,
  create: setUp,
  load: compare,
  draw: arrange,
});

function setUp(view, header) {
  const { notes } = view;
  Object.assign(view, { names: header.functions.map(one => one.name) });
  notes.chosen ??= [...header.chosen];
  notes.main ??= header.chosen[0];
  notes.x ??= header.x;
  notes.threshold ??= header.threshold;
  notes.parameters ??= {};
  view.byName = Object.fromEntries(header.functions.map(one => [one.name, one]));
  view.canvas = view.find("canvas");
  view.body = view.find("tbody");
  const limit = slider(
    say("threshold"),
    { min: -4, max: -0.5, step: 0.05, value: Math.log10(notes.threshold) },
    power => number(10 ** power, 2),
    power => {
      notes.threshold = 10 ** power;
      answer(view);
    },
  );
  limit.input.classList.add("threshold");
  view.limit = limit.box;
  drag(view);
}

function arrange(view) {
  chips(view);
  settings(view);
  answer(view);
}

// A click on a function takes it in and makes it the main one; another click on the main one takes it out.
function chips(view) {
  const { notes } = view;
  view.chips.replaceChildren(
    ...view.names.map(name => {
      const made = button("", () => choose(view, name), name === notes.main ? "main" : "");
      const chosen = notes.chosen.includes(name);
      made.append(swatch(view, name, chosen), element("span", "", view.byName[name].title));
      made.setAttribute("aria-pressed", chosen);
      made.dataset.name = name;
      return made;
    }),
  );
}

function choose(view, name) {
  const { notes } = view;
  if (notes.main === name && notes.chosen.length > 1) notes.chosen = notes.chosen.filter(one => one !== name);
  else if (!notes.chosen.includes(name)) notes.chosen = [...notes.chosen, name];
  notes.main = notes.chosen.includes(name) ? name : notes.chosen.at(-1);
  arrange(view);
  view.chips.querySelector(`[data-name="${name}"]`)?.focus();
}

function swatch(view, name, chosen) {
  const made = element("span", "swatch");
  made.style.borderTopColor = colourOf(view, name);
  made.style.borderTopStyle = ["solid", "dashed", "dotted"][Math.floor(view.names.indexOf(name) / SERIES.length)];
  made.style.opacity = chosen ? 1 : 0.35;
  return made;
}

function settings(view) {
  const { notes } = view;
  const sliders = notes.chosen
    .filter(name => view.byName[name].parameter)
    .map(name => {
      const { title, parameter } = view.byName[name];
      const { symbol, low, high } = parameter;
      const made = slider(
        say("parameter", { title, symbol }),
        { min: low, max: high, step: 0.01, value: parameterOf(view, name) },
        value => number(value, 3),
        value => {
          notes.parameters[name] = value;
          answer(view);
        },
      );
      return made.box;
    });
  view.settings.replaceChildren(view.limit, ...sliders);
}

function drag(view) {
  const put = perFrame(() => answer(view));
  onDrag(view.stage, event => {
    move(view, view.at.atX(placeIn(view.canvas, event).x));
    put();
  });
  const to = x => {
    move(view, x);
    answer(view);
  };
  const by = sign => event => to(view.notes.x + sign * (event.shiftKey ? 1 : 0.1));
  onKeys(view.stage, {
    ArrowLeft: by(-1),
    ArrowDown: by(-1),
    ArrowRight: by(1),
    ArrowUp: by(1),
    Home: () => to(LOW),
    End: () => to(HIGH),
    Escape: () => to(0),
  });
}

function move(view, x) {
  view.notes.x = Math.round(clamp(x, LOW, HIGH) * 100) / 100;
}

function answer(view) {
  paint(view);
  const { notes } = view;
  const { title } = view.byName[notes.main];
  const main = standing(view, notes.main);
  const [value, slope] = FUNCTIONS[notes.main].write(notes.x, main.p);
  const x = number(notes.x, 4);
  const words = main.saturated
    ? say("nearly_stops", { threshold: number(notes.threshold, 2) })
    : say("passes", { slope: number(main.slope, 4) });
  view.card.replaceChildren(
    element("div", "title", say("at", { title, x })),
    element("div", "mono", `f(${x}) = ${value} = ${number(main.value)}`),
    element("div", "mono", `f′(${x}) = ${slope} = ${number(main.slope)}`),
    element("div", "muted words", words),
  );
  view.body.replaceChildren(...notes.chosen.map(name => row(view, name)));
  view.stage.setAttribute("aria-valuenow", notes.x);
  view.stage.setAttribute("aria-valuetext", say("reading", { x, title, value: number(main.value), slope: number(main.slope) }));
  view.stage.dataset.at = notes.x;
}

function row(view, name) {
  const here = standing(view, name);
  const made = element("tr", name === view.notes.main ? "main" : "");
  const first = element("td");
  first.append(swatch(view, name, true), element("span", "", view.byName[name].title));
  made.append(
    first,
    ...[number(here.value), number(here.slope), here.saturated ? say("saturated") : ""].map(text => element("td", "", text)),
  );
  made.dataset.name = name;
  made.onclick = () => {
    view.notes.main = name;
    arrange(view);
  };
  return made;
}

// The browser's own arithmetic against what Python sent along.
function compare(view, header) {
  const apart = apartFromPython(header.checks, name => view.byName[name].parameter?.start ?? 0);
  view.apart.textContent = say("apart", { apart: number(apart, 3) });
  view.apart.dataset.apart = apart;
}
