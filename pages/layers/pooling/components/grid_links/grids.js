// Grids of cells, coloured by value with legible numbers.
import { element } from "../../../../shared/js/dom.js";
import { inkOn } from "../../../../shared/js/ink.js";
import { cssColour, entryOf, palette } from "../../../../shared/js/palette.js";

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

function cellOf(index, values, pixelOf, role, size) {
  const cell = element("div", "cell", size >= 26 ? shortText(values[index]) : "");
  const pixel = pixelOf(values[index]);
  cell.style.background = cssColour(pixel);
  cell.style.color = inkOn(pixel);
  cell.dataset.role = role;
  cell.dataset.index = index;
  return cell;
}

export function shortText(value) {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return String(Math.abs(rounded) < 1e-9 ? 0 : Math.round(rounded * 100) / 100).replace("-", "−");
}

export function valuePixel(view) {
  const { limit, signed } = view.meta;
  const pixels = palette(signed ? "activations" : "magnitude", view.theme.name);
  return value => pixels[entryOf(value, limit, signed)];
}

export function countPixel(view) {
  const most = Math.max(1, ...view.coverage);
  const pixels = palette("magnitude", view.theme.name);
  return value => pixels[entryOf(value, most, false)];
}
