import { sized } from "../../../../shared/js/canvas.js";
import { memory } from "../../../../shared/js/memory.js";
import { mount } from "../../../../shared/js/mount.js";
import { grouped, percent } from "../../../../shared/js/numbers.js";

const EDGE = { left: 54, right: 10, top: 10, bottom: 46 };
const MARGIN = 0.2; // of the picture's side, left free around it for what a box sees beyond

// The picture with the box that a cell of the scrubbed layer sees, and how that box grows from layer to layer.
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
  view.picture.onkeydown = event => moved(view, event);
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
  return Math.max(0, Math.min(cells - 1, Math.round((pixel - size / 2 + padding) / stride)));
}

function words(view, item) {
  const { header } = view;
  const [height, width] = header.picture;
  const [top, bottom, left, right] = view.box;
  view.who.textContent = item.name;
  view.what.textContent = `${item.operation} · ${item.cells.join(" × ")} cells`;
  view.place.textContent = `${view.notes.row + 1} of ${header.rows.length}`;
  const seen = Math.max(0, Math.min(bottom, height) - Math.max(top, 0)) * Math.max(0, Math.min(right, width) - Math.max(left, 0));
  const share = percent(seen / (height * width));
  const [rows, columns] = view.cell;
  const exact = `Cell (${rows}, ${columns}) sees ${item.rows[0]} × ${item.columns[0]} pixels, one step is ${item.rows[1]}`;
  const inside = top >= 0 && left >= 0 && bottom <= height && right <= width ? "" : ", the rest lies beyond its edge";
  view.numbers.textContent =
    item.status === "exact" ? `${exact}. ${share} of the picture is in it${inside}.` : `Every cell: ${item.words}.`;
  view.scrub.setAttribute("aria-valuetext", `${item.name}: ${view.numbers.textContent}`);
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
  context.fillStyle = theme.primary;
  context.strokeStyle = theme.background;
  context.beginPath();
  context.arc(x(across * width), y(down * height), 4, 0, 7);
  context.fill();
  context.stroke();
  view.picture.setAttribute("aria-label", `The picture with the box of ${item.name}. Click or use the arrow keys to choose another place.`);
}

function scales(view) {
  const { header, plot } = view;
  const last = Math.max(1, header.rows.length - 1);
  const most = Math.max(
    ...header.rows.map(item => (item.status === "exact" ? Math.max(item.rows[0], item.columns[0]) : 0)),
    ...header.picture,
  );
  const x = row => EDGE.left + ((plot.width - EDGE.left - EDGE.right) * row) / last;
  const y = size => plot.height - EDGE.bottom - ((plot.height - EDGE.bottom - EDGE.top) * size) / (most * 1.04);
  return { x, y, most, last };
}

function paintCurve(view) {
  const { header, theme, plot } = view;
  const { x, y, most } = scales(view);
  const context = sized(view.curve, plot.width, plot.height);
  const side = Math.max(...header.picture);
  context.font = `12px ${theme.font}`;
  context.fillStyle = context.strokeStyle = theme.text;
  context.textAlign = "right";
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(times => times * power).find(size => size >= rough);
  for (let value = 0; value <= most; value += step) {
    context.globalAlpha = 0.15;
    context.fillRect(EDGE.left, Math.round(y(value)), plot.width - EDGE.left - EDGE.right, 1);
    context.globalAlpha = 0.85;
    context.fillText(grouped.format(value), EDGE.left - 6, y(value) + 4);
  }
  context.textAlign = "left";
  context.setLineDash([4, 4]);
  context.strokeRect(EDGE.left, Math.round(y(side)) + 0.5, plot.width - EDGE.left - EDGE.right, 0);
  context.setLineDash([]);
  context.fillText(`the picture: ${side} pixels`, EDGE.left + 6, y(side) - 5);
  context.textAlign = "center";
  const axis =
    plot.width > 420 ? "operations with rows and columns, in the order in which they run" : "operations, in the order in which they run";
  context.fillText(axis, (EDGE.left + plot.width) / 2, plot.height - 5);
  context.globalAlpha = 1;
  header.rows.forEach((item, row) => {
    context.fillStyle = item.status === "exact" ? (header.colours[item.kind] ?? header.colours.other) : theme.text;
    context.globalAlpha = item.status === "exact" ? 1 : 0.35;
    const size = item.status === "exact" ? Math.max(item.rows[0], item.columns[0]) : side;
    context.beginPath();
    context.arc(x(row), y(size), item.kind === "convolution" || item.kind === "pooling" ? 3 : 2, 0, 7);
    context.fill();
  });
  context.globalAlpha = 1;
  legend(view, context);
  context.fillStyle = theme.primary;
  context.fillRect(Math.round(x(view.notes.row)), EDGE.top, 1.5, plot.height - EDGE.bottom - EDGE.top);
  const item = header.rows[view.notes.row];
  view.curve.setAttribute("aria-label", `Size of the receptive field by operation; ${item.name}: ${view.numbers.textContent}`);
}

function legend(view, context) {
  const { header, theme, plot } = view;
  context.textAlign = "left";
  let place = EDGE.left;
  for (const [kind, colour] of Object.entries(header.colours)) {
    context.fillStyle = colour;
    context.fillRect(place, plot.height - 33, 9, 9);
    context.fillStyle = theme.text;
    context.fillText(kind, place + 13, plot.height - 24);
    place += context.measureText(kind).width + 30;
  }
}

function read(view, event) {
  const at = event.clientX - view.curve.getBoundingClientRect().left;
  const { last } = scales(view);
  const share = (at - EDGE.left) / (view.plot.width - EDGE.left - EDGE.right);
  chosen(view, Math.max(0, Math.min(last, Math.round(share * last))));
}

function spotted(view, event) {
  const box = view.picture.getBoundingClientRect();
  const room = 1 + 2 * MARGIN;
  const at = share => Math.max(0, Math.min(0.999, share * room - MARGIN));
  view.notes.spot = [at((event.clientY - box.top) / box.height), at((event.clientX - box.left) / box.width)];
  chosen(view, view.notes.row);
}

function moved(view, event) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (event.key === "Escape") view.notes.spot = [0.5, 0.5];
  else if (step) view.notes.spot = view.notes.spot.map((at, axis) => Math.max(0, Math.min(0.999, at + step[axis] / 16)));
  else return;
  event.preventDefault();
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
