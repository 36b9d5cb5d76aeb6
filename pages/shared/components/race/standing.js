// Who stands where at a place of the race.
import { grouped, number } from "../../js/numbers.js";

export function seriesOf(lane, measure, axis) {
  if (measure.id === "test") return { x: lane.test.x[axis], y: lane.test.y };
  return { x: lane.x[axis], y: lane[measure.id] };
}

// The last point that is not beyond the place; −1 before the first.
export function indexAt(xs, place) {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= place + 1e-9) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function standings(view, place) {
  const { measure, axis, header } = view;
  const rows = header.lanes.map((lane, number) => {
    const { x, y } = seriesOf(lane, measure, axis.id);
    const index = indexAt(x, place);
    const value = index < 0 ? null : y[index];
    const front = x.length ? x[x.length - 1] : 0;
    return { lane, number, value, beyond: index >= 0 && place > front * (1 + 1e-9) && !lane.running, lost: index >= 0 && value === null };
  });
  const better = measure.low ? (a, b) => a.value - b.value : (a, b) => b.value - a.value;
  const order = rows.filter(row => row.value !== null).sort(better);
  order.forEach((row, place) => (row.rank = place + 1));
  return { rows, order };
}

export function valueText(measure, value) {
  if (value === null || value === undefined) return "–";
  return measure.percent ? `${(100 * value).toFixed(1)} %` : number(value, 3);
}

export function placeText(axis, place) {
  if (axis.id === "seconds") return `${place.toFixed(1)} s`;
  const count = Math.round(place);
  return `${grouped.format(count)} ${axis.id === "steps" ? "step" : "image"}${count === 1 ? "" : "s"}`;
}

// “After 6,400 images: “Adam” leads with 91.2 %. Behind: “SGD” (20.3 points).”
export function leadWords(view, place) {
  const { measure, axis } = view;
  const { rows, order } = standings(view, place);
  const lost = rows.filter(row => row.lost || row.lane.diverged).map(row => `“${row.lane.name}”`);
  const after = lost.length ? ` Diverged: ${lost.join("; ")}.` : "";
  if (!order.length && place <= 0) return "At the start.";
  if (!order.length) return `After ${placeText(axis, place)}: no number to compare.${after}`;
  const first = order[0];
  const apart = row => Math.abs(row.value - first.value);
  const level = order.filter(row => apart(row) < (measure.percent ? 0.0005 : 0.0005 * Math.abs(first.value)));
  const behind = order
    .filter(row => !level.includes(row))
    .map(row => {
      const gap = measure.percent ? `${(100 * apart(row)).toFixed(1)} points` : `${number(apart(row), 2)} more`;
      return `“${row.lane.name}” (${gap})`;
    });
  const names = level.map(row => `“${row.lane.name}”`).join(" and ");
  let text = `After ${placeText(axis, place)}: ${names} ${level.length > 1 ? "are level" : "leads"} with ${valueText(measure, first.value)}.`;
  if (behind.length) text += ` Behind: ${behind.join("; ")}.`;
  return text + after;
}

export function laneText(view, row) {
  const { lane } = row;
  const rank = row.rank ? `${row.rank}. ` : "";
  const lost = lane.diverged ? `, diverged${lane.n > 1 ? ` in ${lane.diverged} of ${lane.n} seeds` : ""}` : row.lost ? ", diverged" : "";
  return `${rank}${lane.name} · ${valueText(view.measure, row.value)}${lost}${row.beyond ? ", at its end" : ""}`;
}
