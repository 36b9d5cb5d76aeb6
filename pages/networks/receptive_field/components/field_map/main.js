import { painted, photoCanvas } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { cellIn, onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { paint } from "./paint.js";
import { listReached } from "./words.js";

const SETTINGS = ["gradient", "dim", "whole"];

export default mount({
  whole: ".field-map",
  narrow: 760,
  parts: "picture map settings reach",
  painted: "whole",
  notes: header => `field_map ${header.key}`,
  create: setUp,
  load,
  draw(view) {
    colour(view);
    paint(view);
  },
});

function setUp(view) {
  const { notes } = view;
  notes.gradient ??= true;
  notes.dim ??= true;
  notes.whole ??= false;
  const found = { caption: "caption", numbers: ".numbers tbody", details: ".reached", summary: "summary", lines: ".lines tbody" };
  for (const [name, selector] of Object.entries(found)) view[name] = view.find(selector);
  view.pictureWords = view.find(".picture-words");
  view.mapWords = view.find(".map-words");
  settle(view);
  view.details.ontoggle = () => listReached(view);
  watch(view);
}

function settle(view) {
  view.settings.replaceChildren(
    ...SETTINGS.map(name => {
      const label = element("label");
      const input = element("input");
      input.type = "checkbox";
      input.name = name;
      input.checked = view.notes[name];
      input.onchange = () => {
        view.notes[name] = input.checked;
        paint(view);
      };
      label.append(input, element("span", "", say(name)));
      return label;
    }),
  );
}

function load(view, /** @type {import("../../../../shared/js/packets").FieldMapPacket} */ header, blob) {
  Object.assign(view, { hovering: false, at: header.cell.slice(0, 2) });
  view.layer = header.layers.find(layer => layer.name === header.layer);
  view.values = floats(blob("values"), "float32");
  const [height, width] = header.picture;
  view.image = photoCanvas(blob("picture"), width, height);
  view.entries = { map: blob("map"), gradient: blob("gradient") };
  if (view.notes.pixel && (view.notes.pixel[0] >= height || view.notes.pixel[1] >= width)) view.notes.pixel = null;
  view.pixel = view.notes.pixel ?? null;
  listReached(view);
}

// The map and the gradient in the colours of the theme.
function colour(view) {
  const { header, entries, theme } = view;
  const [rows, columns] = view.layer.cells;
  const [height, width] = header.picture;
  view.mapImage = painted(entries.map, columns, rows, palette(header.signed ? "activations" : "magnitude", theme.name));
  view.gradient = painted(entries.gradient, width, height, veil(palette("magnitude", theme.name)));
}

// The stronger a gradient, the less of the image shines through; entry 0, no gradient, covers nothing.
function veil(pixels) {
  return pixels.map((pixel, entry) => (entry === 0 ? 0 : ((Math.round(40 + (205 * entry) / 255) << 24) | (pixel & 0xffffff)) >>> 0));
}

function cellAt(view, event) {
  const { row, column } = cellIn(view.map, event, view.layer.cells[0], view.layer.cells[1]);
  return [row, column];
}

function pixelAt(view, event) {
  const at = placeIn(view.picture, event);
  const { scale, x, y } = view.place;
  const [height, width] = view.header.picture;
  const row = Math.floor((at.y - y) / scale);
  const column = Math.floor((at.x - x) / scale);
  return row < 0 || column < 0 || row >= height || column >= width ? null : [row, column];
}

function watch(view) {
  const { map, picture } = view;
  map.onpointermove = event => toCell(view, cellAt(view, event));
  map.onpointerleave = () => toCell(view, view.header.cell.slice(0, 2));
  map.onclick = event => choose(view, cellAt(view, event));
  picture.onpointermove = event => toPixel(view, pixelAt(view, event) ?? view.notes.pixel ?? null);
  picture.onpointerleave = () => toPixel(view, view.notes.pixel ?? null);
  picture.onclick = event => keep(view, pixelAt(view, event));
  bindKeys(view);
}

function toCell(view, /** @type {any} */ [row, column]) {
  if (view.at[0] === row && view.at[1] === column) return;
  view.at = [row, column];
  view.hovering = row !== view.header.cell[0] || column !== view.header.cell[1];
  paint(view);
}

function choose(view, /** @type {any} */ [row, column]) {
  view.at = [row, column];
  paint(view);
  if (row === view.header.cell[0] && column === view.header.cell[1]) return;
  view.send("pick", { layer: view.header.layer, row, column, at: Date.now() });
}

function toPixel(view, pixel) {
  if (String(view.pixel) === String(pixel)) return;
  view.pixel = pixel;
  paint(view);
}

function keep(view, pixel) {
  view.notes.pixel = pixel;
  view.pixel = pixel;
  paint(view);
  listReached(view);
}

function bindKeys(view) {
  onKeys(view.map, {
    Arrow(down, right) {
      const [rows, columns] = view.layer.cells;
      toCell(view, [clamp(view.at[0] + down, 0, rows - 1), clamp(view.at[1] + right, 0, columns - 1)]);
    },
    Enter: () => choose(view, view.at),
    " ": () => choose(view, view.at),
    Escape: () => toCell(view, view.header.cell.slice(0, 2)),
  });
  const from = () => view.pixel ?? view.header.picture.map(side => side >> 1);
  onKeys(view.picture, {
    Arrow(down, right, event) {
      const [height, width] = view.header.picture;
      const [row, column] = from();
      const far = event.shiftKey ? 10 : 1;
      toPixel(view, [clamp(row + far * down, 0, height - 1), clamp(column + far * right, 0, width - 1)]);
    },
    Enter: () => keep(view, from()),
    " ": () => keep(view, from()),
    Escape: () => keep(view, null),
  });
}
