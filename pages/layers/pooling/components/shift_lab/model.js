// What is chosen (motion, amount, place, measure) and the numbers that belong to it.
import { clamp } from "../../../../shared/js/numbers.js";

export function motionOf(view) {
  return view.meta.motions[view.notes.motion];
}

export function placeOf(view) {
  const { places } = motionOf(view);
  return places[Math.min(view.notes.place, places.length - 1)] ?? null;
}

export function measureOf(view) {
  return view.notes.motion === "slide" && view.notes.measure === "along" ? "along" : "place";
}

// The amount that is shown: pointed at, else the scrubber's.
export function shownAt(view) {
  return view.hover ?? view.notes.at[view.notes.motion];
}

export function amountText(motion, at) {
  const amount = motion.amounts[at];
  return `${amount < 0 ? "−" : ""}${Math.abs(amount)}${motion.unit === "px" ? " px" : "°"}`;
}

export function wayColour(view, index) {
  return index === 0 ? view.theme.text : view.meta.colours[(index - 1) % view.meta.colours.length];
}

export function cosineText(value) {
  return value === null || value === undefined ? "–" : value.toFixed(3).replace("-", "−");
}

export function defaults(notes) {
  notes.motion ??= "slide";
  notes.measure ??= "place";
  notes.place ??= 0;
  notes.at ??= {};
}

// Another measurement may have other amounts or fewer places.
export function settle(view) {
  for (const [name, motion] of Object.entries(view.meta.motions)) {
    const start = name === "slide" ? motion.amounts.indexOf(2) : motion.amounts.indexOf(10);
    const at = view.notes.at[name] ?? start;
    view.notes.at[name] = clamp(at, 0, motion.amounts.length - 1);
  }
  view.notes.place = clamp(view.notes.place, 0, motionOf(view).places.length - 1);
}
