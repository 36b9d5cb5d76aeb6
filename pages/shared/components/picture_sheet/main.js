import { perFrame } from "../../js/dom.js";
import { unpack } from "../../js/packet.js";
import { themeOf } from "../../js/theme.js";
import { paintLens, say } from "./lens.js";
import { itemAt, paintOver, paintSheet } from "./sheet.js";

const sheetViews = new WeakMap();

function sheetView(root) {
  const view = { root, item: 0, row: 0, column: 0, pinned: false, asNormal: false, find: selector => root.querySelector(selector) };
  const grid = view.find(".grid");
  const lens = view.find(".lens");
  const at = (target, event) => {
    const box = target.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top, box];
  };
  grid.onpointermove = event => {
    if (view.pinned) return;
    const [x, y] = at(grid, event);
    turnTo(view, itemAt(view, x, y));
  };
  grid.onclick = event => {
    const [x, y] = at(grid, event);
    const item = itemAt(view, x, y);
    if (item < 0) return;
    view.pinned = !(view.pinned && item === view.item);
    turnTo(view, item, true);
  };
  lens.onpointermove = lens.onclick = event => {
    const [x, y, box] = at(lens, event);
    view.column = Math.max(0, Math.min(view.width - 1, Math.floor((x / box.width) * view.width)));
    view.row = Math.max(0, Math.min(view.height - 1, Math.floor((y / box.height) * view.height)));
    paintLens(view);
  };
  grid.onkeydown = event => sheetKey(view, event);
  view.find(".normal").onchange = event => {
    view.asNormal = event.target.checked;
    say(view);
  };
  view.watcher = new ResizeObserver(perFrame(() => view.header && root.clientWidth !== view.drawnFor && drawSheet(view)));
  view.watcher.observe(root);
  sheetViews.set(root, view);
  return view;
}

function turnTo(view, item, always = false) {
  if (item < 0 || item >= view.plan.places.length || (item === view.item && !always)) return;
  view.item = item;
  paintOver(view);
  paintLens(view);
}

function sheetKey(view, event) {
  const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  if (steps && event.shiftKey) {
    view.row = Math.max(0, Math.min(view.height - 1, view.row + steps[0]));
    view.column = Math.max(0, Math.min(view.width - 1, view.column + steps[1]));
    paintLens(view);
  } else if (steps) turnTo(view, view.item + steps[0] * view.plan.across + steps[1]);
  else if (event.key === "Enter" || event.key === " ") {
    view.pinned = !view.pinned;
    say(view);
  } else if (event.key === "Escape") {
    view.pinned = false;
    say(view);
  } else return;
  event.preventDefault();
}

function drawSheet(view) {
  const total = view.root.clientWidth;
  if (!total) return;
  view.drawnFor = total;
  const narrow = total < 560;
  view.root.classList.toggle("narrow", narrow);
  view.gridWidth = narrow ? total : total - 320;
  view.lensSize = Math.min(280, total);
  paintSheet(view);
  paintOver(view);
  paintLens(view);
  view.find(".grid").dataset.painted = view.header.digest;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".picture_sheet");
  const { header, blob } = unpack(data);
  const view = sheetViews.get(root) ?? sheetView(root);
  const other = view.header?.digest !== header.digest;
  view.header = header;
  view.pixels = blob("pixels");
  [view.channels, view.height, view.width] = header.shape;
  view.theme = themeOf(root);
  const ends = header.mean.flatMap((mean, c) => [mean / header.std[c], (1 - mean) / header.std[c]]);
  view.limit = Math.max(...ends.map(Math.abs));
  if (other && view.item >= header.items.length) view.item = 0;
  view.row = Math.min(view.row || view.height >> 1, view.height - 1);
  view.column = Math.min(view.column || view.width >> 1, view.width - 1);
  drawSheet(view);
  return () => {
    view.watcher.disconnect();
    sheetViews.delete(root);
  };
}
