// The arithmetic of one output, term by term: the kind of the operation decides how it is written.
import { element } from "../../js/dom.js";
import { bracketed, brief, grouped, percent } from "../../js/numbers.js";
import { cssColour, palette } from "../../js/palette.js";
import { say } from "../../js/say.js";
import { linksOf, outputAtHand, shownOf } from "./links.js";
import { firstChannel, inputAt, outputAt, tapsOf, weightAt, winnerOf } from "./model.js";
import { paintOver } from "./overlay.js";
import { pixelOf } from "./paint.js";
import { placeText } from "./words.js";

const MOST_TERMS = 160;

export function showTerms(view) {
  const { model, notes } = view;
  const shown = shownOf(view);
  const now = outputAtHand(view, shown);
  const lines = [];
  const stamping = model.stamps && shown.role === "input";
  if (now && !stamping) lines.push(...sumLines(view, now));
  if (shown.role === "input" && model.weighted) lines.push(...reachLines(view, shown));
  view.terms.replaceChildren(...lines);
  view.terms.dataset.output = now ? `${notes.channel}/${now.row}/${now.column}` : "";
}

function sumLines(view, now) {
  const { model, notes } = view;
  const value = outputAt(model, notes.channel, now.row, now.column);
  const channels = Array.from({ length: model.inGroup }, (_, channel) => tapsOf(model, notes.channel, channel, now.row, now.column));
  if (model.weighted) return productLines(view, channels, value, now);
  const read = channels[0].filter(tap => tap.reads);
  return [WRITTEN[model.kind](view, read, value, now)];
}

// Where an input cell goes, through which weight: a stamp of a transposed convolution, else all the windows over it.
function reachLines(view, { row, column, channel }) {
  const { model, notes } = view;
  const channels = channel === undefined ? Array.from({ length: model.inGroup }, (_, one) => one) : [channel];
  return channels.map(one => {
    const value = inputAt(model, firstChannel(model, notes.channel) + one, row, column);
    const terms = [];
    for (const [r, i] of model.rowReaders[row])
      for (const [c, j] of model.columnReaders[column]) terms.push(reachOf(view, { value, channel: one, i, j, r, c }));
    const line = element("div", "line reach");
    const place = `(${placeText(model, row, column).replace(/^\(|\)$/g, "")})`;
    const goes = model.stamps ? say("cell_stamps", { place, value: brief(value), name: model.meta.names[1] }) : say("cell_goes", { place });
    const head = model.inGroup > 1 ? [say("channel", { channel: firstChannel(model, notes.channel) + one }), goes] : [goes];
    line.append(element("span", "head", `${head.join(" ")} `));
    joined(line, terms, ", ");
    if (!terms.length) line.append(say("no_output"));
    return line;
  });
}

function reachOf(view, { value, channel, i, j, r, c }) {
  const { model, notes } = view;
  const weight = weightAt(model, notes.channel, channel, i, j);
  const term = element("span", "term", `${brief(value)}·${bracketed(weight)} → (${r}, ${c})`);
  term.classList.toggle("none", value === 0 || weight === 0);
  return term;
}

function productLines(view, channels, value, now) {
  const { model, notes } = view;
  const several = channels.length > 1;
  const bias = model.bias.length ? model.bias[notes.channel] : 0;
  const sums = channels.map(taps => taps.reduce((sum, tap) => sum + (tap.reads ? tap.value * tap.weight : 0), 0));
  const first = firstChannel(model, notes.channel);
  const total = sums.reduce((sum, part) => sum + part, 0);
  const limit = Math.max(
    1e-300,
    ...channels
      .flat()
      .map(tap => Math.abs(tap.value * tap.weight))
      .filter(Number.isFinite),
  );
  const lines = channels.map((taps, channel) => {
    const read = taps.filter(tap => tap.reads);
    const line = element("div", "line");
    line.append(element("span", "head", several ? `${say("channel", { channel: first + channel })} ` : `${resultAt(model, now)} = `));
    joined(
      line,
      read.map(tap => termOf(view, tap, `${brief(tap.value)}·${bracketed(tap.weight)}`, (tap.value * tap.weight) / limit)),
      " + ",
    );
    if (!read.length) line.append(element("span", "", say("nothing_read")));
    line.append(" = ", element("span", "sum", brief(sums[channel], 6)));
    return line;
  });
  if (several || bias) {
    const line = element("div", "line");
    const parts = several ? sums.map(sum => bracketed(sum)).join(" + ") : brief(total);
    line.append(
      element("span", "head", several ? "Σ" : ""),
      document.createTextNode(`${parts}${model.bias.length ? ` ${say("bias", { bias: bracketed(bias) })}` : ""} = `),
      element("span", "sum", brief(value, 6)),
    );
    lines.push(line);
  }
  return lines;
}

