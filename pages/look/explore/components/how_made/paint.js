// The drawing at one moment: what has come in, where the windows stand, how much of the result is there.
import { centred, hatch, outline, painted, pixelCanvas, ring, sized } from "../../../../shared/js/canvas.js";
import { label } from "../../../../shared/js/chart.js";
import { number } from "../../../../shared/js/numbers.js";
import { entryOf, palette } from "../../../../shared/js/palette.js";
import { STAGES, arrived } from "./clock.js";

/** The tiles as images, in the page's colours. */
export function picturesOf({ meta, pixels }, theme) {
  const of = ([start, height, width], name) => painted(pixels.subarray(start, start + height * width), width, height, palette(name, theme));
  const weights = palette("weights", theme);
  return {
    read: meta.parts.map(part => of(part.tile, meta.grey ? "grey" : "activations")),
    product: meta.parts.map(part => part.product && of(part.product, "activations")),
    kernel: meta.parts.map(
      ({ kernel }) =>
        kernel &&
        pixelCanvas(kernel[0].length, kernel.length, out =>
          kernel.flat().forEach((value, i) => (out[i] = weights[entryOf(value, meta.limits.weights)])),
        ),
    ),
    rest: meta.rest && of(meta.rest, "activations"),
    output: of(meta.output, "activations"),
  };
}

/** Paints it. at: {time, cells, place}: how far, how many cells are there, the cell whose windows are shown or null. */
export function paint(view, { time, cells, place }) {
  const { plan, theme, model, pictures } = view;
  const { meta } = model;
  const context = sized(view.scene, plan.width, plan.height);
  context.imageSmoothingEnabled = false;
  heads(context, view, time);
  plan.rows.forEach((row, i) => {
    shown(context, arrived(time, STAGES.read, i), () => whole(context, pictures.read[i], row.read, theme));
    if (!row.product) return;
    shown(context, arrived(time, STAGES.kernel, i), () => {
      whole(context, pictures.kernel[i], row.kernel, theme);
      sign(context, theme, "×", row.read, row.kernel);
      sign(context, theme, "=", row.kernel, row.product);
    });
    slid(context, arrived(time, STAGES.product, i), row.read, row.product, box =>
      partial(context, view, { picture: pictures.product[i], box, cells }),
    );
  });
  if (plan.rest)
    slid(context, arrived(time, STAGES.product, plan.rows.length), plan.rows[0].read, plan.rest, box => {
      partial(context, view, { picture: pictures.rest, box, cells });
      const x = box.x - 8;
      label(context, theme, meta.words.others, { x, y: box.y + box.h / 2, align: "right", baseline: "middle" });
    });
  shown(context, arrived(time, STAGES.lines), () => {
    lines(context, view);
    partial(context, view, { picture: pictures.output, box: plan.output, cells });
    dead(context, view, cells);
  });
  if (place) windows(context, view, place);
}

function shown(context, share, draw) {
  if (share <= 0) return;
  context.globalAlpha = share;
  draw();
  context.globalAlpha = 1;
}

// A product comes out of the map that it is made of and slides to its place.
function slid(context, share, from, to, draw) {
  const left = 1 - share;
  shown(context, share, () => draw({ ...to, x: to.x + left * (from.x - to.x) }));
}

function whole(context, picture, box, theme) {
  context.drawImage(picture, box.x, box.y, box.w, box.h);
  const alpha = context.globalAlpha;
  outline(context, box, theme.text, 1, 0.25 * alpha);
  context.globalAlpha = alpha;
}

// So many cells of a tile, row by row from the top left; where nothing is yet the paper shows, hatched.
function partial(context, view, { picture, box, cells }) {
  const [height, width] = view.model.meta.size;
  const alpha = context.globalAlpha;
  if (cells < height * width) hatch(context, box, view.theme, { alpha: 0.12 * alpha, every: 8 });
  context.globalAlpha = alpha;
  const rows = Math.floor(cells / width);
  const columns = cells % width;
  const [down, across] = [box.h / height, box.w / width];
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.w, rows * down);
  context.rect(box.x, box.y + rows * down, columns * across, down);
  context.clip();
  context.drawImage(picture, box.x, box.y, box.w, box.h);
  context.restore();
  outline(context, box, view.theme.text, 1, 0.25 * alpha);
  context.globalAlpha = alpha;
}

function dead(context, view, cells) {
  const { meta, values } = view.model;
  if (!values || cells < meta.size[0] * meta.size[1]) return;
  const result = values.at(-1);
  if (result.every(value => value === result[0])) hatch(context, view.plan.output, view.theme);
}

function sign(context, theme, text, left, right) {
  const from = left.x + left.w;
  centred(context, theme, text, { x: from, y: left.y, w: right.x - from, h: left.h }, { size: 15 });
}

