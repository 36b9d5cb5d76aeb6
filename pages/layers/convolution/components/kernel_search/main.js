import { button, slider } from "../../../../shared/js/controls.js";
import { element, perFrame } from "../../../../shared/js/dom.js";
import { mount } from "../../../../shared/js/mount.js";
import { brief, number, percent } from "../../../../shared/js/numbers.js";
import { player } from "../../../../shared/js/play.js";
import { say } from "../../../../shared/js/say.js";
import { setCells, showCells, showTruth } from "./cells.js";
import { isFound, lossOf, mapOf, stepped } from "./descent.js";
import { paintCurve, paintMaps } from "./pictures.js";

const ZEROS = Array(9).fill(0);
const SHARE = 0.9; // of the largest learning rate, at first
const MOMENTUM = 0.9;
const MOST = 20000; // steps
const LOST = 1e8; // times the loss of zeros: no way back
const ALIKE = 0.995;
const SOON = 400; // ms after the last change

export default mount({
  whole: ".kernel_search",
  narrow: 720,
  parts: "stage cells weights theirs secret truth target own difference controls said hint curve live",
  painted: "stage",
  notes: header => `kernel search ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
  stop: view => (clearTimeout(view.telling), view.player.stop()),
});

function setUp(view) {
  view.figures = [...view.root.querySelectorAll("figure")];
  view.soon = perFrame(() => show(view));
  setCells(view, (index, weight) => {
    view.player.stop();
    begin(view, { kernel: view.notes.kernel.with(index, weight) }); // the steps, and what they did to the loss, begin here
    view.soon();
    tell(view);
  });
  const play = button("", null, "play");
  view.step = button("", () => (view.player.stop(), forward(view, 1), show(view), tell(view)));
  view.again = button("", () => (view.player.stop(), begin(view), show(view), tell(view)));
  view.reveal = button("", () => ((view.notes.revealed = !view.notes.revealed), show(view)));
  view.rate = slider("", { min: 0.05, max: 1.3, step: 0.05, value: SHARE }, text(view), share => ((view.notes.share = share), tell(view)));
  view.momentum = element("input");
  view.momentum.type = "checkbox";
  view.momentum.onchange = () => (Object.assign(view.notes, { heavy: view.momentum.checked, velocity: ZEROS }), tell(view));
  view.ticked = element("span");
  const tick = element("label", "tick");
  tick.append(view.momentum, view.ticked);
  view.controls.append(play, view.step, view.again, view.rate.box, tick, view.reveal);
  view.player = player({
    button: play,
    step: () => {
      forward(view, 1 + Math.floor(view.notes.steps / 60)); // slowly at first, then in leaps
      show(view);
      return !isOver(view);
    },
    changed: () => {
      if (!view.player || view.player.playing) return;
      view.live.textContent = view.said.textContent;
      tell(view);
    },
  });
}

const text = view => share => brief(share * (view.meta?.largest ?? 1), 3);

function load(view, /** @type {import("../../../../shared/js/packets").KernelSearchMeta} */ meta, blob) {
  view.player.stop();
  Object.assign(view, {
    meta,
    image: new Float32Array(blob("image").buffer),
    gram: [...new Float64Array(blob("gram").buffer)],
    hidden: [...new Float64Array(blob("hidden").buffer)],
  });
  view.wanted = mapOf(view.image, meta.shape, view.hidden);
  if (!view.notes.digest) Object.assign(view.notes, view.header.begun); // as the link says
  if (view.notes.digest !== meta.digest) startAt(view, meta.digest);
  for (const name of ["weights", "secret", "target", "own", "difference"]) view[name].textContent = say(name);
  view.step.textContent = say("step");
  view.again.textContent = say("again");
  view.ticked.textContent = say("momentum");
  view.rate.box.querySelector(".word").textContent = say("rate");
  view.rate.input.value = String((view.notes.share ??= SHARE));
  view.rate.update();
  view.momentum.checked = Boolean(view.notes.heavy);
  view.cells.setAttribute("aria-label", say("stage"));
  view.figures.forEach((figure, index) =>
    figure.querySelector("canvas").setAttribute("aria-label", say(["target", "own", "difference"][index])),
  );
}

// Another puzzle begins with zeros; the first one where the link says.
function startAt(view, digest) {
  const { kernel, steps } = view.notes.digest ? { kernel: ZEROS, steps: 0 } : view.header.begun;
  const again = Boolean(view.notes.digest);
  begin(view, { digest, revealed: false, kernel, steps });
  if (again) tell(view);
}

// What was let go of goes into the link; what moves on by itself does not.
function tell(view) {
  clearTimeout(view.telling);
  view.telling = setTimeout(() => {
    if (view.player.playing) return;
    const { kernel, steps, share, heavy } = view.notes;
    view.send("place", { weights: kernel.some(Boolean) ? kernel.join() : "", steps, rate: share, momentum: heavy ? 1 : 0 });
  }, SOON);
}

// No step taken yet, from a kernel of zeros or from the one in `more`.
function begin(view, more = {}) {
  Object.assign(view.notes, { kernel: ZEROS, velocity: ZEROS, losses: [], steps: 0, ...more });
}

function forward(view, count) {
  const { notes } = view;
  const rate = notes.share * (view.meta.largest ?? 1);
  if (!notes.losses.length) notes.losses = [lossOf(view, notes.kernel)];
  for (let done = 0; done < count && !isOver(view); done++) {
    Object.assign(notes, stepped(view, notes, rate, notes.heavy ? MOMENTUM : 0));
    notes.losses.push(lossOf(view, notes.kernel));
    notes.steps++;
  }
}

function isOver(view) {
  const { kernel, steps } = view.notes;
  return steps >= MOST || isFound(view, kernel) || !(lossOf(view, kernel) < LOST * view.meta.at_zero);
}

function arrange(view) {
  const side = view.narrow ? 64 : 72;
  view.cells.style.setProperty("--cell", `${side}px`);
  view.tall = view.narrow ? 240 : 320;
  show(view);
}

function show(view) {
  const { notes } = view;
  showCells(view);
  showTruth(view);
  paintMaps(view);
  paintCurve(view);
  const loss = lossOf(view, notes.kernel);
  const matched = Math.max(0, 1 - loss / (view.meta.at_zero || 1));
  const steps = notes.steps === 1 ? say("one") : notes.steps ? say("count", { steps: notes.steps }) : say("none");
  view.said.textContent = `${say("loss", { loss: number(loss, 3), matched: percent(matched) })} · ${steps}`;
  view.hint.textContent = hint(view, matched);
  view.curve.setAttribute("aria-label", `${say("curve")}: ${number(loss, 3)}`);
  view.reveal.textContent = say(notes.revealed ? "hide" : "reveal");
}

function hint(view, matched) {
  const { notes, meta } = view;
  const [before, now] = notes.losses.slice(-2);
  if (isFound(view, notes.kernel)) return meta.title ? say("named", { title: meta.title }) : say("found");
  if (now > before && !notes.heavy) return say("apart", { largest: brief(meta.largest ?? 1, 3) });
  if (matched >= ALIKE) return say("alike");
  return notes.steps ? say("far") : say("arrows");
}
