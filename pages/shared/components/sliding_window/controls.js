// Play, pause, scrub, speed, output channel; pointer and keys on the stage.
import { offer } from "../../js/controls.js";
import { onKeys, placeIn } from "../../js/input.js";
import { clamp } from "../../js/numbers.js";
import { player } from "../../js/play.js";
import { cellUnder } from "./layout.js";
import { current, sameTarget, targetAt } from "./links.js";
import { answer, arrange } from "./main.js";

export function listen(view) {
  const { stage } = view;
  const under = event => {
    const { x, y } = placeIn(stage, event);
    const found = cellUnder(view.layout, x, y);
    return found && targetAt(view, found);
  };
  stage.onpointermove = event => event.pointerType !== "touch" && point(view, under(event));
  stage.onpointerleave = () => point(view, null);
  stage.onclick = event => pin(view, under(event));
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
  return model.rows * model.columns;
}

function goTo(view, step) {
  view.player.stop();
  view.pinned = view.hover = null;
  view.notes.step = clamp(step, 0, count(view) - 1);
  answer(view);
}

export function point(view, target) {
  view.stage.style.cursor = target ? "crosshair" : "default";
  if (view.pinned || view.player.playing || sameTarget(target, view.hover)) return;
  view.hover = target;
  answer(view);
}

function pin(view, target) {
  view.player.stop();
  if (!target || sameTarget(target, view.pinned)) return free(view);
  view.pinned = target;
  view.hover = null;
  if (target.role === "output") view.notes.step = target.row * view.model.columns + target.column;
  return answer(view);
}

function free(view) {
  view.pinned = view.hover = null;
  answer(view);
}

function bindKeys(view) {
  const cells = () => [view.model.rows, view.model.columns];
  const to = step => {
    goTo(view, step);
    view.live.textContent = view.said.textContent;
  };
  onKeys(view.stage, {
    Arrow(down, right) {
      const [rows, columns] = cells();
      const { step } = view.notes;
      to(clamp(Math.floor(step / columns) + down, 0, rows - 1) * columns + clamp((step % columns) + right, 0, columns - 1));
    },
    Home: () => to(0),
    End: () => to(count(view) - 1),
    Enter: () => pin(view, current(view)),
    " ": () => view.player.toggle(),
    Escape: () => free(view),
  });
}

function playerOf(view) {
  return player({
    button: view.play,
    pace: () => 1000 / Number(view.speed.value),
    start() {
      view.pinned = view.hover = null;
      if (view.notes.step >= count(view) - 1) view.notes.step = 0;
    },
    step() {
      if (!view.stage.isConnected || view.notes.step >= count(view) - 1) return false;
      view.notes.step += 1;
      answer(view);
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
