import { painted, photoCanvas } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { beside, onHover, onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, number } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { entriesOf, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { showTip } from "../../../../shared/js/tip.js";

export default mount({
  whole: ".side_by_side",
  parts: "tip live",
  painted: "whole",
  create: setUp,
  load,
  draw,
});

function setUp(view) {
  Object.assign(view, { box: view.find(".tiles"), place: null, tiles: [] });
  onKeys(view.whole, { Arrow: (down, right) => step(view, down, right), Escape: () => leave(view) });
  view.whole.onblur = () => leave(view);
}

function load(view, /** @type {import("../../../../shared/js/packets").SideBySideMeta} */ meta, blob) {
  view.place = null;
  view.tip.hidden = true;
  view.tiles = meta.tiles.map((tile, index) => ({
    ...tile,
    values: tile.picture ? new Uint8Array(blob(`tile${index}`)) : floats(blob(`tile${index}`), "float32"),
  }));
  view.box.replaceChildren(...view.tiles.map(tile => figure(view, tile)));
  view.whole.setAttribute("aria-label", say("stage", { tiles: view.tiles.map(tile => `${tile.title} ${tile.note}`).join("; ") }));
}

function figure(view, tile) {
  const made = element("figure");
  const frame = element("div", "frame");
  const words = element("figcaption");
  tile.canvas = element("canvas");
  tile.mark = element("div", "mark");
  tile.mark.hidden = true;
  frame.append(tile.canvas, tile.mark);
  onHover(
    frame,
    event => pointed(view, frame, event),
    event => event.pointerType !== "touch" && leave(view),
  );
  words.append(element("b", "", tile.title), element("span", "muted", tile.note));
  made.append(frame, words);
  return made;
}

function draw(view) {
  for (const tile of view.tiles) {
    const [height, width] = tile.size;
    const { canvas } = tile;
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d").drawImage(tile.picture ? photoCanvas(tile.values, width, height) : mapOf(view, tile), 0, 0);
  }
}

function mapOf(view, { values, limit, signed, size: [height, width] }) {
  return painted(entriesOf(values, limit || 1, signed), width, height, palette(signed ? "activations" : "magnitude", view.theme.name));
}

function pointed(view, frame, event) {
  const { x, y, w, h } = placeIn(frame, event);
  mark(view, { x: clamp(x / w, 0, 0.9999), y: clamp(y / h, 0, 0.9999) }, beside(event));
}

function cellOf({ size: [height, width] }, { x, y }) {
  return [Math.floor(y * height), Math.floor(x * width)];
}

function mark(view, place, at) {
  view.place = place;
  const lines = view.tiles.map(tile => {
    const [height, width] = tile.size;
    const [row, column] = cellOf(tile, place);
    Object.assign(tile.mark.style, {
      left: `${(100 * column) / width}%`,
      top: `${(100 * row) / height}%`,
      width: `max(7px, ${100 / width}%)`,
      height: `max(7px, ${100 / height}%)`,
    });
    tile.mark.hidden = false;
    return [tile.title, `(${row}, ${column})  ${valueText(tile, row, column)}`];
  });
  showTip(view.tip, at, say("same_place"), lines);
  view.live.textContent = lines.map(line => line.join(" ")).join("; ");
}

function valueText({ picture, size: [, width], values }, row, column) {
  const index = row * width + column;
  return picture ? [0, 1, 2].map(channel => values[3 * index + channel]).join(", ") : number(values[index]);
}

function leave(view) {
  view.place = null;
  view.tip.hidden = true;
  for (const tile of view.tiles) tile.mark.hidden = true;
}

function step(view, down, right) {
  const [first] = view.tiles;
  if (!first) return;
  const [height, width] = first.size;
  const [row, column] = view.place ? cellOf(first, view.place) : [height >> 1, width >> 1];
  const hold = (value, count) => (clamp(value, 0, count - 1) + 0.5) / count;
  const box = first.canvas.getBoundingClientRect();
  const place = { x: hold(column + right, width), y: hold(row + down, height) };
  mark(view, place, { x: box.left + place.x * box.width, y: box.top + place.y * box.height });
}
