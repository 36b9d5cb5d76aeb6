// The two boards of nine patches, and the image that the chosen one was cut out of.
import { doubleFrame, ring, sized } from "../../../../shared/js/canvas.js";
import { number } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";

const GAP = 6;
const ACROSS = 3;
const LINE = 16; // under a patch: its value

function plan(view, end) {
  const room = view[end].clientWidth;
  const side = Math.floor((room - GAP * (ACROSS - 1)) / ACROSS);
  return { room, side, rows: Math.ceil(view.header[end].length / ACROSS) };
}

// What a tile shows of its image: the unit's field, or the whole image where the field is as large.
function shown(view, tile) {
  const [height, width] = view.header.size;
  const [top, left, bottom, right] = tile.box;
  const side = Math.max(bottom - top, right - left);
  if (view.header.whole || side >= Math.min(height, width)) return { x: 0, y: 0, w: width, h: height };
  return { x: (left + right - side) / 2, y: (top + bottom - side) / 2, w: side, h: side };
}

// The part of an image at a place; what lies beyond its border stays as it is.
function paintPart(context, view, tile, part, box) {
  const [height, width] = view.header.size;
  const left = Math.max(0, part.x);
  const top = Math.max(0, part.y);
  const right = Math.min(width, part.x + part.w);
  const bottom = Math.min(height, part.y + part.h);
  if (right <= left || bottom <= top) return;
  const scale = box.w / part.w;
  context.imageSmoothingEnabled = scale < 1 || width > 64;
  context.drawImage(
    view.strip,
    tile.image * width + left,
    top,
    right - left,
    bottom - top,
    box.x + (left - part.x) * scale,
    box.y + (top - part.y) * scale,
    (right - left) * scale,
    (bottom - top) * scale,
  );
}

export function paintBoard(view, end) {
  const { room, side, rows } = plan(view, end);
  const context = sized(view[end].firstElementChild, room, rows * (side + LINE + GAP));
  context.font = `12px ${view.theme.code || view.theme.font}`;
  context.textAlign = "center";
  view.header[end].forEach((tile, index) => {
    const box = { x: (index % ACROSS) * (side + GAP), y: Math.floor(index / ACROSS) * (side + LINE + GAP), w: side, h: side };
    context.save();
    context.globalAlpha = 0.08;
    context.fillStyle = view.theme.text;
    context.fillRect(box.x, box.y, side, side);
    context.restore();
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, side, side);
    context.clip();
    paintPart(context, view, tile, shown(view, tile), box);
    context.restore();
    if (end === view.end && index === view.index)
      ring(context, { x: box.x + 2, y: box.y + 2, w: side - 4, h: side - 4 }, view.theme, view.theme.primary, 2.5);
    context.fillStyle = view.theme.text;
    context.fillText(number(tile.value, 3), box.x + side / 2, box.y + side + 13);
  });
}

export function chooseIn(view, end, { x, y }) {
  const { side } = plan(view, end);
  const column = Math.min(ACROSS - 1, Math.max(0, Math.floor(x / (side + GAP))));
  return Math.max(0, Math.floor(y / (side + LINE + GAP))) * ACROSS + column;
}

export function paintLens(view) {
  const [height, width] = view.header.size;
  const tile = view.header[view.end][view.index];
  const across = Math.min(view.title.clientWidth, view.narrow ? 280 : view.room);
  const context = sized(view.lens, across, (across * height) / width);
  paintPart(context, view, tile, { x: 0, y: 0, w: width, h: height }, { x: 0, y: 0, w: across });
  const scale = across / width;
  const [top, left, bottom, right] = tile.box;
  if (!view.header.whole) {
    const clipped = { x: Math.max(0, left), y: Math.max(0, top), r: Math.min(width, right), b: Math.min(height, bottom) };
    doubleFrame(
      context,
      {
        x: clipped.x * scale + 1,
        y: clipped.y * scale + 1,
        w: (clipped.r - clipped.x) * scale - 2,
        h: (clipped.b - clipped.y) * scale - 2,
      },
      view.theme,
      { colour: view.theme.primary },
    );
  }
  view.title.textContent = tile.title;
  view.lens.setAttribute("aria-label", say("lens", { title: tile.title }));
  view.facts.textContent = factsOf(view, tile, { height: bottom - top, width: right - left });
}

function factsOf({ header, pinned }, tile, { height, width }) {
  const value = number(tile.value, 5);
  const [row, column] = tile.cell;
  if (header.vector) return say(pinned ? "whole_image_kept" : "whole_image", { value });
  if (header.whole) return say(pinned ? "sees_all_kept" : "sees_all", { value, row, column });
  return say(pinned ? "sees_kept" : "sees", { value, row, column, height, width });
}
