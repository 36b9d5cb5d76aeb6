// The boxes as they come from Python, pre-order: a box's descendants are the indices from its own to its end.
export function planted(header) {
  const items = header.items.map((item, index) => ({ ...item, index, children: item.children ?? [], reads: item.reads ?? [] }));
  for (let i = items.length - 1; i >= 0; i--) items[i].end = items[i].children.length ? items[items[i].children.at(-1)].end : i;
  const readers = items.map(() => []);
  for (const item of items) for (const read of item.reads) readers[read].push(item.index);
  return { items, roots: header.roots, readers, totals: {}, links: new Map() };
}

export function childrenOf(tree, box) {
  return box < 0 ? tree.roots : tree.items[box].children;
}

function holds(tree, box, index) {
  return box < 0 || (index > box && index <= tree.items[box].end);
}

// Which child of the box an operation inside it belongs to.
function childAround(tree, box, index) {
  let at = index;
  while (tree.items[at].parent !== box) at = tree.items[at].parent;
  return at;
}

// Who reads whom among the children of a box; which of them read from outside (ins) and are read from there (outs).
export function linksOf(tree, box) {
  if (tree.links.has(box)) return tree.links.get(box);
  const { items, readers } = tree;
  const last = box < 0 ? items.length - 1 : items[box].end;
  const seen = new Set();
  const ins = new Set();
  const outs = new Set();
  const edges = [];
  for (let i = box + 1; i <= last; i++) {
    if (items[i].children.length) continue;
    const child = childAround(tree, box, i);
    for (const read of items[i].reads) {
      if (!holds(tree, box, read)) ins.add(child);
      else {
        const from = childAround(tree, box, read);
        const key = from * items.length + child;
        if (from !== child && !seen.has(key)) edges.push([from, child]);
        seen.add(key);
      }
    }
    if (readers[i].some(reader => !holds(tree, box, reader)) || (box >= 0 && !readers[i].length)) outs.add(child);
  }
  const links = { edges, ins: [...ins], outs: [...outs] };
  tree.links.set(box, links);
  return links;
}

// Every box that can be opened, and the boxes around one, outermost first.
export function foldables(tree) {
  return tree.items.filter(item => item.children.length).map(item => item.index);
}

export function around(tree, index) {
  const path = [];
  for (let at = tree.items[index].parent; at >= 0; at = tree.items[at].parent) path.unshift(at);
  return path;
}

// The box in sight that stands for an operation: itself, or the closed one around it.
function inSight(view, index) {
  return around(view.tree, index).find(box => !view.open.has(box)) ?? index;
}

// Sources and readers of a box, as boxes in sight; nothing of its own inside.
export function neighbours(view, box) {
  const { tree } = view;
  const { items, readers } = tree;
  const sources = new Set();
  const followers = new Set();
  for (let i = box; i <= items[box].end; i++) {
    for (const read of items[i].reads) if (read < box || read > items[box].end) sources.add(inSight(view, read));
    for (const reader of readers[i]) if (reader < box || reader > items[box].end) followers.add(inSight(view, reader));
  }
  return { sources: [...sources], followers: [...followers] };
}
