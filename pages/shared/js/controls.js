// Buttons, sliders, selects, and the slider that plays: native controls with their words.
import { element } from "./dom.js";
import { clamp } from "./numbers.js";
import { player } from "./play.js";
import { say } from "./say.js";

export function button(text, onClick = null, className = "") {
  const made = element("button", className, text);
  made.type = "button";
  if (onClick) made.onclick = onClick;
  return made;
}

/** What a select offers, as {value: words}, and which of them it stands on. */
export function offer(select, words, chosen) {
  select.replaceChildren(...Object.entries(words).map(([value, text]) => new Option(text, value)));
  select.value = String(chosen);
}

/** A range control with its word and its value: slider("T", {min, max, step, value}, text, onInput). */
export function slider(word, { min, max, step, value }, text, onInput) {
  const box = element("label", "slide");
  const input = element("input");
  const shown = element("span", "mono");
  Object.assign(input, { type: "range", min, max, step, value });
  const update = () => {
    shown.textContent = text(Number(input.value));
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  input.oninput = () => {
    update();
    onInput(Number(input.value));
  };
  box.append(element("span", "word", word), input, shown);
  update();
  return { box, input, update };
}

/** Play, pause and scrub over steps 0 … last: nothing plays by itself. */
export function stepper(last, onStep, { milliseconds = 250, word = "step", text = value => say("step_of", { value, last }) } = {}) {
  const toggle = button(say("play"), null, "play");
  const range = { min: 0, max: last, step: 1, value: 0 };
  const scrub = slider(word, range, text, show);
  const box = element("div", "player");
  box.append(toggle, scrub.box);
  const play = player({
    button: toggle,
    pace: milliseconds,
    start: () => self.step >= last && show(0),
    step: () => (self.step >= last ? false : show(self.step + 1)),
  });
  const self = Object.assign(play, { box, step: 0, show, input: scrub.input, update: scrub.update });
  function show(step) {
    self.step = clamp(step, 0, last);
    scrub.input.value = String(self.step);
    scrub.update();
    onStep(self.step);
  }
  return self;
}
