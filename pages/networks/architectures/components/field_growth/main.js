import { sized } from "../../../../shared/js/canvas.js";
import { boxIn, dot, label, plane, segment, ticks, upright, yAxis } from "../../../../shared/js/chart.js";
import { onKeys, placeIn } from "../../../../shared/js/input.js";
import { memory } from "../../../../shared/js/memory.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, grouped, percent } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";

const EDGE = { left: 54, right: 10, top: 22, bottom: 46 };
const MARGIN = 0.2; // of the image's side, left free around it for what a box sees beyond

// The image with the box that a cell of the scrubbed layer sees, and how that box grows from layer to layer.
export default mount({
  whole: ".field_growth",
  narrow: 620,
  parts: "who what numbers picture scrub place curve live",
  create: setUp,
  load,
  draw: laidOut,
});

function setUp(view) {
  view.scrub.oninput = () => chosen(view, Number(view.scrub.value));
  view.curve.onpointermove = event => event.pointerType === "mouse" && read(view, event);
  view.curve.onpointerdown = event => read(view, event);
  view.picture.onclick = event => spotted(view, event);
  onKeys(view.picture, {
    Arrow: (down, right) => moved(view, [view.notes.spot[0] + down / 16, view.notes.spot[1] + right / 16]),
    Escape: () => moved(view, [0.5, 0.5]),
  });
}

function laidOut(view) {
  if (!view.image) return;
  const { narrow } = view;
  const [height, width] = view.header.picture;
  view.side = Math.min(narrow ? view.room : (view.room - 22) * 0.4, 460);
  view.scale = view.side / (Math.max(height, width) * (1 + 2 * MARGIN));
  view.plot = { width: narrow ? view.room : (view.room - 22) * 0.6 - 4, height: 330 };
  view.scrub.max = view.header.rows.length - 1;
  chosen(view, Math.min(view.notes.row, view.header.rows.length - 1));
}

function chosen(view, row) {
  view.notes.row = row;
  view.scrub.value = row;
  const item = view.header.rows[row];
  view.cell = ["rows", "columns"].map((axis, index) =>
    nearest(item[axis], item.cells[index], view.header.picture[index] * view.notes.spot[index]),
  );
  view.box = ["rows", "columns"].flatMap((axis, index) => {
    const [size, stride, padding] = item[axis];
    const first = view.cell[index] * stride - padding;
    return [first, first + size];
  }); // top, bottom, left, right
  words(view, item);
  paintPicture(view, item);
  paintCurve(view);
  view.whole.dataset.painted = `${view.header.digest}-${row}-${view.cell.join("x")}`;
}

// The cell whose field has its middle nearest to a pixel.
function nearest([size, stride, padding], cells, pixel) {
  if (!stride) return 0;
  return clamp(Math.round((pixel - size / 2 + padding) / stride), 0, cells - 1);
}

function words(view, item) {
  const { header } = view;
  const [height, width] = header.picture;
  const [top, bottom, left, right] = view.box;
  view.who.textContent = item.name;
  view.what.textContent = say("operation", { operation: item.operation, cells: item.cells.join(" × ") });
  view.place.textContent = say("place", { row: view.notes.row + 1, rows: header.rows.length });
  const seen = Math.max(0, Math.min(bottom, height) - Math.max(top, 0)) * Math.max(0, Math.min(right, width) - Math.max(left, 0));
  const share = percent(seen / (height * width));
  const inside = top >= 0 && left >= 0 && bottom <= height && right <= width;
  const [row, column] = view.cell;
  const field =
    item.status === "exact"
      ? say(inside ? "sees" : "sees_beyond", { row, column, height: item.rows[0], width: item.columns[0], step: item.rows[1], share })
      : say("every_cell", { field: item.words });
  view.numbers.textContent = field;
  view.scrub.setAttribute("aria-valuetext", say("reading", { layer: item.name, field }));
}

function paintPicture(view, item) {
  const { theme, scale, side, image, header, box } = view;
  const [height, width] = header.picture;
  const high = height * scale * (1 + 2 * MARGIN);
  const wide = width * scale * (1 + 2 * MARGIN);
  const context = sized(view.picture, Math.min(wide, side), Math.min(high, side));
  const x = value => value * scale + width * scale * MARGIN;
  const y = value => value * scale + height * scale * MARGIN;
  context.imageSmoothingEnabled = image.width > scale * width;
  context.globalAlpha = 0.45;
  context.drawImage(image, x(0), y(0), width * scale, height * scale);
  context.globalAlpha = 1;
  const [top, bottom, left, right] = item.status === "exact" ? box : [0, height, 0, width];
  const clip = [Math.max(top, 0), Math.min(bottom, height), Math.max(left, 0), Math.min(right, width)];
  if (clip[1] > clip[0] && clip[3] > clip[2]) {
    const from = [clip[2] / width, clip[0] / height, (clip[3] - clip[2]) / width, (clip[1] - clip[0]) / height];
    const source = [from[0] * image.width, from[1] * image.height, from[2] * image.width, from[3] * image.height];
    context.drawImage(image, ...source, x(clip[2]), y(clip[0]), (clip[3] - clip[2]) * scale, (clip[1] - clip[0]) * scale);
  }
  context.strokeStyle = theme.text;
  context.globalAlpha = 0.4;
  context.strokeRect(x(0), y(0), width * scale, height * scale);
  context.globalAlpha = 1;
  context.lineWidth = 2;
  context.strokeStyle = theme.primary;
  context.setLineDash(item.status === "unknown" ? [2, 4] : [6, 4]);
  context.strokeRect(x(left), y(top), (right - left) * scale, (bottom - top) * scale);
  context.setLineDash([]);
  if (item.status === "exact") context.strokeRect(x(clip[2]), y(clip[0]), (clip[3] - clip[2]) * scale, (clip[1] - clip[0]) * scale);
  const [down, across] = view.notes.spot;
  dot(context, x(across * width), y(down * height), { radius: 4, colour: theme.primary, ring: theme.background, line: 2 });
  view.picture.setAttribute("aria-label", say("picture", { layer: item.name }));
}

