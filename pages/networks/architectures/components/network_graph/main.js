import { legendOf } from "../../../../shared/js/chart.js";
import { KINDS } from "../../../../shared/js/kinds.js";
import { mount } from "../../../../shared/js/mount.js";
import { grouped, percent, shapeText } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { listen, zoomTo } from "./events.js";
import { BOX, arrangeAll, chooseCuts } from "./layout.js";
import { repaint } from "./paint.js";
import { QUANTITIES, darkest, quantified, shadesLegend } from "./shades.js";
import { saveSvg } from "./svg.js";
import { around, foldables, neighbours, planted } from "./tree.js";

const LEAST = 0.96; // the zoom at which small text still has 12 px

export default mount({
  whole: ".graph",
  parts: "stage tip said legend search found note base over",
  notes: header => `network_graph ${header.key}`,
  create(view) {
    view.host = view.root.host;
    controls(view);
    listen(view);
  },
  load,
  draw(view) {
    quantified(view, view.header.milliseconds);
    if (view.laidFor === view.stage.clientWidth) repaint(view);
    else arrange(view);
  },
  again(view) {
    quantified(view, view.header.milliseconds);
    repaint(view);
  },
});

function load(view, header) {
  const { notes } = view;
  if (notes.digest !== header.digest) Object.assign(notes, { digest: header.digest, open: [], at: null, cuts: null });
  Object.assign(view, {
    tree: planted(header),
    laid: new Map(),
    laidFor: 0,
    open: new Set(notes.open),
    cuts: new Set(),
    hover: null,
    cursor: null,
    match: null,
    at: { x: 0, y: 0, zoom: 1 },
  });
  const operations = view.tree.items.filter(item => item.form === "layer").length;
  view.stage.setAttribute("aria-label", say("stage", { title: header.title, operations }));
  view.note.textContent = header.note;
  view.note.hidden = !header.note;
}

function arrange(view) {
  if (!view.stage.clientWidth) return; // not on the page, or not any more: what is remembered stays as it is
  const first = !view.laidFor;
  view.laidFor = view.stage.clientWidth;
  if (first && view.notes.at) {
    view.cuts = new Set(view.notes.cuts);
    view.at = { ...view.notes.at };
    arrangeAll(view);
  } else start(view);
  repaint(view);
}

// Folded, in columns, at a size that can be read: what does not fit lies below or to the right.
function start(view) {
  chooseCuts(view, view.stage.clientWidth - 16, view.stage.clientHeight - 16, LEAST);
  arrangeAll(view);
  fit(view, LEAST);
}

export function fit(view, least = 0) {
  const { w, h } = view.sheet;
  const width = view.stage.clientWidth;
  const height = view.stage.clientHeight;
  const zoom = Math.max(least, Math.min(1, (width - 16) / w, (height - 16) / h));
  view.at = { x: leftOf(view.boxes, w, width, zoom), y: Math.max(8, (height - h * zoom) / 2), zoom };
  remember(view);
}

/** Where the sheet's left edge lies: in the middle, or, of a sheet wider than the stage, so that its first box does. */
export function leftOf(boxes, wide, width, zoom) {
  const [first] = [...boxes].sort((a, b) => a.y - b.y || a.x - b.x);
  if (wide * zoom <= width - 16 || !first) return Math.max(8, (width - wide * zoom) / 2);
  return Math.min(8, Math.max(width - wide * zoom - 8, width / 2 - (first.x + first.w / 2) * zoom));
}

export function remember(view) {
  Object.assign(view.notes, { open: [...view.open], at: { ...view.at }, cuts: [...view.cuts] });
}

