// One row a block, one bar a quantity, all on their column's own scale; a block opens on click into its operations.
import { button } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { beside, onKeys } from "../../../../shared/js/input.js";
import { memory } from "../../../../shared/js/memory.js";
import { mount } from "../../../../shared/js/mount.js";
import { grouped, number, percent } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { showTip } from "../../../../shared/js/tip.js";

export default mount({
  whole: ".cost_breakdown",
  narrow: 620,
  parts: "which all head stage tip live",
  create: setUp,
  load,
  draw(view) {
    const state = `${view.digest} ${view.theme.name} ${view.narrow}`;
    if (state !== view.built) build(view); // a line that has the focus keeps it
    view.built = state;
  },
});

function setUp(view) {
  Object.assign(view, { shown: 0 });
  view.all.onclick = () => {
    const { notes, header } = view;
    const folded = header.blocks.filter(opens);
    notes.open = notes.open.size ? new Set() : new Set(folded.map(block => block.first));
    lines(view);
  };
  view.stage.onclick = event => toggle(view, event.target.closest(".line"));
  bindKeys(view);
  view.stage.onpointermove = event => pointed(view, event);
  view.stage.onpointerleave = () => (view.tip.hidden = true);
}

const opens = block => block.last > block.first;

function build(view) {
  const { header } = view;
  view.columns = view.narrow ? [view.shown] : header.quantities.map((_, index) => index);
  view.whole.style.setProperty("--count", view.columns.length);
  view.most = header.quantities.map((_, index) => Math.max(...header.blocks.map(block => block.values[index] ?? 0)));
  view.which.replaceChildren(
    ...header.quantities.map((quantity, index) => {
      const made = button(quantity.name, () => {
        view.shown = index;
        build(view);
      });
      made.setAttribute("aria-pressed", String(index === view.shown));
      return made;
    }),
  );
  headings(view);
  lines(view);
}

function headings(view) {
  const { header, notes } = view;
  const made = (words, sum, sort) => {
    const one = button(words + (notes.sort === sort && sort !== null ? " ↓" : ""), () => {
      notes.sort = sort;
      headings(view);
      lines(view);
    });
    one.append(element("span", "sum", sum));
    one.setAttribute("aria-label", say("sort", { column: words }));
    return one;
  };
  const columns = view.columns.map(index => {
    const { name, total, unit } = header.quantities[index];
    return made(name, say("in_all", { total: value(total, unit) }), index);
  });
  view.head.replaceChildren(made(header.first, say("in_order"), null), ...columns);
}

function lines(view) {
  const { header, notes } = view;
  const order = header.blocks.map((_, index) => index);
  if (notes.sort !== null) order.sort((a, b) => (header.blocks[b].values[notes.sort] ?? 0) - (header.blocks[a].values[notes.sort] ?? 0));
  const all = [];
  for (const index of order) all.push(...group(view, header.blocks[index]));
  view.stage.replaceChildren(...all);
  view.all.textContent = say(notes.open.size ? "fold_all" : "open_all");
  view.all.hidden = !header.blocks.some(opens);
  noted(view);
}

function noted(view) {
  view.stage.dataset.painted = `${view.header.digest}-${[...view.notes.open].join(".")}-${view.notes.sort}-${view.columns.join("")}`;
}

function group(view, block) {
  const open = view.notes.open.has(block.first);
  const made = [line(view, block, open)];
  if (open) for (let row = block.first; row <= block.last; row++) made.push(line(view, view.header.rows[row], null));
  return made;
}

function line(view, item, open) {
  const made = element("div", open === null ? "line inner" : "line");
  const name = element("div", "name");
  made.item = item;
  made.setAttribute("role", "row");
  made.tabIndex = 0;
  const folds = open !== null && opens(item);
  if (folds) {
    made.classList.add("opens");
    made.setAttribute("aria-expanded", String(open));
  }
  name.append(element("span", "mark", folds ? (open ? "▾" : "▸") : ""), element("span", "who mono", item.name));
  name.append(element("span", "what", item.title));
  made.append(name, ...view.columns.map(index => cell(view, item, index)));
  return made;
}

function cell(view, item, index) {
  const made = element("div", "cell");
  const bar = element("i");
  const quantity = view.header.quantities[index];
  const size = item.values[index];
  const words = element("b", "", size === 0 ? "" : value(size, quantity.unit));
  if (size) {
    const share = Math.max(0.6, (100 * size) / view.most[index]);
    bar.style.width = `${share}%`;
    bar.style.background = quantity.colour;
    if (share < 50) words.style.left = `calc(${share}% + 4px)`;
  }
  made.append(bar, words);
  return made;
}

function toggle(view, target) {
  const block = target?.item;
  if (!block || block.first === undefined || !opens(block)) return;
  const open = !view.notes.open.has(block.first);
  view.notes.open[open ? "add" : "delete"](block.first);
  const fresh = group(view, block);
  while (target.nextElementSibling?.classList.contains("inner")) target.nextElementSibling.remove();
  target.replaceWith(...fresh);
  fresh[0].focus({ preventScroll: true });
  view.all.textContent = say(view.notes.open.size ? "fold_all" : "open_all");
  view.live.textContent = say(open ? "opened" : "folded", { block: block.name });
  noted(view);
}

// Each handler gets the line that has the focus.
function bindKeys(view) {
  const on = work => event => {
    const line = event.target.closest(".line");
    return line ? work(line) : false;
  };
  const open = on(line => toggle(view, line));
  const hide = () => (view.tip.hidden = true);
  const to = side => on(line => line[side]?.focus());
  onKeys(view.stage, { ArrowDown: to("nextElementSibling"), ArrowUp: to("previousElementSibling"), Enter: open, " ": open, Escape: hide });
}

function pointed(view, event) {
  const at = event.target.closest(".line");
  if (!at) return (view.tip.hidden = true);
  const { item } = at;
  const { header } = view;
  const values = header.quantities.map(({ name, unit, total }, index) => {
    if (item.values[index] === null) return [name, say("not_known")];
    const text = exactly(item.values[index], unit);
    return [name, total ? say("value_and_share", { value: text, share: percent((item.values[index] ?? 0) / total) }) : text];
  });
  const field = [
    [say("output"), item.shape],
    [say("field"), item.field],
  ];
  showTip(view.tip, beside(event), say("row", { name: item.name, title: item.title }), [...field, ...values]);
}

// Short in a bar, written out in the card.
function value(size, unit) {
  if (size === null) return "–";
  if (unit === "B") return scaled(size, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
  if (unit === "ms") return `${number(size, 3)} ms`;
  return scaled(size, 1000, ["", "k", "M", "G", "T"]);
}

function scaled(size, step, names) {
  let power = 0;
  while (size >= step && power < names.length - 1) [size, power] = [size / step, power + 1];
  const text = power ? size.toPrecision(3) : String(size);
  return `${text.includes("e") ? Math.round(size) : text}${names[power] && ` ${names[power]}`}`;
}

function exactly(size, unit) {
  return unit === "ms" ? `${number(size, 4)} ms` : `${grouped.format(size)}${unit && ` ${unit}`}`;
}

function load(view, /** @type {import("../../../../shared/js/packets").CostBreakdownPacket} */ header) {
  const notes = memory(header.key);
  if (notes.network !== header.network) Object.assign(notes, { network: header.network, open: new Set(), sort: null });
  view.notes = notes;
  view.shown = Math.min(view.shown, header.quantities.length - 1);
}