function planeOf(view) {
  const { header, plot } = view;
  const sizes = header.rows.map(item => (item.status === "exact" ? Math.max(item.rows[0], item.columns[0]) : 0));
  const most = Math.max(...sizes, ...header.picture);
  const at = plane(boxIn(plot.width, plot.height, EDGE), [0, Math.max(1, header.rows.length - 1)], [0, most * 1.04]);
  return { ...at, most };
}

function paintCurve(view) {
  const { header, theme, plot } = view;
  const { box, X, Y, most } = planeOf(view);
  const context = sized(view.curve, plot.width, plot.height);
  const side = Math.max(...header.picture);
  const marks = ticks({ low: 0, high: most }, 6).map(value => [Y(value), grouped.format(value)]);
  const axis = say(plot.width > 420 ? "axis" : "axis_narrow");
  const edge = Math.round(Y(side)) + 0.5;
  yAxis(context, box, marks, theme);
  segment(context, [box.x, edge], [box.x + box.w, edge], { colour: theme.text, width: 1, alpha: 0.85, dash: [4, 4] });
  label(context, theme, say("side"), { x: box.x, y: box.y - 4 });
  label(context, theme, axis, { x: (EDGE.left + plot.width) / 2, y: plot.height - 5, align: "center" });
  header.rows.forEach((item, row) => {
    const exact = item.status === "exact";
    const colour = exact ? (header.colours[item.kind] ?? header.colours.other) : theme.text;
    context.globalAlpha = exact ? 1 : 0.35;
    const size = exact ? Math.max(item.rows[0], item.columns[0]) : side;
    dot(context, X(row), Y(size), { radius: item.kind === "convolution" || item.kind === "pooling" ? 3 : 2, colour });
  });
  context.globalAlpha = 1;
  legend(view, context);
  upright(context, box, X(view.notes.row), { colour: theme.primary, width: 1.5 });
  label(context, theme, say("image", { side }), { x: box.x + 6, y: Y(side) - 5, around: 3 });
  const item = header.rows[view.notes.row];
  view.curve.setAttribute("aria-label", say("curve", { layer: item.name, field: view.numbers.textContent }));
}

function legend(view, context) {
  const { header, theme, plot } = view;
  let x = EDGE.left;
  const drawn = new Set(header.rows.filter(row => row.status === "exact").map(row => (header.colours[row.kind] ? row.kind : "other")));
  for (const [kind, colour] of Object.entries(header.colours)) {
    if (!drawn.has(kind)) continue;
    context.fillStyle = colour;
    context.fillRect(x, plot.height - 33, 9, 9);
    label(context, theme, kind, { x: x + 13, y: plot.height - 24, alpha: 1 });
    x += context.measureText(kind).width + 30;
  }
}

function read(view, event) {
  const row = Math.round(planeOf(view).atX(placeIn(view.curve, event).x));
  chosen(view, clamp(row, 0, view.header.rows.length - 1));
}

function spotted(view, event) {
  const { x, y, w, h } = placeIn(view.picture, event);
  const at = share => clamp(share * (1 + 2 * MARGIN) - MARGIN, 0, 0.999);
  view.notes.spot = [at(y / h), at(x / w)];
  chosen(view, view.notes.row);
}

function moved(view, spot) {
  view.notes.spot = spot.map(at => clamp(at, 0, 0.999));
  chosen(view, view.notes.row);
  view.live.textContent = view.numbers.textContent;
}

function load(view, header, blob) {
  const notes = memory(header.key);
  if (notes.network !== header.network) Object.assign(notes, { network: header.network, row: header.start, spot: [0.5, 0.5] });
  Object.assign(view, { notes, image: null });
  const image = new Image();
  const address = URL.createObjectURL(new Blob([blob("picture")], { type: "image/png" }));
  image.onload = () => {
    URL.revokeObjectURL(address);
    if (view.header.digest !== header.digest) return;
    view.image = image;
    laidOut(view);
  };
  image.src = address;
}
