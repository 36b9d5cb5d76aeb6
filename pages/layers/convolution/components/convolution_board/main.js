// The convolution moves while a slider is dragged and a number is typed; what was let go of goes to Python and the link.
import { mount } from "../../../../shared/js/mount.js";
import { PARTS, arrange, setUp, take } from "../../../../shared/components/sliding_window/window.js";
import { turnKernel } from "../../../../shared/components/sliding_window/motion.js";
import { say } from "../../../../shared/js/say.js";
import { Refused, sizeFormula } from "./arithmetic.js";
import { numbersOf, resultOf, settingOf } from "./convolved.js";
import { boardModel } from "./board_model.js";
import { buildSettings, showSettings } from "./settings.js";
import { typing } from "./typing.js";
import { element } from "../../../../shared/js/dom.js";

const WAIT = 350; // milliseconds of rest before Python is told

export default mount({
  whole: ".sliding_window",
  narrow: 720,
  parts: PARTS + " typing settings alarm sizes",
  painted: "stage",
  notes: header => `convolution board ${header.key}`,
  create,
  load: loadBoard,
  arrive,
  draw,
  again: view => view.stale && draw(view),
  stop: view => clearTimeout(view.telling),
});

function create(view) {
  view.steady = true;
  view.change = (values, options) => change(view, values, options);
  view.renew = () => renew(view);
  setUp(view);
  view.edit = typing(view);
  view.answered = () => noteStep(view);
}

function loadBoard(view, /** @type {import("../../../../shared/js/packets").ConvolutionBoardMeta} */ meta, blob) {
  view.numbers = numbersOf(meta, blob);
  view.model = null;
  buildSettings(view);
}

function arrive(view, header) {
  const { notes } = view;
  if (notes.pushed !== header.pushed) {
    Object.assign(notes, { pushed: header.pushed, asked: structuredClone(header.asked) });
    Object.assign(notes, { step: notes.asked.step, channel: notes.asked.out, pin: notes.asked.pin });
    view.model = null;
  }
  if (view.model) return;
  renew(view);
  view.stale = true;
}

function draw(view) {
  view.stale = false;
  showSettings(view);
  showProblem(view);
  arrange(view);
  view.edit.follow();
}

// One gesture's new values, live; let go of, they go to Python, too.
function change(view, values, { turn = false } = {}) {
  Object.assign(view.notes.asked, values);
  view.moved = Object.keys(values);
  renew(view);
  draw(view);
  if (turn && !view.problem) turnKernel(view);
  tell(view);
}

function renew(view) {
  const { notes, numbers } = view;
  const pinned = notes.pin ? targetOf(notes.pin) : view.pinned;
  try {
    const result = resultOf(numbers, notes.asked);
    Object.assign(view, { result, problem: "" });
    take(view, boardModel(result, notes.asked));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    view.problem = error.message;
    if (!view.model) takeFirst(view);
  }
  view.pinned = pinned && isThere(view.model, pinned) ? pinned : null;
  notes.pin = "";
}

// A link asks for what has no result: the sentence stands over the worked example.
function takeFirst(view) {
  view.result = resultOf(view.numbers, { ...view.numbers.meta.first, typed: {} });
  take(view, boardModel(view.result, view.numbers.meta.first));
}

function isThere(model, { role, row, column }) {
  const size = { input: [model.height, model.width], weights: [model.high, model.wide] }[role] ?? [model.rows, model.columns];
  return row < size[0] && column < size[1];
}

function showProblem(view) {
  const { problem, stage, sizes, result, notes, numbers, alarm } = view;
  alarm.textContent = problem;
  alarm.hidden = !problem;
  stage.classList.toggle("stale", Boolean(problem));
  sizes.hidden = Boolean(problem);
  if (problem) return;
  const setting = settingOf(numbers, notes.asked);
  const lines = [0, 1].map(axis => sizeFormula(setting, result.around, axis, result.shape[1 + axis]));
  const [rows, columns] = lines;
  sizes.replaceChildren(element("b", "", say("output_size")), " ", rows === columns ? rows : say("rows_and_columns", { rows, columns }));
}

// The step, the output channel and what is pinned belong to the link, but are no reason for haste.
function noteStep(view) {
  const { notes, pinned } = view;
  if (!notes.asked || view.player.playing) return;
  const pin = pinned ? [pinned.role, ...(pinned.channel === undefined ? [] : [pinned.channel]), pinned.row, pinned.column].join(".") : "";
  const { asked } = notes;
  if (asked.step === notes.step && asked.out === notes.channel && asked.pin === pin) return;
  Object.assign(asked, { step: notes.step, out: notes.channel, pin });
  tell(view, 2 * WAIT);
}

function targetOf(pin) {
  const [role, ...places] = pin.split(".");
  const [column, row, channel] = places.map(Number).reverse();
  if (!["input", "weights", "output"].includes(role) || !(row >= 0) || !(column >= 0)) return null;
  if (role !== "output" && !(channel >= 0)) return null;
  return { role, row, column, ...(channel === undefined ? {} : { channel }) };
}

function tell(view, wait = WAIT) {
  clearTimeout(view.telling);
  view.telling = setTimeout(() => view.send("asked", structuredClone(view.notes.asked)), wait);
}
