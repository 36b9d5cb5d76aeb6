import { showTip } from "../../../../shared/js/tip.js";
import { activeIndex, answer } from "./main.js";
import { PANELS, placeWords, unitAt } from "./model.js";
import { plateCell } from "./tiles.js";

export function listen(view) {
  for (const [name, figure] of Object.entries(view.panels)) {
    const box = figure.querySelector(".canvases");
    const found = event => {
      const at = box.getBoundingClientRect();
      return plateCell(view.plates[name], view.model.shape, event.clientX - at.left, event.clientY - at.top);
    };
    box.addEventListener("pointermove", event => pointed(view, found(event), event, name));
    box.addEventListener("pointerdown", event => event.pointerType !== "mouse" && pointed(view, found(event), event, name));
    box.addEventListener("pointerleave", event => event.pointerType === "mouse" && pointed(view, -1, event, name));
    box.addEventListener("click", event => pin(view, found(event)));
  }
  view.stage.addEventListener("keydown", event => pressed(view, event));
  view.stage.addEventListener("blur", () => (view.tip.hidden = true));
}

function pointed(view, index, event, name) {
  view.hover = index;
  answer(view);
  if (index < 0) {
    view.tip.hidden = true;
    return;
  }
  const panel = PANELS[name];
  const unit = unitAt(view.model, index, view.notes.p);
  showTip(view.tip, { x: event.clientX, y: event.clientY }, `${placeWords(view.model, index)}, ${panel.title}`, [["", panel.words(unit)]]);
}

function pin(view, index) {
  view.pinned = view.pinned === index ? -1 : index;
  answer(view);
}

function pressed(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { model } = view;
  const [count, height, width] = model.shape;
  const total = count * height * width;
  const down = height > 1 ? width : view.plates.x.columns;
  const at = Math.max(activeIndex(view), 0);
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -down, ArrowDown: down }[event.key];
  if (step) view.hover = Math.max(0, Math.min(total - 1, activeIndex(view) < 0 ? 0 : at + step));
  else if (event.key === "Home" || event.key === "End") view.hover = event.key === "Home" ? 0 : total - 1;
  else if (event.key === "Enter" || event.key === " ") view.pinned = view.pinned === at ? -1 : at;
  else if (event.key === "Escape") view.hover = view.pinned = -1;
  else return;
  view.tip.hidden = true;
  answer(view);
  event.preventDefault();
}
