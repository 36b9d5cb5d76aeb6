import { element } from "../../../../shared/js/dom.js";
import { onKeys, onPoint, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, grouped, number, percent } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
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
  view.find(".here").textContent = hereWords(header.key, here);
  view.find(".there").textContent = thereWords(header.next, there);
  view.stage.setAttribute("aria-label", say("stage", { here: header.key, there: header.next }));
}

function hereWords(layer, { of, names, shape }) {
  if (of <= names.length) return say("here", { layer });
  return say("here_some", { layer, shown: names.length, total: grouped.format(of), what: kindOf(shape) });
}

const kindOf = ([, height, width]) => say(height * width > 1 ? "channels" : "units");

function thereWords(layer, { of, names, shape }) {
  if (of <= names.length) return say("there", { layer });
  return say("there_some", { layer, shown: names.length, total: grouped.format(of), what: kindOf(shape) });
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
      const plate = (view.plates[name] = plateOf(shape, Math.min(figure.querySelector(".canvases").clientWidth, 350)));
      paintPlate(figure.querySelector(".base"), plate, shape, { pixelOf: i => signedPixel(values[i], limits[row], pixels), theme });
    }
  }
  const numbers = model.uniform;
  const kept = numbers.reduce((sum, u) => sum + (u >= p ? 1 : 0), 0);
  view.value.textContent = p.toFixed(2);
  view.p.setAttribute("aria-valuetext", say("probability", { p: p.toFixed(2) }));
  view.counts.textContent = say("counts", {
    kept: grouped.format(kept),
    total: grouped.format(numbers.length),
    next: model.next,
    share: percent(model.shift[notes.at]),
    first: number(limits.first, 3),
    second: number(limits.second, 3),
  });
  view.stage.dataset.p = p.toFixed(2);
  paintClasses(view);
  answer(view);
}

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
        element("span", "muted", say("without", { share: percent(item.shares[0]) })),
        element("span", "", say("with", { share: percent(item.shares[notes.at]) })),
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
    view.readout.replaceChildren(element("p", "muted", say("ask_a_cell")));
    return;
  }
  const side = place.row === "first" ? model.here : model.there;
  const { channel, row, column } = cellOf(side.shape, place.index);
  const where =
    side.shape[1] * side.shape[2] === 1
      ? say("unit", { unit: side.names[channel] })
      : say("cell", { channel: side.names[channel], row, column });
  const read = name => view.shown[name][place.index];
  const words =
    place.row === "first"
      ? say("masked", { plain: number(read("plain")), masked: number(read("masked")) })
      : say("following", {
          plain: number(read("nextPlain")),
          masked: number(read("nextMasked"), 3),
          difference: number(read("difference"), 3),
        });
  const line = element("p");
  line.append(element("b", "", `${place.row === "first" ? model.key : model.next}, ${where}: `), element("span", "mono", words));
  view.readout.replaceChildren(line);
}
