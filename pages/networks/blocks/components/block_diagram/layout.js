// Where boxes stand and how lines run. Ranks go along the flow, lanes across it; on a narrow page the flow goes down.
import { say } from "../../../../shared/js/say.js";

const LEAST = 112; // pixels from rank to rank, below which the flow goes down instead of to the right
const SHORT = 19; // of the words below a box, where the flow goes down
const LINE = 12; // between lines that run beside all boxes

/** How far lanes reach, how many ranks there are, and how many lines run beside all boxes. */
export function extentOf({ nodes, edges }) {
  const lanes = [...nodes.map(node => node.lane), ...edges.filter(edge => edge.lane !== null).map(edge => edge.lane)];
  const buses = edges.filter(edge => edge.bus !== null).map(edge => edge.bus + 1);
  return {
    ranks: 1 + Math.max(...nodes.map(node => node.rank)),
    low: Math.min(...nodes.map(node => node.lane)),
    high: Math.max(...nodes.map(node => node.lane)),
    wireLow: Math.min(...lanes),
    wireHigh: Math.max(...lanes),
    buses: Math.max(0, ...buses),
  };
}

/** Whether the flow goes down, and how wide a box is. room: pixels; scale: of the type. */
export function shapeOf(content, room, scale = 1) {
  const { ranks, low, high, buses } = extentOf(content);
  const down = room / ranks < LEAST * Math.min(scale, 1.1);
  if (!down) return { down, across: room / ranks, box: Math.min(168 * Math.min(scale, 1.3), room / ranks - 26) };
  const beside = buses ? buses * LINE + 10 : 0;
  const across = Math.min(190, Math.max(84 * scale, (room - beside) / (high - low + 1)));
  return { down, across, box: across - 12 };
}

/** The boxes {x, y, w, h} of all nodes, and the size of the whole. tall: height of a box. */
export function placed(content, shape, tall) {
  const found = extentOf(content);
  const { down, across, box } = shape;
  const beside = found.buses ? found.buses * LINE + 14 : 0;
  const lane = down ? across : tall + (found.high - found.low > 2 ? 8 : 11);
  const gap = content.nodes.some(node => node.starts.length > 1) ? 48 : 30; // words stand where ways into a join begin
  const rank = down ? tall + gap : across;
  const before = Math.max(0, (found.low - found.wireLow - 0.5) * lane) + beside + (found.wireLow < found.low ? 14 : 2);
  const after = Math.max(0, (found.wireHigh - found.high - 0.5) * lane) + 6;
  const thick = down ? box : tall;
  const centre = row => before + (row - found.low) * lane + thick / 2;
  const boxes = content.nodes.map(node => {
    const along = node.rank * rank + (down ? 2 : (rank - box) / 2);
    const start = centre(node.lane) - thick / 2;
    return down ? { x: start, y: along, w: box, h: tall } : { x: along, y: start, w: box, h: tall };
  });
  const breadth = before + (found.high - found.low) * lane + thick + after;
  const length = found.ranks * rank + (down ? 4 - gap : 0);
  return { boxes, centre, rank, lane, down, width: down ? breadth : length, height: down ? length : breadth };
}

/** The line of an edge as the `d` of an SVG path. */
export function lineOf(edge, at, content) {
  const from = ends(at.boxes[edge.start], at.down);
  const to = ends(at.boxes[edge.end], at.down);
  if (edge.bus !== null) return busOf(edge, at, content);
  const end = to.middle + arrival(edge, at, content);
  const box = at.boxes[edge.start];
  const gap = at.rank - (at.down ? box.h : box.w);
  const joins = content.nodes[edge.end].starts.length > 1;
  const turn = Math.min(46, joins && at.down ? gap - SHORT : 0.9 * gap); // before the next rank's boxes begin
  if (edge.lane === null && !joins) return text(at.down, [["M", from.last, from.middle], curveTo(from.last, from.middle, to.first, end)]);
  const row = edge.lane === null ? from.middle : at.centre(edge.lane); // into a join: straight on, below its words
  const two = to.first - turn;
  const one = edge.lane === null ? Math.min(from.last, two) : from.last + turn;
  return text(at.down, [
    ["M", from.last, from.middle],
    curveTo(from.last, from.middle, one, row),
    ["L", Math.max(one, two), row],
    curveTo(Math.max(one, two), row, to.first, end),
  ]);
}

