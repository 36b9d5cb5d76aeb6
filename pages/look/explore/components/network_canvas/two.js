// A canvas of two: which of them is seen, how far apart each column is, and their chances beside each other.
import { button } from "../../../../shared/js/controls.js";
import { cssColour, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { arrange } from "./main.js";
import { SIDES } from "./model.js";

/** The switch: A, B and A − B, by their names. */
export function showSides(view) {
  const { second } = view.model;
  view.sides.hidden = !second;
  if (!second) return view.sides.replaceChildren();
  const words = [say("side_a", { name: second.names[0] }), say("side_b", { name: second.names[1] }), say("side_apart")];
  view.sides.replaceChildren(...words.map((text, side) => button(text, () => turnTo(view, side))));
  return mark(view);
}

function mark(view) {
  [...view.sides.children].forEach((part, side) => part.setAttribute("aria-pressed", String(side === view.model.at)));
}

function turnTo(view, side) {
  turn(view, side);
  arrange(view);
  view.live.textContent = view.sides.children[side].textContent;
  view.send("shown", { what: SIDES[side], at: Date.now() });
}

function turn(view, side) {
  view.model.at = view.notes.side = view.model.second ? side : 0;
  mark(view);
}

/** What Python wants to be seen is taken over once; until then the person's own choice holds, for other tiles, too. */
export function pushedSide(view, shown) {
  const { notes, model } = view;
  const fresh = notes.pushedSide !== shown.pushed;
  notes.pushedSide = shown.pushed;
  const side = fresh ? Math.max(0, SIDES.indexOf(shown.selected.what)) : (notes.side ?? 0);
  if (side === model.at && (model.second || side === 0)) return;
  turn(view, side);
  if (view.drawn && view.plan) arrange(view);
}

/** Under a column how far apart the two are: "same" where every number is the same. */
export function paintPair(context, column, { theme }) {
  const { differs } = column.layer;
  const text = differs === 0 ? "same" : differs < 0.01 ? "< 1 %" : `${Math.round(100 * differs)} %`;
  Object.assign(context, {
    font: `${12 * theme.scale}px ${theme.font}`,
    fillStyle: theme.text,
    textAlign: "center",
    textBaseline: "alphabetic",
  });
  context.fillText(text, column.x + column.w / 2, column.y + column.h + 15);
}

/** A class's probability in what is seen; in the difference what A gives it more than B. */
export function chanceOf(model, score) {
  if (model.at === 0) return score.probability;
  return model.at === 1 ? score.second[1] : score.probability - score.second[1];
}

/** "+12.3" percentage points. */
export function signedPoints(difference) {
  if (Math.abs(difference) < 0.0005) return "0";
  return `${difference < 0 ? "−" : "+"}${(100 * Math.abs(difference)).toFixed(1)}`;
}

/** The colours of the tiles: orange where A is larger, blue where B is. */
export function signedInk(theme, difference) {
  return cssColour(palette("activations", theme.name)[difference < 0 ? 40 : 215]);
}
