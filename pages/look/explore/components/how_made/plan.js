// Where everything stands, in CSS pixels: a row for each map that is read, its kernel and its product; then the sum, the map.
import { clamp } from "../../../../shared/js/numbers.js";

const HEAD = 20;
const FOOT = 18;
const GAP = { row: 7, sign: 20, lines: 56, result: 22 };
const SUM = 15; // radius of the circle in which the products meet

/** {rows: [{read, kernel, product}], rest, sum, output, width, height}; boxes are {x, y, w, h}. */
export function planOf(/** @type {import("../../../../shared/js/packets").MakingMeta} */ meta, width, high) {
  const weighted = meta.parts[0].kernel !== null;
  const count = meta.parts.length + (meta.rest ? 1 : 0);
  const across = weighted ? 3 : 1;
  const between = weighted ? 2 * GAP.sign : 0;
  const lines = Math.max(GAP.lines, Math.min(90, width * 0.13));
  const least = 84; // of the result
  const wide = (width - 4 - between - lines - 2 * SUM - GAP.result - least) / across;
  const tall = (high - HEAD - FOOT + GAP.row) / count - GAP.row;
  const side = Math.floor(clamp(Math.min(wide, tall), 20, weighted ? 92 : 132));
  const body = count * (side + GAP.row) - GAP.row;
  const left = across * side + between + lines + 2 * SUM + GAP.result;
  const large = Math.floor(clamp(width - left - 4, least, Math.max(body, 150)));
  const height = Math.max(body, Math.min(large, 190));
  const top = HEAD + (height - body) / 2;
  const rows = meta.parts.map((part, i) => rowOf(part, top + i * (side + GAP.row), side));
  const middle = HEAD + height / 2;
  const sum = { x: 2 + across * side + between + lines + SUM, y: middle, r: SUM };
  const room = Math.min(large, 190);
  const output = fit(meta.output, { x: sum.x + SUM + GAP.result, y: middle - room / 2, w: room, h: room });
  const restAt = top + meta.parts.length * (side + GAP.row);
  const rest = meta.rest && fit(meta.rest, { x: 2 + 2 * (side + GAP.sign), y: restAt, w: side, h: side });
  return { rows, rest, sum, output, side, width, height: HEAD + height + FOOT, heads: HEAD - 7 };
}

function rowOf(part, y, side) {
  const at = index => ({ x: 2 + index * (side + GAP.sign), y, w: side, h: side });
  if (!part.kernel) return { y, read: fit(part.tile, at(0)), kernel: null, product: null };
  const shape = [0, part.kernel.length, part.kernel[0].length];
  const room = at(1);
  const small = Math.min(side, 64);
  const kernel = fit(shape, { x: room.x + (side - small) / 2, y: y + (side - small) / 2, w: small, h: small });
  return { y, read: fit(part.tile, at(0)), kernel, product: fit(part.product, at(2)) };
}

// The largest box of a tile's shape in a room, in its middle. tile: [offset, height, width].
function fit(tile, room) {
  const [height, width] = tile.slice(1);
  const scale = Math.min(room.w / width, room.h / height);
  const [w, h] = [width * scale, height * scale];
  return { x: room.x + (room.w - w) / 2, y: room.y + (room.h - h) / 2, w, h };
}

/** The cell (row, column) of the result that a point of the drawing means; null beside everything. */
export function cellAt(plan, meta, x, y) {
  const [height, width] = meta.size;
  const within = box => box && x >= box.x && y >= box.y && x < box.x + box.w && y < box.y + box.h;
  const share = box => [(y - box.y) / box.h, (x - box.x) / box.w];
  for (const box of [plan.output, plan.rest, ...plan.rows.map(row => row.product)]) {
    if (!within(box)) continue;
    const [down, across] = share(box);
    return { row: Math.min(height - 1, Math.floor(down * height)), column: Math.min(width - 1, Math.floor(across * width)) };
  }
  for (const { read } of plan.rows) {
    if (!within(read)) continue;
    const [down, across] = share(read);
    return { row: nearest(meta.rows, down * meta.read[0]), column: nearest(meta.columns, across * meta.read[1]) };
  }
  return null;
}

function nearest(spans, place) {
  let best = 0;
  let least = Infinity;
  spans.forEach(([start, stop], index) => {
    const far = Math.abs((start + stop) / 2 - place);
    if (far < least) [best, least] = [index, far];
  });
  return best;
}
