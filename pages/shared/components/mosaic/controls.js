// Native selects, a checkbox and a pager. What is chosen stays when another layer comes.
import { grouped } from "../../js/numbers.js";
import { arrange } from "./main.js";
import { pageSize } from "./model.js";

export function bindControls(view) {
  const { notes } = view;
  const set = (name, value) => {
    notes[name] = value;
    notes.page = 0;
    view.cursor = view.hover = null;
    arrange(view);
  };
  view.sort.onchange = () => {
    set("sort", view.sort.value);
    askContribution(view);
  };
  view.scale.onchange = () => set("scale", view.scale.value);
  view.hide.onchange = () => set("hide", view.hide.checked);
  view.back.onclick = () => turn(view, -1);
  view.next.onclick = () => turn(view, 1);
}

// The server computes contributions only when somebody wants them.
export function askContribution(view) {
  if (view.notes.sort !== "contribution" || view.model.meta.channels.contribution) return;
  view.live.textContent = "Computing each channel's contribution to the class";
  view.send("want", "contribution");
}

export function turn(view, by) {
  const pages = Math.ceil(view.order.length / pageSize(view.model));
  view.notes.page = Math.max(0, Math.min(pages - 1, view.notes.page + by));
  view.cursor = view.hover = null;
  arrange(view);
  view.live.textContent = `maps ${view.range.textContent}`;
}

export function showControls(view) {
  const { notes, model, order } = view;
  const size = pageSize(model);
  const start = notes.page * size;
  view.sort.value = notes.sort;
  view.scale.value = notes.scale;
  view.hide.checked = notes.hide;
  const [byMap, , byNetwork] = view.scale.options;
  byMap.disabled = model.meta.vector;
  byNetwork.disabled = !model.meta.limits.network;
  if (view.scale.selectedOptions[0].disabled) view.scale.value = "layer";
  const waiting = notes.sort === "contribution" && !model.meta.channels.contribution;
  view.sort.options[4].textContent = waiting ? "contribution (computing …)" : "contribution to the class";
  view.hide.disabled = model.dead.size === 0 && !notes.hide;
  view.pager.hidden = order.length <= size;
  view.range.textContent = `${grouped.format(start + 1)}–${grouped.format(Math.min(order.length, start + size))} of ${grouped.format(order.length)}`;
  view.back.disabled = notes.page === 0;
  view.next.disabled = start + size >= order.length;
}
