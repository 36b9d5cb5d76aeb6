// Lines from tiles to the tiles they feed. At rest they are faint, and only small nets show them.
import { SPACE, cellBox } from "./layout.js";
import { channelAt, feeding, indexOf, visibleSources } from "./model.js";

export function paintEdges(context, view) {
  const { plan, theme } = view;
  context.strokeStyle = context.fillStyle = theme.text;
  context.lineWidth = 1;
  for (const column of plan.columns) {
    for (const edge of edgesInto(view, column)) {
      const source = plan.byKey.get(edge.key);
      if (broad(source) || broad(column)) {
        wedge(context, source, column, 0.05);
        continue;
      }
      context.globalAlpha = edge.relation === "all" ? Math.max(0.1, 0.3 - column.count * 0.012) : 0.3;
      context.beginPath();
      for (let i = 0; i < column.count; i++) strokesTo(context, view, edge, source, column, i);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

// In a deep net only the direction is shown: a quiet arrow between neighbouring groups.
export function paintFlow(context, view) {
  const middle = SPACE.top + view.plan.body / 2;
  const groups = view.plan.groups;
  context.fillStyle = view.theme.text;
  context.globalAlpha = 0.35;
  for (let i = 1; i < groups.length; i++) {
    const before = groups[i - 1].columns.at(-1);
    const after = groups[i].columns[0];
    const x = (before.x + before.w + after.x) / 2;
    context.beginPath();
    context.moveTo(x - 4, middle - 6);
    context.lineTo(x + 4, middle);
    context.lineTo(x - 4, middle + 6);
    context.fill();
  }
  context.globalAlpha = 1;
}

// The class scores read the last column, index by index.
export function edgesInto(view, column) {
  if (column.form === "scores") {
    return view.plan.byKey.has(view.model.output) ? [{ key: view.model.output, relation: "scores" }] : [];
  }
  column.edges ??= visibleSources(view.model, column.key, view.plan.byKey).filter(edge => view.plan.byKey.has(edge.key));
  return column.edges;
}

export function feedingTiles(view, edge, column, index) {
  if (edge.relation === "scores") {
    const at = indexOf(view.model.columns.get(edge.key), view.model.scores[index].index);
    return at < 0 ? [] : [at];
  }
  return feeding(view.model, edge, column.layer, channelAt(column.layer, index));
}

function broad(column) {
  return column.form === "vector" && column.count > 24;
}

function strokesTo(context, view, edge, source, column, index) {
  const tiles = feedingTiles(view, edge, column, index) ?? [...Array(source.count).keys()];
  const end = cellBox(column, index);
  for (const tile of tiles) wire(context, cellBox(source, tile), end);
}

export function wire(context, start, end) {
  const x0 = start.x + start.w;
  const y0 = start.y + start.h / 2;
  const x1 = end.x;
  const y1 = end.y + end.h / 2;
  const bend = (x1 - x0) / 2;
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
}

export function wedge(context, source, column, alpha, box) {
  const end = box ?? { y: column.y + column.head, h: column.h - column.head };
  context.globalAlpha = alpha;
  context.beginPath();
  context.moveTo(source.x + source.w - source.inset, source.y + source.head);
  context.lineTo(column.x, end.y);
  context.lineTo(column.x, end.y + end.h);
  context.lineTo(source.x + source.w - source.inset, source.y + source.h);
  context.fill();
  context.globalAlpha = 1;
}
