// Every grid of the calculation side by side; the cell under the pointer is worked out below, and stays when pinned.
import { element } from "../../../../shared/js/dom.js";
import { inkOn } from "../../../../shared/js/ink.js";
import { onKeys } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp } from "../../../../shared/js/numbers.js";
import { cssColour, entryOf, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";

export default mount({
  whole: ".norm_steps",
  parts: "grids where lines live",
  painted: "grids",
  create(view) {
    Object.assign(view, { at: 0, pinned: null });
    listen(view);
  },
  load(view, /** @type {import("../../../../shared/js/packets").NormStepsPacket} */ header) {
    view.size = header.grids[0].values.length;
    view.at = Math.min(view.at, view.size - 1);
    if (view.pinned >= view.size) view.pinned = null;
  },
  draw: build,
});

function listen(view) {
  const cellOf = event => event.composedPath().find(node => node.dataset?.place !== undefined);
  view.grids.onpointermove = event => {
    const cell = cellOf(event);
    if (cell && view.pinned === null) show(view, Number(cell.dataset.place));
  };
  view.grids.onclick = event => {
    const cell = cellOf(event);
    const place = cell ? Number(cell.dataset.place) : null;
    pin(view, place === view.pinned ? null : place);
  };
  onKeys(view.grids, {
    Arrow: (down, right) => step(view, down, right),
    Enter: () => pin(view, view.pinned === null ? view.at : null),
    Escape: () => pin(view, null),
  });
}

function pin(view, place) {
  view.pinned = place;
  show(view, place ?? view.at);
}

function step(view, by, sideways) {
  const [n, c, h, w] = view.header.shape;
  const [row, column] = placed(view, view.at);
  const down = clamp(row + by, 0, n * h - 1);
  const across = clamp(column + sideways, 0, c * w - 1);
  view.pinned = null;
  show(view, ((Math.floor(down / h) * c + Math.floor(across / w)) * h + (down % h)) * w + (across % w));
}

// Row and column in the drawn table: images below each other, channels beside each other.
function placed(view, place) {
  const [, c, h, w] = view.header.shape;
  const column = place % w;
  const row = Math.floor(place / w) % h;
  const channel = Math.floor(place / (w * h)) % c;
  const picture = Math.floor(place / (w * h * c));
  return [picture * h + row, channel * w + column];
}

function build(view) {
  const [, c, h, w] = view.header.shape;
  const pixels = palette("activations", view.theme.name);
  view.cells = [];
  const made = view.header.grids.map((grid, which) => {
    const box = element("div", "grid");
    const head = element("div", "head");
    const cells = element("div", "cells mono");
    head.append(element("span", "symbol", grid.symbol), element("span", "title muted", grid.title));
    cells.style.gridTemplateColumns = `repeat(${c * w}, auto)`;
    const top = Math.max(...grid.values.map(Math.abs)) || 1;
    view.cells[which] = grid.values.map((value, place) => {
      const cell = element("div", "cell", grid.texts[place]);
      const [row, column] = placed(view, place);
      const pixel = pixels[entryOf(value, top)];
      cell.style.cssText = `grid-row:${row + 1};grid-column:${column + 1};background:${cssColour(pixel)};color:${inkOn(pixel)}`;
      cell.dataset.place = place;
      if (w > 1 && column % w === w - 1 && column < c * w - 1) cell.classList.add("last-column");
      if (h > 1 && row % h === h - 1) cell.classList.add("last-row");
      cells.append(cell);
      return cell;
    });
    box.append(head, cells);
    box.dataset.symbol = grid.symbol;
    return box;
  });
  view.grids.replaceChildren(...made);
  view.grids.setAttribute("aria-label", say("stage", { steps: made.length }));
  show(view, view.pinned ?? view.at);
}

function show(view, place) {
  const { header } = view;
  const group = header.group[place];
  const [, c, h, w] = header.shape;
  view.at = place;
  view.cells.forEach(cells =>
    cells.forEach((cell, other) => {
      cell.classList.toggle("member", header.group[other] === group && other !== place);
      cell.classList.toggle("current", other === place);
    }),
  );
  const members = header.group.filter(other => other === group).length;
  const row = Math.floor(place / w) % h;
  const example = Math.floor(place / (c * h * w)) + 1;
  const cell =
    h * w > 1 ? say("cell_of_image", { image: example, row: row + 1, column: (place % w) + 1 }) : say("cell_of_row", { row: example });
  const pinned = view.pinned === place;
  const where = say(pinned ? "where_pinned" : "where", { cell, name: header.names[group], members });
  view.where.textContent = where;
  const first = header.channel[group];
  const last = header.cell[place];
  const lines = [...first.slice(0, 3), ...last, ...first.slice(3)];
  view.lines.replaceChildren(...lines.flatMap(line => [element("dt", "", line.name), element("dd", "line", line.text)]));
  view.lines.dataset.place = place;
  view.live.textContent = `${where}; ${last.map(line => `${line.name} ${line.text}`).join("; ")}`;
}
