// The window glides from step to step, a kernel turns: short, and not at all where somebody wants less motion.
import { still } from "../../js/play.js";
import { paintOver } from "./overlay.js";
import { paintCells } from "./paint.js";

const GLIDE = 220; // milliseconds
const TURN = 900;

export function glideFrom(view, before) {
  const pace = view.player.playing ? 800 / Number(view.notes.speed) : GLIDE;
  if (still() || pace < 60) return;
  run(view, "glide", { before, since: performance.now(), lasts: Math.min(GLIDE, pace) }, paintOver);
}

/** The kernel as it is now comes round by 180° from where it was. */
export function turnKernel(view) {
  if (still()) return;
  run(view, "turn", { since: performance.now(), lasts: TURN }, () => {
    paintCells(view);
    paintOver(view);
  });
}

function run(view, name, motion, paint) {
  view[name] = motion;
  const frame = () => {
    if (view[name] !== motion || !view.stage.isConnected) return;
    if (left(motion) === 0) view[name] = null;
    paint(view);
    if (view[name]) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** How much of a motion is still to come, 1 to 0, slow at both ends. */
export function left(motion) {
  if (!motion) return 0;
  const rest = Math.max(0, 1 - (performance.now() - motion.since) / motion.lasts);
  return rest * rest * (3 - 2 * rest);
}
