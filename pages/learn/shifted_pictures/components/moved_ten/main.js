import { element, perFrame } from "../../../../shared/js/dom.js";
import { memory } from "../../../../shared/js/memory.js";
import { unpack } from "../../../../shared/js/packet.js";
import { themeOf } from "../../../../shared/js/theme.js";

const views = new WeakMap();

export default function ({ data, parentElement }) {
  const { header, blob } = unpack(data);
  const view = views.get(parentElement) ?? created(parentElement, header);
  view.theme = themeOf(parentElement);
  if (view.digest !== header.digest) {
    Object.assign(view, { header, digest: header.digest, pictures: blob("pictures") });
    build(view);
  }
  repaint(view);
  view.stage.dataset.painted = header.digest;
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root, header) {
  const notes = memory(`moved ten ${header.key}`);
  const view = { root, notes };
  notes.at ??= Math.min(3, header.amounts.length - 1);
  for (const name of ["stage", "scrub", "amount", "says"]) view[name] = root.querySelector(`.${name}`);
  view.whole = root.querySelector(".moved_ten");
  view.scrub.oninput = () => {
    notes.at = Number(view.scrub.value);
    repaint(view);
  };
  view.observer = new ResizeObserver(perFrame(() => view.whole.classList.toggle("narrow", view.whole.clientWidth < 560)));
  view.observer.observe(view.whole);
  views.set(root, view);
  return view;
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
      const said = element("span");
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
    one.canvas.setAttribute("aria-label", `${header.truth[which]}, moved by ${amount} ${header.directions[which]}`);
    one.answers.forEach((answer, network) => {
      const said = header.answers[network][notes.at][which];
      const correct = said === header.truth[which];
      right[network] += correct;
      answer.said.textContent = `${answer.name} ${said}`;
      answer.chance.textContent = `${Math.round(100 * header.probabilities[network][notes.at][which])} %`;
      answer.row.className = `answer${correct ? "" : " wrong"}`;
    });
  });
  view.amount.textContent = `${amount} pixel${amount === 1 ? "" : "s"}`;
  view.says.textContent =
    header.networks.map((name, network) => `${name} reads ${right[network]} of ${header.truth.length}`).join(", ") + ".";
  view.stage.dataset.amount = amount;
}

function digit(view, canvas, which) {
  const [height, width] = view.header.size;
  const start = (view.notes.at * view.header.truth.length + which) * height * width;
  const image = new ImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    image.data.fill(view.pictures[start + i], 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
