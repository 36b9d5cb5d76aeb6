// Play, pause, scrub, speed, output channel; pointer and keys on the stage.
import { element } from "../../js/dom.js";
import { cellUnder } from "./layout.js";
import { current, sameTarget, targetAt } from "./links.js";
import { answer, arrange } from "./main.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export function listen(view) {
  const { stage } = view;
  const under = event => {
    const box = stage.getBoundingClientRect();
    const found = cellUnder(view.layout, event.clientX - box.left, event.clientY - box.top);
    return found && targetAt(view, found);
  };
  stage.onpointermove = event => event.pointerType !== "touch" && point(view, under(event));
  stage.onpointerleave = () => point(view, null);
  stage.onclick = event => pin(view, under(event));
  stage.onkeydown = event => pressed(view, event);
  view.back.onclick = () => goTo(view, view.notes.step - 1);
  view.next.onclick = () => goTo(view, view.notes.step + 1);
  view.play.onclick = () => (view.playing ? pause(view) : play(view));
  view.step.oninput = () => goTo(view, Number(view.step.value));
  view.speed.onchange = () => {
    view.notes.speed = view.speed.value;
    if (view.playing) play(view);
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
  pause(view);
  view.pinned = view.hover = null;
  view.notes.step = Math.max(0, Math.min(count(view) - 1, step));
  answer(view);
}

function play(view) {
  pause(view);
  view.pinned = view.hover = null;
  if (view.notes.step >= count(view) - 1) view.notes.step = 0;
  view.playing = setInterval(
    () => {
      if (!view.stage.isConnected || view.notes.step >= count(view) - 1) return pause(view);
      view.notes.step += 1;
      return answer(view);
    },
    1000 / Number(view.speed.value),
  );
  answer(view);
}

function pause(view) {
  if (!view.playing) return;
  clearInterval(view.playing);
  view.playing = null;
  answer(view);
}

export function point(view, target) {
  view.stage.style.cursor = target ? "crosshair" : "default";
  if (view.pinned || view.playing || sameTarget(target, view.hover)) return;
  view.hover = target;
  answer(view);
}

function pin(view, target) {
  pause(view);
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

function pressed(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { model, notes } = view;
  const move = MOVES[event.key];
  const row = Math.floor(notes.step / model.columns);
  const column = notes.step % model.columns;
  if (move)
    goTo(
      view,
      Math.max(0, Math.min(model.rows - 1, row + move[0])) * model.columns + Math.max(0, Math.min(model.columns - 1, column + move[1])),
    );
  else if (event.key === "Home") goTo(view, 0);
  else if (event.key === "End") goTo(view, count(view) - 1);
  else if (event.key === "Enter") pin(view, current(view));
  else if (event.key === " ") view.playing ? pause(view) : play(view);
  else if (event.key === "Escape") free(view);
  else return;
  if (move || event.key === "Home" || event.key === "End") view.live.textContent = view.said.textContent;
  event.preventDefault();
}

export function showControls(view) {
  const { model, notes } = view;
  view.step.max = count(view) - 1;
  view.speed.value = notes.speed;
  view.which.hidden = model.outputs < 2;
  if (view.channel.options.length !== model.outputs)
    view.channel.replaceChildren(
      ...Array.from({ length: model.outputs }, (_, out) => {
        const option = element("option", "", String(out));
        option.value = String(out);
        return option;
      }),
    );
  view.channel.value = String(notes.channel);
}