// How far from the middle of its reader's side a line ends: where ways are joined, beside each other and in order.
function arrival(edge, at, { nodes }) {
  const reader = nodes[edge.end];
  const box = at.boxes[edge.end];
  const apart = Math.min(16, (0.6 * (at.down ? box.w : box.h)) / reader.inputs.length);
  return reader.starts.length < 2 ? 0 : (reader.inputs.indexOf(edge.start) - (reader.inputs.length - 1) / 2) * apart;
}

/** The words at the lines: {x, y, text, anchor}, y at their middle. Of a join every way has its own, where it begins. */
export function labelsOf({ nodes, edges }, at) {
  const roomy = at.down || at.rank - at.boxes[0].w > 84;
  const named = edge => roomy && nodes[edge.end].starts.length > 1;
  return [
    ...edges
      .filter(edge => edge.lane !== null && !named(edge))
      .map(edge => ({ ...middleOf(edge, at), text: channelsOf(edge, at), anchor: "middle" })),
    ...edges.filter(named).map(edge => ({ ...behindOf(edge, at), text: branchWords(edge, at, nodes), anchor: "start" })),
  ];
}

function channelsOf(edge, at) {
  return at.down ? String(edge.channels) : say("channels", { count: edge.channels });
}

function branchWords(edge, at, nodes) {
  const { branch } = nodes[edge.start];
  if (at.down) return branch ? `${branch}: ${edge.channels}` : String(edge.channels);
  return branch && edge.branch ? say("branch_channels", { branch, count: edge.channels }) : channelsOf(edge, at);
}

// Where the words of a line that keeps to a row belong.
function middleOf(edge, at) {
  const from = ends(at.boxes[edge.start], at.down);
  const to = ends(at.boxes[edge.end], at.down);
  const along = (from.last + to.first) / 2;
  const row = at.centre(edge.lane);
  return at.down ? { x: row, y: along } : { x: along, y: row };
}

// Where the words of a line belong that stand where it leaves its box.
function behindOf(edge, at) {
  const from = ends(at.boxes[edge.start], at.down);
  return at.down ? { x: from.middle + 8, y: from.last + 9 } : { x: from.last + 8, y: from.middle - 14 };
}

function ends({ x, y, w, h }, down) {
  return down
    ? { first: y, last: y + h, middle: x + w / 2, side: x, centre: y + h / 2 }
    : { first: x, last: x + w, middle: y + h / 2, side: y, centre: x + w / 2 };
}

// Up from the box, along beside all others, and down into each reader; lines of one node lie on each other.
function busOf(edge, at, { nodes }) {
  const from = ends(at.boxes[edge.start], at.down);
  const to = ends(at.boxes[edge.end], at.down);
  const row = from.side - 9 - edge.bus * LINE;
  const apart = Math.min(7, (at.down ? at.boxes[0].h : at.boxes[0].w) / (nodes.length + 2));
  const leave = from.centre + 10;
  const arrive = to.centre - 12 - apart * (nodes[edge.end].rank - nodes[edge.start].rank - 2);
  const bend = 6;
  return text(at.down, [
    ["M", leave, from.side],
    ["L", leave, row + bend],
    ["Q", leave, row, leave + bend, row],
    ["L", arrive - bend, row],
    ["Q", arrive, row, arrive, row + bend],
    ["L", arrive, to.side],
  ]);
}

function curveTo(u1, v1, u2, v2) {
  const half = (u1 + u2) / 2;
  return ["C", half, v1, half, v2, u2, v2];
}

function text(down, parts) {
  const pairs = numbers => Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
  const point = ([u, v]) => (down ? `${v.toFixed(1)} ${u.toFixed(1)}` : `${u.toFixed(1)} ${v.toFixed(1)}`);
  return parts.map(([letter, ...numbers]) => `${letter} ${pairs(numbers).map(point).join(", ")}`).join(" ");
}
