const views = new WeakMap();

// Every grid of the calculation side by side; the cell under the pointer is worked out below, and stays when pinned.
export default function ({ data, parentElement }) {
  const { header } = unpack(data), theme = themeOf(parentElement);
  const view = views.get(parentElement) ?? created(parentElement);
  if (view.digest !== header.digest || !sameTheme(theme, view.theme)) {
    Object.assign(view, { header, theme, digest: header.digest, size: header.grids[0].values.length });
    view.at = Math.min(view.at, view.size - 1);
    view.pinned = view.pinned !== null && view.pinned < view.size ? view.pinned : null;
    build(view);
  }
  show(view, view.pinned ?? view.at);
  view.grids.dataset.painted = header.digest;
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root) {
  const view = { root, at: 0, pinned: null };
  for (const name of ["grids", "where", "lines", "live"]) view[name] = root.querySelector(`.${name}`);
  view.whole = root.querySelector(".norm_steps");
  view.observer = new ResizeObserver(() => view.whole.classList.toggle("narrow", view.whole.clientWidth < 560));
  view.observer.observe(view.whole);
  const cellOf = event => event.composedPath().find(node => node.dataset?.place !== undefined);
  view.grids.onpointermove = event => {
    const cell = cellOf(event);
    if (cell && view.pinned === null) show(view, Number(cell.dataset.place));
  };
  view.grids.onclick = event => {
    const cell = cellOf(event), place = cell ? Number(cell.dataset.place) : null;
    view.pinned = place === view.pinned ? null : place;
    show(view, view.pinned ?? view.at);
  };
  view.grids.onkeydown = event => pressed(view, event);
  views.set(root, view);
  return view;
}

function pressed(view, event) {
  const [n, c, h, w] = view.header.shape, [row, column] = placed(view, view.at);
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }, move = moves[event.key];
  if (event.key === "Escape") view.pinned = null;
  else if (event.key === "Enter") view.pinned = view.pinned === null ? view.at : null;
  else if (!move) return;
  event.preventDefault();
  if (!move) return show(view, view.at);
  view.pinned = null;
  const to = (value, by, count) => Math.max(0, Math.min(count - 1, value + by));
  const down = to(row, move[0], n * h), across = to(column, move[1], c * w);
  show(view, ((Math.floor(down / h) * c + Math.floor(across / w)) * h + (down % h)) * w + (across % w));
}

// Row and column in the drawn table: pictures below each other, channels beside each other.
function placed(view, place) {
  const [, c, h, w] = view.header.shape, column = place % w, row = Math.floor(place / w) % h;
  const channel = Math.floor(place / (w * h)) % c, picture = Math.floor(place / (w * h * c));
  return [picture * h + row, channel * w + column];
}

function build(view) {
  const [, c, h, w] = view.header.shape, pixels = palette("activations", view.theme.name);
  view.cells = [];
  const made = view.header.grids.map((grid, which) => {
    const box = element("div", "grid"), head = element("div", "head"), cells = element("div", "cells mono");
    head.append(element("span", "symbol", grid.symbol), element("span", "title muted", grid.title));
    cells.style.gridTemplateColumns = `repeat(${c * w}, auto)`;
    const top = Math.max(...grid.values.map(Math.abs)) || 1;
    view.cells[which] = grid.values.map((value, place) => {
      const cell = element("div", "cell", grid.texts[place]), [row, column] = placed(view, place);
      const pixel = pixels[Math.round(ZERO + (127 * value) / top)];
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
  view.grids.setAttribute("aria-label", `The batch in ${made.length} steps. Arrow keys move from value to value, Enter pins one, Escape lets go.`);
}

function inkOn(pixel) {
  return luminance(cssColour(pixel)) > 0.52 ? "#10151b" : "#ffffff";
}

function show(view, place) {
  const { header } = view, group = header.group[place], [, c, h, w] = header.shape;
  view.at = place;
  view.cells.forEach(cells =>
    cells.forEach((cell, other) => {
      cell.classList.toggle("member", header.group[other] === group && other !== place);
      cell.classList.toggle("current", other === place);
    }),
  );
  const members = header.group.filter(other => other === group).length;
  const row = Math.floor(place / w) % h, example = Math.floor(place / (c * h * w)) + 1;
  const cell = h * w > 1 ? `picture ${example}, row ${row + 1}, column ${(place % w) + 1}` : `row ${example} of the batch`;
  const where = `${cell}, ${header.names[group]}: ${members} values are taken together`;
  view.where.textContent = where + (view.pinned === place ? " (pinned)" : "");
  const first = header.channel[group], last = header.cell[place];
  const lines = [...first.slice(0, 3), ...last, ...first.slice(3)];
  view.lines.replaceChildren(...lines.flatMap(line => [element("dt", "", line.name), element("dd", "line", line.text)]));
  view.lines.dataset.place = place;
  view.live.textContent = `${where}; ${last.map(line => `${line.name} ${line.text}`).join("; ")}`;
}
