// The plane of frequencies: a dot a kernel where its response is largest, and how many run which way.
import { outline, sized } from "../../../../shared/js/canvas.js";
import { curve, dot, label, upwards } from "../../../../shared/js/chart.js";
import { element } from "../../../../shared/js/dom.js";
import { grouped } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { single } from "./model.js";
import { paintOver } from "./paint.js";
import { shownIndex } from "./side.js";

const FIELD = 264;
const MARGIN = 22;

export function showOverview(view) {
  const shown = view.kind === "frequency" && !single(view.model);
  view.overview.hidden = !shown;
  if (!shown) return;
  paintField(view);
  listBars(view, view.directions, say("directions"), directionsOf(view.model));
  listBars(view, view.alike, say("nearest_classic"), alikeOf(view.model));
}

function spot(view, index) {
  const { across, down } = view.model.meta.numbers;
  const side = FIELD - 2 * MARGIN;
  return [MARGIN + (0.5 + across[index]) * side, MARGIN + (0.5 + down[index]) * side];
}

export function paintField(view) {
  const { theme, model } = view;
  const canvas = view.field.querySelector("canvas");
  const context = sized(canvas, FIELD, FIELD);
  const side = FIELD - 2 * MARGIN;
  const middle = FIELD / 2;
  outline(context, { x: MARGIN, y: MARGIN, w: side, h: side }, theme.text, 1, 0.35);
  const turn = Array.from({ length: 73 }, (_, step) => (step * Math.PI) / 36);
  for (const radius of [0.25 * side, 0.5 * side]) {
    const points = turn.map(angle => [middle + radius * Math.cos(angle), middle + radius * Math.sin(angle)]);
    curve(context, points, { colour: theme.text, width: 1, alpha: 0.3 });
  }
  const below = (text, x) => label(context, theme, text, { x, y: FIELD - 6, align: "center", alpha: 1 });
  below("across", middle);
  below("−½", MARGIN);
  below("½", FIELD - MARGIN);
  upwards(context, theme, "down", { x: 12, y: middle, alpha: 1 });
  for (let index = 0; index < model.count; index++) spotOf(context, view, index);
  const zero = model.meta.numbers.frequency.filter(value => value < 0.01).length;
  view.field.querySelector("figcaption").textContent = say("peaks", { zero: grouped.format(zero), count: grouped.format(model.count) });
  canvas.setAttribute("aria-label", say("field", { count: model.count, zero }));
}

function spotOf(context, view, index) {
  const { theme } = view;
  const [x, y] = spot(view, index);
  const lit = index === shownIndex(view);
  const dim = view.lit && !view.lit.has(index);
  context.globalAlpha = lit ? 1 : dim ? 0.12 : 0.55;
  dot(context, x, y, { radius: lit ? 6 : 3.5, colour: lit ? theme.text : theme.primary });
  context.globalAlpha = 1;
}

// The kernel whose dot is nearest to the pointer, within ten pixels.
export function dotAt(view, { x, y }) {
  let best = null;
  let near = 10;
  for (let index = 0; index < view.model.count; index++) {
    const [at, down] = spot(view, index);
    const away = Math.hypot(at - x, down - y);
    if (away < near) [best, near] = [index, away];
  }
  return best;
}

const ways = () => [say("lying"), "22.5°", say("rising"), "67.5°", say("standing"), "112.5°", say("falling"), "157.5°"];

function directionsOf(model) {
  /** @type {[string, number[]][]} */
  const groups = [...ways().map(way => /** @type {[string, number[]]} */ ([way, []])), [say("no_direction"), []], [say("dead"), []]];
  model.meta.numbers.angle.forEach((angle, index) =>
    groups[model.dead.has(index) ? 9 : angle === null ? 8 : Math.round(angle / 22.5) % 8][1].push(index),
  );
  return groups.filter(([, members], place) => place < 8 || members.length);
}

function alikeOf(model) {
  const { classics, numbers } = model.meta;
  const groups = new Map();
  numbers.classic.forEach((place, index) => {
    const label = model.dead.has(index)
      ? say("dead")
      : place === null
        ? say("none_of_size")
        : numbers.cosine[index] < 0
          ? say("minus", { classic: classics[place] })
          : classics[place];
    groups.set(label, [...(groups.get(label) ?? []), index]);
  });
  return [...groups].sort((a, b) => b[1].length - a[1].length).slice(0, 10);
}

function listBars(view, box, heading, groups) {
  const most = Math.max(1, ...groups.map(([, members]) => members.length));
  const rows = groups.map(([label, members]) => {
    const row = element("div", "entry");
    const bar = element("span", "length");
    bar.style.width = `${(100 * members.length) / most}%`;
    row.append(element("span", "", label), bar, element("span", "count", grouped.format(members.length)));
    row.tabIndex = 0;
    row.setAttribute("role", "button");
    row.setAttribute("aria-label", say("bar", { name: label, count: members.length }));
    row.onpointerenter = row.onfocus = row.onclick = () => light(view, new Set(members));
    row.onpointerleave = row.onblur = () => light(view, null);
    return row;
  });
  box.replaceChildren(element("div", "heading", heading), ...rows);
}

function light(view, members) {
  view.lit = members;
  paintOver(view);
  paintField(view);
}
