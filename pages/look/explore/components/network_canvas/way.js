// How far the image has come on its way through the network: what lies ahead stands back, lines grow into what is reached.
import { ring } from "../../../../shared/js/canvas.js";
import { edgesInto, feedingTiles, wedge, wire } from "./edges.js";
import { cellBox } from "./layout.js";
import { come } from "./motion.js";

const AHEAD = 0.88; // how much of what lies ahead is covered
const MOST = 400; // lines into a column; more are one wedge

export function paintWay(context, view) {
  const { plan, theme, way } = view;
  const { columns } = way.steps[way.at];
  const share = come(view, "way");
  const from = Math.min(...columns.map(column => column.x));
  const to = Math.max(...columns.map(column => column.x + column.w));
  const reached = from + (to - from + 3) * share;
  context.save();
  context.globalAlpha = AHEAD;
  context.fillStyle = theme.background;
  context.fillRect(reached, 0, plan.width - reached, plan.bottom + 6);
  context.restore();
  context.strokeStyle = context.fillStyle = theme.primary;
  for (const column of columns) paintLines(context, view, column, share);
  for (const { x, y, w, h, head } of columns) ring(context, { x, y: y + head, w, h: h - head }, theme, theme.primary, 2);
}

function paintLines(context, view, column, share) {
  for (const edge of edgesInto(view, column)) {
    const source = view.plan.byKey.get(edge.key);
    const all = [...Array(source.count).keys()];
    const ends = Array.from({ length: column.count }, (_, index) => feedingTiles(view, edge, column, index) ?? all);
    const count = ends.reduce((sum, tiles) => sum + tiles.length, 0);
    if (count > MOST) {
      wedge(context, source, column, 0.16 * share);
      continue;
    }
    const far = 2 * Math.hypot(column.x - source.x, view.plan.body);
    context.globalAlpha = Math.max(0.25, 0.8 - count / 200);
    context.lineWidth = 1.5;
    context.setLineDash([far * share, far]);
    context.beginPath();
    ends.forEach((tiles, index) => tiles.forEach(tile => wire(context, cellBox(source, tile), cellBox(column, index))));
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }
}
