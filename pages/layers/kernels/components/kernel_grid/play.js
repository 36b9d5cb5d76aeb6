// A run's snapshots: one frame a snapshot, scrubbed or played; nothing is asked of the server.
import { sized } from "../../../../shared/js/canvas.js";
import { boxIn, curve, label, plane, ticks, upright, xAxis, yAxis } from "../../../../shared/js/chart.js";
import { onHover, placeIn } from "../../../../shared/js/input.js";
import { clamp, grouped, number, percent } from "../../../../shared/js/numbers.js";
import { player } from "../../../../shared/js/play.js";
import { say } from "../../../../shared/js/say.js";
import { answer } from "./events.js";
import { arrange } from "./main.js";
import { paintTiles } from "./paint.js";

const PACE = 700; // milliseconds a snapshot at speed 1
const CURVE = 156;
const CURVE_EDGE = { left: 46, right: 46, top: 24, bottom: 38 };
const STEPS_APART = 76; // pixels between two steps that are named

export function bindPlay(view) {
  const last = () => view.model.frames.length - 1;
  view.player = player({
    button: view.toggle,
    pace: () => PACE / Number(view.speed.value),
    start: () => view.notes.frame === last() && goToFrame(view, 0),
    step: () => {
      goToFrame(view, view.notes.frame + 1);
      return view.notes.frame < last();
    },
  });
  view.scrub.oninput = () => {
    view.player.stop();
    goToFrame(view, Number(view.scrub.value));
  };
  view.speed.onchange = () => view.player.playing && view.player.play();
  onHover(view.curve, event => {
    if (event.type === "pointermove" && !event.buttons && event.pointerType === "touch") return;
    const { x, w } = placeIn(view.curve, event);
    view.player.stop();
    goToFrame(view, Math.round(((x - CURVE_EDGE.left) / (w - CURVE_EDGE.left - CURVE_EDGE.right)) * last()));
  });
}

function goToFrame(view, frame) {
  view.notes.frame = clamp(frame, 0, view.model.frames.length - 1);
  if (view.notes.sort === "change") arrange(view);
  else {
    paintTiles(view);
    answer(view);
  }
  showFrame(view);
}

export function showFrame(view) {
  const { frames } = view.model.meta;
  const at = view.notes.frame;
  view.scrub.max = String(frames.steps.length - 1);
  view.scrub.value = String(at);
  const said = [say("step", { step: grouped.format(frames.steps[at]) })];
  if (frames.accuracies[at] !== null)
    said.push(say("batch_right", { share: percent(frames.accuracies[at]) }), say("loss", { loss: number(frames.losses[at], 3) }));
  said.push(say("mean_change", { change: number(frames.mean_changes[at], 3) }));
  view.said.textContent = said.join(" · ");
  view.scrub.setAttribute("aria-valuetext", said[0]);
  view.whole.dataset.frame = String(at);
  paintCurve(view);
}

// How far the kernels are from where they began, and the share of images that are right, a column a snapshot.
function paintCurve(view) {
  const { frames } = view.model.meta;
  const { theme } = view;
  const width = Math.min(view.stage.clientWidth || 600, 720);
  const context = sized(view.curve, width, CURVE);
  const last = frames.steps.length - 1;
  const top = Math.max(...frames.mean_changes, 1e-9);
  const box = boxIn(width, CURVE, CURVE_EDGE);
  const { X, Y } = plane(box, [0, Math.max(last, 1)], [0, 1]);
  const points = shares => shares.flatMap((share, at) => (share === null ? [] : [[X(at), Y(share)]]));
  paintAxes(context, view, { box, X, Y, top });
  curve(context, points(frames.mean_changes.map(value => value / top)), { colour: theme.primary });
  curve(context, points(frames.accuracies), { colour: theme.text, dash: [3, 3] });
  upright(context, box, X(view.notes.frame) - 1, { colour: theme.text, alpha: 0.25, width: 2 });
  view.curve.setAttribute("aria-label", say("curve", { snapshots: last + 1, most: number(top, 3) }));
}

// On the left how far the kernels are, on the right the share of images, below the steps at which snapshots were made.
function paintAxes(context, view, { box, X, Y, top }) {
  const { theme } = view;
  const { steps, accuracies } = view.model.meta.frames;
  const blue = { ...theme, text: theme.primary };
  yAxis(
    context,
    box,
    ticks({ low: 0, high: top }, 5).map(value => [Y(value / top), number(value, 2)]),
    blue,
  );
  label(context, blue, say("change_key"), { x: 0, y: 12, alpha: 1 });
  if (accuracies.some(share => share !== null)) {
    for (const share of [0, 0.5, 1]) label(context, theme, percent(share).replace(".0", ""), { x: box.x + box.w + 6, y: Y(share) + 4 });
    label(context, theme, say("share_key"), { x: box.x + box.w + CURVE_EDGE.right, y: 12, align: "right", alpha: 1 });
  }
  const last = steps.length - 1;
  const every = Math.max(1, Math.ceil((STEPS_APART * Math.max(last, 1)) / box.w));
  const named = steps.map((_, at) => at).filter(at => at === last || (at % every === 0 && last - at >= every));
  xAxis(
    context,
    box,
    named.map(at => [X(at), grouped.format(steps[at])]),
    theme,
    { title: say("step_axis") },
  );
}