function controls(view) {
  const on = (name, work) => (view.root.querySelector(`.bar .${name}`).onclick = work);
  const zoomBy = factor => () => {
    zoomTo(view, view.at.zoom * factor, { x: view.stage.clientWidth / 2, y: view.stage.clientHeight / 2 });
    repaint(view);
  };
  const whole = open => () => {
    view.open = new Set(open ? foldables(view.tree) : []);
    view.laid.clear();
    start(view); // to be read from the top on; "Fit" shows the whole
    repaint(view);
  };
  on("all", whole(true));
  on("none", whole(false));
  on("in", zoomBy(1.25));
  on("out", zoomBy(0.8));
  on("fit", () => {
    fit(view);
    repaint(view);
  });
  on("svg", () => saveSvg(view));
  const select = view.root.querySelector(".bar select");
  select.onchange = () => {
    view.notes.shares = select.value;
    repaint(view);
  };
  let turn = 0;
  view.search.oninput = () => {
    turn = 0;
    find(view, 0);
  };
  view.search.onkeydown = event => {
    if (event.key === "Enter") find(view, ++turn);
    if (event.key === "Escape") {
      view.search.value = "";
      find(view, 0);
    }
  };
}

// The turn-th operation whose name or words hold what is typed: opened, in the middle, framed.
function find(view, turn) {
  const text = view.search.value.trim().toLowerCase();
  const all = text
    ? view.tree.items.filter(
        item => item.form !== "repeat" && item.form !== "unit" && `${item.name} ${item.operation}`.toLowerCase().includes(text),
      )
    : [];
  const hits = all.some(item => item.name.toLowerCase() === text) ? all.filter(item => item.name.toLowerCase() === text) : all;
  view.found.textContent = text
    ? hits.length
      ? say("hit", { at: (turn % hits.length) + 1, hits: grouped.format(hits.length) })
      : say("no_hit")
    : "";
  view.match = hits.length ? hits[turn % hits.length].index : null;
  if (view.match !== null) {
    for (const box of around(view.tree, view.match)) view.open.add(box);
    view.laid.clear();
    arrangeAll(view);
    const box = view.placed.get(view.match);
    const zoom = Math.max(view.at.zoom, 0.9);
    view.at = {
      x: view.stage.clientWidth / 2 - (box.x + BOX.w / 2) * zoom,
      y: view.stage.clientHeight / 2 - (box.y + BOX.h / 2) * zoom,
      zoom,
    };
    view.cursor = view.match;
    view.said.textContent = sentence(view, view.match);
    remember(view);
  }
  repaint(view);
}

// Title and lines of the card beside the pointer.
export function describe(view, id) {
  const item = view.tree.items[id];
  const { totals } = view.tree;
  const lines = [["", item.operation]];
  if (item.count) lines.push([say("repeated"), say(item.same ? "same" : "alike", { count: item.count })]);
  lines.push(
    [say("shape"), shapeText(item.shape)],
    ...Object.keys(totals).map(name => [say(QUANTITIES[name][0]), counted(item, name, totals)]),
    [say("sees"), item.field],
  );
  if (item.layers > 1) lines.push([say("operations"), grouped.format(item.layers)]);
  const { sources } = neighbours(view, id);
  const names = sources.map(source => view.tree.items[source].name);
  if (names.length)
    lines.push([
      say("reads"),
      names.length > 4 ? say("more_names", { names: names.slice(0, 3).join(", "), more: names.length - 3 }) : names.join(", "),
    ]);
  return { title: item.name, lines };
}

function counted(item, name, totals) {
  const value = item[name];
  return value ? `${QUANTITIES[name][1](value)} (${percent(value / Math.max(1e-12, totals[name]))})` : "0";
}

export function sentence(view, id) {
  const { title, lines } = describe(view, id);
  return [title, ...lines.map(([name, value]) => `${name} ${value}`.trim())].join(" · ");
}

export function legend(view) {
  const said = [view.notes.shares, darkest(view), view.tree.totals[view.notes.shares]].join();
  if (view.legend.dataset.said === said) return;
  view.legend.dataset.said = said;
  const kinds = new Set(view.tree.items.map(item => (KINDS[item.kind] ? item.kind : "other")));
  const shown = new Map(); // colour → every kind that has it
  for (const [words, colour] of [...kinds].map(kind => KINDS[kind])) shown.set(colour, [...(shown.get(colour) ?? []), words]);
  view.legend.replaceChildren(
    ...shadesLegend(view),
    ...legendOf([...shown].map(([colour, words]) => ({ colour, name: words.join(", ") }))),
  );
}
