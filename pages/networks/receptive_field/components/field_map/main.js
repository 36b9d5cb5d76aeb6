import { painted } from "../../../../shared/js/canvas.js";
import { element, perFrame } from "../../../../shared/js/dom.js";
import { memory } from "../../../../shared/js/memory.js";
import { floats, unpack } from "../../../../shared/js/packet.js";
import { palette } from "../../../../shared/js/palette.js";
import { sameTheme, themeOf } from "../../../../shared/js/theme.js";
import { arrange, paint } from "./paint.js";
import { listReached } from "./words.js";

const views = new WeakMap();
const SETTINGS = [
  ["gradient", "its gradient (effective field)"],
  ["dim", "dim what it does not see"],
  ["whole", "whole box, unclipped"],
];

export default function ({ data, parentElement, setStateValue }) {
  const { header, blob } = unpack(data);
  const view = views.get(parentElement) ?? created(parentElement, header);
  view.send = setStateValue;
  const theme = themeOf(parentElement);
  if (view.digest !== header.digest || !sameTheme(view.theme, theme)) load(view, header, blob, theme);
  arrange(view);
  view.whole.dataset.painted = header.digest;
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root, header) {
  const notes = memory(`field_map ${header.key}`);
  const find = name => root.querySelector(name);
  notes.gradient ??= true;
  notes.dim ??= true;
  notes.whole ??= false;
  const view = {
    root,
    notes,
    whole: find(".field-map"),
    picture: find(".picture"),
    map: find(".map"),
    settings: find(".settings"),
    caption: find("caption"),
    numbers: find(".numbers tbody"),
    reach: find(".reach"),
    details: find(".reached"),
    summary: find("summary"),
    lines: find(".lines tbody"),
    pictureWords: find(".picture-words"),
    mapWords: find(".map-words"),
  };
  settle(view);
  view.details.ontoggle = () => listReached(view);
  watch(view);
  view.observer = new ResizeObserver(perFrame(() => view.header && view.whole.clientWidth !== view.arrangedFor && arrange(view)));
  view.observer.observe(view.whole);
  views.set(root, view);
  return view;
}

function settle(view) {
  view.settings.replaceChildren(
    ...SETTINGS.map(([name, words]) => {
      const label = element("label");
      const input = element("input");
      input.type = "checkbox";
      input.name = name;
      input.checked = view.notes[name];
      input.onchange = () => {
        view.notes[name] = input.checked;
        paint(view);
      };
      label.append(input, element("span", "", words));
      return label;
    }),
  );
}

function load(view, header, blob, theme) {
  Object.assign(view, { header, theme, digest: header.digest, hovering: false, at: header.cell.slice(0, 2) });
  view.layer = header.layers.find(layer => layer.name === header.layer);
  view.values = floats(blob("values"), "float32");
  const [rows, columns] = view.layer.cells;
  const [height, width] = header.picture;
  view.mapImage = painted(blob("map"), columns, rows, palette(header.signed ? "activations" : "magnitude", theme.name));
  view.image = coloured(blob("picture"), width, height);
  view.gradient = painted(blob("gradient"), width, height, veil(palette("magnitude", theme.name)));
  if (view.notes.pixel && (view.notes.pixel[0] >= height || view.notes.pixel[1] >= width)) view.notes.pixel = null;
  view.pixel = view.notes.pixel ?? null;
  listReached(view);
}

function coloured(rgb, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = rgb[3 * i + k];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

// The stronger a gradient, the less of the picture shines through; entry 0, no gradient, covers nothing.
function veil(pixels) {
  return pixels.map((pixel, entry) => (entry === 0 ? 0 : ((Math.round(40 + (205 * entry) / 255) << 24) | (pixel & 0xffffff)) >>> 0));
}

function cellAt(view, event) {
  const box = view.map.getBoundingClientRect();
  const [rows, columns] = view.layer.cells;
  const hold = (value, count) => Math.max(0, Math.min(count - 1, Math.floor(value)));
  return [hold((event.clientY - box.top) / view.mapScale, rows), hold((event.clientX - box.left) / view.mapScale, columns)];
}

function pixelAt(view, event) {
  const box = view.picture.getBoundingClientRect();
  const { scale, x, y } = view.place;
  const [height, width] = view.header.picture;
  const row = Math.floor((event.clientY - box.top - y) / scale);
  const column = Math.floor((event.clientX - box.left - x) / scale);
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
  map.onkeydown = event => mapKeys(view, event);
  picture.onkeydown = event => pictureKeys(view, event);
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

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function mapKeys(view, event) {
  const step = STEPS[event.key];
  const [rows, columns] = view.layer.cells;
  if (step) toCell(view, [Math.max(0, Math.min(rows - 1, view.at[0] + step[0])), Math.max(0, Math.min(columns - 1, view.at[1] + step[1]))]);
  else if (event.key === "Enter" || event.key === " ") choose(view, view.at);
  else if (event.key === "Escape") toCell(view, view.header.cell.slice(0, 2));
  else return;
  event.preventDefault();
}

function pictureKeys(view, event) {
  const step = STEPS[event.key];
  const [height, width] = view.header.picture;
  const from = view.pixel ?? [height >> 1, width >> 1];
  const far = event.shiftKey ? 10 : 1;
  if (step)
    toPixel(view, [Math.max(0, Math.min(height - 1, from[0] + far * step[0])), Math.max(0, Math.min(width - 1, from[1] + far * step[1]))]);
  else if (event.key === "Enter" || event.key === " ") keep(view, from);
  else if (event.key === "Escape") keep(view, null);
  else return;
  event.preventDefault();
}
