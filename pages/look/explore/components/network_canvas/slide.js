// The canvas as it stands, to take away: at the size of a slide, with its title, its colours in numbers and its caption.
import { ring, wash } from "../../../../shared/js/canvas.js";
import { number } from "../../../../shared/js/numbers.js";
import { palette, cssColour } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { cellBox } from "./layout.js";
import { limitOf } from "./model.js";
import { selectedTile } from "./overlay.js";
import { paintPart } from "./paint.js";
import { SvgContext } from "./svg.js";

const WIDE = 1920;
const LONGEST = 8000; // pixels that a browser's canvas has for certain
const EDGE = 24; // of the page, in the canvas's own pixels
const HEAD = 58;

/** Saves it: "png" or "svg". */
export function save(view, kind) {
  const { width, height } = sizeOf(view);
  const scale = Math.min(Math.max(WIDE / width, 1), LONGEST / width);
  const name = `${(view.header.layout.title || "network").replaceAll(/[^\p{L}\p{N}]+/gu, "_")}.${kind}`;
  if (kind === "svg") {
    const context = new SvgContext(width, height);
    paintSlide(context, view, { width, height });
    return given(new Blob([context.text()], { type: "image/svg+xml" }), name);
  }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  paintSlide(context, view, { width, height });
  return new Promise(done => canvas.toBlob(blob => done(given(blob, name)), "image/png"));
}

function given(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function sizeOf({ plan, stage }) {
  return { width: plan.width + 2 * EDGE, height: HEAD + stage.offsetHeight + 44 };
}

function paintSlide(context, view, { width, height }) {
  const { theme, plan } = view;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height);
  context.save();
  context.translate(EDGE, 0);
  line(context, theme, view.header.layout.title, { x: 0, y: 27, size: 20, weight: 650 });
  colours(context, view);
  line(context, theme, view.header.caption ?? "", { x: 0, y: height - 14, size: 13 });
  context.restore();
  context.save();
  context.translate(EDGE, HEAD);
  paintPart(context, view, 0, plan.width);
  const chosen = selectedTile(view);
  if (chosen) ring(context, cellBox(chosen.column, chosen.index), theme, theme.primary, 3);
  for (const part of view.legends.children) paintWords(context, view, part);
  context.restore();
}

function colours(context, view) {
  const { theme, model } = view;
  const pixels = palette("activations", theme.name);
  for (let i = 0; i < 127; i++) {
    context.fillStyle = cssColour(pixels[1 + 2 * i]);
    context.fillRect(i, 38, 1.5, 10);
  }
  const chosen = selectedTile(view)?.column.layer;
  const known = chosen && chosen.kind !== "input";
  const said = [];
  if (model.second) said.push(sideInWords(model));
  if (known) said.push(say("range_in", { limit: number(limitOf(model, chosen)), layer: chosen.key }));
  line(context, theme, [...said, view.note.textContent].join("; "), { x: 136, y: 47, size: 12 });
}

function sideInWords({ second, at }) {
  const [a, b] = second.names;
  if (at === 2) return say("sides_apart", { a, b });
  return at ? say("side_b", { name: b }) : say("side_a", { name: a });
}

// A legend or a column's name where the page shows it, line by line as the page breaks it.
function paintWords(context, view, part) {
  const { theme, stage } = view;
  const at = stage.getBoundingClientRect();
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  if (part.classList.contains("legend")) {
    wash(context, { x: part.offsetLeft, y: part.offsetTop, w: part.offsetWidth, h: 2 }, theme.text, 0.22);
  }
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.classList.contains("sign")) continue;
    const { fontFamily, fontWeight } = getComputedStyle(node.parentElement);
    for (const piece of linesOf(node, range)) {
      const [x, y] = [piece.left - at.left, piece.top - at.top + 12];
      line(context, theme, piece.text, { x, y, size: 12, weight: Number(fontWeight) > 500 ? 650 : 400, family: fontFamily });
    }
  }
}

function linesOf(node, range) {
  const lines = [];
  for (let i = 0; i < node.length; i++) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const box = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last && Math.abs(last.top - box.top) < 4) last.text += node.data[i];
    else lines.push({ text: node.data[i], left: box.left, top: box.top });
  }
  return lines;
}

function line(context, theme, text, { x, y, size, weight = 400, family = theme.font }) {
  Object.assign(context, { font: `${weight} ${size}px ${family}`, fillStyle: theme.text, textAlign: "left", textBaseline: "alphabetic" });
  context.fillText(text, x, y);
}
