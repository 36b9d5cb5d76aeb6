import { button, offer, slider } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { cellIn, onHover, onKeys, stepIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, grouped, number, percent } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
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
      say("channel"),
      { min: 0, max: model.count - 1, step: 1, value: notes.slot },
      slot => say("channel_of", { channel: model.channels[slot], total: grouped.format(model.total) }),
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
  offer(select, { same: say("same"), own: say("own") }, notes.scale);
  select.onchange = () => {
    notes.scale = select.value;
    answer(view);
  };
  box.append(element("span", "", say("colours")), select);
  const some =
    model.count < model.total && !model.vector ? say("some_channels", { count: model.count, total: grouped.format(model.total) }) : "";
  view.settings.replaceChildren(...parts, box, element("span", "muted", some));
}

function arrange(view) {
  view.deadHead.textContent = say(view.model.vector ? "dead_units" : "dead_channels");
  answer(view);
}

function answer(view) {
  rows(view);
  paintMaps(view);
  paintThumbnails(view);
  paintHistogram(view);
  announce(view);
}

function rows(view) {
  const { model, notes } = view;
  view.body.replaceChildren(
    ...model.effects.map(effect => {
      const made = element("tr", effect.name === notes.name ? "main" : "");
      const name = element("td");
      const thumbnail = element("canvas");
      const place = element("td");
      const pick = button(effect.name === model.own ? say("own_function", { title: effect.title }) : effect.title);
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
          say("dead_of", { dead: grouped.format(effect.dead), total: grouped.format(model.total) }),
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

function announce(view) {
  const { model, notes, cell, shown } = view;
  const index = cell.row * model.width + cell.column;
  const effect = model.byName[notes.name];
  const x = shown.before[index];
  const where = model.vector
    ? say("unit", { index })
    : say("cell", { channel: model.channels[notes.slot], row: cell.row, column: cell.column });
  const sentences = [Number.isFinite(x) ? readingOf(model, where, x, shown.after[index], shown.slope[index]) : say("no_unit")];
  if (Number.isFinite(x) && model.deadIn[notes.name].includes(notes.slot) && !model.vector)
    sentences.push(say("dead", { title: effect.title }));
  view.card.textContent = sentences.join(" ");
  view.card.dataset.cell = `${notes.slot}/${cell.row}/${cell.column}`;
  view.card.dataset.name = notes.name;
}

function readingOf(model, where, x, after, f1) {
  const [value, slope] = [number(after), number(f1)];
  if (Math.abs(f1) >= model.threshold) return say("reading", { where, x: number(x), value, slope });
  return say("reading_saturated", { where, x: number(x), value, slope, threshold: number(model.threshold, 2) });
}

function point(view, cell) {
  view.cell = cell;
  paintCells(view);
  announce(view);
}

function toChannel(view, slot) {
  view.notes.slot = clamp(slot, 0, view.model.count - 1);
  if (view.channelSlider) view.channelSlider.input.value = view.notes.slot;
  view.channelSlider?.update();
  answer(view);
}
