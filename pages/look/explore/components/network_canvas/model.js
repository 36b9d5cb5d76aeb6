// What the network is: columns by key, which of them stand on the canvas, and what feeds a channel.
export function modelOf(layout, atlas, folded) {
  const columns = new Map(layout.layers.map(layer => [layer.key, layer]));
  const groupOf = new Map();
  layout.groups.forEach((group, index) => group.layers.forEach(key => groupOf.set(key, index)));
  return { ...layout, atlas, folded, columns, groupOf, rest: null, sprites: new Map(), at: 0 };
}

export const SIDES = ["first", "second", "difference"]; // of a canvas of two; model.at counts in them

/** Mean, maximum and dead channels of what is shown; of a difference there is none to tell. */
export function told(model, layer) {
  return model.at === 0 ? layer : model.at === 1 ? layer.second : { mean: [], maximum: [], dead: [] };
}

/** The end of the colours of what is shown. */
export function limitOf(model, layer) {
  return model.at === 2 ? layer.spread : layer.limit;
}

/** Whether a column is drawn in grey levels: the image's own channels, but not their difference. */
export function isGrey(model, layer) {
  return layer.kind === "input" && model.at !== 2;
}

// The palette entries of a column's tiles; those of a block that was folded are fetched with the whole block: null till then.
export function entriesIn(model, layer) {
  const length = shownCount(layer) * layer.height * layer.width;
  const before = model.at * (model.second?.stride ?? 0);
  const beforeFolded = model.at * (model.second?.foldedStride ?? 0);
  if (!layer.folded) return model.atlas.subarray(before + layer.offset, before + layer.offset + length);
  if (model.folded.length) return model.folded.subarray(beforeFolded + layer.offset, beforeFolded + layer.offset + length);
  const [from, to] = spanOf(model, model.groups[model.groupOf.get(layer.key)]);
  const [start, end] = [beforeFolded + from, beforeFolded + to];
  const bytes = model.rest?.at(start, end - start);
  return bytes ? bytes.subarray(layer.offset - from, layer.offset - from + length) : null;
}

function spanOf(model, group) {
  const inside = group.layers.map(key => model.columns.get(key)).filter(layer => layer.folded);
  const ends = inside.map(layer => layer.offset + shownCount(layer) * layer.height * layer.width);
  return [Math.min(...inside.map(layer => layer.offset)), Math.max(...ends)];
}

export function foldable(model, group) {
  return !model.small && group.layers.length > 1;
}

// The columns of a group that are on the canvas: all of them, or one that stands for the whole block.
export function visibleKeys(model, group, open) {
  return !foldable(model, group) || open.has(group.name) ? group.layers : [group.face];
}

export function channelAt(layer, index) {
  return layer.channels ? layer.channels[index] : index;
}

export function indexOf(layer, channel) {
  if (!layer.channels) return channel < layer.total ? channel : -1;
  return layer.channels.indexOf(channel);
}

export function shownCount(layer) {
  return layer.channels ? layer.channels.length : layer.total;
}

// Edges into a node that start at columns on the canvas: [{key, relation, number}]. Folded nodes are looked through.
export function visibleSources(model, key, shown) {
  const found = new Map();
  const seen = new Set();
  const walk = (from, carried) => {
    for (const [source, relation, number] of model.columns.get(from).sources) {
      const step = carried === null || carried.relation === "same" ? { relation, number } : carried;
      const through = carried !== null && relation !== "same" && carried.relation !== "same" ? { relation: "all", number: 0 } : step;
      if (shown.has(source)) keep(source, through);
      else if (model.groupOf.get(source) !== model.groupOf.get(key)) keep(standIn(model, source), { relation: "all", number: 0 });
      else if (!seen.has(source)) {
        seen.add(source);
        walk(source, through);
      }
    }
  };
  const keep = (source, edge) => {
    const old = found.get(source);
    found.set(source, old && old.relation !== edge.relation ? { relation: "all", number: 0 } : edge);
  };
  walk(key, null);
  found.delete(key);
  return [...found].map(([source, edge]) => ({ key: source, ...edge }));
}

export function standIn(model, key) {
  return model.groups[model.groupOf.get(key)].face;
}

// Indices, among the shown tiles of the source, that feed this channel; null stands for all of them.
export function feeding(model, edge, layer, channel) {
  const source = model.columns.get(edge.key);
  if (edge.relation === "all") return null;
  if (edge.relation === "block") {
    const mine = Math.floor((channel * edge.number) / layer.total);
    const size = source.total / edge.number;
    return [...Array(shownCount(source)).keys()].filter(i => Math.floor(channelAt(source, i) / size) === mine);
  }
  const wanted = { same: channel, shift: channel - edge.number, cells: Math.floor(channel / edge.number) }[edge.relation];
  const index = wanted >= 0 && wanted < source.total ? indexOf(source, wanted) : -1;
  return index < 0 ? [] : [index];
}

const SHORT_KINDS = {
  convolution: "conv",
  transposed_convolution: "deconv",
  normalization: "norm",
  pooling: "pool",
  addition: "sum",
  multiplication: "product",
  concatenation: "concat",
  upsampling: "upsample",
};

export function shortKind(layer) {
  if (layer.kind === "activation" && layer.operation) return layer.operation.split(/[ (,]/)[0];
  return SHORT_KINDS[layer.kind] ?? layer.kind;
}
