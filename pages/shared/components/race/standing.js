// Who stands where at a place of the race.
import { grouped, number } from "../../js/numbers.js";
import { say } from "../../js/say.js";

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
  if (axis.id === "seconds") return say("seconds", { count: place.toFixed(1) });
  const count = Math.round(place);
  const steps = axis.id === "steps";
  if (count === 1) return say(steps ? "step" : "image");
  return say(steps ? "steps" : "images", { count: grouped.format(count) });
}

// “After 6,400 images: “Adam” leads with 91.2 %. Behind: “SGD” (20.3 points).”
export function leadWords(view, place) {
  const { measure, axis } = view;
  const { rows, order } = standings(view, place);
  const quoted = row => say("name", { name: row.lane.name });
  const lost = rows.filter(row => row.lost || row.lane.diverged).map(quoted);
  const after = lost.length ? [say("diverged", { names: lost.join("; ") })] : [];
  if (!order.length && place <= 0) return say("start");
  if (!order.length) return [say("nothing", { place: placeText(axis, place) }), ...after].join(" ");
  const first = order[0];
  const apart = row => Math.abs(row.value - first.value);
  const level = order.filter(row => apart(row) < (measure.percent ? 0.0005 : 0.0005 * Math.abs(first.value)));
  const behind = order.filter(row => !level.includes(row)).map(row => gapInWords(measure, row.lane.name, apart(row)));
  const sentences = [leadersInWords(level.map(quoted), placeText(axis, place), valueText(measure, first.value))];
  if (behind.length) sentences.push(say("behind", { names: behind.join("; ") }));
  return [...sentences, ...after].join(" ");
}

function leadersInWords(names, place, value) {
  if (names.length === 1) return say("leads", { place, name: names[0], value });
  return say("level", { place, names: names.reduce((one, other) => say("and", { one, other })), value });
}

function gapInWords(measure, name, apart) {
  if (measure.percent) return say("points", { name, gap: (100 * apart).toFixed(1) });
  return say("more", { name, gap: number(apart, 2) });
}

export function laneText(view, row) {
  const { name, diverged, n } = row.lane;
  const value = valueText(view.measure, row.value);
  const parts = [row.rank ? say("ranked_lane", { rank: row.rank, name, value }) : say("lane", { name, value })];
  if (diverged && n > 1) parts.push(say("lost_in", { lost: diverged, seeds: n }));
  else if (diverged || row.lost) parts.push(say("lost"));
  if (row.beyond) parts.push(say("ended"));
  return parts.join(", ");
}
