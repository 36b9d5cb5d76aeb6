import { doubleFrame, sized } from "../../../../shared/js/canvas.js";
import { onKeys, onPoint, placeIn, stepIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { number } from "../../../../shared/js/numbers.js";
import { cssColour, palette, ramp } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";

export default mount({
  whole: ".stage",
  parts: "stage base over readout ramp",
  painted: "stage",
  create: setUp,
  draw(view) {
    prepare(view);
    arrange(view);
  },
});

function setUp(view) {
  Object.assign(view, { hover: null, top: view.find(".high") });
  const place = event => {
    const { x, y } = placeIn(view.stage, event);
    const [row, column] = [Math.floor(y / view.down), Math.floor(x / view.across)];
    return column >= 0 && column < view.header.columns.length && row >= 0 && row < view.header.rows.length ? { row, column } : null;
  };
  onPoint(
    view.stage,
    place,
    found => point(view, found),
    found => open(view, found),
  );
  bindKeys(view);
}

function open(view, place) {
  if (place) view.send("pick", place.column);
}

function point(view, place) {
  view.hover = place;
  answer(view);
}

function bindKeys(view) {
  onKeys(view.stage, {
    Arrow(down, right) {
      const { rows, columns, chosen } = view.header;
      point(view, stepIn(view.hover ?? { row: 0, column: chosen }, down, right, rows.length, columns.length));
    },
    Enter: () => open(view, view.hover),
    Escape: () => point(view, null),
  });
}

function prepare(view) {
  const { header } = view;
  view.high = Math.max(...header.values.flat().filter(value => value !== null), 0);
  view.stage.setAttribute("aria-label", say("stage", { sources: header.rows.length, readers: header.columns.length }));
}

function arrange(view) {
  const { header, theme } = view;
  const rows = header.rows.length;
  const columns = header.columns.length;
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
  const frame = (x, y, w, h, line) => doubleFrame(context, { x: x + 1, y: y + 1, w: w - 3, h: h - 3 }, theme, { line });
  frame(header.chosen * view.across, 0, view.across + 1, view.down * known(header, header.chosen) + 1, 1.5);
  if (!hover) {
    view.readout.textContent = say("hint", { reader: header.columns[header.chosen] });
    return;
  }
  frame(hover.column * view.across, hover.row * view.down, view.across + 1, view.down + 1, 2);
  const value = header.values[hover.row][hover.column];
  const [reader, source] = [header.columns[hover.column], header.rows[hover.row]];
  view.readout.textContent =
    value === null ? say("unconnected", { reader, source }) : say("weights", { reader, source, weight: number(value) });
}

const known = (header, column) => Math.max(1, header.values.filter(line => line[column] !== null).length);
