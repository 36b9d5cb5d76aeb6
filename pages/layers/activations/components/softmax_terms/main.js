import { centred, sized } from "../../../../shared/js/canvas.js";
import { button, slider } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { inkOn } from "../../../../shared/js/ink.js";
import { beside, onHover, onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { bracketed, clamp, grouped, number, percent } from "../../../../shared/js/numbers.js";
import { cssColour, entryOf, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { showTip } from "../../../../shared/js/tip.js";

export default mount({
  whole: ".softmax-terms",
  parts: "settings terms total card head jacobian sum apart tip",
  painted: "whole",
  notes: header => `softmax_terms ${header.key}`,
  create: setUp,
  load,
  draw: answer,
});

function setUp(view) {
  const { notes } = view;
  Object.assign(view, { lit: null, pinned: null });
  notes.temperature ??= 1;
  view.ones = view.find(".whole");
  view.body = view.find("tbody");
  const made = slider(
    say("temperature"),
    { min: -1.3, max: 1.3, step: 0.01, value: Math.log10(notes.temperature) },
    power => number(10 ** power, 3),
    power => {
      notes.temperature = Math.abs(power) < 0.005 ? 1 : 10 ** power;
      answer(view);
    },
  );
  made.input.classList.add("temperature");
  const one = button("T = 1", () => {
    made.input.value = 0;
    made.update();
    notes.temperature = 1;
    answer(view);
  });
  view.words = element("span", "muted words");
  view.settings.append(made.box, one, view.words);
  const pin = index => light(view, (view.pinned = index));
  const by = step => () => pin(clamp((view.pinned ?? (step > 0 ? -1 : 1)) + step, 0, view.model.shown.length - 1));
  onKeys(view.terms, { ArrowDown: by(1), ArrowUp: by(-1), Escape: () => pin(null) });
  const leave = () => {
    view.tip.hidden = true;
    light(view, view.pinned);
  };
  onHover(view.jacobian, event => overJacobian(view, event), leave);
}

function load(view, header, blob) {
  const bytes = blob("rest");
  const rest = new Float64Array(bytes.buffer, 0, bytes.byteLength / 8);
  view.model = { ...header, rest };
  view.lit = view.pinned = null;
  const apart = Math.max(
    ...header.checks.map(({ temperature, probabilities }) => {
      const found = softmaxAt(view.model, temperature);
      return Math.max(...probabilities.map((p, index) => Math.abs(p - found.shown[index].p)));
    }),
  );
  view.apart.textContent = say("apart", { apart: number(apart, 3) });
  view.apart.dataset.apart = apart;
}

// Every term at one temperature; the classes that are not shown are one term, their sum.
function softmaxAt({ shown, rest }, temperature) {
  const largest = Math.max(...shown.map(one => one.logit));
  const raise = z => Math.exp((z - largest) / temperature);
  let others = 0;
  let total = 0;
  let entropy = 0;
  for (const z of rest) others += raise(z);
  const rows = shown.map(one => ({
    ...one,
    away: one.logit - largest,
    scaled: (one.logit - largest) / temperature,
    raised: raise(one.logit),
  }));
  total = others + rows.reduce((sum, row) => sum + row.raised, 0);
  for (const row of rows) row.p = row.raised / total;
  for (const p of [...rows.map(row => row.p), ...Array.from(rest, z => raise(z) / total)]) if (p > 0) entropy -= p * Math.log(p);
  return { shown: rows, others, total, entropy, largest, count: rows.length + rest.length };
}

function answer(view) {
  const { notes, model } = view;
  const found = (view.found = softmaxAt(model, notes.temperature));
  view.body.replaceChildren(
    ...found.shown.map((row, index) => line_(view, row, index)),
    ...(model.rest.length ? [others(view, found)] : []),
  );
  view.total.textContent = number(found.total);
  view.ones.textContent = "1";
  const even = Math.log(found.count);
  const share = even ? found.entropy / even : 0;
  view.words.textContent = say("entropy", {
    entropy: number(found.entropy, 3),
    classes: grouped.format(found.count),
    most: number(even, 3),
    share: percent(share),
    largest: number(Math.max(0, ...found.shown.map(row => row.p)), 3),
  });
  paintSum(view, found);
  light(view, view.lit ?? view.pinned);
  view.terms.dataset.temperature = notes.temperature;
}

function line_(view, row, index) {
  const made = element("tr");
  const bar = element("span", "bar");
  const track = element("span", "track");
  const last = element("td");
  bar.style.width = `${100 * row.p}%`;
  track.append(bar);
  last.append(track);
  const cells = [row.label, number(row.logit), number(row.away), number(row.scaled), number(row.raised), number(row.p)];
  made.append(...cells.map((text, place) => element("td", place === 2 || place === 3 ? "between" : "", text)), last);
  made.dataset.index = index;
  linked(view, made, index);
  return made;
}

// Hovering a term, a row or a bar lights all that belongs to the same logit; a click keeps it lit.
function linked(view, node, index) {
  node.onpointerenter = () => light(view, index);
  node.onpointerleave = () => light(view, view.pinned);
  node.onclick = () => light(view, (view.pinned = view.pinned === index ? null : index));
}

function others(view, found) {
  const made = element("tr", "muted");
  const share = found.others / found.total;
  const cells = [say("others", { count: grouped.format(view.model.rest.length) }), "", "", "", number(found.others), number(share), ""];
  made.append(...cells.map((text, place) => element("td", place === 2 || place === 3 ? "between" : "", text)));
  return made;
}

function paintSum(view, found) {
  const parts = found.shown.flatMap((row, index) => {
    const term = element("span", "term", number(row.raised, 3));
    term.dataset.index = index;
    linked(view, term, index);
    return index ? [" + ", term] : [term];
  });
  if (view.model.rest.length) parts.push(` ${say("the_others", { sum: number(found.others, 3) })}`);
  view.sum.replaceChildren(
    "Σ exp((z − m) / T) = ",
    ...parts,
    ` ${say("sum", { total: number(found.total), largest: number(found.largest) })}`,
  );
}

function light(view, index) {
  view.lit = index;
  for (const node of [...view.body.querySelectorAll("tr"), ...view.sum.querySelectorAll(".term")])
    node.classList.toggle("lit", index !== null && node.dataset.index === String(index));
  const { found, notes } = view;
  const row = found.shown[index ?? 0];
  view.card.dataset.index = index ?? 0;
  view.card.replaceChildren(
    element("div", "title", row.label),
    element(
      "div",
      "mono",
      `p = exp((${number(row.logit)} − ${bracketed(found.largest, number)}) / ${number(notes.temperature, 3)}) / ${number(found.total)}`,
    ),
    element("div", "mono", `  = ${number(row.raised)} / ${number(found.total)} = ${number(row.p)}`),
    element("div", "muted", say("answers", { times: number((row.p * (1 - row.p)) / notes.temperature, 3) })),
  );
  paintJacobian(view);
}

// ∂p_i / ∂z_j: how row i's probability answers when column j's logit is raised.
function jacobianAt(view, i, j) {
  const { shown } = view.found;
  return (shown[i].p * ((i === j ? 1 : 0) - shown[j].p)) / view.notes.temperature;
}

function paintJacobian(view) {
  const count = view.found.shown.length;
  const wide = Math.min(view.narrow ? view.whole.clientWidth : 340, view.jacobian.parentElement.clientWidth || 300);
  const cell = Math.floor(Math.min(wide / count, 46));
  const context = sized(view.jacobian, cell * count + 2, cell * count + 2);
  const pixels = palette("activations", view.theme.name);
  const largest = Math.max(1e-12, ...view.found.shown.flatMap((_, i) => view.found.shown.map((__, j) => Math.abs(jacobianAt(view, i, j)))));
  view.head.textContent = say("jacobian", { largest: number(largest, 3) });
  view.cell = cell;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      const value = jacobianAt(view, i, j);
      const pixel = pixels[entryOf(value, largest)];
      const [x, y] = [1 + j * cell, 1 + i * cell];
      context.fillStyle = cssColour(pixel);
      context.fillRect(x, y, cell - 1, cell - 1);
      if (cell >= 44) centred(context, view.theme, short(value), { x, y, w: cell, h: cell }, { ink: inkOn(pixel) });
    }
  if (view.lit === null) return;
  context.strokeStyle = view.theme.text;
  context.lineWidth = 2;
  context.strokeRect(1, 1 + view.lit * cell, cell * count, cell - 1);
  context.strokeRect(1 + view.lit * cell, 1, cell - 1, cell * count);
}

function short(value) {
  const text = Math.abs(value) < 0.0005 ? "0" : value.toFixed(3);
  return text.replace("-", "−");
}

function overJacobian(view, event) {
  const place = placeIn(view.jacobian, event);
  const count = view.found.shown.length;
  const [i, j] = [place.y, place.x].map(at => Math.floor((at - 1) / view.cell));
  if (i < 0 || j < 0 || i >= count || j >= count) return;
  if (view.lit !== i) light(view, i);
  const { shown } = view.found;
  const own = i === j;
  showTip(view.tip, beside(event), `∂p(${shown[i].label}) / ∂z(${shown[j].label})`, [
    [own ? "p (1 − p) / T" : "−p · p′ / T", number(jacobianAt(view, i, j))],
    [
      say("with_numbers"),
      own
        ? `${number(shown[i].p, 3)} · ${number(1 - shown[i].p, 3)} / ${number(view.notes.temperature, 3)}`
        : `−${number(shown[i].p, 3)} · ${number(shown[j].p, 3)} / ${number(view.notes.temperature, 3)}`,
    ],
  ]);
}
