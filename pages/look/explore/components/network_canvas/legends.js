// Text beneath each group and above each column of an opened one: real elements, so that they can be read and pressed.
import { element } from "../../../../shared/js/dom.js";
import { number, shapeText } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { toggle } from "./events.js";
import { foldable, limitOf, shortKind } from "./model.js";

export function paintLegends(view) {
  paintNote(view);
  const parts = [];
  view.words = []; // what each stands for, so that it moves along
  const add = (what, part) => {
    parts.push(part);
    view.words.push([what, part]);
  };
  for (const one of view.plan.groups) {
    if (one.columns.length > 1 || (one.group && foldable(view.model, one.group)))
      for (const column of one.columns) if (column.layer) add(column, columnName(column));
    add(one, one.group ? legendOf(view, one) : scoresLegend(one));
  }
  view.legends.replaceChildren(...parts);
  const lowest = Math.max(0, ...parts.filter(part => part.classList.contains("legend")).map(part => part.offsetHeight));
  const from = view.plan.bottom + (view.model.second ? 24 : 10); // two have a number under each column
  view.stage.style.height = `${from + 2 + lowest}px`;
  for (const part of parts) if (part.classList.contains("legend")) part.style.top = `${from}px`;
  markLegends(view);
}

// Beside the colour bar: what the colours mean, and the ± under each block.
export function paintNote(view) {
  const { at, small, perLayer } = view.model;
  const apart = at === 2;
  view.note.textContent = small
    ? say(apart ? "differences_every" : "values_every")
    : say(apart ? "differences_some" : "values_some", { channels: perLayer });
}

function columnName(column) {
  const name = element("span", "column-name", shortKind(column.layer));
  name.style.left = `${column.x + column.w / 2}px`;
  name.style.top = `${Math.max(0, column.y - 20)}px`;
  return name;
}

function legendOf(view, one) {
  const { group } = one;
  const able = foldable(view.model, group);
  const open = view.open.has(group.name);
  const legend = element(able ? "button" : "div", "legend");
  const name = element("span", "name");
  if (able) {
    const sign = element("span", "sign", open ? "−" : "+");
    sign.setAttribute("aria-hidden", "true");
    name.append(sign);
  }
  name.append(group.label);
  legend.append(name, element("span", "kinds", group.kinds), element("span", "shape mono", shapeText(group.shape)));
  const range = rangeText(view.model, one.columns);
  if (range) legend.append(element("span", "range", range));
  legend.dataset.group = group.name;
  if (able) {
    legend.type = "button";
    legend.setAttribute("aria-expanded", String(open));
    legend.title = say(open ? "fold" : "open");
    legend.onclick = () => reopen(view, group);
  }
  return spanned(legend, one);
}

// The colours' range in numbers; columns that share one name it once.
function rangeText(model, columns) {
  const limits = new Set(columns.filter(c => c.layer && c.layer.kind !== "input").map(c => number(limitOf(model, c.layer))));
  if (model.at === 2 && limits.size === 1 && limits.has("0")) return say("the_same");
  return limits.size === 0 ? "" : limits.size === 1 ? say("range", { limit: [...limits][0] }) : say("by_column");
}

function reopen(view, group) {
  toggle(view, group);
  [...view.legends.children].find(part => part.dataset.group === group.name)?.focus({ preventScroll: true });
}

function scoresLegend(one) {
  const legend = element("div", "legend");
  legend.append(element("span", "name", say("scores")), element("span", "kinds", say("probability")));
  return spanned(legend, one);
}

function spanned(legend, one) {
  legend.style.left = `${one.x}px`;
  legend.style.width = `${one.w}px`;
  return legend;
}

export function markLegends(view) {
  const index = view.selected ? view.model.groupOf.get(view.selected.layer) : undefined;
  const name = index === undefined ? null : view.model.groups[index].name;
  for (const part of view.legends.children) part.classList.toggle("chosen", part.dataset.group === name);
}
