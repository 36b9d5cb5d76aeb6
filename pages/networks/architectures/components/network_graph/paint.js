// Colours of the kinds of operation: a bar at the left of a box, and its legend.
import { outline, sized } from "../../../../shared/js/canvas.js";
import { colourOfKind } from "../../../../shared/js/kinds.js";
import { shapeText } from "../../../../shared/js/numbers.js";
import { HEAD, laidOut } from "./layout.js";
import { legend } from "./main.js";
import { darkest, shareOf } from "./shades.js";
import { around, neighbours } from "./tree.js";

const LETTER = 6.7; // pixels of a letter of a head, on average
const LEGIBLE = 5.5; // px: smaller text is left out
const DEEPEST = 0.38; // how much of the colour the largest box has: text on it stays legible

// What is drawn, on any surface: `pen` is a canvas (CanvasPen) or an SVG (SvgPen). World coordinates throughout.
export function drawAll(view, pen, seen) {
  drawWires(view, pen, laidOut(view, -1), 0, 0, seen);
  const most = darkest(view);
  for (const box of view.boxes) {
    if (seen && (box.x > seen.x1 || box.y > seen.y1 || box.x + box.w < seen.x0 || box.y + box.h < seen.y0)) continue;
    if (box.open) {
      drawFrame(view, pen, box);
      drawWires(view, pen, laidOut(view, box.id), box.x, box.y, seen);
      drawHead(view, pen, box); // over the line that comes in
    } else drawBox(view, pen, box, most);
  }
}

function drawFrame(view, pen, box) {
  const depth = around(view.tree, box.id).length;
  pen.box(box, 7, { fill: view.theme.text, alpha: depth % 2 ? 0.02 : 0.055, stroke: view.theme.text, line: 0.35 });
}

function drawHead(view, pen, box) {
  const item = view.tree.items[box.id];
  if (around(view.tree, box.id).length && HEAD * pen.zoom < 11) return;
  const words = `−  ${item.title}${item.count ? ` ×${item.count}` : ""}`;
  const wide = Math.min(box.w - 16, LETTER * words.length + 8);
  if (pen.zoom > 0.6) pen.box({ x: box.x + 6, y: box.y + 5, w: wide, h: 18 }, 4, { fill: view.theme.background, alpha: 1 });
  pen.text(words, box.x + 10, box.y + 14, {
    bold: true,
    most: box.w - 20,
    least: 12,
    room: box.w - 16,
  });
}

function drawBox(view, pen, box, most) {
  const { items } = view.tree;
  const item = items[box.id];
  const { theme } = view;
  const foldable = item.children.length > 0;
  const block = foldable && item.form !== "unit";
  if (item.count)
    for (const step of [6, 3])
      pen.box({ ...box, x: box.x + step, y: box.y - step }, 6, { fill: theme.background, alpha: 1, stroke: theme.text, line: 0.35 });
  pen.box(box, 6, { fill: theme.background, alpha: 1, stroke: theme.text, line: block ? 0.55 : 0.3 });
  const share = shareOf(view, item);
  if (share) pen.box(box, 6, { fill: theme.primary, alpha: (DEEPEST * share) / most });
  pen.box(pen.zoom < 0.35 ? box : { ...box, w: 5 }, 2, { fill: colourOfKind(item.kind), alpha: 1 });
  if (pen.zoom < 0.35) return;
  const badge = item.count ? `×${item.count}` : "";
  const right = box.x + box.w - 8;
  const room = box.w - 22 - (badge ? 26 : 0) - (block ? 14 : 0);
  pen.text(item.title, box.x + 13, box.y + 14, { bold: true, most: room });
  if (block) pen.text("+", right - (badge ? 26 : 0), box.y + 14, { bold: true, colour: theme.primary, right: true, most: 20 });
  if (badge) pen.text(badge, right, box.y + 14, { bold: true, colour: theme.primary, right: true, most: 30 });
  const shape = shapeText(item.shape);
  pen.text(shape, right, box.y + 32, { mono: true, right: true, most: box.w - 20 });
  if (item.form === "unit")
    item.children
      .slice(1)
      .forEach((child, i) =>
        pen.box({ x: box.x + 13 + 14 * i, y: box.y + 27, w: 10, h: 10 }, 2, { fill: colourOfKind(items[child].kind), alpha: 1 }),
      );
  else if (item.note && 6.2 * item.note.length <= box.w - 30 - 7.3 * shape.length)
    pen.text(item.note, box.x + 13, box.y + 32, { soft: true, most: box.w - 26 - 7.3 * shape.length }); // or not at all
  if (share)
    pen.box({ x: box.x + 5, y: box.y + box.h - 4, w: Math.max(1, (box.w - 5) * share), h: 4 }, 0, { fill: theme.primary, alpha: 1 });
}

function drawWires(view, pen, made, left, top, seen) {
  if (seen && (left > seen.x1 || top > seen.y1 || left + made.w < seen.x0 || top + made.h < seen.y0)) return;
  pen.wires(made.wires, left, top);
}

// ------------------------------------------------------------------------------------------------ on a canvas
class CanvasPen {
  constructor(context, theme, zoom) {
    this.context = context;
    this.theme = theme;
    this.zoom = zoom;
    context.textBaseline = "middle";
  }

