// What moves, a step of 250 ms each: what is unrelated fades and lines grow after a click; columns glide to where there is room.
import { clamp } from "../../../../shared/js/numbers.js";
import { still } from "../../../../shared/js/play.js";

const LASTS = 250; // milliseconds

function eased(share) {
  return share * share * (3 - 2 * share);
}

/** Calls `paint` on every frame of a step, and once at its end; at once where somebody wants less motion. */
export function begin(view, name, paint) {
  const motion = { since: still() ? -Infinity : performance.now() };
  view.motions ??= {};
  view.motions[name] = motion;
  const frame = () => {
    if (view.motions[name] !== motion || !view.stage.isConnected) return;
    const over = come(view, name) === 1;
    if (over) delete view.motions[name];
    paint();
    if (!over) requestAnimationFrame(frame);
  };
  frame();
}

/** How much of it has come, 0 to 1: 1 where nothing moves. */
export function come(view, name) {
  const motion = view.motions?.[name];
  return motion ? eased(clamp((performance.now() - motion.since) / LASTS, 0, 1)) : 1;
}

/** Where columns, groups and words stand now, for `glide`. */
export function standing(view) {
  if (!view.plan || still()) return null;
  return {
    columns: new Map(view.plan.columns.map(column => [column.key, column.x])),
    groups: new Map(view.plan.groups.map(one => [one.group?.name, one.x])),
    model: view.model,
  };
}

/** From where they stood to where the new plan has them. paint: everything that stands on the plan. */
export function glide(view, before, paint) {
  const { plan, model } = view;
  if (!before || before.model !== model || plan.columns.length > 60) return;
  const moves = [];
  for (const one of plan.groups) {
    const old = before.groups.get(one.group?.name);
    if (old !== undefined) moves.push({ what: one, from: old, to: one.x });
    for (const column of one.columns) moves.push({ what: column, from: before.columns.get(column.key) ?? old ?? column.x, to: column.x });
  }
  if (!moves.some(({ from, to }) => Math.abs(from - to) > 1)) return;
  const shift = new Map(moves.map(({ what, from, to }) => [what, from - to]));
  for (const [one, part] of view.words ?? [])
    part.animate([{ transform: `translateX(${shift.get(one) ?? 0}px)` }, { transform: "none" }], {
      duration: LASTS,
      easing: "ease-in-out",
    });
  begin(view, "glide", () => {
    const share = come(view, "glide");
    for (const { what, from, to } of moves) what.x = from + (to - from) * share;
    paint();
  });
}
