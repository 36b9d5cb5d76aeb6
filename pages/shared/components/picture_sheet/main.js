import { cellIn, onKeys, placeIn, stepIn } from "../../js/input.js";
import { mount } from "../../js/mount.js";
import { paintLens, announce } from "./lens.js";
import { itemAt, paintOver, paintSheet } from "./sheet.js";

function setUp(view) {
  Object.assign(view, { item: 0, row: 0, column: 0, pinned: false, asNormal: false });
  const grid = view.find(".grid");
  const lens = view.find(".lens");
  grid.onpointermove = event => {
    if (view.pinned) return;
    turnTo(view, itemAt(view, placeIn(grid, event)));
  };
  grid.onclick = event => {
    const item = itemAt(view, placeIn(grid, event));
    if (item < 0) return;
    view.pinned = !(view.pinned && item === view.item);
    turnTo(view, item, true);
  };
  lens.onpointermove = lens.onclick = event => {
    Object.assign(view, cellIn(lens, event, view.height, view.width));
    paintLens(view);
  };
  bindKeys(view);
  view.find(".normal").onchange = event => {
    view.asNormal = event.target.checked;
    announce(view);
  };
}

function turnTo(view, item, always = false) {
  if (item < 0 || item >= view.plan.places.length || (item === view.item && !always)) return;
  view.item = item;
  paintOver(view);
  paintLens(view);
}

function bindKeys(view) {
  onKeys(view.find(".grid"), {
    Arrow(down, right, event) {
      if (!event.shiftKey) return turnTo(view, view.item + down * view.plan.across + right);
      Object.assign(view, stepIn(view, down, right, view.height, view.width));
      return paintLens(view);
    },
    Enter: () => keep(view, !view.pinned),
    " ": () => keep(view, !view.pinned),
    Escape: () => keep(view, false),
  });
}

function keep(view, pinned) {
  view.pinned = pinned;
  announce(view);
}

function drawSheet(view) {
  const { room, narrow } = view;
  if (!room) return;
  view.gridWidth = narrow ? room : room - 320;
  view.lensSize = Math.min(280, room);
  paintSheet(view);
  paintOver(view);
  paintLens(view);
}

export default mount({
  whole: ".picture_sheet",
  parts: "grid",
  painted: "grid",
  create: setUp,
  load,
  draw: drawSheet,
});

function load(view, /** @type {import("../../js/packets").PictureSheetPacket} */ header, blob) {
  view.pixels = blob("pixels");
  [view.channels, view.height, view.width] = header.shape;
  const ends = header.mean.flatMap((mean, c) => [mean / header.std[c], (1 - mean) / header.std[c]]);
  view.limit = Math.max(...ends.map(Math.abs));
  if (view.item >= header.items.length) view.item = 0;
  view.row = Math.min(view.row || view.height >> 1, view.height - 1);
  view.column = Math.min(view.column || view.width >> 1, view.width - 1);
}
