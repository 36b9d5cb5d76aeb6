import { element } from "../../../../shared/js/dom.js";
import { onKeys, onPoint, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, grouped, number, percent } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { palette } from "../../../../shared/js/palette.js";
import { cellOf, largestSize, markPlate, paintPlate, plateCell, plateFigure, plateOf, signedPixel } from "../dropout_mask/tiles.js";

const FIGURES = {
  first: [
    ["plain", "without a mask", "x"],
    ["masked", "with the mask", "x·m/(1−p)"],
  ],
  second: [
    ["nextPlain", "without", "y"],
    ["nextMasked", "with", "y′"],
    ["difference", "difference", "y′ − y"],
  ],
};

// Runs on every change of data or theme; the p that was chosen and the pinned cell stay.
export default mount({
  whole: ".stage",
  parts: "stage p value counts readout classes tip",
  painted: "stage",
  notes: header => `dropout_network ${header.name}`,
  create: setUp,
  load,
  draw: repaint,
});

function load(view, header, blob) {
  const { here, there } = header;
  view.model = {
    ...header,
    cells: here.shape[1] * here.shape[2],
    values: floats(blob("values"), "float32"),
    uniform: floats(blob("uniform"), "float32"),
    following: floats(blob("following"), "float32"),
    masked: floats(blob("masked"), "float16"),
  };
  view.hover = view.pinned = null;
  view.p.max = header.probabilities.length - 1;
  view.notes.at = Math.min(view.notes.at, header.probabilities.length - 1);
  view.p.value = view.notes.at;
  const some = side =>
    side.of > side.names.length ? `, ${side.names.length} of ${grouped.format(side.of)} channels or units, those with most energy` : "";
  view.find(".here").textContent = `The masked layer, ${header.key}${some(here)}`;
  view.find(".there").textContent = `What follows, ${header.next}${some(there)}`;
  view.stage.setAttribute("aria-label", `${header.key} and ${header.next}, without and with a mask. Point at a cell to read its values.`);
}

function setUp(view, header) {
  const { notes } = view;
  notes.at ??= Math.floor(header.probabilities.length / 2);
  Object.assign(view, { hover: null, pinned: null, panels: {} });
  for (const [row, figures] of Object.entries(FIGURES)) {
    for (const [name, title, formula] of figures) {
      const figure = (view.panels[name] = plateFigure(title, formula));
      const box = figure.querySelector(".canvases");
      view.find(`.row.${row}`).append(figure);
      const find = event => {
        const index = plateCell(view.plates[name], shapeOf(view, row), placeIn(box, event));
        return index < 0 ? null : { row, index };
      };
      onPoint(
        box,
        find,
        place => point(view, place),
        place => pinned(view, place),
      );
    }
  }
  view.p.addEventListener("input", () => {
    notes.at = Number(view.p.value);
    repaint(view);
  });
  bindKeys(view);
}

const shapeOf = (view, row) => (row === "first" ? view.model.here : view.model.there).shape;

// The values of a panel at the chosen p. The mask is made here, from the random numbers, as everywhere on this page.
function valuesOf(view, name) {
  const { model, notes } = view;
  const p = model.probabilities[notes.at];
  const scale = p === 1 ? 0 : 1 / (1 - p);
  if (name === "plain") return model.values;
  if (name === "masked")
    return model.values.map((x, i) => (model.uniform[model.channelwise ? Math.floor(i / model.cells) : i] >= p ? x * scale : 0));
  const plain = model.following;
  const size = plain.length;
  const masked = notes.at === 0 ? plain : model.masked.subarray((notes.at - 1) * size, notes.at * size);
  if (name === "nextPlain") return plain;
  return name === "nextMasked" ? masked : masked.map((y, i) => y - plain[i]);
}

