// One level of the graph as layers: every box below all that it reads. A value that is read further down goes through
// a lane of its own (one for all its readers), so that no wire crosses a box. After Sugiyama, Tagawa & Toda (1981).
import { childrenOf, linksOf } from "./tree.js";

const LANE = 9;
const GAP_X = 16;
const SWEEPS = 4;
export const IN = -1;
export const OUT = -2;

// rows: [[node]], node: {id, lane, up: [node], down: [node], w, h}; id IN and OUT are the ports of the box around.
export function layered(tree, box, sizeOf) {
  const { edges, ins, outs } = linksOf(tree, box);
  const children = childrenOf(tree, box);
  const pairs = [...edges, ...ins.map(id => [IN, id]), ...outs.map(id => [id, OUT])];
  const sources = new Map(children.map(id => [id, []]));
  const depth = new Map([[IN, 0]]);
  for (const [from, to] of pairs) if (to !== OUT) sources.get(to).push(from);
  for (const id of children)
    depth.set(id, 1 + Math.max(-1, ...sources.get(id).map(from => depth.get(from))) + (box >= 0 && !sources.get(id).length ? 1 : 0));
  const deepest = Math.max(...children.map(id => depth.get(id)));
  depth.set(OUT, deepest + 1);
  const rows = Array.from({ length: deepest + 2 }, () => []);
  const nodes = new Map();
  const put = (id, at, lane) => {
    const size = lane ? { w: LANE, h: 0 } : id < 0 ? { w: 0, h: 0 } : sizeOf(id);
    const node = { id, lane, up: [], down: [], ...size, row: at };
    rows[at].push(node);
    return node;
  };
  if (ins.length) nodes.set(IN, put(IN, 0, false));
  for (const id of children) nodes.set(id, put(id, depth.get(id), false));
  if (outs.length) nodes.set(OUT, put(OUT, deepest + 1, false));
  const lanes = new Map();
  for (const [from, to] of pairs) {
    let before = nodes.get(from);
    for (let at = depth.get(from) + 1; at < depth.get(to); at++) {
      const key = `${from} ${at}`;
      if (!lanes.has(key)) {
        const lane = put(from, at, true);
        lanes.set(key, lane);
        join(before, lane);
      }
      before = lanes.get(key);
    }
    join(before, nodes.get(to));
  }
  return rows.filter(row => row.length);
}

function join(above, below) {
  above.down.push(below);
  below.up.push(above);
}

// Fewer crossings: each row in the order of the mean place of what it is joined to, downwards and upwards in turn.
export function ordered(rows) {
  const number = row => row.forEach((node, at) => (node.at = at + 0.5 - row.length / 2));
  rows.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    const side = down ? "up" : "down";
    for (const row of down ? rows : [...rows].reverse()) {
      if (row.length < 2) continue;
      for (const node of row) node.wish = node[side].length ? mean(node[side].map(other => other.at)) : node.at;
      row.sort((one, other) => one.wish - other.wish || Number(one.lane) - Number(other.lane) || one.at - other.at);
      number(row);
    }
  }
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// The x of every node's middle: as near as may be to what it is joined to, in order, without overlap.
export function aligned(rows) {
  const here = new Set(rows.flat());
  for (const row of rows)
    spread(
      row,
      row.map(() => 0),
    );
  for (let sweep = 0; sweep < 2 * SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    const side = down ? "up" : "down";
    for (const row of down ? rows : [...rows].reverse()) {
      spread(
        row,
        row.map(node => {
          const joined = node[side].filter(other => here.has(other));
          return joined.length ? mean(joined.map(other => other.x)) : node.x;
        }),
      );
    }
  }
}

// Least squares under x[i + 1] ≥ x[i] + distance: neighbours that would overlap are pooled and share the mean.
function spread(row, wishes) {
  const pools = [];
  let offset = 0;
  row.forEach((node, i) => {
    if (i) offset += (row[i - 1].w + node.w) / 2 + (row[i - 1].lane && node.lane ? 0 : GAP_X);
    node.offset = offset;
    const weight = node.lane ? 3 : 1;
    pools.push({ sum: weight * (wishes[i] - offset), weight, count: 1 });
    while (pools.length > 1 && pools.at(-2).sum / pools.at(-2).weight > pools.at(-1).sum / pools.at(-1).weight) {
      const last = pools.pop();
      const rest = pools.at(-1);
      rest.sum += last.sum;
      rest.weight += last.weight;
      rest.count += last.count;
    }
  });
  let at = 0;
  for (const pool of pools) for (let k = 0; k < pool.count; k++) row[at].x = pool.sum / pool.weight + row[at++].offset;
}
