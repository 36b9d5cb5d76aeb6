import { outline, sized } from "../../../../shared/js/canvas.js";
import { element, nest } from "../../../../shared/js/dom.js";
import { beside, onKeys, onPoint, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, grouped, number } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { say } from "../../../../shared/js/say.js";
import { showTip } from "../../../../shared/js/tip.js";
import { markPlate, placed, plateBox, plateCell } from "../dropout_mask/tiles.js";

const STATES = ["neither", "only_a", "only_b", "both"];

// Runs on every change of data or theme; p stays.
export default mount({
  whole: ".stage",
  parts: "stage p value legend readout base over tip",
  painted: "stage",
  notes: header => `dropout_pair ${header.key}`,
  create: setUp,
  load,
  draw: repaint,
});

function setUp(view, header) {
  const { notes } = view;
  notes.p ??= header.p;
  Object.assign(view, { unit: -1 });
  view.p.value = notes.p;
  view.p.addEventListener("input", () => {
    notes.p = Number(view.p.value);
    repaint(view);
  });
  onPoint(
    view.stage,
    event => plateCell(view.plate, [view.model.units, 1, 1], placeIn(view.stage, event)),
    (unit, event) => point(view, unit ?? -1, event),
  );
  onKeys(view.stage, {
    Arrow: (down, right) => point(view, clamp(view.unit + right + down * view.plate.columns, 0, view.model.units - 1)),
    Escape: () => point(view, -1),
  });
}

// 0 neither, 1 A alone, 2 B alone, 3 both.
function stateOf(view, unit) {
  const { model, notes } = view;
  return (model.first[unit] >= notes.p ? 1 : 0) + (model.second[unit] >= notes.p ? 2 : 0);
}

function repaint(view) {
  const { model, theme, notes } = view;
  const p = notes.p;
  const side = model.units <= 64 ? 34 : model.units <= 600 ? 18 : 11;
  view.plate = placed(model.units, { w: side, h: side, gap: model.units <= 64 ? 6 : 3, room: view.stage.clientWidth });
  const context = sized(view.base, view.plate.width, view.plate.height);
  const counts = [0, 0, 0, 0];
  for (let unit = 0; unit < model.units; unit++) {
    const state = stateOf(view, unit);
    const { x, y, w, h } = plateBox(view.plate, unit);
    counts[state]++;
    context.fillStyle = theme.primary;
    if (state & 1) context.fillRect(x, y, w / 2, h);
    if (state & 2) context.fillRect(x + w / 2, y, w / 2, h);
    outline(context, { x, y, w, h }, theme.text, 1, 0.35);
  }
  view.value.textContent = p.toFixed(2);
  view.p.setAttribute("aria-valuetext", say("probability", { p: p.toFixed(2) }));
  view.stage.dataset.p = p.toFixed(2);
  paintLegend(view, counts);
  announce(view, counts);
  markPlate(view.over, view.plate, [model.units, 1, 1], view.unit, theme, false);
}

function paintLegend(view, counts) {
  const fills = [
    "transparent",
    "linear-gradient(to right, C 50%, transparent 50%)",
    "linear-gradient(to left, C 50%, transparent 50%)",
    "C",
  ];
  view.legend.replaceChildren(
    ...[3, 1, 2, 0].map(state => {
      const row = element("span");
      const mark = element("i");
      mark.style.background = fills[state].replace("C", view.theme.primary);
      row.append(mark, say("counted", { state: say(STATES[state]), count: grouped.format(counts[state]) }));
      return row;
    }),
  );
}

// The counts of this pair beside what chance expects: both (1−p)²K, give or take; Jaccard = both / either.
function announce(view, /** @type {any} */ [neither, a, b, both]) {
  const K = view.model.units;
  const p = view.notes.p;
  const stay = (1 - p) ** 2;
  const expected = stay * K;
  const spread = Math.sqrt(K * stay * (1 - stay));
  const either = a + b + both;
  const jaccard = either ? both / either : null;
  const ps = p.toFixed(2);
  view.stage.dataset.both = String(both);
  view.stage.dataset.jaccard = jaccard === null ? "" : jaccard.toFixed(6);
  const lines = [
    [
      say("both_keep"),
      say("both_units", {
        both: grouped.format(both),
        total: grouped.format(K),
        p: ps,
        expected: number(expected),
        spread: number(spread, 3),
      }),
    ],
    [
      say("jaccard"),
      jaccard === null
        ? say("no_jaccard")
        : say("shared", {
            both: grouped.format(both),
            either: grouped.format(either),
            index: number(jaccard),
            expected: number((1 - p) / (1 + p)),
          }),
    ],
    [say("neither_keeps"), say("left_out", { count: grouped.format(neither), expected: number(p * p * K) })],
  ];
  view.readout.replaceChildren(
    ...lines.map(([title, words]) => nest("p", "", element("b", "", title), " ", element("span", "mono", words))),
  );
}

function point(view, unit, event) {
  const { model, theme, notes } = view;
  view.unit = unit;
  markPlate(view.over, view.plate, [model.units, 1, 1], unit, theme, false);
  view.stage.dataset.unit = String(unit);
  if (unit < 0) {
    view.tip.hidden = true;
    return;
  }
  const box = plateBox(view.plate, unit);
  const at = view.stage.getBoundingClientRect();
  const place = event ? beside(event) : { x: at.left + box.x + box.w, y: at.top + box.y + box.h };
  const words = name => `${number(model[name][unit], 3)} ${model[name][unit] >= notes.p ? "≥" : "<"} ${notes.p.toFixed(2)}`;
  showTip(view.tip, place, say("unit", { unit, state: say(STATES[stateOf(view, unit)]) }), [
    [say("u_in_a"), words("first")],
    [say("u_in_b"), words("second")],
  ]);
}

function load(view, header, blob) {
  view.model = { ...header, first: floats(blob("first"), "float32"), second: floats(blob("second"), "float32") };
  view.unit = -1;
  view.stage.setAttribute("aria-label", say("stage", { title: header.title, units: header.units }));
}
