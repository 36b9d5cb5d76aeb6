import { sized } from "../../../../shared/js/canvas.js";
import { perFrame } from "../../../../shared/js/dom.js";
import { number } from "../../../../shared/js/numbers.js";
import { unpack } from "../../../../shared/js/packet.js";
import { cssColour, palette, ramp } from "../../../../shared/js/palette.js";
import { themeOf } from "../../../../shared/js/theme.js";

const views = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const { header } = unpack(data);
  const view = views.get(parentElement) ?? created(parentElement);
  Object.assign(view, { header, setStateValue, theme: themeOf(parentElement) });
  view.cells = header.values.flat().filter(value => value !== null);
  view.high = Math.max(...view.cells, 0);
  view.stage.setAttribute(
    "aria-label",
    `${header.rows.length} sources by ${header.columns.length} readers. Arrow keys move, Enter opens the reader, Escape lets go.`,
  );
  arrange(view);
  view.stage.dataset.painted = header.digest;
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root) {
  const view = { root, hover: null };
  for (const name of ["stage", "base", "over", "readout", "ramp", "high"])
    view[name === "high" ? "top" : name] = root.querySelector(`.${name}`);
  const place = event => {
    const box = view.stage.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left) / view.across);
    const row = Math.floor((event.clientY - box.top) / view.down);
    return column >= 0 && column < view.header.columns.length && row >= 0 && row < view.header.rows.length ? { row, column } : null;
  };
  for (const kind of ["pointermove", "pointerdown"]) view.stage.addEventListener(kind, event => point(view, place(event)));
  view.stage.addEventListener("pointerleave", () => point(view, null));
  view.stage.addEventListener("click", event => open(view, place(event)));
  view.stage.addEventListener("keydown", event => pressed(view, event));
  view.observer = new ResizeObserver(perFrame(() => view.header && view.stage.clientWidth !== view.arrangedFor && arrange(view)));
  view.observer.observe(view.stage);
  views.set(root, view);
  return view;
}

function open(view, place) {
  if (place) view.setStateValue("pick", place.column);
}

function point(view, place) {
  view.hover = place;
  answer(view);
}

function pressed(view, event) {
  const now = view.hover ?? { row: 0, column: view.header.chosen };
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (step) {
    const within = (value, count) => Math.max(0, Math.min(count - 1, value));
    point(view, {
      row: within(now.row + step[0], view.header.rows.length),
      column: within(now.column + step[1], view.header.columns.length),
    });
  } else if (event.key === "Enter") open(view, view.hover);
  else if (event.key === "Escape") point(view, null);
  else return;
  event.preventDefault();
}

function arrange(view) {
  const { header, theme } = view;
  const rows = header.rows.length;
  const columns = header.columns.length;
  view.arrangedFor = view.stage.clientWidth;
  view.across = Math.min(34, Math.max(4, Math.min(460 / rows, view.stage.clientWidth / columns)));
  view.down = Math.max(8, view.across);
  const context = sized(view.base, view.across * columns, view.down * rows);
  const pixels = palette("magnitude", theme.name);
  const gap = view.across > 8 ? 1 : 0;
  header.values.forEach((line, row) =>
    line.forEach((value, column) => {
      if (value === null) return;
      context.fillStyle = cssColour(pixels[1 + Math.round((254 * value) / (view.high || 1))]);
      context.fillRect(column * view.across, row * view.down, view.across - gap, view.down - gap);
    }),
  );
  view.ramp.style.background = ramp("magnitude", theme.name);
  view.top.textContent = number(view.high, 3);
  answer(view);
}

function answer(view) {
  const { header, theme, hover } = view;
  const context = sized(view.over, view.across * header.columns.length, view.down * header.rows.length);
  const frame = (x, y, w, h, line) => {
    for (const [colour, wide] of [
      [theme.background, line + 2],
      [theme.text, line],
    ]) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.strokeRect(x + 1, y + 1, w - 3, h - 3);
    }
  };
  frame(header.chosen * view.across, 0, view.across + 1, view.down * known(header, header.chosen) + 1, 1.5);
  if (!hover) {
    view.readout.textContent = `Rows: who made the channels; columns: who reads them. Opened: ${header.columns[header.chosen]}. Point at a cell; a click opens its column.`;
    return;
  }
  frame(hover.column * view.across, hover.row * view.down, view.across + 1, view.down + 1, 2);
  const value = header.values[hover.row][hover.column];
  view.readout.textContent =
    `${header.columns[hover.column]} reads ${header.rows[hover.row]}: ` + (value === null ? "no connection" : `mean |w| ${number(value)}`);
}

const known = (header, column) => Math.max(1, header.values.filter(line => line[column] !== null).length);
