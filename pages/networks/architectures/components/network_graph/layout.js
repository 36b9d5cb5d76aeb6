// Where everything lies. A box that is open is laid out by itself and takes its place as one large node around it.
import { IN, OUT, aligned, layered, ordered } from "./layers.js";
import { around } from "./tree.js";

export const BOX = { w: 190, h: 44 };
const GAP_Y = 24;
export const HEAD = 26;
const EDGE = 12;
const BETWEEN = 46;

// {w, h, nodes: [{id, x, y, w, h}], wires: [{x1, y1, bend, x2, y2, arrow}], top, bottom}: in the box's own coordinates.
export function laidOut(view, box) {
  if (view.laid.has(box)) return view.laid.get(box);
  const rows = layered(view.tree, box, id => (view.open.has(id) ? laidOut(view, id) : BOX));
  ordered(rows);
  const parts = box < 0 ? segments(rows, view.cuts) : [rows];
  const made = { nodes: [], wires: [], w: 0, h: 0, top: 0, bottom: 0 };
  for (const [number, part] of parts.entries()) stack(view, made, part, box < 0 ? 0 : HEAD, number ? made.w + BETWEEN - 2 * EDGE : 0);
  for (const one of made.wires) if (one.out) one.y2 = made.h; // the way out ends at the frame
  for (const [number, part] of parts.entries()) if (number) bridge(view, made, parts[number - 1].at(-1)[0], part[0][0]);
  view.laid.set(box, made);
  return made;
}

// Adds one column of rows to a layout, starting at (left, head).
function stack(view, made, rows, head, left) {
  aligned(rows);
  const all = rows.flat();
  const shift = left + EDGE - Math.min(...all.map(node => node.x - node.w / 2));
  let y = head + (head ? 4 : EDGE);
  for (const row of rows) {
    const tall = Math.max(...row.map(node => node.h));
    for (const node of row) {
      node.x += shift;
      node.y = y;
      node.foot = y + tall;
      node.left = left + EDGE;
      if (!node.lane && node.id >= 0) made.nodes.push({ id: node.id, x: node.x - node.w / 2, y, w: node.w, h: node.h });
      if (node.id === IN && !node.lane) made.top = node.x;
      if (node.id === OUT) made.bottom = node.x;
    }
    y += tall + GAP_Y;
  }
  const here = new Set(all);
  for (const node of all) for (const below of node.down) if (here.has(below)) made.wires.push(wire(view, node, below));
  made.w = Math.max(made.w, ...all.map(node => node.x + node.w / 2 + EDGE), head ? BOX.w + 2 * EDGE : 0);
  made.h = Math.max(made.h, y - GAP_Y + EDGE);
}

// Straight down to the end of its own row, then a bend to the next; an open box is met at its ports.
function wire(view, node, below) {
  const x1 = node.x + (node.lane ? 0 : port(view, node, "bottom"));
  const x2 = below.x + (below.lane ? 0 : port(view, below, "top"));
  const y1 = node.lane ? node.y : node.id === IN ? 0 : node.y + node.h;
  return { x1, y1, bend: node.foot, x2, y2: below.y, arrow: !below.lane && below.id !== OUT, out: !below.lane && below.id === OUT };
}

function port(view, node, side) {
  if (node.id < 0 || !view.open.has(node.id)) return 0;
  const inner = laidOut(view, node.id);
  return inner[side] ? inner[side] - inner.w / 2 : 0;
}

// From the foot of one column up to the head of the next.
function bridge(view, made, from, to) {
  const x1 = from.x + port(view, from, "bottom");
  const x2 = to.x + port(view, to, "top");
  const foot = from.y + from.h;
  const lane = to.left - BETWEEN / 2;
  made.wires.push({
    path: [
      [x1, foot],
      [x1, foot + 9],
      [lane, foot + 9],
      [lane, 3],
      [x2, 3],
      [x2, to.y],
    ],
    arrow: true,
  });
}

// The rows of the outermost level in columns; a column begins at each box of `cuts`.
function segments(rows, cuts) {
  const parts = [[]];
  for (const row of rows) {
    if (row.length === 1 && cuts.has(row[0].id) && parts.at(-1).length) parts.push([]);
    parts.at(-1).push(row);
  }
  return parts;
}

// Which boxes begin a column, so that all of it fills the stage best: only where a single wire is cut.
// least: the zoom below which nobody goes; columns that would then stand beside the stage are not made.
export function chooseCuts(view, width, height, least) {
  view.cuts = new Set();
  view.laid.delete(-1);
  const rows = layered(view.tree, -1, id => (view.open.has(id) ? laidOut(view, id) : BOX));
  const sizes = rows.map(row => Math.max(...row.map(node => node.h)) + GAP_Y);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let best = { zoom: -1, cuts: new Set() };
  for (let columns = 1; columns <= 7; columns++) {
    const cuts = new Set();
    let filled = 0;
    rows.forEach((row, i) => {
      const free = i && row.length === 1 && rows[i - 1].length === 1 && !row[0].lane && !rows[i - 1][0].lane;
      if (free && filled + sizes[i] / 2 > total / columns && cuts.size < columns - 1) {
        cuts.add(row[0].id);
        filled = 0;
      }
      filled += sizes[i];
    });
    view.cuts = cuts;
    view.laid.delete(-1);
    const { w, h } = laidOut(view, -1);
    const zoom = Math.min(1, width / w, height / h);
    if (zoom > best.zoom * 1.02 && (columns === 1 || w * least <= width)) best = { zoom, cuts };
  }
  view.cuts = best.cuts;
  view.laid.delete(-1);
}

// Every box in sight with its place on the sheet, the ones around before the ones inside.
export function arrangeAll(view) {
  view.boxes = [];
  view.placed = new Map();
  const walk = (box, left, top) => {
    const made = laidOut(view, box);
    for (const node of made.nodes) {
      const here = { id: node.id, x: left + node.x, y: top + node.y, w: node.w, h: node.h, open: view.open.has(node.id) };
      view.boxes.push(here);
      view.placed.set(node.id, here);
      if (here.open) walk(node.id, here.x, here.y);
    }
  };
  walk(-1, 0, 0);
  const whole = laidOut(view, -1);
  view.sheet = { w: whole.w, h: whole.h };
}

// A box opened or folded changes its own layout and those around it.
export function forget(view, box) {
  for (const one of [box, ...around(view.tree, box), -1]) view.laid.delete(one);
}
