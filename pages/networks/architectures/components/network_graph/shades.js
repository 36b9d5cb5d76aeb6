// What the boxes can be shaded by: a quantity of each, its share of the whole network.
import { element } from "../../../../shared/js/dom.js";
import { grouped, percent } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";

/** @type {Record<string, [string, (value: number) => string]>} the name of its sentence, and a value as text */
export const QUANTITIES = {
  parameters: ["parameters", value => grouped.format(value)],
  macs: ["macs", value => grouped.format(value)],
  bytes: ["bytes", bytesText],
  milliseconds: ["milliseconds", value => say("ms", { value: value.toPrecision(3) })],
};

// The quantities that are known, with their totals; milliseconds come when they have been measured.
export function quantified(view, milliseconds) {
  const { items, roots, totals } = view.tree;
  if (milliseconds.length) for (const item of items) item.milliseconds = milliseconds[item.index];
  for (const name of Object.keys(QUANTITIES))
    if (items.every(item => item[name] !== undefined)) totals[name] = roots.reduce((sum, root) => sum + items[root][name], 0);
  const select = view.root.querySelector(".bar select");
  const known = Object.keys(totals);
  const timed = known.includes("milliseconds");
  select.replaceChildren(
    ...["", ...known].map(name =>
      Object.assign(document.createElement("option"), { value: name, textContent: say(name ? QUANTITIES[name][0] : "no_shade") }),
    ),
  );
  if (timed && view.notes.timed === false) view.notes.shares = "milliseconds"; // somebody has just asked for them
  view.notes.timed = timed;
  select.value = known.includes(view.notes.shares) ? view.notes.shares : "";
  view.notes.shares = select.value;
}

export function shareOf(view, item) {
  const name = view.notes.shares;
  return name ? item[name] / Math.max(1e-12, view.tree.totals[name]) : 0;
}

// The largest share among the closed boxes in sight: the darkest shade.
export function darkest(view) {
  return Math.max(1e-12, ...view.boxes.filter(box => !box.open).map(box => shareOf(view, view.tree.items[box.id])));
}

export function shadesLegend(view) {
  const name = view.notes.shares;
  if (!name) return [];
  const made = element("span", "");
  const sign = element("i", "shade");
  made.append(
    sign,
    element(
      "span",
      "",
      say("shade", {
        quantity: say(QUANTITIES[name][0]),
        share: percent(darkest(view)),
        total: QUANTITIES[name][1](view.tree.totals[name]),
      }),
    ),
  );
  return [made];
}

function bytesText(value) {
  const [size, unit] = /** @type {[number, string]} */ (value >= 2 ** 20 ? [2 ** 20, "MB"] : value >= 2 ** 10 ? [2 ** 10, "kB"] : [1, "B"]);
  return `${(value / size).toPrecision(3)} ${unit}`;
}
