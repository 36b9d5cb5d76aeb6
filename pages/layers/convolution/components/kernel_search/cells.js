// The nine weights: typed, dragged up and down, or stepped by the arrow keys; an arrow says where each one wants to go.
import { element } from "../../../../shared/js/dom.js";
import { inkOn } from "../../../../shared/js/ink.js";
import { brief, clamp } from "../../../../shared/js/numbers.js";
import { cssColour, entryOf, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { SIDE, slopesOf } from "./descent.js";

const FEEL = 0.02; // of a weight, for a pixel that it is dragged
const LONGEST = 26; // pixels of the longest arrow
const SHORTEST = 11; // below it there would be a head alone

export function setCells(view, onChange) {
  view.inputs = Array.from({ length: SIDE * SIDE }, (_, index) => {
    const cell = element("div", "cell");
    const input = element("input");
    Object.assign(input, { type: "number", step: "0.1" });
    const arrow = element("span", "arrow");
    cell.append(input, arrow);
    view.cells.append(cell);
    const set = value => onChange(index, clamp(value, -view.meta.span, view.meta.span));
    input.oninput = () => Number.isFinite(input.valueAsNumber) && set(input.valueAsNumber);
    input.onblur = () => showCells(view);
    dragged(input, () => view.notes.kernel[index], set);
    return { cell, input, arrow };
  });
}

// A press that moves is a drag, one that does not puts the cursor into the number.
function dragged(input, current, set) {
  let from = null;
  input.onpointerdown = event => {
    from = { y: event.clientY, value: current(), moved: false };
    input.setPointerCapture(event.pointerId);
  };
  input.onpointermove = event => {
    if (!from) return;
    const up = from.y - event.clientY;
    if (Math.abs(up) < 3 && !from.moved) return;
    from.moved = true;
    set(Math.round((from.value + FEEL * up) * 100) / 100);
    input.value = String(current());
  };
  input.onpointerup = input.onpointercancel = () => {
    if (from?.moved) input.blur();
    from = null;
  };
}

export function showCells(view) {
  const { kernel } = view.notes;
  const pixels = palette("weights", view.theme.name);
  const slopes = slopesOf(view, kernel);
  const most = Math.max(...slopes.map(Math.abs));
  view.inputs.forEach(({ cell, input, arrow }, index) => {
    colour(cell, kernel[index], view, pixels);
    const text = String(Number(kernel[index].toFixed(2)));
    if (view.root.activeElement !== input && document.activeElement !== input) input.value = text;
    Object.assign(input, { min: -view.meta.span, max: view.meta.span });
    input.setAttribute("aria-label", say("cell", { row: Math.floor(index / SIDE), column: index % SIDE, value: text }));
    const share = most > 1e-9 ? Math.abs(slopes[index]) / most : 0;
    arrow.hidden = share < 0.02;
    arrow.className = `arrow ${slopes[index] < 0 ? "up" : "down"}`;
    arrow.style.height = `${SHORTEST + (LONGEST - SHORTEST) * share}px`;
  });
}

export function showTruth(view) {
  const pixels = palette("weights", view.theme.name);
  view.theirs.hidden = !view.notes.revealed;
  view.truth.replaceChildren(
    ...view.hidden.map(weight => {
      const cell = element("div", "cell", brief(weight, 2));
      colour(cell, weight, view, pixels);
      return cell;
    }),
  );
}

function colour(cell, weight, { meta }, pixels) {
  const pixel = pixels[entryOf(weight, meta.span)];
  Object.assign(cell.style, { background: cssColour(pixel), color: inkOn(pixel) });
}