function repaint(view) {
  const { model, notes, theme } = view;
  const pixels = palette("activations", theme.name);
  const p = model.probabilities[notes.at];
  const limits = { first: largestSize(model.values), second: largestSize(model.following) };
  view.plates = {};
  view.shown = {};
  for (const [row, figures] of Object.entries(FIGURES)) {
    for (const [name] of figures) {
      const values = (view.shown[name] = valuesOf(view, name));
      const shape = shapeOf(view, row);
      const figure = view.panels[name];
      const plate = (view.plates[name] = plateOf(shape, Math.min(figure.querySelector(".canvases").clientWidth, 330)));
      paintPlate(figure.querySelector(".base"), plate, shape, { pixelOf: i => signedPixel(values[i], limits[row], pixels), theme });
    }
  }
  const numbers = model.uniform;
  const kept = numbers.reduce((sum, u) => sum + (u >= p ? 1 : 0), 0);
  view.value.textContent = p.toFixed(2);
  view.p.setAttribute("aria-valuetext", `p is ${p.toFixed(2)}`);
  view.counts.textContent =
    `kept of those shown: ${grouped.format(kept)} of ${grouped.format(numbers.length)} · ${model.next} moves by ${percentOf(model.shift[notes.at])} of its length` +
    ` · colours ±${number(limits.first, 3)} and ±${number(limits.second, 3)}, the same with and without`;
  view.stage.dataset.p = p.toFixed(2);
  paintClasses(view);
  answer(view);
}

const percentOf = share => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

// Two bars a class: without the mask (grey) and with it. The likeliest with the mask is bold.
function paintClasses(view) {
  const { model, notes } = view;
  const best = Math.max(...model.classes.map(item => item.shares[notes.at]));
  view.classes.replaceChildren(
    ...model.classes.map(item => {
      const row = element("div", `class${item.shares[notes.at] === best ? " first" : ""}`);
      row.setAttribute("role", "listitem");
      row.append(
        element("b", "", item.label),
        element("span", "muted", `without ${percent(item.shares[0])}`),
        element("span", "", `with ${percent(item.shares[notes.at])}`),
      );
      for (const [kind, share] of [
        ["plain", item.shares[0]],
        ["", item.shares[notes.at]],
      ]) {
        const track = element("span", `track ${kind}`);
        const bar = element("i");
        bar.style.width = `${100 * share}%`;
        track.append(bar);
        row.append(track);
      }
      return row;
    }),
  );
}

function point(view, place) {
  view.hover = place;
  answer(view);
}

function pinned(view, place) {
  const same = place && view.pinned && place.row === view.pinned.row && place.index === view.pinned.index;
  view.pinned = same ? null : place;
  answer(view);
}

function bindKeys(view) {
  const put = change => {
    Object.assign(view, change);
    answer(view);
  };
  onKeys(view.stage, {
    Arrow(down, right) {
      const { row, index } = view.hover ?? view.pinned ?? { row: "second", index: -1 };
      const [count, height, width] = shapeOf(view, row);
      put({ hover: { row, index: clamp(index + right + down * width, 0, count * height * width - 1) } });
    },
    Enter: () => put({ pinned: view.hover }),
    Escape: () => put({ hover: null, pinned: null }),
  });
}

function answer(view) {
  const place = view.hover ?? view.pinned;
  const { model, theme } = view;
  for (const [row, figures] of Object.entries(FIGURES)) {
    const index = place?.row === row ? place.index : -1;
    for (const [name] of figures)
      markPlate(view.panels[name].querySelector(".over"), view.plates[name], shapeOf(view, row), index, theme, !view.hover);
  }
  if (!place) {
    view.readout.replaceChildren(element("p", "muted", "Point at a cell to read it with and without the mask. A click pins it."));
    return;
  }
  const side = place.row === "first" ? model.here : model.there;
  const { channel, row, column } = cellOf(side.shape, place.index);
  const where =
    side.shape[1] * side.shape[2] === 1 ? `unit ${side.names[channel]}` : `channel ${side.names[channel]}, row ${row}, column ${column}`;
  const read = name => view.shown[name][place.index];
  const words =
    place.row === "first"
      ? `without ${number(read("plain"))}, with ${number(read("masked"))}`
      : `without ${number(read("nextPlain"))}, with ${number(read("nextMasked"), 3)}, difference ${number(read("difference"), 3)}`;
  const line = element("p");
  line.append(element("b", "", `${place.row === "first" ? model.key : model.next}, ${where}: `), element("span", "mono", words));
  view.readout.replaceChildren(line);
}
