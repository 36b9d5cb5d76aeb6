// The boxes of a diagram: what each does, some of its maps, its shape; and the lines between them.
import { colourPicture, painted, sized } from "../../../../shared/js/canvas.js";
import { seriesColour } from "../../../../shared/js/chart.js";
import { element } from "../../../../shared/js/dom.js";
import { colourOfKind } from "../../../../shared/js/kinds.js";
import { entriesOf, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { widthOf } from "./graph.js";
import { extentOf, labelsOf, lineOf, placed, shapeOf } from "./layout.js";

const SVG = "http://www.w3.org/2000/svg";
const SIGNS_OF = { addition: "+ ", multiplication: "× " };
const FLAT = 32; // pixels: the largest map where many rows stand under each other
const GAP = 2; // pixels between the maps of a box

export function makeBoxes(view) {
  view.boxes = view.nodes.map(node => {
    const box = element("div", "box");
    box.style.setProperty("--kind", colourOfKind(node.kind));
    const parts = element("div", "parts");
    if (node.starts.length > 1 && node.steps.length === 1)
      parts.replaceChildren(...node.inputs.map((place, index) => partOf(view, place, index)));
    else parts.hidden = true;
    box.append(element("b"), element("span", "does"), element("canvas"), parts, element("span", "shape mono"));
    return box;
  });
  view.boxesIn.replaceChildren(...view.boxes);
}

// One branch of a concatenation, as wide as its share of the channels.
function partOf(view, place, index) {
  const part = element("i");
  Object.assign(part.style, { flex: String(view.nodes[place].shape[0]), background: branchColour(index + 1) });
  return part;
}

export function branchColour(branch) {
  return seriesColour(branch - 1);
}

/** Puts everything where it belongs for the room there is. */
export function arrangeBoxes(view) {
  const scale = view.theme.scale ?? 1;
  view.whole.style.setProperty("--scale", String(scale));
  const shape = shapeOf(view.content, view.scroll.clientWidth, scale);
  const { low, high } = extentOf(view.content);
  const shallow = high > low || Boolean(document.documentElement.dataset.present); // so that it fits a projector
  const across = shape.down ? (shape.box < 96 ? 1 : 2) : shallow ? 3 : 2;
  const down = shape.down || shallow ? 1 : 2;
  const rows = !shape.down && high - low > 2;
  const flat = rows || view.nodes.every(node => !node.role && (node.kind === "input" || !node.detail));
  view.nodes.forEach((node, index) => fillBox(view, node, view.boxes[index], { width: shape.box, across, down, flat, rows }));
  const tall = Math.max(...view.boxes.map(box => box.offsetHeight));
  view.at = placed(view.content, shape, tall);
  view.at.boxes.forEach(({ x, y, w, h }, index) =>
    Object.assign(view.boxes[index].style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` }),
  );
  Object.assign(view.stage.style, { width: `${view.at.width}px`, height: `${view.at.height}px` });
  drawLines(view);
}

function fillBox(view, node, box, { width, across, down, flat, rows }) {
  const wide = width >= 8.6 * node.title.length * (view.theme.scale ?? 1) + 8;
  Object.assign(box.style, { width: `${width}px`, height: "auto" });
  const title = `${SIGNS_OF[node.kind] ?? ""}${wide ? node.title : node.short}`;
  const detail = node.kind === "input" ? "" : node.detail;
  box.querySelector("b").textContent = node.role || title;
  const does = box.querySelector(".does");
  does.textContent = (node.role ? [node.kind === "addition" ? node.title : title, detail].filter(Boolean).join(" · ") : detail) || "\u00a0";
  does.hidden = flat;
  box.querySelector(".shape").textContent = node.shape.slice(1).every(side => side === 1)
    ? say("numbers", { count: node.shape[0] })
    : node.shape.join("×");
  const inner = width - 14;
  const side = Math.min(rows ? FLAT : inner, Math.floor((inner - GAP * (across - 1)) / across));
  const canvas = box.querySelector("canvas");
  const context = sized(canvas, across * side + GAP * (across - 1), down * side + GAP * (down - 1));
  mosaicOf(view, node.steps.at(-1), context, { across, down, side });
}

// Some maps beside each other; what has one cell a channel is one field of all its cells.
function mosaicOf(view, step, context, { across, down, side }) {
  const [count, height, width] = step.maps;
  context.imageSmoothingEnabled = false;
  if (isPicture(step)) return drawPhoto(step, context, across * (side + GAP) - GAP, down * (side + GAP) - GAP);
  if (height * width === 1) return cellsOf(view, step, context, across * (side + GAP) - GAP, down * (side + GAP) - GAP);
  for (let slot = 0; slot < across * down; slot++) {
    const place = slotOf(slot, across * down, count);
    if (place === null) continue;
    const [x, y] = [(slot % across) * (side + GAP), Math.floor(slot / across) * (side + GAP)];
    context.drawImage(pictureOf(view, step, place), x, y, side, side);
  }
}

// What a network reads of a colour image: three planes around zero.
function isPicture(step) {
  return step.kind === "input" && step.shape[0] === 3 && step.channels.length === 3;
}

function drawPhoto(step, context, width, height) {
  const size = Math.min(width, height);
  const [, rows, columns] = step.maps;
  const planes = step.channels.map((_, place) => place).sort((a, b) => step.channels[a] - step.channels[b]);
  const ordered = new Float32Array(step.values.length);
  planes.forEach((place, plane) =>
    ordered.set(step.values.subarray(place * rows * columns, (place + 1) * rows * columns), plane * rows * columns),
  );
  context.drawImage(colourPicture(ordered, columns, rows, step.limit), (width - size) / 2, (height - size) / 2, size, size);
}

// Of more maps than there is room for, some from all over: so each branch of a concatenation shows one.
function slotOf(slot, slots, count) {
  if (count > slots) return Math.floor((slot * count) / slots);
  return slot < count ? slot : null;
}

function cellsOf(view, step, context, width, height) {
  const { values } = step;
  const columns = Math.ceil(Math.sqrt((values.length * width) / height));
  const rows = Math.ceil(values.length / columns);
  const entries = new Uint8Array(columns * rows);
  entries.set(entriesOf(values, step.limit, step.signed));
  context.drawImage(painted(entries, columns, rows, pixelsOf(view, step)), 0, 0, width, height);
}

function pixelsOf(view, step) {
  return palette(step.signed ? "activations" : "magnitude", view.theme.name);
}

/** One map as a small image. place: in the list of the channels that travelled. */
export function pictureOf(view, step, place) {
  const [, height, width] = step.maps;
  const map = step.values.subarray(place * height * width, (place + 1) * height * width);
  return painted(entriesOf(map, step.limit, step.signed), width, height, pixelsOf(view, step));
}

function drawLines(view) {
  const { edges } = view.content;
  view.paths = edges.map(edge => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", lineOf(edge, view.at, view.content));
    path.setAttribute("stroke-width", widthOf(edge, edges).toFixed(1));
    if (edge.branch) path.style.stroke = branchColour(edge.branch);
    return path;
  });
  const words = labelsOf(view.content, view.at).map(wordsOn);
  view.lines.setAttribute("width", view.at.width);
  view.lines.setAttribute("height", view.at.height);
  view.lines.replaceChildren(...view.paths, ...words);
}

function wordsOn({ x, y, text, anchor }) {
  const words = document.createElementNS(SVG, "text");
  words.setAttribute("x", String(x));
  words.setAttribute("y", String(y + 4));
  words.style.textAnchor = anchor;
  words.textContent = text;
  return words;
}
