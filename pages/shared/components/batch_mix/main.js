import { element } from "../../js/dom.js";
import { onKeys } from "../../js/input.js";
import { mount } from "../../js/mount.js";
import { clamp, grouped } from "../../js/numbers.js";
import { say } from "../../js/say.js";
import { batchAt, classColour, paintBars } from "./bars.js";

function setUp(view) {
  Object.assign(view, { batch: 0, pinned: false, canvases: [] });
  const { stage } = view;
  stage.onpointermove = stage.onclick = event => {
    const canvas = event.target.closest("canvas");
    if (!canvas || (view.pinned && event.type === "pointermove")) return;
    const batch = batchAt(view, event.clientX - canvas.getBoundingClientRect().left);
    if (event.type === "click") view.pinned = !(view.pinned && batch === view.batch);
    else if (batch === view.batch) return;
    view.batch = batch;
    paintBars(view);
  };
  const to = batch => turn(view, clamp(batch, 0, view.header.batches.length - 1), view.pinned);
  const keep = () => turn(view, view.batch, !view.pinned);
  onKeys(stage, {
    ArrowRight: () => to(view.batch + 1),
    ArrowUp: () => to(view.batch + 1),
    ArrowLeft: () => to(view.batch - 1),
    ArrowDown: () => to(view.batch - 1),
    Home: () => to(0),
    End: () => to(Infinity),
    Enter: keep,
    " ": keep,
    Escape: () => turn(view, view.batch, false),
  });
}

function drawFrame(view) {
  const { header, theme } = view;
  view.colours = header.classes.map((_, label) => classColour(label, header.classes.length, theme.name === "dark"));
  const keys = header.classes.slice(0, 40).map((name, label) => {
    const item = element("span");
    const box = element("i");
    box.style.background = view.colours[label];
    item.append(box, element("span", "", name));
    return item;
  });
  if (header.classes.length > 40) keys.push(element("span", "muted", say("more_names", { more: header.classes.length - 40 })));
  view.keys.replaceChildren(...keys);
  view.canvases = header.rows.map(() => element("canvas"));
  const rows = header.rows.map((row, index) => {
    const box = element("div", "row");
    const name = element("div", "name", row.order);
    name.append(" ", element("span", "muted", say("order", { words: row.words })));
    box.append(name, view.canvases[index]);
    return box;
  });
  view.stage.replaceChildren(...rows);
  const shown = header.batches.length;
  const all = shown === header.steps;
  view.axis.textContent = all ? say("axis") : say("axis_some", { shown, batches: grouped.format(header.steps) });
}

export default mount({
  whole: ".batch_mix",
  parts: "stage keys axis card live",
  painted: "stage",
  create: setUp,
  load(view, /** @type {import("../../js/packets").BatchMixPacket} */ header) {
    view.batch = Math.min(view.batch, header.batches.length - 1);
  },
  draw(view) {
    drawFrame(view);
    paintBars(view);
  },
});

function turn(view, batch, pinned) {
  Object.assign(view, { batch, pinned });
  paintBars(view);
}
