// What answers the pointer and the keys: darker incoming edges, framed sources, a card. Nothing moves.
import { ring, sized } from "../../../../shared/js/canvas.js";
import { grouped, number, percent, shapeText } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { showTip } from "../../../../shared/js/tip.js";
import { edgesInto, feedingTiles, wedge, wire } from "./edges.js";
import { cellBox } from "./layout.js";
import { channelAt, foldable, indexOf, limitOf, told } from "./model.js";
import { come } from "./motion.js";
import { paintScan } from "./scanned.js";
import { paintWay } from "./way.js";

const FADED = 0.62; // how much of what is unrelated to the open tile is covered

export function paintOver(view) {
  const { plan, theme, scroll } = view;
  const left = scroll.scrollLeft;
  view.over.style.transform = `translateX(${left}px)`;
  const context = sized(view.over, Math.min(scroll.clientWidth, plan.width - left), plan.bottom + 6);
  context.translate(-left, 0);
  const active = view.hover ?? (view.focused ? view.cursor : null);
  const chosen = selectedTile(view);
  showRange(view, active ?? chosen);
  if (chosen) fadeUnrelated(context, view, chosen);
  if (active ?? chosen) paintIncoming(context, view, active ?? chosen);
  if (chosen) paintScan(context, view, chosen);
  if (chosen) ring(context, cellBox(chosen.column, chosen.index), theme, theme.primary, 3);
  if (view.way) paintWay(context, view);
  if (active) ring(context, cellBox(active.column, active.index), theme, view.focused && !view.hover ? theme.primary : theme.text, 2);
}

// The ends of the colours in numbers, for the column that is pointed at or open.
function showRange(view, tile) {
  const layer = tile?.column.layer;
  const known = layer && layer.kind !== "input";
  const limit = known && limitOf(view.model, layer);
  view.lowest.textContent = known ? number(-limit) : "−";
  view.highest.textContent = known ? number(limit) : "+";
}

// While a tile is open, what it does not read stands back: its sources, and it itself, are left as they are.
function fadeUnrelated(context, view, { column, index }) {
  const { plan, theme } = view;
  const kept = [cellBox(column, index)];
  for (const edge of edgesInto(view, column)) {
    const source = plan.byKey.get(edge.key);
    const tiles = feedingTiles(view, edge, column, index);
    if (tiles === null) kept.push(whole(source));
    else kept.push(...tiles.map(tile => cellBox(source, tile)));
  }
  context.save();
  context.globalAlpha = FADED * come(view, "open");
  context.fillStyle = theme.background;
  context.beginPath();
  context.rect(0, 0, plan.width, plan.bottom + 6);
  for (const { x, y, w, h } of kept) context.rect(x, y, w, h);
  context.fill("evenodd");
  context.restore();
}

// The lines to the open tile grow from its sources.
function paintIncoming(context, view, { column, index }) {
  const { plan, theme } = view;
  const share = view.hover ? 1 : come(view, "open");
  for (const edge of edgesInto(view, column)) {
    context.strokeStyle = context.fillStyle = theme.text;
    const source = plan.byKey.get(edge.key);
    const tiles = feedingTiles(view, edge, column, index);
    const all = tiles ?? [...Array(source.count).keys()];
    if (all.length > 130) wedge(context, source, column, 0.22, cellBox(column, index));
    else {
      context.globalAlpha = all.length > 20 ? 0.4 : 0.75;
      context.lineWidth = all.length > 20 ? 1 : 1.5;
      const far = 2 * Math.hypot(column.x - source.x, plan.body);
      if (share < 1) context.setLineDash([far * share, far]);
      context.beginPath();
      for (const tile of all) wire(context, cellBox(source, tile), cellBox(column, index));
      context.stroke();
      context.setLineDash([]);
    }
    context.globalAlpha = 1;
    if (tiles === null && source.form === "vector") ring(context, whole(source), theme, theme.text, 2);
    else for (const tile of all) ring(context, cellBox(source, tile), theme, theme.text, 2);
  }
}

function whole(column) {
  return { x: column.x, y: column.y + column.head, w: column.w, h: column.h - column.head };
}

export function selectedTile(view) {
  const { selected, plan } = view;
  const column = selected && plan.byKey.get(selected.layer);
  if (!column || !column.layer) return null;
  const index = indexOf(column.layer, selected.channel);
  return index < 0 ? null : { column, index };
}

// Title and lines of the card, and the same as one sentence for a screen reader.
function describe(view, { column, index }) {
  if (column.form === "scores") return describeScore(view.model, view.model.scores[index]);
  const layer = column.layer;
  const channel = channelAt(layer, index);
  const { model } = view;
  const { mean, maximum, dead } = told(model, layer);
  const lines = [];
  if (model.at === 2) lines.push(...apart(layer, index));
  else if (layer.vector) lines.push([say("value"), number(mean[index], 5)]);
  else lines.push([say("mean"), number(mean[index])], [say("maximum"), number(maximum[index])]);
  lines.push([say("shape"), shapeText(layer.shape)]);
  if (layer.kind !== "input") lines.push([say("colours"), rangeInWords(model, layer)]);
  if (layer.operation) lines.push(["", layer.operation]);
  if (dead.includes(index)) lines.push([say("dead"), say("dead_channel")]);
  const group = view.model.groups[view.model.groupOf.get(layer.key)];
  if (foldable(view.model, group) && !view.open.has(group.name))
    lines.push([say("folded"), say("nodes_in", { nodes: group.layers.length, block: group.label })]);
  const title = say(layer.vector ? "cell_of" : "channel_of", {
    layer: layer.key,
    channel: grouped.format(channel),
    total: grouped.format(layer.total),
  });
  return { title, lines };
}

function rangeInWords(model, layer) {
  const limit = number(limitOf(model, layer));
  if (!layer.clipped || model.at === 2) return say("range", { limit });
  return say("clipped", { limit, share: percent(layer.clipped) });
}

// A channel's mean, or a cell's value, in both.
function apart({ vector, mean, second }, index) {
  return [
    [say(vector ? "value_of_a" : "mean_of_a"), number(mean[index])],
    [say(vector ? "value_of_b" : "mean_of_b"), number(second.mean[index])],
  ];
}

function describeScore({ second }, score) {
  const [logit, probability] = score.second ?? [];
  const beside = second
    ? [
        [say("probability_of_b"), percent(probability)],
        [say("output_of_b"), number(logit)],
      ]
    : [];
  return {
    title: score.label,
    lines: [
      [say("probability"), percent(score.probability)],
      [say("output"), number(score.logit)],
      ...beside,
      [say("class"), String(score.index)],
    ],
  };
}

export function showActive(view, place) {
  const active = view.hover ?? view.cursor;
  if (!active) return;
  const { title, lines } = describe(view, active);
  showTip(view.tip, place, title, lines);
  view.tip.dataset.tile = `${active.column.key}/${active.index}`;
}

export function readAloud(view) {
  const { title, lines } = describe(view, view.cursor);
  view.live.textContent = [title, ...lines.map(([name, value]) => `${name} ${value}`)].join(", ");
}
