// The resting picture: edges beneath, tiles above. Painted in chunks, so that a very long network stays in bounds.
import { hatch, outline, painted, photoCanvas, pixelCanvas, sized } from "../../../../shared/js/canvas.js";
import { percent } from "../../../../shared/js/numbers.js";
import { palette, ramp } from "../../../../shared/js/palette.js";
import { paintEdges, paintFlow } from "./edges.js";
import { SPACE, cellBox } from "./layout.js";
import { entriesIn, isGrey, told } from "./model.js";
import { chanceOf, paintPair, signedInk, signedPoints } from "./two.js";

const CHUNK = 2048;

export function repaint(view) {
  const { plan, theme } = view;
  const height = plan.bottom + (view.model.second ? 20 : 2);
  const count = Math.ceil(plan.width / CHUNK);
  while (view.chunks.children.length > count) view.chunks.lastChild.remove();
  while (view.chunks.children.length < count) view.chunks.append(document.createElement("canvas"));
  [...view.chunks.children].forEach((canvas, i) => {
    canvas.dataset.stale = "1";
    canvas.style.left = `${i * CHUNK}px`;
  });
  view.paintedHeight = height;
  paintChunks(view);
  view.ramp.style.background = ramp("activations", theme.name);
}

// Chunks near what is seen; the others wait until somebody scrolls there, and far ones give their memory back.
export function paintChunks(view) {
  const from = view.scroll.scrollLeft - CHUNK / 2;
  const to = view.scroll.scrollLeft + view.scroll.clientWidth + CHUNK / 2;
  [...view.chunks.children].forEach((canvas, i) => {
    const start = i * CHUNK;
    const wide = Math.min(CHUNK, view.plan.width - start);
    const near = start < to && start + wide > from;
    if (near && canvas.dataset.stale) {
      const context = sized(canvas, wide, view.paintedHeight);
      context.translate(-start, 0);
      paintPart(context, view, start, start + wide);
      delete canvas.dataset.stale;
    } else if (!near && !canvas.dataset.stale) {
      canvas.width = canvas.height = 1;
      canvas.dataset.stale = "1";
    }
  });
}

export function paintPart(context, view, from, to) {
  const { plan, model } = view;
  if (model.small) paintEdges(context, view);
  else paintFlow(context, view);
  for (const column of plan.columns) {
    if (column.x > to || column.x + column.w < from) continue;
    if (column.form === "scores") paintScores(context, column, view);
    else paintColumn(context, column, view);
    if (model.second && column.layer) paintPair(context, column, view);
  }
}

function paintColumn(context, column, view) {
  if (column.form === "vector") return paintStrip(context, column, view);
  const { height, width } = column.layer;
  const { dead } = told(view.model, column.layer);
  const sprite = spriteOf(view, column);
  if (column.head) paintPicture(context, column, view);
  for (let i = 0; i < column.count; i++) {
    const fit = fitted(cellBox(column, i), width, height);
    context.imageSmoothingEnabled = fit.w < width;
    if (sprite) context.drawImage(sprite, 0, i * height, width, height, fit.x, fit.y, fit.w, fit.h);
    outline(context, fit, view.theme.text, 1, 0.2);
  }
  for (const i of dead) paintDead(context, cellBox(column, i), view.theme);
  return undefined;
}

// A vector's cells are one small image, as many pixels wide as there are strips.
function paintStrip(context, column, view) {
  const { x, y, w, h, count, perColumn } = column;
  const { text } = view.theme;
  const strips = Math.ceil(count / perColumn);
  context.imageSmoothingEnabled = false;
  const sprite = spriteOf(view, column);
  if (sprite) context.drawImage(sprite, x, y, w, h);
  const rest = strips * perColumn - count; // no frame around cells that are not there
  context.beginPath();
  context.moveTo(x - 0.5, y - 0.5);
  for (const [px, py] of [
    [x + w + 0.5, y - 0.5],
    [x + w + 0.5, y + h - rest * column.cellH],
    [x + w - (rest ? column.cellW : 0), y + h - rest * column.cellH],
    [x + w - (rest ? column.cellW : 0), y + h + 0.5],
    [x - 0.5, y + h + 0.5],
  ])
    context.lineTo(px, py);
  context.closePath();
  context.globalAlpha = 0.3;
  context.strokeStyle = context.fillStyle = text;
  context.lineWidth = 1;
  context.stroke();
  if (column.cellH >= 8) for (let i = 1; i < perColumn; i++) context.fillRect(x, y + i * column.cellH - 0.5, w, 1);
  context.globalAlpha = 1;
}

