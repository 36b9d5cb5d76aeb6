// Beside the grid: one kernel enlarged with its numbers, its response, the classic it is most like, its map.
import { centred, doubleCircle, hatch, outline, sized } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { inkOnRgb } from "../../../../shared/js/ink.js";
import { clamp, grouped, number } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { activeCell } from "../../../../shared/js/tiles.js";
import { coloured, nameOf, planeShown, single, valueAt } from "./model.js";
import { answerPicture, classicPicture, draw, kernelPicture, responsePicture } from "./paint.js";

export function shownIndex(view) {
  const active = activeCell(view);
  if (active) return view.page[active.slot];
  if (view.pointed !== null) return view.pointed;
  return view.selected !== null && view.selected < view.model.count ? view.selected : (view.page[0] ?? 0);
}

export function paintSide(view) {
  const index = shownIndex(view);
  const { model } = view;
  view.name.textContent = nameOf(view, index) + (index === view.selected && view.pickable ? ", chosen" : "");
  view.stage.dataset.shown = String(model.meta.names[index]);
  const room = view.side.clientWidth || 280;
  const half = Math.floor((room - 12) / 2);
  paintLens(view, index, single(model) ? 44 : Math.min(room, view.narrow ? half : 250));
  paintBefore(view, index, Math.min(half, 120));
  paintResponse(view, index, Math.min(half, 170));
  paintClassic(view, index, Math.min(half, 110));
  paintAnswer(view, index, Math.min(half, 170));
  writeNumbers(view, index);
}

function figure(view, name, shown) {
  const box = view[name];
  box.hidden = !shown;
  return { canvas: box.querySelector("canvas"), caption: box.querySelector("figcaption") };
}

// A caption is as wide as its image, so that two figures stand side by side.
function hold(box, width) {
  box.style.width = `${Math.ceil(width) + 2}px`;
}

// A picture so large inside a thin frame; `marks` are drawn on it.
function framed(view, canvas, picture, { w, h, smooth = false, marks = null }) {
  const context = sized(canvas, w + 2, h + 2);
  const box = { x: 1, y: 1, w, h };
  draw(context, picture, box, smooth);
  marks?.(context, box);
  outline(context, box, view.theme.text, 1, 0.3);
  return context;
}

function paintLens(view, index, room) {
  const { model } = view;
  const { canvas, caption } = figure(view, "lens", true);
  const zoom = Math.max(1, Math.floor(Math.min(room / model.width, room / model.height, 84)));
  const context = framed(view, canvas, kernelPicture(view, index), { w: model.width * zoom, h: model.height * zoom });
  if (zoom >= 36) for (let i = 0; i < model.cells; i++) writeCell(context, view, { index, i, zoom });
  caption.textContent = lensCaption(view, index);
}

// Over a run: the same kernel where it began, in the same colours.
function paintBefore(view, index, room) {
  const { model } = view;
  const { canvas, caption } = figure(view, "before", Boolean(model.frames));
  if (!model.frames) return;
  const zoom = Math.max(1, Math.floor(room / Math.max(model.width, model.height)));
  framed(view, canvas, kernelPicture(view, index, model.frames[0]), { w: zoom * model.width, h: zoom * model.height });
  caption.textContent = say("at_step", { step: grouped.format(model.meta.frames.steps[0]) });
}

function lensCaption(view, index) {
  const { model, notes } = view;
  const { planes } = model.meta;
  const own = ["gradient_score", "gradient_loss", "moved"].includes(notes.show);
  const what = own ? say(notes.show) : planes ? say("slice", { plane: planes[index] }) : say("weights");
  return coloured(view) ? say("in_colour", { what }) : what;
}

// The number in a cell, or three of them; dark on bright and bright on dark.
function writeCell(context, view, { index, i, zoom }) {
  const { model, theme } = view;
  const row = Math.floor(i / model.width);
  const column = i % model.width;
  const planes = coloured(view) ? [0, 1, 2] : [planeShown(view)];
  const x = 1 + (column + 0.5) * zoom;
  const y = 1 + (row + 0.5) * zoom;
  const [r, g, b] = context.getImageData(
    ...[x, y].map(at => Math.round((at - zoom / 2 + 3) * (context.canvas.width / parseFloat(context.canvas.style.width)))),
    1,
    1,
  ).data;
  if (planes.length === 3 && zoom < 46) return;
  planes.forEach((plane, at) => {
    const box = { x, y: y + 15 * (at - (planes.length - 1) / 2), w: 0, h: 0 };
    centred(context, theme, short(valueAt(view, index, plane, row, column)), box, { ink: inkOnRgb(r, g, b) });
  });
}

