// Four normalisations of one batch: what is averaged together with the value under the pointer, in each of them.
import { offer } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { onKeys } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { number } from "../../../../shared/js/numbers.js";
import { cssColour, entryOf, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";

export default mount({
  whole: ".norm_axes",
  parts: "panels groups shown live",
  painted: "panels",
  create(view) {
    Object.assign(view, { at: 0, pinned: false });
    view.groups.onchange = view.shown.onchange = () => build(view);
    listen(view);
  },
  load(view, /** @type {import("../../../../shared/js/packets").NormAxesPacket} */ header) {
    view.at = Math.min(view.at, header.values.length - 1);
    offerGroups(view);
  },
  draw: build,
});

function listen(view) {
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
  onKeys(view.panels, {
    Arrow: (down, right) => step(view, down, right),
    Escape: () => {
      view.pinned = false;
    },
  });
}

function offerGroups(view) {
  const counts = view.header.groups.map(one => one.groups);
  const before = Number(view.groups.value);
  const chosen = counts.includes(before) ? before : (counts.find(count => count > 1) ?? counts[0]);
  offer(view.groups, Object.fromEntries(counts.map(count => [count, count])), chosen);
}

function sizes(view) {
  const [n, c, ...sides] = view.header.shape;
  return { n, c, each: sides.reduce((product, side) => product * side, 1) };
}

function step(view, down, right) {
  const { n, c, each } = sizes(view);
  const to = view.at + down + right * each;
  view.pinned = false;
  if (to >= 0 && to < n * c * each) show(view, to);
}

function build(view) {
  const { header, theme } = view;
  const { n, c, each } = sizes(view);
  const pixels = palette("activations", theme.name);
  const chosen = header.groups.find(one => one.groups === Number(view.groups.value));
  view.normalised = [...header.panels, chosen];
  view.cells = [];
  const made = view.normalised.map((panel, which) => {
    const values = view.shown.value === "x" ? header.values : panel.normalised;
    const top = Math.max(...values.map(Math.abs)) || 1;
    const box = element("div", "panel");
    const slabs = element("div", "slabs");
    view.cells[which] = [];
    for (let picture = 0; picture < n; picture++) {
      const slab = element("div", "slab");
      const cells = element("div", "cells");
      const feet = element("div", "channels muted");
      cells.style.gridTemplateColumns = feet.style.gridTemplateColumns = `repeat(${c}, 1fr)`;
      for (let place = picture * c * each; place < (picture + 1) * c * each; place++) {
        const cell = element("div", "cell");
        const channel = Math.floor(place / each) % c;
        cell.style.cssText = `grid-row:${(place % each) + 1};grid-column:${channel + 1};background:${cssColour(pixels[entryOf(values[place], top)])}`;
        cell.dataset.place = place;
        cells.append(cell);
        view.cells[which].push(cell);
      }
      for (let channel = 1; channel <= c; channel++) feet.append(element("span", "", String(channel)));
      slab.append(element("div", "of muted", say(n > 3 ? "image_narrow" : "image", { image: picture + 1 })), cells, feet);
      slabs.append(slab);
    }
    box.append(element("div", "name", panel.title), element("div", "muted", panel.says), slabs, element("div", "said mono"));
    return box;
  });
  view.panels.replaceChildren(...made);
  view.panels.setAttribute("aria-label", say("stage", { images: n, channels: c, positions: each }));
  show(view, view.at);
}

function show(view, place) {
  const { header } = view;
  const { c, each } = sizes(view);
  view.at = place;
  const said = view.normalised.map((panel, which) => {
    const group = panel.group[place];
    view.cells[which].forEach((cell, other) => {
      cell.classList.toggle("out", panel.group[other] !== group);
      cell.classList.toggle("member", panel.group[other] === group && other !== place);
      cell.classList.toggle("current", other === place);
    });
    const reading = say("group", {
      count: panel.count,
      mean: panel.means[group],
      variance: panel.variances[group],
      value: number(header.values[place]),
      normalised: number(panel.normalised[place]),
    });
    view.panels.children[which].querySelector(".said").textContent = reading;
    return say("panel", { title: panel.title, reading });
  });
  view.panels.dataset.place = place;
  const [image, channel] = [Math.floor(place / (c * each)) + 1, (Math.floor(place / each) % c) + 1];
  view.live.textContent = say("where", { image, channel, readings: said.join(". ") });
}