// A layer's tiles, one below the other (a vector's: strip beside strip), in its palette; kept until the theme changes.
function spriteOf(view, column) {
  const { model, theme } = view;
  const { layer, count } = column;
  const key = `${layer.key} ${theme.name} ${model.at}`;
  if (model.sprites.has(key)) return model.sprites.get(key);
  const colours = palette(isGrey(model, layer) ? "grey" : "activations", theme.name);
  const entries = entriesIn(model, layer);
  if (!entries) return null; // on its way
  const sprite =
    column.form === "vector" ? stripSprite(entries, column, colours) : painted(entries, layer.width, layer.height * count, colours);
  model.sprites.set(key, sprite);
  return sprite;
}

function stripSprite(entries, { perColumn }, colours) {
  const strips = Math.ceil(entries.length / perColumn);
  return pixelCanvas(strips, perColumn, out => {
    for (let i = 0; i < entries.length; i++) out[(i % perColumn) * strips + Math.floor(i / perColumn)] = colours[entries[i]];
  });
}

export function fitted(box, width, height) {
  const scale = Math.min(box.w / width, box.h / height);
  const w = width * scale;
  const h = height * scale;
  return { x: box.x + (box.w - w) / 2, y: box.y + (box.h - h) / 2, w, h };
}

function paintPicture(context, column, view) {
  const { picture, atlas, second, at } = view.model;
  const photos = (view.model.photos ??= []);
  const photo = (photos[at] ??= photoCanvas(atlas.subarray(at * (second?.stride ?? 0) + picture.offset), picture.width, picture.height));
  const fit = fitted({ x: column.x, y: column.y, w: SPACE.picture, h: SPACE.picture }, picture.width, picture.height);
  context.imageSmoothingEnabled = picture.width > fit.w;
  context.drawImage(photo, fit.x, fit.y, fit.w, fit.h);
  outline(context, fit, view.theme.text, 1, 0.2);
}

// Hatched, with the word where it fits: a dead channel is not a pale one.
function paintDead(context, box, theme) {
  hatch(context, box, theme, { alpha: 0.45 });
  if (box.w >= 34) written(context, "dead", box.x + box.w / 2, box.y + box.h / 2, theme);
}

function written(context, text, x, y, theme) {
  context.font = `600 ${12 * theme.scale}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = theme.background;
  context.strokeText(text, x, y);
  context.fillStyle = theme.text;
  context.fillText(text, x, y);
}

function paintScores(context, column, view) {
  const { model, theme } = view;
  const barAt = column.x + column.text + 8;
  const barWide = SPACE.bar;
  const chances = model.scores.map(score => chanceOf(model, score));
  const most = Math.max(...chances);
  model.scores.forEach((score, i) => {
    const chance = chances[i];
    const box = cellBox(column, i);
    const middle = box.y + box.h / 2;
    const best = chance === most;
    context.textBaseline = "middle";
    context.fillStyle = theme.text;
    context.font = `${best ? 650 : 400} ${12 * theme.scale}px ${theme.font}`;
    context.textAlign = "right";
    context.fillText(shortened(context, score.label, column.text), barAt - 8, middle);
    context.textAlign = "left";
    context.fillText(model.at === 2 ? signedPoints(chance) : percent(chance), barAt + barWide + 6, middle);
    context.globalAlpha = 0.14;
    context.fillRect(barAt, middle - 6, barWide, 12);
    context.globalAlpha = 1;
    context.fillStyle = model.at === 2 ? signedInk(theme, chance) : theme.primary;
    context.fillRect(barAt, middle - 6, Math.max(1, barWide * Math.abs(chance)), 12);
  });
}

function shortened(context, text, wide) {
  if (context.measureText(text).width <= wide) return text;
  let end = text.length;
  while (end > 1 && context.measureText(text.slice(0, end) + "…").width > wide) end--;
  return text.slice(0, end).trimEnd() + "…";
}
