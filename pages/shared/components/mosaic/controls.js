// Native selects, a checkbox and a pager. What is chosen stays when another layer comes.
import { say } from "../../js/say.js";
import { showPager } from "../../js/tiles.js";
import { arrange } from "./main.js";
import { pageSize, tilesOf } from "./model.js";

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
  view.show.onchange = () => set("show", view.show.value);
  view.hide.onchange = () => set("hide", view.hide.checked);
}

// The server computes contributions only when somebody wants them.
export function askContribution(view) {
  if (view.notes.sort !== "contribution" || view.model.meta.channels.contribution) return;
  view.live.textContent = say("computing");
  view.send("want", "contribution");
}

export function showControls(view) {
  const { notes, model } = view;
  view.sort.value = notes.sort;
  view.scale.value = notes.scale;
  view.hide.checked = notes.hide;
  view.shows.hidden = !model.gradient;
  view.show.value = notes.show;
  const [byMap, , byNetwork] = view.scale.options;
  byMap.disabled = model.meta.vector;
  byNetwork.disabled = !tilesOf(view).meta.limits.network;
  if (view.scale.selectedOptions[0].disabled) view.scale.value = "layer";
  const waiting = notes.sort === "contribution" && !model.meta.channels.contribution;
  view.sort.options[4].textContent = say(waiting ? "contribution_later" : "contribution_to_class");
  view.hide.disabled = model.dead.size === 0 && !notes.hide;
  showPager(view, pageSize(model));
}
