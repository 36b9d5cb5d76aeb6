// Rows down, numbers across: bars on a scale that holds every frame, and histograms beside them.
import { wash } from "../../../../shared/js/canvas.js";
import { label } from "../../../../shared/js/chart.js";
import { number, percent } from "../../../../shared/js/numbers.js";
import { clipped } from "./charts.js";
import { layered } from "./layers.js";

const [ROW, HEAD] = [22, 20];
const WIDE = 620; // pixels that numbers and histograms need beside each other
const BAR = "#3b78c2";
const MARK = "#d0701c";
const SPREADS = { counts: ["#16917e", "#8468c9"], spread: ["#3b78c2", "#8468c9"] }; // of what is there, of its gradients

/** Names, a column of bars for each number, and where there are any their histograms: beside them, on a phone below. */
export function tablePanel(view, table) {
  /** @type {any} */
  const state = {};
  const shares = table.blob === "spread";
  const tall = HEAD + ROW * table.names.length + 2;
  return {
    title: table.title,
    says: table.says,
    size: table.columns.length + table.histograms.length > 1 ? "" : "half",
    prepare(canvas, width) {
      const names = Math.min(150, width * 0.22);
      const cells = [
        ...table.columns.map(column => ({ title: column.title, column })),
        ...table.histograms.map((title, kind) => ({ title, kind })),
      ];
      const count = width > WIDE ? cells.length : Math.max(table.columns.length, 1);
      const each = (width - names) / count;
      const placed = cells.map((cell, place) => ({
        ...cell,
        left: names + (place % count) * each,
        top: Math.floor(place / count) * tall,
        width: each - 14,
      }));
      const layers = layered(canvas, width, placed.length ? placed.at(-1).top + tall : tall, context => {
        for (const top of new Set([0, ...placed.map(cell => cell.top)]))
          paintNames(context, view.theme, table.names, { top, names, width });
        for (const { title, left, top, width: room } of placed)
          label(context, view.theme, clipped(context, view.theme, title, room), { x: left, y: top + 12 });
      });
      Object.assign(state, { layers, placed });
    },
    paint(frame) {
      const { context } = state.layers;
      state.layers.begin();
      for (const { column, ...cell } of state.placed)
        if (column) paintColumn(context, view.theme, column, { frame, shares, ...cell });
        else paintSpreads(context, view, table, { frame, ...cell });
    },
  };
}

function paintNames(context, theme, rows, { top, names, width }) {
  rows.forEach((name, row) => {
    const y = top + HEAD + row * ROW;
    if (row % 2 === 0) striped(context, theme, y, width);
    label(context, theme, clipped(context, theme, name, names - 8), { x: 2, y: y + ROW / 2, baseline: "middle" });
  });
}

function striped(context, theme, y, width) {
  wash(context, { x: 0, y, w: width, h: ROW }, theme.text, 0.05);
}

function placeOf(column, value) {
  const { low, high, log } = column;
  if (log) return value > 0 ? Math.log(value / low) / Math.log(high / low) : 0;
  return (value - low) / (high - low);
}

function paintColumn(context, theme, column, { frame, left, top, width, shares }) {
  const text = shares ? percent : value => number(value, 2);
  const room = Math.max(20, width - 62);
  column.values[frame].forEach((value, row) => {
    const y = top + HEAD + row * ROW;
    if (value !== null) {
      context.fillStyle = BAR;
      context.fillRect(left, y + 6, Math.max(1, room * Math.max(0, Math.min(1, placeOf(column, value)))), ROW - 12);
    }
    label(context, theme, text(value), { x: left + room + 6, y: y + ROW / 2, baseline: "middle" });
  });
  if (column.mark === null) return;
  context.fillStyle = MARK;
  context.fillRect(left + room * placeOf(column, column.mark), top + HEAD, 2, ROW * column.values[frame].length);
}

function paintSpreads(context, view, { names, limits, blob }, { kind, frame, left, top, width }) {
  const { bins } = view.meta;
  const rows = names.length;
  const room = Math.max(20, width - 62);
  const kinds = limits[frame].length;
  for (let row = 0; row < rows; row++) {
    const y = top + HEAD + row * ROW;
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
