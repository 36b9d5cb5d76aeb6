// What a box depends on, who stands beside it, and how wide its lines are.

/** The places of a box and of all that it is computed from. */
export function wayTo(nodes, place) {
  const found = new Set([place]);
  const left = [place];
  while (left.length)
    for (const other of nodes[left.pop()].inputs)
      if (!found.has(other)) {
        found.add(other);
        left.push(other);
      }
  return found;
}

/** The box that an arrow key leads to: to the next rank or the one before (along), or to the next row (across). */
export function neighbour(nodes, place, along, across) {
  const here = nodes[place];
  const score = node =>
    along
      ? (node.rank - here.rank) * along > 0
        ? Math.abs(node.rank - here.rank) * 100 + Math.abs(node.lane - here.lane)
        : Infinity
      : node.rank === here.rank && (node.lane - here.lane) * across > 0
        ? Math.abs(node.lane - here.lane)
        : Infinity;
  const best = nodes.reduce((kept, node, index) => (score(node) < score(nodes[kept]) ? index : kept), place);
  return score(nodes[best]) < Infinity ? best : place;
}

/** Pixels: as many as the channels' share of the widest line, at least 1.5. */
export function widthOf(edge, edges) {
  return Math.max(1.5, (12 * edge.channels) / Math.max(...edges.map(one => one.channels)));
}
