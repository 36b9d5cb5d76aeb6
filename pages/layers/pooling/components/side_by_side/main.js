import { painted } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { mount } from "../../../../shared/js/mount.js";
import { number } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { ZERO, palette } from "../../../../shared/js/palette.js";
import { showTip } from "../../../../shared/js/tip.js";

export default mount({
  whole: ".side_by_side",
  painted: "whole",
  create: setUp,
  load,
  draw,
});

function setUp(view) {
  const find = name => view.find(name);
  const stage = find(".side_by_side");
  Object.assign(view, { stage, box: find(".tiles"), tip: find(".tip"), live: find(".live"), place: null, tiles: [] });
  stage.onkeydown = event => pressed(view, event);
  stage.onblur = () => leave(view);
}

function load(view, /** @type {import("../../../../shared/js/packets").SideBySideMeta} */ meta, blob) {
  view.place = null;
  view.tip.hidden = true;
  view.tiles = meta.tiles.map((tile, index) => ({
    ...tile,
    values: tile.picture ? new Uint8Array(blob(`tile${index}`)) : floats(blob(`tile${index}`), "float32"),
  }));
  view.box.replaceChildren(...view.tiles.map(tile => figure(view, tile)));
  view.stage.setAttribute(
    "aria-label",
    `${view.tiles.map(tile => `${tile.title} ${tile.note}`).join("; ")}. Arrow keys move the mark, Escape removes it.`,
  );
}

function figure(view, tile) {
  const made = element("figure");
  const frame = element("div", "frame");
  const words = element("figcaption");
  tile.canvas = element("canvas");
  tile.mark = element("div", "mark");
  tile.mark.hidden = true;
  frame.append(tile.canvas, tile.mark);
  frame.onpointermove = event => pointed(view, frame, event);
  frame.onpointerdown = event => pointed(view, frame, event);
  frame.onpointerleave = event => event.pointerType !== "touch" && leave(view);
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
    if (tile.picture) canvas.getContext("2d").putImageData(coloured(tile), 0, 0);
    else
      canvas
        .getContext("2d")
        .drawImage(painted(entries(tile), width, height, palette(tile.signed ? "activations" : "magnitude", view.theme.name)), 0, 0);
  }
}

function coloured({ size: [height, width], values }) {
  const image = new ImageData(width, height);
  for (let i = 0, k = 0; i < values.length; i += 3, k += 4) image.data.set([values[i], values[i + 1], values[i + 2], 255], k);
  return image;
}

function entries({ values, limit, signed }) {
  const found = new Uint8Array(values.length);
  const high = limit || 1;
  for (let i = 0; i < values.length; i++) {
    const scaled = signed ? ZERO + (127 * values[i]) / high : 1 + (254 * values[i]) / high;
    found[i] = Math.max(1, Math.min(255, Math.round(scaled)));
  }
  return found;
}

function pointed(view, frame, event) {
  const box = frame.getBoundingClientRect();
  const within = (value, size) => Math.max(0, Math.min(0.9999, value / size));
  mark(
    view,
    { x: within(event.clientX - box.left, box.width), y: within(event.clientY - box.top, box.height) },
    { x: event.clientX, y: event.clientY },
  );
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
  showTip(view.tip, at, "the same place in each", lines);
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

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function pressed(view, event) {
  const step = STEPS[event.key];
  if (event.key === "Escape") leave(view);
  if (!step || !view.tiles.length) return;
  event.preventDefault();
  const first = view.tiles[0];
  const [height, width] = first.size;
  const [row, column] = view.place ? cellOf(first, view.place) : [height >> 1, width >> 1];
  const hold = (value, count) => (Math.max(0, Math.min(count - 1, value)) + 0.5) / count;
  const box = first.canvas.getBoundingClientRect();
  const place = { x: hold(column + step[0], width), y: hold(row + step[1], height) };
  mark(view, place, { x: box.left + place.x * box.width, y: box.top + place.y * box.height });
}
