// Beside the mosaic: the map under the pointer, enlarged, and what its cell sees of the image.
import { outline, ring, sharpness, sized } from "../../js/canvas.js";
import { number } from "../../js/numbers.js";
import { say } from "../../js/say.js";
import { BESIDE } from "./grid.js";
import { limitOf, peak, pictureOf, valueAt, valueText } from "./model.js";
import { activeCell } from "../../js/tiles.js";

export function paintSide(view) {
  const cell = shownCell(view);
  const vector = view.model.meta.vector;
  const { gradient } = view.model;
  view.lens.hidden = !cell || vector;
  view.slopes.hidden = !cell || vector || !gradient;
  view.photo.hidden = !cell || !view.model.photo;
  if (!cell) return;
  if (!vector) paintLens(view, view.lens, view.model, cell);
  if (!vector && gradient) paintLens(view, view.slopes, gradient, cell);
  if (view.model.photo) paintPhoto(view, cell);
}

// What the side shows: the cell under the pointer or the keys, else the chosen one, else the first map's strongest.
export function shownCell(view) {
  const { page, model, selected } = view;
  const active = activeCell(view);
  if (active) return { slot: active.slot, channel: page[active.slot], row: active.row, column: active.column };
  if (!page.length) return null;
  const channel = selected && page.includes(selected.channel) ? selected.channel : page[0];
  const known = selected && selected.channel === channel && Number.isInteger(selected.row);
  const cell = known ? { channel, row: selected.row, column: selected.column ?? 0 } : peak(model, channel);
  return { slot: page.indexOf(channel), ...cell };
}

function sideWidth(view) {
  const wide = view.side.clientWidth || 208;
  const count = Math.max(2, [view.lens, view.slopes, view.photo].filter(figure => !figure.hidden).length);
  const part = Math.floor((wide - 12 * (count - 1)) / count);
  return view.beside ? Math.min(part, BESIDE) : view.narrow ? part : wide;
}

function paintLens(view, figure, model, cell) {
  const { theme, notes } = view;
  const wide = sideWidth(view);
  const scale = Math.min(wide / model.width, wide / model.height);
  const sharp = sharpness();
  const zoom = scale * sharp >= 1 ? Math.floor(scale * sharp) / sharp : scale;
  const w = model.width * zoom;
  const h = model.height * zoom;
  const context = sized(figure.querySelector("canvas"), w + 2, h + 2);
  context.translate(1, 1);
  context.imageSmoothingEnabled = w < model.width;
  context.drawImage(pictureOf(model, cell.channel, limitOf(model, notes, cell.channel), theme), 0, 0, w, h);
  crosshair(context, { x: cell.column * zoom, y: cell.row * zoom, size: Math.max(zoom, 3), w, h }, theme);
  outline(context, { x: 0, y: 0, w, h }, theme.text, 1, 0.3);
  const value = valueText(valueAt(model, cell.channel, cell.row, cell.column), model);
  figure.querySelector("figcaption").textContent = model.meta.of
    ? say("gradient_there", { value, limit: number(limitOf(model, notes, cell.channel)) })
    : say("lens", { channel: cell.channel, row: cell.row, column: cell.column, value });
}

function crosshair(context, { x, y, size, w, h }, theme) {
  const middleX = x + size / 2;
  const middleY = y + size / 2;
  for (const [colour, line] of [
    [theme.background, 3],
    [theme.text, 1],
  ]) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.globalAlpha = line === 3 ? 0.55 : 1;
    context.beginPath();
    for (const [x0, y0, x1, y1] of [
      [0, middleY, x, middleY],
      [x + size, middleY, w, middleY],
      [middleX, 0, middleX, y],
      [middleX, y + size, middleX, h],
    ]) {
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
  ring(context, { x, y, w: size, h: size }, theme, theme.text, 1.5);
}

// The receptive field as a box on the image; what lies outside is dimmed, padding is said in words.
function paintPhoto(view, cell) {
  const { model, theme } = view;
  const [height, width] = model.meta.picture;
  const wide = sideWidth(view);
  const scale = Math.min(wide / width, wide / height);
  const w = width * scale;
  const h = height * scale;
  const context = sized(view.photo.querySelector("canvas"), w + 2, h + 2);
  context.translate(1, 1);
  context.imageSmoothingEnabled = scale < 1;
  context.drawImage(model.photo, 0, 0, w, h);
  const seen = fieldOf(model.meta.field, cell, height, width);
  if (seen) {
    const box = { x: seen.left * scale, y: seen.top * scale, w: (seen.right - seen.left) * scale, h: (seen.bottom - seen.top) * scale };
    dimOutside(context, box, w, h, theme);
    ring(context, within(box, w, h), theme, theme.primary, 2);
  }
  view.photo.querySelector("figcaption").textContent = fieldText(model.meta.field, seen);
}

// The box, moved in where its frame would leave the image, and never so small that the frame would hide it.
function within(box, w, h) {
  const wide = Math.min(Math.max(box.w, 8), w - 6);
  const high = Math.min(Math.max(box.h, 8), h - 6);
  const held = (start, size, kept, most) => Math.max(3, Math.min(start + (size - kept) / 2, most - 3 - kept));
  return { x: held(box.x, box.w, wide, w), y: held(box.y, box.h, high, h), w: wide, h: high };
}

function dimOutside(context, box, w, h, theme) {
  context.save();
  context.globalAlpha = 0.45;
  context.fillStyle = theme.background;
  context.beginPath();
  context.rect(0, 0, w, h);
  context.rect(box.x, box.y, box.w, box.h);
  context.fill("evenodd");
  context.restore();
}

// First and one-past-last input pixel on both axes, clipped to the image, and whether padding was read.
function fieldOf(field, { row, column }, height, width) {
  if (!field) return null;
  const span = ([size, stride, padding, table], index) =>
    table ? table[index] : [index * stride - padding, index * stride - padding + size];
  const whole = field.status !== "exact";
  const [top, bottom] = whole ? [0, height] : span(field.rows, row);
  const [left, right] = whole ? [0, width] : span(field.columns, column);
  const clip = (value, most) => Math.max(0, Math.min(value, most));
  return {
    top: clip(top, height),
    bottom: clip(bottom, height),
    left: clip(left, width),
    right: clip(right, width),
    size: [bottom - top, right - left],
    padded: top < 0 || left < 0 || bottom > height || right > width,
  };
}

function fieldText(field, seen) {
  if (!field || field.status === "unknown") return field?.note ? say("field_unknown", { note: field.note }) : say("what_is_seen");
  if (field.status === "whole") return say("whole_image");
  const [height, width] = seen.size;
  const { top, left } = seen;
  return say(seen.padded ? "field_padded" : "field", { height, width, top, bottom: seen.bottom - 1, left, right: seen.right - 1 });
}

// The image arrives as PNG; nothing waits for it.
export function loadPhoto(view, bytes) {
  const { model } = view;
  if (!bytes.length) return;
  createImageBitmap(new Blob([bytes], { type: "image/png" })).then(bitmap => {
    model.photo = bitmap;
    if (view.model === model) paintSide(view);
  });
}