function short(value) {
  const size = Math.abs(value);
  if (size < 0.0005) return size ? "0.00" : "0";
  const text = size.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size < 0.005 ? 3 : 2);
  return (value < 0 ? "−" : "") + text;
}

function paintResponse(view, index, room) {
  const { model, theme } = view;
  const flat = single(model);
  const { canvas, caption } = figure(view, "response", !model.frames && !flat);
  if (model.frames || flat) return;
  const numbers = model.meta.numbers;
  const peak = { across: numbers.across[index], down: numbers.down[index] };
  const marks = (context, box) => markPeak(context, theme, box, peak);
  hold(view.response, room);
  framed(view, canvas, responsePicture(model, index, theme), { w: room, h: room, smooth: true, marks });
  caption.textContent = say("response", { most: number(numbers.top[index], 3) });
}

// Where the response is largest: at f and at −f.
function markPeak(context, theme, box, { across, down }) {
  for (const sign of [1, -1]) {
    const x = box.x + (0.5 + sign * across) * box.w;
    const y = box.y + (0.5 + sign * down) * box.h;
    const at = [clamp(x, box.x + 5, box.x + box.w - 5), clamp(y, box.y + 5, box.y + box.h - 5)];
    doubleCircle(context, at[0], at[1], 5, theme, { line: 1.5, around: 4 });
  }
}

function paintClassic(view, index, room) {
  const { model, theme } = view;
  const numbers = model.meta.numbers;
  const place = numbers.classic[index];
  const { canvas, caption } = figure(view, "classic", !model.frames && place !== null);
  if (model.frames || place === null) return;
  const zoom = Math.max(1, Math.floor(room / model.width));
  const w = zoom * model.width;
  hold(view.classic, Math.max(w, 110));
  framed(view, canvas, classicPicture(model, index, theme), { w, h: zoom * model.height });
  caption.textContent = say("nearest", { classic: classicWords(view, index) });
}

export function classicWords(view, index) {
  const { numbers, classics } = view.model.meta;
  const cosine = numbers.cosine[index];
  const classic = classics[numbers.classic[index]];
  return say(cosine < 0 ? "likeness_to_minus" : "likeness", { classic, cosine: number(cosine, 3) });
}

function paintAnswer(view, index, room) {
  const { model, theme } = view;
  const { canvas, caption } = figure(view, "answer", Boolean(model.meta.answer));
  if (!model.meta.answer) return;
  const [height, width, whole, wide] = model.meta.answer;
  const zoom = Math.min(room / width, room / height);
  const w = width * zoom;
  const marks = (context, box) => model.silent.has(index) && hatch(context, box, theme);
  hold(view.answer, Math.max(w, 120));
  framed(view, canvas, answerPicture(model, index, theme), { w, h: height * zoom, marks });
  const limit = number(model.meta.answers[index], 3);
  const said = say(whole === height ? "map" : "map_of_means", { height: whole, width: wide, limit });
  caption.textContent = model.silent.has(index) ? `${said}. ${say("map_silent")}` : said;
}

function writeNumbers(view, index) {
  const { model, notes } = view;
  const n = model.meta.numbers;
  const rows = [];
  const changes = model.meta.frames?.changes;
  if (changes) rows.push([say("change_now"), number(changes[notes.frame][index])], [say("at_the_end"), number(changes.at(-1)[index])]);
  rows.push(
    [say(changes ? "norm_at_the_end" : "norm"), number(n.norm[index])],
    [say(changes ? "sum_at_the_end" : "sum"), number(n.sum[index])],
  );
  if (!single(model)) rows.push([say("dominant"), frequencyWords(n.frequency[index])], [say("orientation"), angleWords(n, index)]);
  if (!single(model) && n.classic[index] !== null && changes) rows.push([say("classic"), classicWords(view, index)]);
  if (model.dead.has(index)) rows.push([say("dead"), say("no_length")]);
  if (model.silent.has(index)) rows.push([say("silent"), say("on_this_image")]);
  view.numbers.replaceChildren(...rows.flatMap(([label, value]) => [element("span", "muted", label), element("span", "value", value)]));
}

function frequencyWords(value) {
  return value < 0.01 ? say("even_area") : say("cycles", { frequency: number(value, 3) });
}

function angleWords(n, index) {
  return n.angle[index] === null
    ? say("no_angle")
    : say("angle", { angle: number(n.angle[index], 3), coherence: number(n.coherence[index], 2) });
}
