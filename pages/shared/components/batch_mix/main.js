import { element, perFrame } from "../../js/dom.js";
import { grouped } from "../../js/numbers.js";
import { unpack } from "../../js/packet.js";
import { themeOf } from "../../js/theme.js";
import { batchAt, classColour, paintBars } from "./bars.js";

const mixViews = new WeakMap();

function mixView(root) {
  const view = { root, batch: 0, pinned: false, canvases: [], find: selector => root.querySelector(selector) };
  const stage = view.find(".stage");
  stage.onpointermove = stage.onclick = event => {
    const canvas = event.target.closest("canvas");
    if (!canvas || (view.pinned && event.type === "pointermove")) return;
    const batch = batchAt(view, event.clientX - canvas.getBoundingClientRect().left);
    if (event.type === "click") view.pinned = !(view.pinned && batch === view.batch);
    else if (batch === view.batch) return;
    view.batch = batch;
    paintBars(view);
  };
  stage.onkeydown = event => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const last = view.header.batches.length - 1;
    if (step) view.batch = Math.max(0, Math.min(last, view.batch + step));
    else if (event.key === "Home") view.batch = 0;
    else if (event.key === "End") view.batch = last;
    else if (event.key === "Enter" || event.key === " ") view.pinned = !view.pinned;
    else if (event.key === "Escape") view.pinned = false;
    else return;
    event.preventDefault();
    paintBars(view);
  };
  view.watcher = new ResizeObserver(perFrame(() => view.header && root.clientWidth !== view.width && drawMix(view)));
  view.watcher.observe(root);
  mixViews.set(root, view);
  return view;
}

function drawMix(view) {
  if (!view.root.clientWidth) return;
  view.width = view.root.clientWidth;
  paintBars(view);
  view.find(".stage").dataset.painted = view.header.digest;
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
  if (header.classes.length > 40) keys.push(element("span", "muted", `and ${header.classes.length - 40} more`));
  view.find(".keys").replaceChildren(...keys);
  view.canvases = header.rows.map(() => element("canvas"));
  const rows = header.rows.map((row, index) => {
    const box = element("div", "row");
    const name = element("div", "name", row.order);
    name.append(element("span", "muted", ` · ${row.words}`));
    box.append(name, view.canvases[index]);
    return box;
  });
  view.find(".stage").replaceChildren(...rows);
  const shown = header.batches.length;
  const all = shown === header.steps;
  view.find(".axis").textContent =
    `Each bar is a batch, in the order of the epoch${all ? "" : `; ${shown} of ${grouped.format(header.steps)}, evenly taken`}.`;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".batch_mix");
  const { header } = unpack(data);
  const view = mixViews.get(root) ?? mixView(root);
  view.header = header;
  view.theme = themeOf(root);
  view.batch = Math.min(view.batch, header.batches.length - 1);
  drawFrame(view);
  drawMix(view);
  return () => {
    view.watcher.disconnect();
    mixViews.delete(root);
  };
}
