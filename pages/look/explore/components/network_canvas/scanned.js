// What is played beside the canvas, on the canvas itself: the window on every map that is read, the open map as far as it is there.
import { hatch, outline, ring } from "../../../../shared/js/canvas.js";
import { edgesInto, feedingTiles } from "./edges.js";
import { cellBox } from "./layout.js";
import { channelAt } from "./model.js";
import { fitted } from "./paint.js";

export function paintScan(context, view, { column, index }) {
  const { scan, theme, plan } = view;
  if (!scan || scan.layer !== column.key || scan.channel !== channelAt(column.layer, index) || column.form !== "maps") return;
  const [top, left, bottom, right] = scan.box;
  for (const edge of edgesInto(view, column)) {
    const source = plan.byKey.get(edge.key);
    if (source.form !== "maps") continue;
    for (const tile of feedingTiles(view, edge, column, index) ?? [...Array(source.count).keys()]) {
      const { x, y, w, h } = fitted(cellBox(source, tile), source.layer.width, source.layer.height);
      context.save();
      context.beginPath();
      context.rect(x - 3, y - 3, w + 6, h + 6);
      context.clip();
      ring(context, { x: x + left * w, y: y + top * h, w: (right - left) * w, h: (bottom - top) * h }, theme, theme.primary, 1.5);
      context.restore();
    }
  }
  uncovered(context, view, fitted(cellBox(column, index), column.layer.width, column.layer.height));
}

// The cells of the open map that are not there yet are paper.
function uncovered(context, { scan, theme }, { x, y, w, h }) {
  if (scan.done >= scan.last) return;
  const [down, across] = [h / scan.rows, w / scan.columns];
  const rows = Math.floor(scan.done / scan.columns);
  const begun = (scan.done % scan.columns) * across;
  context.save();
  context.beginPath();
  context.rect(x + begun, y + rows * down, w - begun, down);
  context.rect(x, y + (rows + 1) * down, w, h - (rows + 1) * down);
  context.clip();
  context.fillStyle = theme.background;
  context.fillRect(x, y, w, h);
  hatch(context, { x, y, w, h }, theme, { alpha: 0.15, every: 6 });
  context.restore();
  outline(context, { x, y, w, h }, theme.text, 1, 0.25);
}
