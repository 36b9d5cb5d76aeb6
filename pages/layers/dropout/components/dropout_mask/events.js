import { beside, onKeys, placeIn } from "../../../../shared/js/input.js";
import { clamp } from "../../../../shared/js/numbers.js";
import { showTip } from "../../../../shared/js/tip.js";
import { activeIndex, answer } from "./main.js";
import { PANELS, placeWords, unitAt } from "./model.js";
import { plateCell } from "./tiles.js";

export function listen(view) {
  for (const [name, figure] of Object.entries(view.panels)) {
    const box = figure.querySelector(".canvases");
    const found = event => plateCell(view.plates[name], view.model.shape, placeIn(box, event));
    box.addEventListener("pointermove", event => pointed(view, found(event), event, name));
    box.addEventListener("pointerdown", event => event.pointerType !== "mouse" && pointed(view, found(event), event, name));
    box.addEventListener("pointerleave", event => event.pointerType === "mouse" && pointed(view, -1, event, name));
    box.addEventListener("click", event => pin(view, found(event)));
  }
  bindKeys(view);
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
  showTip(view.tip, beside(event), `${placeWords(view.model, index)}, ${panel.title}`, [["", panel.words(unit)]]);
}

function pin(view, index) {
  view.pinned = view.pinned === index ? -1 : index;
  answer(view);
}

function bindKeys(view) {
  const last = () => view.model.values.length - 1;
  const put = change => {
    Object.assign(view, change);
    view.tip.hidden = true;
    answer(view);
  };
  const here = () => Math.max(activeIndex(view), 0);
  const keep = () => put({ pinned: view.pinned === here() ? -1 : here() });
  onKeys(view.stage, {
    Arrow(down, right) {
      const [, height, width] = view.model.shape;
      const to = here() + right + down * (height > 1 ? width : view.plates.x.columns);
      put({ hover: activeIndex(view) < 0 ? 0 : clamp(to, 0, last()) });
    },
    Home: () => put({ hover: 0 }),
    End: () => put({ hover: last() }),
    Enter: keep,
    " ": keep,
    Escape: () => put({ hover: -1, pinned: -1 }),
  });
}
