import { greyPixel, pixelCanvas } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { mount } from "../../../../shared/js/mount.js";
import { percent } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";

export default mount({
  whole: ".shifted_digits",
  parts: "stage scrub amount says",
  painted: "stage",
  notes: header => `shifted digits ${header.key}`,
  create: setUp,
  load,
  draw: repaint,
});

function setUp(view, header) {
  const { notes } = view;
  notes.at ??= Math.min(3, header.amounts.length - 1);
  view.scrub.oninput = () => {
    notes.at = Number(view.scrub.value);
    repaint(view);
  };
}

function build(view) {
  const { truth, networks, size, directions } = view.header;
  view.scrub.max = view.header.amounts.length - 1;
  view.scrub.value = view.notes.at;
  view.figures = truth.map((_, which) => {
    const figure = element("figure");
    const canvas = element("canvas");
    [canvas.height, canvas.width] = size;
    canvas.setAttribute("role", "img");
    const answers = networks.map(name => {
      const row = element("div", "answer");
      const said = element("span", "said");
      const chance = element("span", "chance mono");
      row.append(said, chance);
      return { row, said, chance, name };
    });
    figure.append(canvas, element("div", "way muted", directions[which]), ...answers.map(one => one.row));
    return { figure, canvas, answers };
  });
  view.stage.replaceChildren(...view.figures.map(one => one.figure));
}

function repaint(view) {
  const { header, notes } = view;
  const amount = header.amounts[notes.at];
  const right = header.networks.map(() => 0);
  view.figures.forEach((one, which) => {
    digit(view, one.canvas, which);
    one.canvas.setAttribute("aria-label", say("digit", { label: header.truth[which], amount, direction: header.directions[which] }));
    one.answers.forEach((answer, network) => {
      const said = header.answers[network][notes.at][which];
      const correct = said === header.truth[which];
      right[network] += correct;
      answer.said.textContent = `${answer.name} ${said}`;
      answer.chance.textContent = percent(header.probabilities[network][notes.at][which]);
      answer.row.className = `answer${correct ? "" : " wrong"}`;
    });
  });
  view.amount.textContent = say(amount === 1 ? "pixel" : "pixels", { amount });
  view.says.textContent =
    header.networks.map((name, network) => say("reads", { name, right: right[network], count: header.truth.length })).join(", ") + ".";
  view.stage.dataset.amount = amount;
}

function digit(view, canvas, which) {
  const [height, width] = view.header.size;
  const start = (view.notes.at * view.header.truth.length + which) * height * width;
  const picture = pixelCanvas(width, height, out => {
    for (let i = 0; i < out.length; i++) out[i] = greyPixel(view.pictures[start + i]);
  });
  canvas.getContext("2d").drawImage(picture, 0, 0);
}

function load(view, /** @type {import("../../../../shared/js/packets").ShiftedDigitsPacket} */ header, blob) {
  view.pictures = blob("pictures");
  build(view);
}
