const views = new WeakMap();

// Four normalisations of one batch: what is averaged together with the value under the pointer, in each of them.
export default function ({ data, parentElement }) {
  const { header } = unpack(data), theme = themeOf(parentElement);
  const view = views.get(parentElement) ?? created(parentElement);
  if (view.digest !== header.digest || !sameTheme(theme, view.theme)) {
    Object.assign(view, { header, theme, digest: header.digest });
    view.at = Math.min(view.at, header.values.length - 1);
    offer(view);
    build(view);
  }
  view.panels.dataset.painted = header.digest;
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root) {
  const view = { root, at: 0, pinned: false };
  for (const name of ["panels", "groups", "shown", "live"]) view[name] = root.querySelector(`.${name}`);
  view.whole = root.querySelector(".norm_axes");
  view.observer = new ResizeObserver(() => view.whole.classList.toggle("narrow", view.whole.clientWidth < 560));
  view.observer.observe(view.whole);
  view.groups.onchange = view.shown.onchange = () => build(view);
  const cellOf = event => event.composedPath().find(node => node.dataset?.place !== undefined);
  view.panels.onpointermove = event => {
    const cell = cellOf(event);
    if (cell && !view.pinned) show(view, Number(cell.dataset.place));
  };
  view.panels.onclick = event => {
    const cell = cellOf(event);
    view.pinned = Boolean(cell) && !(view.pinned && Number(cell.dataset.place) === view.at);
    if (cell) show(view, Number(cell.dataset.place));
  };
  view.panels.onkeydown = event => pressed(view, event);
  views.set(root, view);
  return view;
}

function offer(view) {
  const counts = view.header.groups.map(one => one.groups), before = Number(view.groups.value);
  view.groups.replaceChildren(...counts.map(count => Object.assign(element("option", "", String(count)), { value: count })));
  view.groups.value = String(counts.includes(before) ? before : (counts.find(count => count > 1) ?? counts[0]));
}

function sizes(view) {
  const [n, c, ...sides] = view.header.shape;
  return { n, c, each: sides.reduce((product, side) => product * side, 1) };
}

function pressed(view, event) {
  const { n, c, each } = sizes(view), steps = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -each, ArrowRight: each };
  if (event.key === "Escape") view.pinned = false;
  else if (event.key in steps) {
    event.preventDefault();
    view.pinned = false;
    const to = view.at + steps[event.key];
    if (to >= 0 && to < n * c * each) show(view, to);
  }
}

function build(view) {
  const { header, theme } = view, { n, c, each } = sizes(view), pixels = palette("activations", theme.name);
  const chosen = header.groups.find(one => one.groups === Number(view.groups.value));
  view.drawn = [...header.panels, chosen];
  view.cells = [];
  const made = view.drawn.map((panel, which) => {
    const values = view.shown.value === "x" ? header.values : panel.normalised, top = Math.max(...values.map(Math.abs)) || 1;
    const box = element("div", "panel"), slabs = element("div", "slabs");
    view.cells[which] = [];
    for (let picture = 0; picture < n; picture++) {
      const slab = element("div", "slab"), cells = element("div", "cells"), feet = element("div", "channels muted");
      cells.style.gridTemplateColumns = feet.style.gridTemplateColumns = `repeat(${c}, 1fr)`;
      for (let place = picture * c * each; place < (picture + 1) * c * each; place++) {
        const cell = element("div", "cell"), channel = Math.floor(place / each) % c;
        cell.style.cssText = `grid-row:${(place % each) + 1};grid-column:${channel + 1};background:${cssColour(pixels[Math.round(ZERO + (127 * values[place]) / top)])}`;
        cell.dataset.place = place;
        cells.append(cell);
        view.cells[which].push(cell);
      }
      for (let channel = 1; channel <= c; channel++) feet.append(element("span", "", String(channel)));
      slab.append(element("div", "of muted", n > 3 ? `n = ${picture + 1}` : `picture ${picture + 1}`), cells, feet);
      slabs.append(slab);
    }
    box.append(element("div", "name", panel.title), element("div", "muted", panel.says), slabs, element("div", "said mono"));
    return box;
  });
  view.panels.replaceChildren(...made);
  view.panels.setAttribute("aria-label", `${n} pictures of ${c} channels and ${each} positions, normalised in four ways. Arrow keys move, Escape lets go.`);
  show(view, view.at);
}

function show(view, place) {
  const { header } = view, { c, each } = sizes(view);
  view.at = place;
  const said = view.drawn.map((panel, which) => {
    const group = panel.group[place];
    view.cells[which].forEach((cell, other) => {
      cell.classList.toggle("out", panel.group[other] !== group);
      cell.classList.toggle("member", panel.group[other] === group && other !== place);
      cell.classList.toggle("current", other === place);
    });
    const text = `${panel.count} values, mean ${panel.means[group]}, variance ${panel.variances[group]}: x = ${number(header.values[place])} → x̂ = ${number(panel.normalised[place])}`;
    view.panels.children[which].querySelector(".said").textContent = text;
    return `${panel.title}: ${text}`;
  });
  view.panels.dataset.place = place;
  view.live.textContent = `picture ${Math.floor(place / (c * each)) + 1}, channel ${(Math.floor(place / each) % c) + 1}. ${said.join(". ")}`;
}