  box({ x, y, w, h }, radius, { fill, alpha, stroke, line }) {
    const { context } = this;
    context.beginPath();
    if (radius && this.zoom > 0.25) context.roundRect(x, y, w, h, radius);
    else context.rect(x, y, w, h);
    context.globalAlpha = alpha;
    context.fillStyle = fill;
    context.fill();
    if (stroke) {
      context.globalAlpha = line;
      context.strokeStyle = stroke;
      context.lineWidth = Math.max(1, 0.7 / this.zoom);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  // least: never smaller than so many pixels on the screen, if there is room for it.
  text(words, x, y, { bold, mono, soft, right, colour, most, least, room }) {
    const { context, theme, zoom } = this;
    let size = 12.5;
    if (least && size * zoom < least) {
      if (room * zoom < 46) return;
      size = least / zoom;
    }
    if (size * zoom < LEGIBLE || most * zoom < 8) return;
    context.font = `${bold ? 650 : 400} ${size}px ${mono ? theme.code : theme.font}`;
    context.textAlign = right ? "right" : "left";
    context.globalAlpha = soft ? 0.8 : 1;
    context.fillStyle = colour ?? theme.text;
    context.fillText(this.fitted(words, most, size), x, y);
    context.globalAlpha = 1;
  }

  fitted(words, most, size) {
    if (words.length * size * 0.42 < most && this.context.measureText(words).width <= most) return words;
    let end = words.length;
    while (end > 1 && this.context.measureText(`${words.slice(0, end)}…`).width > most) end--;
    return `${words.slice(0, end).trimEnd()}…`;
  }

  wires(wires, left, top) {
    const { context, theme, zoom } = this;
    context.strokeStyle = context.fillStyle = theme.text;
    context.globalAlpha = 0.6;
    context.lineWidth = Math.max(1.2, 0.6 / zoom);
    context.beginPath();
    for (const one of wires) traced(context, one, left, top);
    context.stroke();
    if (zoom > 0.3) {
      context.beginPath();
      for (const one of wires) if (one.arrow) arrow(context, one, left, top);
      context.fill();
    }
    context.globalAlpha = 1;
  }
}

export function traced(context, one, left, top) {
  if (one.path) {
    one.path.forEach(([x, y], i) => (i ? context.lineTo(left + x, top + y) : context.moveTo(left + x, top + y)));
    return;
  }
  const middle = top + (one.bend + one.y2) / 2;
  context.moveTo(left + one.x1, top + one.y1);
  if (one.bend > one.y1) context.lineTo(left + one.x1, top + one.bend);
  if (Math.abs(one.x1 - one.x2) < 0.5) context.lineTo(left + one.x2, top + one.y2);
  else context.bezierCurveTo(left + one.x1, middle, left + one.x2, middle, left + one.x2, top + one.y2);
}

export function arrow(context, one, left, top) {
  const [x, y] = one.path ? one.path.at(-1) : [one.x2, one.y2];
  context.moveTo(left + x, top + y);
  context.lineTo(left + x - 3.5, top + y - 6);
  context.lineTo(left + x + 3.5, top + y - 6);
  context.closePath();
}

// ------------------------------------------------------------------------------------------------ on the screen
export function repaint(view) {
  const { stage, at, theme } = view;
  const width = stage.clientWidth;
  const height = stage.clientHeight;
  const context = sized(view.base, width, height);
  context.translate(at.x, at.y);
  context.scale(at.zoom, at.zoom);
  const seen = { x0: -at.x / at.zoom, y0: -at.y / at.zoom, x1: (width - at.x) / at.zoom, y1: (height - at.y) / at.zoom };
  drawAll(view, new CanvasPen(context, theme, at.zoom), seen);
  paintOver(view);
  legend(view);
  stage.dataset.painted = view.header.digest;
  Object.assign(stage.dataset, { boxes: view.boxes.length, open: view.open.size, zoom: at.zoom.toFixed(3) });
}

// What is pointed at, chosen or found: its frame, and straight lines from what it reads and to who reads it.
export function paintOver(view) {
  const { stage, at, theme } = view;
  const context = sized(view.over, stage.clientWidth, stage.clientHeight);
  const active = view.hover ?? view.cursor;
  context.translate(at.x, at.y);
  context.scale(at.zoom, at.zoom);
  const line = 2 / Math.min(1, at.zoom);
  if (view.match !== null && view.placed.has(view.match)) outline(context, view.placed.get(view.match), "#d0701c", 2 * line);
  if (active === null || !view.placed.has(active)) return;
  const box = view.placed.get(active);
  const { sources, followers } = neighbours(view, active);
  if (!box.open) {
    context.strokeStyle = theme.primary;
    context.lineWidth = line * 0.8;
    for (const [other, up] of [...sources.map(id => [id, true]), ...followers.map(id => [id, false])]) {
      const there = view.placed.get(other);
      if (!there) continue;
      outline(context, there, theme.primary, line, 0.65);
      if (up ? there.y + there.h < box.y && Math.abs(there.x - box.x) < 900 : false) link(context, there, box);
    }
  }
  outline(context, box, theme.primary, line);
}

function link(context, above, below) {
  const x1 = above.x + above.w / 2;
  const x2 = below.x + below.w / 2;
  const y1 = above.y + above.h;
  const y2 = below.y;
  context.globalAlpha = 0.55;
  context.beginPath();
  context.moveTo(x1, y1);
  context.bezierCurveTo(x1, (y1 + y2) / 2, x2, (y1 + y2) / 2, x2, y2);
  context.stroke();
  context.globalAlpha = 1;
}
