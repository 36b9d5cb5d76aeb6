// The three maps of one channel: before, after, and how much of the gradient each cell lets through.
import { doubleFrame, filled, painted, sharpness, sized } from "../../../../shared/js/canvas.js";
import { axes, curveOn, plane } from "../../../../shared/js/chart.js";
import { number } from "../../../../shared/js/numbers.js";
import { palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { applied, cellsOf, largestOf, mapEntries } from "./model.js";

export function paintMaps(view) {
  const { model, notes } = view;
  const cells = cellsOf(model, notes.slot);
  const p = model.byName[notes.name].p;
  const after = applied(cells, notes.name, p, "f");
  const slope = applied(cells, notes.name, p, "g");
  const own = notes.scale === "own";
  const limit = own ? largestOf(cells) : model.limit;
  const title = model.byName[notes.name].title;
  const limits = { before: limit, after: own ? largestOf(after) : limit, slope: Math.max(1, largestOf(slope)) };
  view.shown = { before: cells, after, slope };
  const words = {
    before: say("before", { limit: number(limits.before, 3) }),
    after: say("after", { title, limit: number(limits.after, 3) }),
    slope: say("slope", { title, limit: number(limits.slope, 3) }),
  };
  view.sprites = {};
  for (const canvas of view.canvases) {
    const which = canvas.dataset.map;
    const signed = which !== "slope";
    const pixels = transparentZero(palette(signed ? "activations" : "magnitude", view.theme.name));
    view.sprites[which] = painted(mapEntries(view.shown[which], limits[which], signed), model.width, model.height, pixels);
    canvas.previousElementSibling.textContent = words[which];
  }
  paintCells(view);
}

// The maps as they are, with the cell that is pointed at framed: nothing is computed anew.
export function paintCells(view) {
  const { model, theme, cell } = view;
  for (const canvas of view.canvases) {
    const wide = canvas.parentElement.clientWidth || 200;
    const scale = Math.min(wide / model.width, (view.narrow ? 160 : 300) / model.height);
    const w = Math.max(8, model.width * scale);
    const h = Math.max(8, model.height * scale);
    const context = sized(canvas, w, h);
    context.imageSmoothingEnabled = scale * sharpness() < 1;
    context.drawImage(view.sprites[canvas.dataset.map], 0, 0, w, h);
    if (scale >= 36) writeNumbers(view, context, view.shown[canvas.dataset.map], scale);
    const size = Math.max(scale, 6);
    const edge = (size - scale) / 2;
    doubleFrame(context, { x: cell.column * scale - edge, y: cell.row * scale - edge, w: size, h: size }, theme);
  }
}

// Where a cell is large enough, its number stands in it.
function writeNumbers(view, context, cells, scale) {
  context.font = `12px ${view.theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = view.theme.background;
  context.fillStyle = view.theme.text;
  cells.forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    const [x, y] = [((index % view.model.width) + 0.5) * scale, (Math.floor(index / view.model.width) + 0.5) * scale];
    const text = trimZeros(number(value, 3));
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  });
}

function trimZeros(text) {
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

function transparentZero(pixels) {
  const made = pixels.slice();
  made[0] = 0;
  return made;
}

// One thumbnail a function, so that all of them are seen side by side; a large map is thinned to what a thumbnail shows.
export function paintThumbnails(view) {
  const { model, notes, theme } = view;
  const pixels = transparentZero(palette("activations", theme.name));
  const { cells, width, height } = thinned(cellsOf(model, notes.slot), model);
  const limit = notes.scale === "own" ? 0 : model.limit;
  for (const canvas of view.body.querySelectorAll("canvas")) {
    const after = applied(cells, canvas.dataset.name, model.byName[canvas.dataset.name].p, "f");
    const high = Math.max(8, Math.min(34, (34 * height) / width));
    filled(canvas, painted(mapEntries(after, limit || largestOf(after), true), width, height, pixels), 34, high);
  }
}

function thinned(cells, { width, height }) {
  const step = Math.max(1, Math.floor(Math.max(width, height) / 40));
  const columns = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  if (step === 1) return { cells, width, height };
  const found = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) found[row * columns + column] = cells[row * step * width + column * step];
  return { cells: found, width: columns, height: rows };
}

// How the values are spread before (outline) and after (bars), counts from the library.
export function paintHistogram(view) {
  const { model, notes, theme } = view;
  const wide = view.histogram.parentElement.clientWidth || 300;
  const h = 170;
  const after = model.byName[notes.name];
  const context = sized(view.histogram, wide, h + 70);
  const low = Math.min(model.edges[0], after.edges[0]);
  const high = Math.max(model.edges.at(-1), after.edges.at(-1));
  const room = 0.03 * (high - low);
  const tallest = cut([...density_(model), ...density_(after)]);
  const at = plane({ x: 12, y: 24, w: wide - 24, h }, [low - room, high + room], [0, tallest]);
  axes(context, at, theme, { title: say("how_often"), yTicks: [], xTitle: say("value") });
  const heights = density_(after);
  context.fillStyle = theme.primary;
  context.globalAlpha = 0.75;
  heights.forEach((height, index) => {
    const from = at.X(after.edges[index]);
    const to = at.X(after.edges[index + 1]);
    const top = at.Y(Math.min(height, tallest));
    context.fillRect(from, top, Math.max(1.5, to - from - 0.5), at.box.y + h - top);
  });
  context.globalAlpha = 1;
  const steps = density_(model).flatMap((height, index) => [
    [model.edges[index], height],
    [model.edges[index + 1], height],
  ]);
  curveOn(context, at, steps, { colour: theme.text, width: 1.5 });
  const sentences = [spreadWords(model, after)];
  if (Math.max(...heights) > tallest) sentences.push(say("clipped"));
  view.histogramWords.textContent = sentences.join(" ");
}

function spreadWords(before, after) {
  const [mean, std, mean_after, std_after] = [before.mean, before.std, after.mean, after.std].map(value => number(value, 3));
  return say("spread", { mean, std, title: after.title, mean_after, std_after });
}

// Share per unit of value: bins of different widths can be compared.
function density_({ edges, counts }) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count, index) => count / total / Math.max(1e-12, edges[index + 1] - edges[index]));
}

// One bar that towers (what a ReLU piles up at 0) is cut, so that the others can be read.
function cut(heights) {
  const ordered = [...heights].sort((a, b) => b - a);
  return Math.min(ordered[0], 3 * (ordered[2] || ordered[0])) * 1.05;
}
