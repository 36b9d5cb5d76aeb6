// Plays the image's way through the network: column after column in a small one, block after block in a deep one.
import { shapeText } from "../../../../shared/js/numbers.js";
import { player, still } from "../../../../shared/js/play.js";
import { say } from "../../../../shared/js/say.js";
import { paintNote } from "./legends.js";
import { shortKind } from "./model.js";
import { begin } from "./motion.js";
import { paintOver } from "./overlay.js";

const PACE = 1300; // milliseconds: a line is drawn in a quarter of a second, and then its sentence is read

export function offerWay(view) {
  view.way = null;
  view.player = player({
    button: view.play,
    pace: PACE,
    start: () => view.way ?? reach(view, 0, stepsOf(view)),
    step: () => next(view),
  });
  view.stage.addEventListener("pointerdown", () => endWay(view));
  view.stage.addEventListener("keydown", () => endWay(view));
}

/** Whether there is a way to play: with less motion wanted there is none. */
export function showWay(view) {
  view.play.hidden = still() || !view.header.way;
}

/** Everything is in sight again. */
export function endWay(view) {
  view.player.stop();
  if (!view.way) return;
  view.way = null;
  view.note.classList.remove("telling");
  paintNote(view);
  paintOver(view);
}

function next(view) {
  if (!view.way) return false;
  const at = view.way.at + 1;
  if (at < view.way.steps.length) return reach(view, at, view.way.steps);
  endWay(view);
  return false;
}

function reach(view, at, steps) {
  view.way = { at, steps };
  view.stage.dataset.way = String(at);
  view.note.textContent = view.live.textContent = steps[at].says;
  view.note.classList.add("telling");
  seen(view, steps[at].columns);
  begin(view, "way", () => paintOver(view));
  return true;
}

// What is reached is in sight, with some of what comes next.
function seen({ scroll }, columns) {
  const last = columns.at(-1);
  if (last.x + last.w + 60 > scroll.scrollLeft + scroll.clientWidth) scroll.scrollLeft = columns[0].x - scroll.clientWidth / 2;
  else if (columns[0].x < scroll.scrollLeft) scroll.scrollLeft = columns[0].x - 40;
}

function stepsOf(view) {
  const { plan, model } = view;
  if (model.small) return plan.columns.map(column => ({ columns: [column], says: saysOf(view, column) }));
  return plan.groups.map(({ group, columns }) => ({
    columns,
    says: group ? say("way_block", { block: group.label, shape: shapeText(group.shape), kinds: group.kinds }) : saysOf(view, columns[0]),
  }));
}

function saysOf({ header, model }, { layer }) {
  if (!layer) return say("classes", { count: model.scores.length, meaning: header.way.scores });
  const kind = shortKind(layer);
  const does = header.way[kind] ?? header.way[layer.kind] ?? `${layer.operation || layer.kind}.`;
  return say("way_layer", { layer: layer.key, shape: shapeText(layer.shape), what: does });
}
