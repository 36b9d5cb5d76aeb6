import { element, perFrame } from "../../../../shared/js/dom.js";
import { memory } from "../../../../shared/js/memory.js";
import { number } from "../../../../shared/js/numbers.js";
import { unpack } from "../../../../shared/js/packet.js";
import { themeOf } from "../../../../shared/js/theme.js";
import { SERIES, button, slider } from "../activation_common/axes.js";
import { FUNCTIONS, apartFromPython } from "../activation_common/functions.js";
import { HIGH, LOW, colourOf, paint, parameterOf, standing } from "./paint.js";

const views = new WeakMap();

export default function ({ data, parentElement }) {
  const { header } = unpack(data);
  const view = views.get(parentElement) ?? created(parentElement, header);
  view.theme = themeOf(parentElement);
  const apart = apartFromPython(header.checks, name => view.byName[name].parameter?.start ?? 0);
  view.apart.textContent = `The browser's own arithmetic and the library's differ by ${number(apart, 3)} at most.`;
  view.apart.dataset.apart = apart;
  arrange(view);
  view.whole.dataset.painted = header.digest;
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root, header) {
  const notes = memory(`curve_drag ${header.key}`);
  const view = { root, notes, names: header.functions.map(one => one.name) };
  notes.chosen ??= [...header.chosen];
  notes.main ??= header.chosen[0];
  notes.x ??= header.x;
  notes.threshold ??= header.threshold;
  notes.parameters ??= {};
  view.byName = Object.fromEntries(header.functions.map(one => [one.name, one]));
  for (const name of ["chips", "settings", "stage", "card", "apart"]) view[name] = root.querySelector(`.${name}`);
  view.whole = root.querySelector(".curve-drag");
  view.canvas = root.querySelector("canvas");
  view.body = root.querySelector("tbody");
  view.observer = new ResizeObserver(perFrame(() => view.theme && view.whole.clientWidth !== view.arrangedFor && arrange(view)));
  view.observer.observe(view.whole);
  const limit = slider(
    "saturated where |f′| is below",
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
  views.set(root, view);
  return view;
}

function arrange(view) {
  view.arrangedFor = view.whole.clientWidth;
  view.narrow = view.whole.clientWidth < 560;
  view.whole.classList.toggle("narrow", view.narrow);
  chips(view);
  settings(view);
  answer(view);
}

// A click on a function takes it in and makes it the main one; another click on the main one takes it out.
function chips(view) {
  const { notes } = view;
  view.chips.replaceChildren(
    ...view.names.map(name => {
      const made = button("", name === notes.main ? "main" : "");
      const chosen = notes.chosen.includes(name);
      made.append(swatch(view, name, chosen), element("span", "", view.byName[name].title));
      made.setAttribute("aria-pressed", chosen);
      made.dataset.name = name;
      made.onclick = () => choose(view, name);
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
        `${title}: ${symbol}`,
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
  const { stage } = view;
  const put = perFrame(() => answer(view));
  const follow = event => {
    const box = view.canvas.getBoundingClientRect();
    move(view, view.at.atX(event.clientX - box.left));
    put();
  };
  stage.onpointerdown = event => {
    stage.setPointerCapture?.(event.pointerId);
    stage.dataset.held = "1";
    follow(event);
  };
  stage.onpointermove = event => stage.dataset.held && follow(event);
  stage.onpointerup = stage.onpointercancel = () => delete stage.dataset.held;
  stage.onkeydown = event => {
    const far = event.shiftKey ? 1 : 0.1;
    const to = {
      ArrowLeft: view.notes.x - far,
      ArrowDown: view.notes.x - far,
      ArrowRight: view.notes.x + far,
      ArrowUp: view.notes.x + far,
      Home: LOW,
      End: HIGH,
      Escape: 0,
    }[event.key];
    if (to === undefined) return;
    move(view, to);
    answer(view);
    event.preventDefault();
  };
}

function move(view, x) {
  view.notes.x = Math.round(Math.max(LOW, Math.min(HIGH, x)) * 100) / 100;
}

function answer(view) {
  paint(view);
  const { notes } = view;
  const { title } = view.byName[notes.main];
  const main = standing(view, notes.main);
  const [value, slope] = FUNCTIONS[notes.main].write(notes.x, main.p);
  const x = number(notes.x, 4);
  const words = main.saturated
    ? `saturated: |f′| < ${number(notes.threshold, 2)}, so the gradient nearly stops here`
    : `the gradient is multiplied by ${number(main.slope, 4)} on its way back`;
  view.card.replaceChildren(
    element("div", "title", `${title} at x = ${x}`),
    element("div", "mono", `f(${x}) = ${value} = ${number(main.value)}`),
    element("div", "mono", `f′(${x}) = ${slope} = ${number(main.slope)}`),
    element("div", "muted words", words),
  );
  view.body.replaceChildren(...notes.chosen.map(name => row(view, name)));
  view.stage.setAttribute("aria-valuenow", notes.x);
  view.stage.setAttribute("aria-valuetext", `x ${x}: ${title} ${number(main.value)}, slope ${number(main.slope)}`);
  view.stage.dataset.at = notes.x;
}

function row(view, name) {
  const here = standing(view, name);
  const made = element("tr", name === view.notes.main ? "main" : "");
  const first = element("td");
  first.append(swatch(view, name, true), element("span", "", view.byName[name].title));
  made.append(first, ...[number(here.value), number(here.slope), here.saturated ? "saturated" : ""].map(text => element("td", "", text)));
  made.dataset.name = name;
  made.onclick = () => {
    view.notes.main = name;
    arrange(view);
  };
  return made;
}
