import { button, offer, slider } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { cellIn, onHover, onKeys, stepIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, grouped, number, percent } from "../../../../shared/js/numbers.js";
import { modelOf } from "./model.js";
import { paintCells, paintHistogram, paintMaps, paintThumbnails } from "./paint.js";

export default mount({
  whole: ".activation-map",
  parts: "settings card maps histogram",
  painted: "whole",
  notes: header => `activation_map ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view) {
  const { notes } = view;
  Object.assign(view, { cell: null });
  notes.scale ??= "same";
  view.histogramWords = view.find(".histogram-words");
  view.deadHead = view.find(".dead-head");
  view.body = view.find("tbody");
  view.canvases = [...view.root.querySelectorAll("[data-map]")];
  for (const canvas of view.canvases) onHover(canvas, event => point(view, cellIn(canvas, event, view.model.height, view.model.width)));
  const turn = by => () => toChannel(view, notes.slot + by);
  onKeys(view.maps, {
    Arrow: (down, right) => point(view, stepIn(view.cell, down, right, view.model.height, view.model.width)),
    PageUp: turn(-1),
    PageDown: turn(1),
  });
}

function load(view, header, blob) {
  const { notes } = view;
  view.model = modelOf(header, blob);
  if (notes.layer !== header.layer) Object.assign(notes, { layer: header.layer, slot: 0, name: header.own || "relu" });
  notes.slot = Math.min(notes.slot ?? 0, view.model.count - 1);
  const { height, width } = view.model;
  view.cell = { row: height >> 1, column: width >> 1 };
  controls(view);
}

function controls(view) {
  const { model, notes } = view;
  const parts = [];
  view.channelSlider = null;
  if (model.count > 1) {
    const made = slider(
      "channel",
      { min: 0, max: model.count - 1, step: 1, value: notes.slot },
      slot => `${model.channels[slot]} of ${grouped.format(model.total)}`,
      slot => {
        notes.slot = slot;
        answer(view);
      },
    );
    made.input.classList.add("channel");
    view.channelSlider = made;
    parts.push(made.box);
  }
  const select = element("select");
  const box = element("label", "slide");
  offer(select, { same: "the same before and after", own: "each map its own" }, notes.scale);
  select.onchange = () => {
    notes.scale = select.value;
    answer(view);
  };
  box.append(element("span", "", "colours"), select);
  const some =
    model.count < model.total && !model.vector
      ? `${model.count} of ${grouped.format(model.total)} channels are here, the liveliest and the dead ones`
      : "";
  view.settings.replaceChildren(...parts, box, element("span", "muted", some));
}

function arrange(view) {
  view.deadHead.textContent = view.model.vector ? "dead units" : "dead channels";
  answer(view);
}

function answer(view) {
  rows(view);
  paintMaps(view);
  paintThumbnails(view);
  paintHistogram(view);
  say(view);
}

function rows(view) {
  const { model, notes } = view;
  view.body.replaceChildren(
    ...model.effects.map(effect => {
      const made = element("tr", effect.name === notes.name ? "main" : "");
      const name = element("td");
      const thumbnail = element("canvas");
      const place = element("td");
      const pick = button(effect.title + (effect.name === model.own ? " (its own)" : ""));
      pick.setAttribute("aria-pressed", effect.name === notes.name);
      pick.style.boxShadow = "none";
      thumbnail.dataset.name = effect.name;
      name.append(pick);
      place.append(thumbnail);
      made.append(
        name,
        place,
        ...[
          percent(effect.zeros),
          percent(effect.saturated),
          number(effect.mean, 3),
          number(effect.std, 3),
          `${grouped.format(effect.dead)} of ${grouped.format(model.total)}`,
        ].map(text => element("td", "", text)),
      );
      made.dataset.name = effect.name;
      made.onclick = () => {
        notes.name = effect.name;
        answer(view);
      };
      return made;
    }),
  );
}

function say(view) {
  const { model, notes, cell, shown } = view;
  const index = cell.row * model.width + cell.column;
  const effect = model.byName[notes.name];
  const x = shown.before[index];
  const where = model.vector ? `unit ${index}` : `channel ${model.channels[notes.slot]}, row ${cell.row}, column ${cell.column}`;
  const dead =
    model.deadIn[notes.name].includes(notes.slot) && !model.vector
      ? ` This channel is dead: ${effect.title} has slope 0 in every cell of it.`
      : "";
  const quiet = Math.abs(shown.slope[index]) < model.threshold ? `, saturated (|f′| < ${number(model.threshold, 2)})` : "";
  view.card.textContent = Number.isFinite(x)
    ? `${where}: x = ${number(x)} → f(x) = ${number(shown.after[index])}, f′(x) = ${number(shown.slope[index])}${quiet}.${dead}`
    : "No unit stands here.";
  view.card.dataset.cell = `${notes.slot}/${cell.row}/${cell.column}`;
  view.card.dataset.name = notes.name;
}

function point(view, cell) {
  view.cell = cell;
  paintCells(view);
  say(view);
}

function toChannel(view, slot) {
  view.notes.slot = clamp(slot, 0, view.model.count - 1);
  if (view.channelSlider) view.channelSlider.input.value = view.notes.slot;
  view.channelSlider?.say();
  answer(view);
}