// From every product, or from every map that is read, to where they meet; from there to the result.
function lines(context, view) {
  const { plan, theme, model } = view;
  const { sum, output } = plan;
  const alpha = context.globalAlpha;
  context.strokeStyle = context.fillStyle = theme.text;
  context.lineWidth = 1.3;
  context.globalAlpha = 0.55 * alpha;
  context.beginPath();
  for (const box of [...plan.rows.map(row => row.product ?? row.read), plan.rest]) {
    if (!box) continue;
    const [x, y] = [box.x + box.w + 2, box.y + box.h / 2];
    const end = sum.x - sum.r;
    const bend = (end - x) / 2;
    context.moveTo(x, y);
    context.bezierCurveTo(x + bend, y, end - bend, sum.y, end, sum.y);
  }
  context.moveTo(sum.x + sum.r, sum.y);
  context.lineTo(output.x - 3, sum.y);
  context.stroke();
  context.globalAlpha = alpha;
  context.beginPath();
  context.arc(sum.x, sum.y, sum.r, 0, 2 * Math.PI);
  context.fillStyle = theme.background;
  context.fill();
  context.stroke();
  const box = { x: sum.x - sum.r, y: sum.y - sum.r, w: 2 * sum.r, h: 2 * sum.r };
  const text = model.meta.words.sign;
  centred(context, theme, text, box, { size: text.length > 1 ? 12 : 16, most: 2 * sum.r + 8 });
  if (model.meta.how === "convolution" && model.meta.bias !== 0) {
    label(context, theme, "bias", { x: sum.x, y: sum.y + sum.r + 14, align: "center" });
    label(context, theme, number(model.meta.bias, 3), { x: sum.x, y: sum.y + sum.r + 28, align: "center" });
  }
}

function heads(context, view, time) {
  const { plan, theme, model } = view;
  const [first] = plan.rows;
  const { heads: words, sign: mark } = model.meta.words;
  const middle = box => box.x + box.w / 2;
  const places = first.product
    ? [
        [middle(first.read), STAGES.read],
        [middle(first.kernel), STAGES.kernel],
        [middle(first.product), STAGES.product],
        [plan.sum.x, STAGES.lines],
        [middle(plan.output), STAGES.lines],
      ]
    : [
        [middle(first.read), STAGES.read],
        [middle(plan.output), STAGES.lines],
      ];
  const top = box => Math.max(12, box.y - 6);
  const heights = first.product
    ? [top(first.read), top(first.read), top(first.read), plan.sum.y - plan.sum.r - 8, top(plan.output)]
    : [top(first.read), top(plan.output)];
  places.forEach(([x, stage], i) => {
    if (words[i] === "sum" && mark === "Σ" && plan.rows.length < 2 && !plan.rest) return;
    const alpha = 0.85 * arrived(time, stage);
    if (alpha > 0) label(context, theme, words[i], { x, y: heights[i], align: "center", alpha });
  });
}

// The windows over what is read, the cells they make, and a faint wire from each window to its cell.
function windows(context, view, { row, column }) {
  const { plan, theme, model } = view;
  const { meta } = model;
  const [top, bottom] = meta.rows[row];
  const [left, right] = meta.columns[column];
  for (const { read, product } of plan.rows) {
    const [down, across] = [read.h / meta.read[0], read.w / meta.read[1]];
    const box = grown({ x: read.x + left * across, y: read.y + top * down, w: (right - left) * across, h: (bottom - top) * down }, 4);
    ring(context, held(box, read), theme, theme.primary, 1.5);
    if (product) ring(context, cellBox(product, meta.size, row, column), theme, theme.primary, 1.5);
  }
  if (plan.rest) ring(context, cellBox(plan.rest, meta.size, row, column), theme, theme.primary, 1.5);
  ring(context, cellBox(plan.output, meta.size, row, column), theme, theme.primary, 2);
}

function cellBox(box, [height, width], row, column) {
  const [h, w] = [box.h / height, box.w / width];
  return grown({ x: box.x + column * w, y: box.y + row * h, w, h }, 4);
}

function grown(box, least) {
  const [x, y] = [Math.max(0, least - box.w) / 2, Math.max(0, least - box.h) / 2];
  return { x: box.x - x, y: box.y - y, w: box.w + 2 * x, h: box.h + 2 * y };
}

// A window may hang over the edge by a little, so that padding shows, but not over what stands beside.
function held(box, tile) {
  const beyond = 4;
  const x = Math.max(box.x, tile.x - beyond);
  const y = Math.max(box.y, tile.y - beyond);
  const right = Math.min(box.x + box.w, tile.x + tile.w + beyond);
  const bottom = Math.min(box.y + box.h, tile.y + tile.h + beyond);
  return { x, y, w: Math.max(2, right - x), h: Math.max(2, bottom - y) };
}
