// Rows down, numbers across: bars on a scale that holds every frame, and histograms beside them.
import { sized } from "../../../../shared/js/canvas.js";
import { label } from "../../../../shared/js/chart.js";
import { number, percent } from "../../../../shared/js/numbers.js";
import { clipped } from "./charts.js";

const [ROW, HEAD] = [22, 20];
const WIDE = 620; // pixels
const BAR = "#3b78c2";
const MARK = "#d0701c";
const SPREADS = { counts: ["#16917e", "#8468c9"], spread: ["#3b78c2", "#8468c9"] }; // of what is there, of its gradients

/** Names, a column of bars for each number, and where there are any their histograms. */
export function tablePanel(view, table) {
  /** @type {any} */
  const state = {};
  const shares = table.blob === "spread";
  // On a phone there is no room for them beside numbers.
  const spreads = width => (width > WIDE || !table.columns.length ? table.histograms.length : 0);
  return {
    title: table.title,
    says: table.says,
    size: table.columns.length + table.histograms.length > 1 ? "" : "half",
    prepare(canvas, width) {
      const names = Math.min(150, width * 0.22);
      const columns = table.columns.length + spreads(width);
      Object.assign(state, { canvas, width, names, each: (width - names) / columns });
    },
    paint(frame) {
      const context = sized(state.canvas, state.width, HEAD + ROW * table.names.length + 2);
      const { theme } = view;
      table.names.forEach((name, row) => {
        const y = HEAD + row * ROW;
        if (row % 2 === 0) striped(context, theme, y, state.width);
        label(context, theme, clipped(context, theme, name, state.names - 8), { x: 2, y: y + ROW / 2, baseline: "middle" });
      });
      table.columns.forEach((column, place) =>
        paintColumn(context, theme, column, { frame, left: state.names + place * state.each, width: state.each - 14, shares }),
      );
      table.histograms.slice(0, spreads(state.width)).forEach((title, kind) => {
        const left = state.names + (table.columns.length + kind) * state.each;
        paintSpreads(context, view, table, { title, kind, frame, left, width: state.each - 14 });
      });
    },
  };
}

function striped(context, theme, y, width) {
  context.globalAlpha = 0.05;
  context.fillStyle = theme.text;
  context.fillRect(0, y, width, ROW);
  context.globalAlpha = 1;
}

function placeOf(column, value) {
  const { low, high, log } = column;
  if (log) return value > 0 ? Math.log(value / low) / Math.log(high / low) : 0;
  return (value - low) / (high - low);
}

function paintColumn(context, theme, column, { frame, left, width, shares }) {
  const text = shares ? percent : value => number(value, 2);
  const room = Math.max(20, width - 62);
  label(context, theme, clipped(context, theme, column.title, width), { x: left, y: 12 });
  column.values[frame].forEach((value, row) => {
    const y = HEAD + row * ROW;
    if (value !== null) {
      context.fillStyle = BAR;
      context.fillRect(left, y + 6, Math.max(1, room * Math.max(0, Math.min(1, placeOf(column, value)))), ROW - 12);
    }
    label(context, theme, text(value), { x: left + room + 6, y: y + ROW / 2, baseline: "middle" });
  });
  if (column.mark === null) return;
  context.fillStyle = MARK;
  context.fillRect(left + room * placeOf(column, column.mark), HEAD, 2, ROW * column.values[frame].length);
}

function paintSpreads(context, view, { names, limits, blob }, { title, kind, frame, left, width }) {
  const { bins } = view.meta;
  const rows = names.length;
  const room = Math.max(20, width - 62);
  label(context, view.theme, clipped(context, view.theme, title, width), { x: left, y: 12 });
  const kinds = limits[frame].length;
  for (let row = 0; row < rows; row++) {
    const y = HEAD + row * ROW;
    const start = ((frame * kinds + kind) * rows + row) * bins;
    const limit = limits[frame][kind][row];
    context.fillStyle = SPREADS[blob][kind];
    for (let bin = 0; limit && bin < bins; bin++) {
      const tall = (view.blobs[blob][start + bin] / 255) * (ROW - 4);
      context.fillRect(left + (bin * room) / bins, y + ROW - 2 - tall, Math.max(1, room / bins - 0.5), tall);
    }
    label(context, view.theme, limit ? `±${number(limit, 2)}` : "–", { x: left + room + 6, y: y + ROW / 2, baseline: "middle" });
  }
}
