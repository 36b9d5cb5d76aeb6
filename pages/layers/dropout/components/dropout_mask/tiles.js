// Plates: maps [C, H, W] (or units [K] as K maps of one cell) side by side on a canvas, and the cell under a point.
import { centred, outline, pixelCanvas, sized } from "../../../../shared/js/canvas.js";
import { segment } from "../../../../shared/js/chart.js";
import { element } from "../../../../shared/js/dom.js";
import { inkOn } from "../../../../shared/js/ink.js";
import { indexIn } from "../../../../shared/js/numbers.js";
import { entryOf } from "../../../../shared/js/palette.js";

const PLATE_GAP = 4;
const PLATE_EDGE = 3;

// Units in rows of equal cells; maps at the largest zoom that fits `room` pixels across and about as many down, without
// a gap in the last row where that costs next to nothing.
export function plateOf([count, height, width], room) {
  const vector = height * width === 1;
  if (vector) {
    const few = count <= 16;
    const gap = few ? 2 : 1;
    const fit = Math.floor((room - 2 * PLATE_EDGE + gap) / count) - gap;
    const wide = few ? Math.max(34, Math.min(52, fit)) : Math.max(12, Math.min(26, fit));
    return placed(count, { w: wide, h: few ? 30 : wide, gap, room });
  }
  let best = null;
  const tried = [];
  for (let columns = 1; columns <= count; columns++) {
    const zoom = (room - 2 * PLATE_EDGE - (columns - 1) * PLATE_GAP) / columns / width;
    const rows = Math.ceil(count / columns);
    const h = rows * (height * zoom + PLATE_GAP);
    if (!best || Math.abs(h - room) < Math.abs(best.h - room)) best = { columns, zoom, h };
    if (h <= room + height) tried.push({ columns, zoom });
  }
  const whole = zoom => (zoom >= 1 ? Math.floor(zoom) : zoom);
  const { columns, zoom } = tried.find(one => count % one.columns === 0 && whole(one.zoom) >= 0.9 * whole(best.zoom)) ?? best;
  return placed(count, { w: width * whole(zoom), h: height * whole(zoom), gap: PLATE_GAP, room, columns });
}

export function placed(count, { w, h, gap, room, columns = null }) {
  const across = columns ?? Math.max(1, Math.min(count, Math.floor((room - 2 * PLATE_EDGE + gap) / (w + gap))));
  const rows = Math.ceil(count / across);
  return { w, h, gap, columns: across, width: across * (w + gap) - gap + 2 * PLATE_EDGE, height: rows * (h + gap) - gap + 2 * PLATE_EDGE };
}

export function plateBox(plate, channel) {
  const x = PLATE_EDGE + (channel % plate.columns) * (plate.w + plate.gap);
  return { x, y: PLATE_EDGE + Math.floor(channel / plate.columns) * (plate.h + plate.gap), w: plate.w, h: plate.h };
}

// The flat index of the cell under a point of the canvas, or −1.
export function plateCell(plate, [count, height, width], { x, y }) {
  const column = Math.floor((x - PLATE_EDGE) / (plate.w + plate.gap));
  const row = Math.floor((y - PLATE_EDGE) / (plate.h + plate.gap));
  const channel = row * plate.columns + column;
  if (column < 0 || row < 0 || column >= plate.columns || channel >= count) return -1;
  const box = plateBox(plate, channel);
  const hold = (share, most) => indexIn(share * most, most);
  return (channel * height + hold((y - box.y) / box.h, height)) * width + hold((x - box.x) / box.w, width);
}

export function cellOf([, height, width], index) {
  const cells = height * width;
  const inside = index % cells;
  return { channel: Math.floor(index / cells), row: Math.floor(inside / width), column: inside % width };
}

function cellBox(plate, shape, index) {
  const { channel, row, column } = cellOf(shape, index);
  const box = plateBox(plate, channel);
  const w = box.w / shape[2];
  const h = box.h / shape[1];
  return { x: box.x + column * w, y: box.y + row * h, w, h };
}

// Paints every cell with pixelOf(index); `textOf` writes into cells that have room; crossed cells get a stroke through.
export function paintPlate(canvas, plate, shape, { pixelOf, textOf = null, crossed = null, theme }) {
  const [count, height, width] = shape;
  const context = sized(canvas, plate.width, plate.height);
  const cells = height * width;
  context.imageSmoothingEnabled = false;
  for (let channel = 0; channel < count; channel++) {
    const map = pixelCanvas(width, height, out => {
      for (let i = 0; i < cells; i++) out[i] = pixelOf(channel * cells + i);
    });
    const box = plateBox(plate, channel);
    context.drawImage(map, box.x, box.y, box.w, box.h);
    if (box.w >= 8) outline(context, box, theme.text, 1, 0.25);
    if (cells === 1 && textOf && box.w >= 34) {
      const style = { ink: inkOn(pixelOf(channel)), most: box.w - 2 };
      centred(context, theme, textOf(channel), { ...box, y: box.y + 0.5 }, style);
    }
    if (cells === 1 && crossed?.(channel) && box.w >= 12) strike(context, box, theme);
  }
}

function strike(context, { x, y, w, h }, theme) {
  segment(context, [x + 2, y + h - 2], [x + w - 2, y + 2], { colour: theme.text, width: 1, alpha: 0.55 });
}

// A frame around one cell, on a canvas that lies over the plate; none where index is −1.
export function markPlate(canvas, plate, shape, index, theme, pinned) {
  const context = sized(canvas, plate.width, plate.height);
  if (index < 0) return;
  const box = cellBox(plate, shape, index);
  const grow = Math.max(0, (5 - box.w) / 2);
  const grown = { x: box.x - grow, y: box.y - grow, w: box.w + 2 * grow, h: box.h + 2 * grow };
  outline(context, grown, theme.background, 4);
  outline(context, grown, pinned ? theme.primary : theme.text, 2);
}

// A value in −limit … limit as a palette's pixel; clipped beyond.
export function signedPixel(value, limit, pixels) {
  return pixels[entryOf(value, limit)];
}

export function largestSize(values) {
  let found = 0;
  for (const value of values) found = Math.max(found, Math.abs(value));
  return found;
}

export function largestAt(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i]) > Math.abs(values[best])) best = i;
  return best;
}

// A figure with its heading and two canvases: the plate, and what marks a cell on it.
export function plateFigure(heading, formula) {
  const figure = element("figure", "plate");
  const caption = element("figcaption");
  const box = element("div", "canvases");
  caption.append(element("b", "", heading), element("span", "mono formula", formula));
  box.append(element("canvas", "base"), element("canvas", "over"));
  figure.append(caption, box);
  return figure;
}
