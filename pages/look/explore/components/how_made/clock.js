// What is to be seen at which time: sources, kernels, products and lines come in, a step each, then the windows slide.
import { clamp } from "../../../../shared/js/numbers.js";

export const STEP = 250; // milliseconds
const SLOW = 8; // cells that take a step each; the others share what follows
const REST = 6000;
export const STAGES = { read: 0, kernel: 1, product: 2, lines: 3 };
const INTRO = 4 * STEP;

/** How far a part of the drawing has come in, 0 to 1, slow at both ends; later: steps of a part further down. */
export function arrived(time, stage, later = 0) {
  const share = clamp((time - (stage + 0.25 * later) * STEP) / STEP, 0, 1);
  return share * share * (3 - 2 * share);
}

/** How many cells of the result are there. */
export function cellsAt(time, count) {
  const since = time - INTRO;
  if (since <= 0) return 0;
  const slow = Math.min(SLOW, count);
  if (since <= slow * STEP) return Math.min(slow, Math.ceil(since / STEP));
  const share = Math.min(1, (since - slow * STEP) / Math.min(REST, (count - slow) * STEP || 1));
  return Math.min(count, slow + Math.floor(share * (count - slow)));
}

/** When so many cells are there, and no more: what a slider asks. */
export function timeOf(cells, count) {
  const slow = Math.min(SLOW, count);
  if (cells <= slow) return INTRO + cells * STEP;
  return INTRO + slow * STEP + ((cells - slow + 0.5) / (count - slow)) * Math.min(REST, (count - slow) * STEP);
}

export function endOf(count) {
  return timeOf(count, count) + 1;
}
