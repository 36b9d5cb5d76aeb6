import { pixelCanvas, rgbPixel, sized } from "../../js/canvas.js";
import { heightFor } from "../../js/projector.js";
import { entryOf, palette } from "../../js/palette.js";

const GAP = 6;
const LABEL = 18;
const HEADING = 24;
const RIM = 3; // RIM: room for the frame of the outermost ones

// One image's 32-bit pixels: as stored, or normalised: grey ones around zero, colour ones from −limit to limit.
export function inked(view, item, normalised) {
  const { channels, height, width, limit } = view;
  const plane = height * width;
  const start = item * channels * plane;
  const grey = channels === 1;
  const colours = grey && normalised ? palette("activations", view.theme.name) : null;
  return pixelCanvas(width, height, out => {
    for (let i = 0; i < plane; i++) {
      const levels = [0, 1, 2].map(c => view.pixels[start + (grey ? 0 : c) * plane + i]);
      if (colours) out[i] = colours[entryOf(normal(view, levels[0], 0), limit)];
      else if (!normalised) out[i] = rgbPixel(levels[0], levels[1], levels[2]);
      else {
        const [r, g, b] = levels.map((level, c) => Math.round(127.5 + (127.5 * normal(view, level, c)) / limit));
        out[i] = rgbPixel(r, g, b);
      }
    }
  });
}

export function normal(view, level, channel) {
  return (level / 255 - view.header.mean[channel]) / view.header.std[channel];
}

function broad(width, columns) {
  return Math.floor((width - 2 * RIM - GAP * (columns - 1)) / columns);
}

// So high that all rows stand in a projector's window.
function high(view, rows) {
  const grid = view.find(".grid");
  const taken = rows.reduce((sum, row) => sum + GAP + (row.title ? HEADING + 4 : 0), RIM);
  return Math.floor((heightFor(grid, grid, taken + 96 * rows.length) - taken) / rows.length);
}

// Where each image stands: rows of equal columns, or one row that flows.
function arranged(view, width) {
  const { rows, columns } = view.header;
  const flowing = columns === 0;
  const longest = Math.max(view.height, view.width);
  const natural = longest <= 40 ? 2 * longest : longest <= 80 ? longest : 80;
  const across = flowing ? Math.max(1, Math.floor((width - 2 * RIM + GAP) / (natural + GAP))) : columns;
  const size = flowing ? natural : Math.max(20, Math.min(96, broad(width, columns), high(view, rows)));
  const places = [];
  const headings = [];
  let top = RIM;
  let item = 0;
  for (const row of rows) {
    if (row.title) {
      headings.push({ text: row.title, top });
      top += HEADING;
    }
    for (let i = 0; i < row.count; i++, item++) {
      const line = Math.floor(i / across);
      const column = i % across;
      places.push({ x: RIM + column * (size + GAP), y: top + line * (size + (flowing ? LABEL : 0) + GAP), normalised: row.normalised });
    }
    top += Math.ceil(row.count / across) * (size + (flowing ? LABEL : 0) + GAP) + (row.title ? 4 : 0);
  }
  return { places, headings, size, across, height: top, flowing };
}

export function paintSheet(view) {
  const width = view.gridWidth;
  const plan = (view.plan = arranged(view, width));
  const context = sized(view.find(".maps"), width, plan.height);
  context.imageSmoothingEnabled = plan.size < view.height;
  context.fillStyle = view.theme.text;
  context.textBaseline = "alphabetic";
  context.font = `600 13px ${view.theme.font}`;
  for (const { text, top } of plan.headings) context.fillText(text, RIM, top + 15, width);
  context.font = `12px ${view.theme.font}`;
  plan.places.forEach((place, item) => {
    context.drawImage(inked(view, item, place.normalised), place.x, place.y, plan.size, plan.size);
    if (plan.flowing) context.fillText(shortened(context, view.header.items[item].label, plan.size), place.x, place.y + plan.size + 14);
  });
  sized(view.find(".over"), width, plan.height);
  view.find(".grid").style.height = `${plan.height}px`;
}

function shortened(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let kept = text;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > room) kept = kept.slice(0, -1);
  return `${kept}…`;
}

export function itemAt(view, { x, y }) {
  const { places, size, flowing } = view.plan;
  const deep = size + (flowing ? LABEL : 0);
  return places.findIndex(place => x >= place.x && x < place.x + size && y >= place.y && y < place.y + deep);
}

// A frame around the one that is shown; in rows, thin frames around the same image in the other rows.
export function paintOver(view) {
  const { places, size, height, across, flowing } = view.plan;
  const context = sized(view.find(".over"), view.gridWidth, height);
  context.strokeStyle = view.theme.primary;
  places.forEach((place, item) => {
    const same = !flowing && item % across === view.item % across;
    if (item !== view.item && !same) return;
    context.lineWidth = item === view.item ? 3 : 1;
    context.strokeRect(place.x - 1.5, place.y - 1.5, size + 3, size + 3);
  });
}
