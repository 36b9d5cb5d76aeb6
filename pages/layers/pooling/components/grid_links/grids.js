// Grids of cells, coloured by value with legible numbers.
import { element } from "../../../../shared/js/dom.js";
import { ZERO, cssColour, palette } from "../../../../shared/js/palette.js";
import { luminance } from "../../../../shared/js/theme.js";

export function gridsOf(view, shape, values, colour, role) {
  const [channels, rows, columns] = shape;
  const size = view.size;
  return Array.from({ length: channels }, (_, channel) => {
    const grid = element("div", "grid");
    grid.style.gridTemplateColumns = `repeat(${columns}, ${size}px)`;
    grid.style.setProperty("--cell", `${size}px`);
    for (let i = 0; i < rows * columns; i++) grid.append(cellOf(channel * rows * columns + i, values, colour, role, size));
    return grid;
  });
}

function cellOf(index, values, colour, role, size) {
  const cell = element("div", "cell", size >= 26 ? shortText(values[index]) : "");
  const background = colour(values[index]);
  cell.style.background = background;
  cell.style.color = inkOn(background);
  cell.dataset.role = role;
  cell.dataset.index = index;
  return cell;
}

export function shortText(value) {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return String(Math.abs(rounded) < 1e-9 ? 0 : Math.round(rounded * 100) / 100).replace("-", "−");
}

export function valueColour(view) {
  const { limit, signed } = view.meta;
  const pixels = palette(signed ? "activations" : "magnitude", view.theme.name);
  return value =>
    cssColour(pixels[Math.max(1, Math.min(255, Math.round(signed ? ZERO + (127 * value) / limit : 1 + (254 * value) / limit)))]);
}

export function countColour(view) {
  const most = Math.max(1, ...view.coverage);
  const pixels = palette("magnitude", view.theme.name);
  return value => cssColour(pixels[Math.max(1, Math.round(1 + (254 * value) / most))]);
}

// luminance() draws a pixel each time: once a colour is enough.
const inks = new Map();

function inkOn(background) {
  if (!inks.has(background)) inks.set(background, luminance(background) > 0.45 ? "#10151b" : "#ffffff");
  return inks.get(background);
}
