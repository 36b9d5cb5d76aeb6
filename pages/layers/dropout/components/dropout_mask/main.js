// Runs on every change of data or theme; p, the pinned cell and the cursor stay.
import { element } from "../../../../shared/js/dom.js";
import { mount } from "../../../../shared/js/mount.js";
import { grouped, number, percent } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { palette, ramp } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { listen } from "./events.js";
import { PANELS, ROWS, UNSIGNED, meanOf, placeWords, unitAt, valuesOf } from "./model.js";
import { largestAt, largestSize, markPlate, paintPlate, plateFigure, plateOf, signedPixel } from "./tiles.js";

export default mount({
  whole: ".stage",
  parts: "stage p value counts readout said low high ramp clipped tip",
  painted: "stage",
  notes: header => `dropout_mask ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view, header) {
  const { notes } = view;
  notes.p ??= header.p;
  Object.assign(view, { hover: -1, pinned: -2, panels: {} });
  for (const [row, names] of Object.entries(ROWS)) {
    for (const name of names) {
      const figure = plateFigure(PANELS[name].title, PANELS[name].formula);
      figure.dataset.panel = name;
      view.find(`.row.${row}`).append(figure);
      view.panels[name] = figure;
    }
  }
  view.p.value = notes.p;
  view.p.addEventListener("input", () => {
    notes.p = Number(view.p.value);
    repaint(view);
  });
  listen(view);
}

function arrange(view) {
  view.stage.classList.toggle("vector", view.model.kind === "vector");
  repaint(view);
}

function repaint(view) {
  const { model, notes, theme } = view;
  const p = notes.p;
  const limit = 2 * largestSize(model.values);
  const signed = palette("activations", theme.name);
  const plain = palette("magnitude", theme.name);
  let beyond = 0;
  view.plates = {};
  view.means = {};
  for (const [name, figure] of Object.entries(view.panels)) {
    const values = valuesOf(model, name, p);
    const box = figure.querySelector(".canvases");
    const plate = (view.plates[name] = plateOf(model.shape, Math.min(box.clientWidth, model.kind === "vector" ? 900 : 300)));
    view.means[name] = meanOf(values);
    const most = name.endsWith("Gradient") ? 4 : 1;
    const pixelOf = UNSIGNED.has(name)
      ? i => plain[Math.max(1, Math.min(255, Math.round(1 + (254 * values[i]) / most)))]
      : i => signedPixel(values[i], limit, signed);
    if (!UNSIGNED.has(name)) for (const value of values) beyond += Math.abs(value) > limit ? 1 : 0;
    const crossed = ["m", "upTrain", "downTrain", "upGradient", "downGradient"].includes(name) ? i => !unitAt(model, i, p).m : null;
    const textOf = i => (name === "m" ? String(values[i]) : number(values[i], 3));
    paintPlate(figure.querySelector(".base"), plate, model.shape, { pixelOf, textOf, crossed, theme });
  }
  view.value.textContent = p.toFixed(2);
  view.p.setAttribute("aria-valuetext", say("probability", { p: p.toFixed(2) }));
  view.stage.dataset.p = p.toFixed(2);
  view.low.textContent = number(-limit);
  view.high.textContent = number(limit);
  view.ramp.style.background = ramp("activations", theme.name);
  view.clipped.textContent = beyond ? say("clipped", { count: grouped.format(beyond) }) : say("fixed_colours");
  sayCounts(view);
  answer(view);
}

function sayCounts(view) {
  const { model, notes } = view;
  const p = notes.p;
  const uniform = model.uniform;
  let kept = 0;
  for (const u of uniform) kept += u >= p ? 1 : 0;
  view.counts.textContent = say(model.channelwise ? "kept_channels" : model.kind === "vector" ? "kept_units" : "kept_cells", {
    kept: grouped.format(kept),
    total: grouped.format(uniform.length),
    share: percent(kept / uniform.length),
    expected: percent(1 - p),
  });
  const edge = p === 1 ? [say("nothing_kept")] : p === 0 ? [say("all_kept")] : [];
  view.said.textContent = [...edge, meansInWords(view)].join(" ");
}

function meansInWords({ means }) {
  const mean = name => number(means[name]);
  return say("means", {
    x: mean("x"),
    up_train: mean("upTrain"),
    up_test: mean("upEval"),
    down_train: mean("downTrain"),
    down_test: mean("downEval"),
  });
}

export function activeIndex(view) {
  return view.hover >= 0 ? view.hover : view.pinned;
}

// The unit under the pointer (or pinned): marked in every panel, and written out under both conventions.
export function answer(view) {
  const { model, notes, theme } = view;
  const index = activeIndex(view);
  for (const [name, figure] of Object.entries(view.panels))
    markPlate(figure.querySelector(".over"), view.plates[name], model.shape, index, theme, view.pinned === index);
  view.stage.dataset.cell = String(index);
  if (index < 0) {
    view.readout.replaceChildren(element("p", "muted", say("ask_a_unit")));
    return;
  }
  const unit = unitAt(model, index, notes.p);
  const line = (title, ...names) => {
    const row = element("p", "line");
    row.append(element("b", "", title));
    for (const name of names)
      row.append(element("span", "mono", (names.length > 1 ? `${PANELS[name].title}: ` : "") + PANELS[name].words(unit)));
    return row;
  };
  view.readout.replaceChildren(
    line(placeWords(model, index), "m"),
    line("upscale_in_train", "upTrain", "upEval", "upGradient"),
    line("downscale_in_infer", "downTrain", "downEval", "downGradient"),
  );
}

function load(view, /** @type {import("../../../../shared/js/packets").DropoutMaskPacket} */ header, blob) {
  const [count, height, width] = header.shape;
  view.model = {
    ...header,
    cells: height * width,
    values: floats(blob("values"), "float32"),
    uniform: floats(blob("uniform"), "float32"),
  };
  view.hover = -1;
  if (view.pinned === -2 || view.pinned >= count * height * width) view.pinned = largestAt(view.model.values);
  view.stage.setAttribute("aria-label", say("stage", { title: header.title }));
}