const WRITTEN = {
  max: (view, taps, value, now) => {
    const won = winnerOf(view.model, view.notes.channel, now.row, now.column);
    const line = written(view, taps, { start: "max(", between: ", ", end: `) = ${brief(value, 6)}`, text: tap => brief(tap.value) });
    for (const term of line.querySelectorAll(".term")) term.classList.toggle("won", Number(term.dataset.tap) === won);
    return line;
  },
  mean: (view, taps, value, now) => {
    const by = view.model.divisors.length ? view.model.divisors[now.row * view.model.columns + now.column] : taps.length;
    return written(view, taps, {
      start: "(",
      between: " + ",
      end: `) / ${brief(by)} = ${brief(value, 6)}`,
      text: tap => bracketed(tap.value),
    });
  },
  power: (view, taps, value) => {
    const p = brief(view.model.meta.power);
    return written(view, taps, {
      start: "(",
      between: " + ",
      end: `)^(1/${p}) = ${brief(value, 6)}`,
      text: tap => `|${brief(tap.value)}|^${p}`,
    });
  },
  sampled: (view, taps, value, now) => {
    const line = written(view, taps, {
      start: `${say("drawn_from")} `,
      between: ", ",
      end: `: ${brief(value, 6)}`,
      text: chanceText(taps, (value, chance) => say("with_chance", { value, chance })),
    });
    const won = winnerOf(view.model, view.notes.channel, now.row, now.column);
    for (const term of line.querySelectorAll(".term")) term.classList.toggle("won", Number(term.dataset.tap) === won);
    return line;
  },
  expected: (view, taps, value) =>
    written(view, taps, {
      start: "",
      between: " + ",
      end: ` = ${brief(value, 6)}`,
      text: chanceText(taps, (value, chance) => `${value}·${chance}`),
    }),
};

function chanceText(taps, write) {
  const total = taps.reduce((sum, tap) => sum + tap.value, 0);
  return tap => write(brief(tap.value), percent(total > 0 ? tap.value / total : 1 / taps.length));
}

function written(view, taps, { start, between, end, text }) {
  const line = element("div", "line");
  const limit = Math.max(1e-300, ...taps.map(tap => Math.abs(tap.value)).filter(Number.isFinite));
  line.append(element("span", "head", `${view.model.meta.names[2]} = `), start);
  joined(
    line,
    taps.map(tap => termOf(view, tap, text(tap), tap.value / limit)),
    between,
  );
  const [before, ...sum] = end.split(" = ");
  line.append(sum.length ? `${before} = ` : before.slice(0, 2), element("span", "sum", sum.length ? sum.join(" = ") : before.slice(2)));
  return line;
}

/** The output's cell by name; one that stands alone needs no place. */
function resultAt({ meta, outputs, rows, columns }, { row, column }) {
  const alone = outputs * rows * columns === 1;
  return alone ? meta.names[2] : `${meta.names[2]} (${row}, ${column})`;
}

function joined(line, terms, between) {
  terms.slice(0, MOST_TERMS).forEach((term, place) => line.append(place ? between : "", term));
  if (terms.length > MOST_TERMS) line.append(between, say("more", { count: grouped.format(terms.length - MOST_TERMS) }));
}

// One term: pointing at it shows its cell and its weight.
function termOf(view, tap, text, share) {
  const term = element("span", "term", text);
  const colours = { pixels: palette("activations", view.theme.name), limit: 1, signed: true };
  term.style.borderBottomColor = Number.isFinite(share) ? cssColour(pixelOf(colours, share)) : "transparent";
  term.classList.toggle("none", tap.value === 0 || tap.weight === 0);
  term.classList.toggle("on", isLinked(view, tap));
  term.dataset.tap = tap.i * view.model.wide + tap.j;
  term.onpointerenter = () => pointAtTerm(view, tap, term);
  term.onpointerleave = () => view.letGo();
  return term;
}

function isLinked(view, tap) {
  const { target, links } = view;
  if (!target || target.role === "output") return false;
  if (target.role === "weights") return tap.i === target.row && tap.j === target.column && tap.channel === target.channel;
  if (target.role === "input") return links.main.input.some(([y, x, channel]) => y === tap.y && x === tap.x && channel === tap.channel);
  return false;
}

function termSentence(model, tap) {
  const [place, value] = [placeText(model, tap.y, tap.x), brief(tap.value)];
  if (!model.weighted) return say("term", { place, value });
  const product = brief(tap.value * tap.weight, 6);
  return say("term_weighted", { place, row: tap.i, column: tap.j, value, weight: bracketed(tap.weight), product });
}

// The line itself must not be built anew under the pointer: only the frames follow.
function pointAtTerm(view, tap, term) {
  if (view.pinned) return;
  const now = outputAtHand(view);
  view.hover = view.target = { row: now.row, column: now.column, role: "tap", tap: { channel: tap.channel, i: tap.i, j: tap.j } };
  view.links = linksOf(view, view.target);
  view.stage.dataset.target = "tap";
  paintOver(view);
  view.said.textContent = termSentence(view.model, tap);
  for (const other of view.terms.querySelectorAll(".term.on")) other.classList.remove("on");
  term.classList.add("on");
}
