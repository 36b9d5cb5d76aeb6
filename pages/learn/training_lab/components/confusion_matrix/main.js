import { element } from "../../../../shared/js/dom.js";
import { mount } from "../../../../shared/js/mount.js";
import { grouped, percent } from "../../../../shared/js/numbers.js";
import { inkOnRgb } from "../../../../shared/js/ink.js";
import { bytesOf } from "../../../../shared/js/theme.js";

// Rows are the true classes, columns what the network said; a cell is a button that asks for its images.
export default mount({
  whole: ".confusion_matrix",
  parts: "stage",
  painted: "stage",
  load(view, /** @type {import("../../../../shared/js/packets").ConfusionPacket} */ packet) {
    view.packet = packet;
    view.cell = null;
  },
  draw,
});

function draw(view) {
  const { classes, words } = view.packet;
  const table = element("table");
  const head = element("tr");
  head.append(element("td", "", words.corner), ...classes.map(name => heading(name, "col")));
  const top = element("thead");
  top.append(head);
  const body = element("tbody");
  body.append(...classes.map((_, row) => line(view, row)));
  const caption = element("caption");
  caption.append(element("span", "", words.caption));
  table.append(caption, top, body);
  view.stage.replaceChildren(table);
  mark(view);
}

function heading(name, scope) {
  const cell = element("th", "", name);
  cell.setAttribute("scope", scope);
  cell.title = name;
  return cell;
}

function line(view, row) {
  const { classes, counts } = view.packet;
  const total = counts[row].reduce((sum, count) => sum + count, 0);
  const made = element("tr");
  made.append(heading(classes[row], "row"));
  counts[row].forEach((count, column) => {
    const cell = element("td");
    cell.append(button(view, { row, column, count, share: total ? count / total : 0 }));
    made.append(cell);
  });
  return made;
}

function button(view, { row, column, count, share }) {
  const { classes, words } = view.packet;
  const made = element("button", "", grouped.format(count));
  const colour = mixed(view.theme.background, view.theme.primary, share);
  made.type = "button";
  made.classList.toggle("none", !count);
  made.dataset.cell = `${row} ${column}`;
  made.style.setProperty("--cell", colour);
  made.style.setProperty("--ink", inkOnRgb(...bytesOf(colour)));
  made.title = `${words.is} ${classes[row]}, ${words.said} ${classes[column]}: ${grouped.format(count)} (${percent(share)})`;
  made.setAttribute("aria-label", made.title);
  made.onclick = () => {
    view.cell = made.dataset.cell;
    mark(view);
    view.send("cell", { true: row, said: column, at: Date.now() });
  };
  return made;
}

function mark(view) {
  for (const one of view.stage.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one.dataset.cell === view.cell));
}

function mixed(one, other, share) {
  const [from, to] = [bytesOf(one), bytesOf(other)];
  return `rgb(${from.map((value, i) => Math.round(value + (to[i] - value) * share)).join(", ")})`;
}
