import { hatch, outline, ring, sized } from "../../../../shared/js/canvas.js";
import { heightFor } from "../../../../shared/js/projector.js";
import { boxOf, clippedBox, framing, reachedBy } from "./geometry.js";
import { describe } from "./words.js";

const SIDE = 420;
const LEAST = 12;

function sideOf(view, canvas) {
  return Math.max(120, heightFor(view.whole, canvas, Math.min(SIDE, canvas.parentElement.clientWidth)));
}

export function paint(view) {
  const { notes } = view;
  const [row, column] = view.at;
  view.box = boxOf(view.layer, row, column);
  paintPicture(view);
  paintMap(view);
  describe(view);
  view.whole.dataset.cell = `${row}/${column}`;
  view.whole.dataset.pixel = view.pixel ? view.pixel.join("/") : "";
  view.whole.dataset.shown = notes.whole ? "whole" : "clipped";
}

function paintPicture(view) {
  const { picture: canvas, header, theme, notes } = view;
  const side = sideOf(view, canvas);
  const [height, width] = header.picture;
  const place = (view.place = framing(view, side));
  const context = sized(canvas, place.w, place.h);
  context.fillStyle = theme.name === "dark" ? "#20262f" : "#eceff3";
  context.fillRect(0, 0, place.w, place.h);
  context.imageSmoothingEnabled = place.scale < 1;
  const at = [place.x, place.y, width * place.scale, height * place.scale];
  context.drawImage(view.image, ...at);
  const box = clippedBox(view.box, header.picture);
  const onCanvas = rectangle(place, box);
  if (notes.dim && !view.hovering) shade(context, at, onCanvas, theme);
  if (notes.gradient) context.drawImage(view.gradient, ...at);
  drawBoxes(view, context, place, onCanvas);
  if (view.pixel) {
    const [row, column] = view.pixel;
    const size = Math.max(LEAST, place.scale);
    const middle = [place.x + (column + 0.5) * place.scale, place.y + (row + 0.5) * place.scale];
    ring(context, { x: middle[0] - size / 2, y: middle[1] - size / 2, w: size, h: size }, theme, theme.text, 2);
  }
}

function rectangle(place, box) {
  return {
    x: place.x + box.left * place.scale,
    y: place.y + box.top * place.scale,
    w: (box.right - box.left) * place.scale,
    h: (box.bottom - box.top) * place.scale,
  };
}

function shade(context, /** @type {any} */ [x, y, w, h], box, theme) {
  context.save();
  context.beginPath();
  context.rect(x, y, w, h);
  context.rect(box.x, box.y, box.w, box.h);
  context.clip("evenodd");
  context.globalAlpha = 0.62;
  context.fillStyle = theme.background;
  context.fillRect(x, y, w, h);
  context.restore();
}

// The clipped box solid; the whole one dashed, where it goes beyond the image and is asked for.
function drawBoxes(view, context, place, clipped) {
  const { theme, notes } = view;
  if (clipped.w > 0 && clipped.h > 0) ring(context, inset(clipped, 1.5), theme, theme.primary, 2);
  if (!notes.whole) return;
  const whole = inset(rectangle(place, view.box), 1.5);
  context.save();
  context.setLineDash([6, 4]);
  outline(context, whole, theme.text, 1.5);
  context.restore();
}

function inset(box, by) {
  return { x: box.x + by, y: box.y + by, w: Math.max(2, box.w - 2 * by), h: Math.max(2, box.h - 2 * by) };
}

function paintMap(view) {
  const { map: canvas, theme, layer, header } = view;
  const [rows, columns] = layer.cells;
  const side = sideOf(view, canvas);
  const scale = (view.mapScale = side / Math.max(rows, columns));
  const context = sized(canvas, columns * scale, rows * scale);
  context.imageSmoothingEnabled = scale < 1;
  context.drawImage(view.mapImage, 0, 0, columns * scale, rows * scale);
  if (view.pixel) {
    const found = reachedBy(layer, view.pixel);
    if (!found.empty) {
      const box = {
        x: found.left * scale,
        y: found.top * scale,
        w: (found.right - found.left) * scale,
        h: (found.bottom - found.top) * scale,
      };
      hatch(context, box, theme);
      ring(context, inset(box, 1.5), theme, theme.text, 2);
    }
  }
  const cells = [[view.at, theme.primary, 3], ...(view.hovering ? [[header.cell, theme.primary, 1.5]] : [])];
  for (const [[row, column], colour, line] of cells) {
    const size = Math.max(LEAST, scale);
    const x = (column + 0.5) * scale - size / 2;
    const y = (row + 0.5) * scale - size / 2;
    ring(context, inset({ x, y, w: size, h: size }, line / 2), theme, colour, line);
  }
}
