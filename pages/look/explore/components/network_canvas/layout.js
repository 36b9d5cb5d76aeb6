// Where everything stands, in CSS pixels: columns left to right, wide gaps between groups, centred on one line.
import { shapeText } from "../../../../shared/js/numbers.js";
import { shownCount, visibleKeys } from "./model.js";

const TILE = 44; // pixels of a tile with its gap
export const SPACE = { top: 22, tileGap: 4, inner: 18, legend: 56, gap: 18, most: 88, bar: 76, percent: 52, picture: 88, left: 4 };

export function geometry(view, width) {
  const { model, open } = view;
  const body = bodyHeight(model, view.theme.scale);
  const inner = SPACE.inner * view.theme.scale; // larger type wants more room over a column
  const groups = [];
  const columns = [];
  for (const group of model.groups) {
    const made = visibleKeys(model, group, open).map(key => columnOf(model, model.columns.get(key), body));
    const wide = made.reduce((sum, column) => sum + column.w, 0) + inner * (made.length - 1);
    groups.push({ group, columns: made, wide, w: Math.max(wide, legendWidth(view.theme, group)) });
    columns.push(...made);
  }
  if (model.scores.length) {
    const column = scoresColumn(view, body);
    groups.push({ group: null, columns: [column], wide: column.w, w: column.w });
    columns.push(column);
  }
  const taken = groups.reduce((sum, one) => sum + one.w, 2 * SPACE.left);
  const spare = (width - taken) / Math.max(groups.length - 1, 1);
  place(groups, Math.max(SPACE.gap, Math.min(SPACE.most, spare)), inner, body);
  const last = groups.at(-1);
  return {
    groups,
    columns,
    body,
    bottom: SPACE.top + body,
    byKey: new Map(columns.map(column => [column.key, column])),
    width: Math.max(width, Math.ceil(last.x + last.w + SPACE.left)),
  };
}

// One screen high: eight tiles of a deep net, sixteen of a small one, as large as the window leaves room for.
const AROUND = 318; // pixels above and below the tiles: menu, name, bar, scale, legends
const UNDER = 20; // of two: the numbers under the columns
const LEAST = 300;

function bodyHeight(model, scale) {
  const most = model.layers.reduce((n, l) => Math.max(n, l.vector ? 0 : Math.min(shownCount(l), 16)), model.small ? 1 : 8);
  const room = Math.max(LEAST, window.innerHeight - AROUND - 90 * (scale - 1) - (model.second ? UNDER * scale : 0));
  return Math.min(room, Math.max(LEAST, most * TILE));
}

function columnOf(model, layer, body) {
  const base = { key: layer.key, layer, count: shownCount(layer) };
  if (layer.kind === "input" && model.picture) return inputColumn(base, body);
  if (layer.vector) return { ...base, form: "vector", ...strip(base.count, body) };
  const perColumn = Math.min(base.count, 16);
  const side = Math.min(40, Math.floor((body + SPACE.tileGap) / perColumn) - SPACE.tileGap);
  return { ...base, form: "maps", ...stack(base.count, side, side, perColumn, SPACE.tileGap) };
}

function inputColumn(base, body) {
  const single = base.count === 1;
  const side = single ? SPACE.picture : Math.min(40, Math.floor((body - SPACE.picture - 12) / base.count) - 4);
  const grid = stack(base.count, side, side, base.count, SPACE.tileGap);
  const head = single ? 0 : SPACE.picture + 12;
  return { ...base, form: "maps", ...grid, w: SPACE.picture, h: grid.h + head, head, inset: (SPACE.picture - side) / 2 };
}

// A vector as a strip of cells, from the top down, in as many strips as the height asks for.
function strip(count, body) {
  const strips = Math.ceil(count / 128);
  const perColumn = Math.ceil(count / strips);
  const high = Math.min(26, body / perColumn);
  const wide = strips === 1 ? 26 : Math.max(3, Math.min(10, 64 / strips));
  return stack(count, wide, high, perColumn, 0);
}

function stack(count, cellW, cellH, perColumn, gap) {
  const strips = Math.ceil(count / perColumn);
  return {
    cellW,
    cellH,
    perColumn,
    gap,
    head: 0,
    inset: 0,
    w: strips * (cellW + gap) - gap,
    h: perColumn * (cellH + gap) - gap,
  };
}

function scoresColumn({ model, theme }, body) {
  const count = model.scores.length;
  const text = Math.min(
    120 * theme.scale,
    Math.max(...model.scores.map(s => textWidth(s.label, `650 ${12 * theme.scale}px ${theme.font}`))),
  );
  const cells = stack(count, text + 8 + SPACE.bar + SPACE.percent * theme.scale, Math.min(28, Math.floor(body / count)), count, 0);
  return { key: "scores", layer: null, count, form: "scores", text, ...cells };
}

// As narrow as its words allow: the gaps, not the text, shall show where a group ends.
function legendWidth(theme, group) {
  const words = group.kinds.split(" ").map(word => textWidth(word, `${12 * theme.scale}px ${theme.font}`));
  const name = textWidth(group.label, `650 ${12 * theme.scale}px ${theme.font}`) + (group.layers.length > 1 ? 14 : 0);
  const shape = textWidth(shapeText(group.shape), `${12 * theme.scale}px ${theme.code}`);
  return Math.ceil(Math.max(SPACE.legend, Math.min(name, 130), shape, ...words)) + 10;
}

const rulers = {};

function textWidth(text, font) {
  const ruler = (rulers[font] ??= Object.assign(document.createElement("canvas").getContext("2d"), { font }));
  return ruler.measureText(text).width;
}

function place(groups, gap, inner, body) {
  let x = SPACE.left;
  for (const one of groups) {
    one.x = x;
    let at = x + (one.w - one.wide) / 2;
    for (const column of one.columns) {
      column.x = at;
      column.y = SPACE.top + (body - column.h) / 2;
      at += column.w + inner;
    }
    x += one.w + gap;
  }
}

// The rectangle of a column's i-th tile.
export function cellBox(column, i) {
  const strip = Math.floor(i / column.perColumn);
  const row = i % column.perColumn;
  return {
    x: column.x + column.inset + strip * (column.cellW + column.gap),
    y: column.y + column.head + row * (column.cellH + column.gap),
    w: column.cellW,
    h: column.cellH,
  };
}

// Which tile is at this point: {column, index}, or null.
export function tileAt(plan, x, y) {
  for (const column of plan.columns) {
    if (x < column.x + column.inset - 1 || x > column.x + column.w - column.inset + 1) continue;
    const top = y - column.y - column.head;
    if (top < 0 || top > column.h - column.head) return null;
    const strip = Math.floor((x - column.x - column.inset) / (column.cellW + column.gap));
    const row = Math.floor(top / (column.cellH + column.gap));
    const index = Math.max(strip, 0) * column.perColumn + Math.min(row, column.perColumn - 1);
    return index < column.count ? { column, index } : null;
  }
  return null;
}
