// What is lit: the way to the box that is pointed at, or what the image has reached on its walk through the block.
import { still } from "../../../../shared/js/play.js";
import { shapeText } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { pictureOf } from "./boxes.js";
import { wayTo } from "./graph.js";

export const STEP = 250; // milliseconds

/** Lights what belongs to the pointer, else to the walk, else everything. */
export function light(view) {
  const pointed = view.hover ?? view.cursor;
  const way = pointed === null ? null : wayTo(view.nodes, pointed);
  const reached = place => (way ? way.has(place) : view.time === null || view.nodes[place].rank <= view.time);
  view.boxes.forEach((box, place) => {
    box.classList.toggle("away", !reached(place));
    box.classList.toggle("cursor", place === view.cursor);
    box.classList.toggle("chosen", place === view.open);
  });
  view.content.edges.forEach((edge, index) => {
    view.paths[index].classList.toggle("away", !reached(edge.start) || !reached(edge.end));
    view.paths[index].classList.toggle("lit", way !== null && reached(edge.start) && reached(edge.end));
  });
  view.stage.dataset.time = view.time ?? "";
}

/** One sentence on a box: what it is, what comes out, what it reads. */
export function saysOf(view, place) {
  const node = view.nodes[place];
  const sources = [...new Set(node.inputs)].map(other => view.nodes[other].title);
  const box = boxInWords(node);
  return sources.length ? `${box} ${say("reads", { sources: sources.reduce(both) })}` : box;
}

function both(one, other) {
  return say("and", { one, other });
}

function boxInWords(node) {
  const { branch, title } = node;
  const shape = shapeText(node.shape);
  const detail = node.kind === "input" ? "" : node.detail.split(" · ").reduce(both);
  if (!detail) return branch ? say("branch_box", { branch, title, shape }) : say("box", { title, shape });
  return branch ? say("branch_box_does", { branch, title, detail, shape }) : say("box_does", { title, detail, shape });
}

/** The image has come to this rank: its maps travel along the lines that lead there. */
export function reach(view, rank) {
  view.time = rank;
  view.cursor = view.hover = null;
  light(view);
  const here = view.nodes.map((node, place) => (node.rank === rank ? place : -1)).filter(place => place >= 0);
  view.said.textContent = say("step", { rank, last: view.last, boxes: here.map(place => saysOf(view, place)).join(" ") });
  if (still() || !view.player.playing) return;
  view.content.edges.forEach((edge, index) => here.includes(edge.end) && travel(view, edge, view.paths[index]));
}

function travel(view, edge, path) {
  const step = view.nodes[edge.start].steps.at(-1);
  const moving = pictureOf(view, step, 0);
  moving.className = "moving";
  moving.style.offsetPath = `path("${path.getAttribute("d")}")`;
  moving.style.offsetRotate = "0deg";
  view.stage.append(moving);
  const motion = moving.animate([{ offsetDistance: "0%" }, { offsetDistance: "100%" }], { duration: STEP, easing: "ease-in-out" });
  motion.onfinish = motion.oncancel = () => moving.remove();
}
