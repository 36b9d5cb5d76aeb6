// Play, pause, scrub, speed, output channel; pointer and keys on the stage.
import { offer } from "../../js/controls.js";
import { onKeys, placeIn } from "../../js/input.js";
import { clamp } from "../../js/numbers.js";
import { player } from "../../js/play.js";
import { cellUnder, neighbourOf } from "./layout.js";
import { current, sameTarget, shownOf, targetAt } from "./links.js";
import { stepsOf } from "./model.js";
import { glideFrom } from "./motion.js";
import { answer, arrange } from "./window.js";

export function listen(view) {
  const { stage } = view;
  const under = event => {
    const { x, y } = placeIn(stage, event);
    const found = cellUnder(view.layout, x, y);
    return found && targetAt(view, found);
  };
  stage.onpointermove = event => event.pointerType !== "touch" && point(view, under(event));
  stage.onpointerleave = () => point(view, null);
  stage.onclick = event => press(view, under(event), event);
  bindKeys(view);
  view.back.onclick = () => goTo(view, view.notes.step - 1);
  view.next.onclick = () => goTo(view, view.notes.step + 1);
  view.player = playerOf(view);
  view.step.oninput = () => goTo(view, Number(view.step.value));
  view.speed.onchange = () => {
    view.notes.speed = view.speed.value;
    if (view.player.playing) view.player.play();
  };
  view.channel.onchange = () => {
    view.notes.channel = Number(view.channel.value);
    view.pinned = view.hover = null;
    arrange(view);
  };
  view.unpin.onclick = () => free(view);
}

export function count({ model }) {
  return stepsOf(model).count;
}

function goTo(view, step) {
  view.player.stop();
  view.pinned = view.hover = null;
  if (view.model.stamps) view.building = true;
  moveTo(view, clamp(step, 0, count(view) - 1));
}

// The window glides from where it is to another step.
function moveTo(view, step) {
  const before = current(view);
  view.notes.step = step;
  glideFrom(view, before);
  answer(view);
}

export function point(view, target) {
  view.stage.style.cursor = target ? "crosshair" : "default";
  if (view.pinned || view.player.playing || sameTarget(target, view.hover)) return;
  view.hover = target;
  answer(view);
}

// A click opens a number that can be typed over; a finger's first tap only pins it, so that it can be looked at.
function press(view, target, event) {
  const open = target && view.edit?.can(target);
  if (open && (event.pointerType !== "touch" || sameTarget(target, view.pinned))) {
    pin(view, null);
    pin(view, target);
    return view.edit.open(target);
  }
  return pin(view, target);
}

export function pin(view, target) {
  view.player.stop();
  if (!target || sameTarget(target, view.pinned)) return free(view);
  view.pinned = target;
  view.hover = null;
  const steps = stepsOf(view.model);
  if (target.role === current(view).role) view.notes.step = target.row * steps.columns + target.column;
  return answer(view);
}

export function free(view) {
  view.pinned = view.hover = null;
  view.building = false;
  answer(view);
}

function bindKeys(view) {
  const said = () => (view.live.textContent = view.said.textContent);
  const to = step => {
    goTo(view, step);
    said();
  };
  const typed = text => () => {
    const target = shownOf(view);
    return view.edit?.can(target) ? view.edit.open(target, text) : false;
  };
  onKeys(view.stage, {
    Arrow(down, right) {
      walk(view, down, right);
      said();
    },
    Home: () => to(0),
    End: () => to(count(view) - 1),
    Enter: () => (view.edit?.can(shownOf(view)) ? view.edit.open(shownOf(view)) : pin(view, shownOf(view))),
    " ": () => view.player.toggle(),
    Escape: () => free(view),
    Delete: typed("0"),
    Backspace: typed("0"),
    ...Object.fromEntries([..."0123456789-.,"].map(key => [key, typed(key)])),
  });
}

// The keyboard's way over the drawing: from cell to cell, and at a grid's edge into the grid beside it.
export function walk(view, down, right, from = shownOf(view)) {
  const role = from.role === "tap" ? "output" : from.role;
  const here = view.layout.grids.filter(grid => grid.role === role);
  const grid = here.find(one => one.channel === from.channel) ?? here[0];
  const next = neighbourOf(view.layout, { grid, row: from.row, column: from.column }, down, right);
  const target = next ? targetAt(view, next) : from;
  view.player.stop();
  view.pinned = view.hover = null;
  if (target.role === current(view).role && view.model.inGroup === 1)
    moveTo(view, target.row * stepsOf(view.model).columns + target.column);
  else if (target.role === "output" && !view.model.stamps) moveTo(view, target.row * view.model.columns + target.column);
  else {
    view.hover = target;
    answer(view);
  }
  return target;
}

function playerOf(view) {
  return player({
    button: view.play,
    pace: () => 1000 / Number(view.speed.value),
    start() {
      view.pinned = view.hover = null;
      view.building = true;
      if (view.notes.step >= count(view) - 1) view.notes.step = 0;
    },
    step() {
      if (!view.stage.isConnected || view.notes.step >= count(view) - 1) return false;
      moveTo(view, view.notes.step + 1);
      return true;
    },
    changed: () => view.layout && answer(view),
  });
}

export function showControls(view) {
  const { model, notes } = view;
  view.step.max = count(view) - 1;
  view.speed.value = notes.speed;
  view.which.hidden = model.outputs < 2;
  if (view.channel.options.length !== model.outputs)
    offer(view.channel, Object.fromEntries(Array.from({ length: model.outputs }, (_, out) => [out, out])), notes.channel);
  view.channel.value = String(notes.channel);
}
