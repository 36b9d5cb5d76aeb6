// Runs on every change of data or theme; what is opened, and where the walk stands, stay as long as the block does.
import { stepper } from "../../../../shared/js/controls.js";
import { legendOf } from "../../../../shared/js/chart.js";
import { element } from "../../../../shared/js/dom.js";
import { onKeys } from "../../../../shared/js/input.js";
import { KINDS } from "../../../../shared/js/kinds.js";
import { mount } from "../../../../shared/js/mount.js";
import { floats } from "../../../../shared/js/packet.js";
import { still } from "../../../../shared/js/play.js";
import { say } from "../../../../shared/js/say.js";
import { arrangeBoxes, makeBoxes } from "./boxes.js";
import { neighbour } from "./graph.js";
import { closeBox, openBox } from "./opened.js";
import { STEP, light, reach, saysOf } from "./walk.js";

export default mount({
  whole: ".block-diagram",
  parts: "stage scroll lines walk legend said opened",
  painted: "stage",
  create: setUp,
  load,
  draw,
});

function setUp(view) {
  view.boxesIn = view.find(".boxes");
  view.relight = () => light(view);
  const moved = (along, across) => {
    const [on, over] = view.at.down ? [across, along] : [along, across];
    view.cursor = view.cursor === null ? 0 : neighbour(view.nodes, view.cursor, on, over);
    announce(view, view.cursor);
    view.boxes[view.cursor].scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  onKeys(view.stage, {
    Arrow: (down, right) => moved(right, down),
    Home: () => moved(0, 0),
    Enter: () => view.cursor !== null && open(view, view.cursor),
    " ": () => view.cursor !== null && open(view, view.cursor),
    Escape: () => escape(view),
  });
}

// Closes what is opened, then lets go of the box; what is neither is the page's.
function escape(view) {
  if (closeBox(view)) return true;
  if (view.cursor === null && view.time === null) return false;
  Object.assign(view, { cursor: null, time: null });
  announce(view, null);
  return true;
}

function load(view, content, blob) {
  let count = 0;
  view.content = content;
  view.nodes = content.nodes.map(node => ({
    ...node,
    steps: node.steps.map(step => ({ ...step, values: floats(blob(`values${count++}`), "float32") })),
  }));
  for (const node of view.nodes) node.branches = node.inputs.map((place, index) => nameOf(view.nodes[place], index, node));
  Object.assign(view, { hover: null, cursor: null, open: null, time: null, last: Math.max(...view.nodes.map(node => node.rank)) });
  view.opened.hidden = true;
  delete view.stage.dataset.open;
  view.stage.setAttribute("aria-label", say("stage", { about: content.about, boxes: view.nodes.length }));
  makeBoxes(view);
  view.boxes.forEach((box, place) => {
    box.onpointerenter = () => point(view, place);
    box.onpointerleave = () => point(view, null);
    box.onclick = () => open(view, place);
  });
  walkOf(view);
  view.legend.replaceChildren(...legend(view), noteOf(view));
  view.said.textContent = say("hint");
}

function nameOf(node, index, reader) {
  if (node.branch && node.branch !== reader.branch) return say("branch", { branch: node.branch });
  return node.kind === "input" ? say("input_of_block") : node.title;
}

function walkOf(view) {
  view.player?.stop();
  view.player = stepper(view.last, rank => view.at && reach(view, rank), { milliseconds: STEP });
  view.walk.replaceChildren(view.player.box);
  view.player.box.querySelector(".play").hidden = still();
  view.player.input.setAttribute("aria-label", say("walk"));
}

function legend(view) {
  const kinds = [...new Set(view.nodes.map(node => node.kind))];
  const known = kinds.filter(kind => KINDS[kind]);
  return legendOf(known.map(kind => ({ name: kind === "input" ? say("block_reads") : KINDS[kind][0], colour: KINDS[kind][1] })));
}

function noteOf(view) {
  return element("span", "note muted", view.header.note);
}

function draw(view) {
  arrangeBoxes(view);
  light(view);
  if (view.open !== null) openBox(view, view.open, { focus: false });
}

function point(view, place) {
  if (view.player.playing) return;
  view.hover = place;
  announce(view, place ?? view.cursor);
}

function announce(view, place) {
  light(view);
  view.said.textContent = place === null ? say("hint") : saysOf(view, place);
}

function open(view, place) {
  view.player.stop();
  if (view.open === place) return void closeBox(view);
  view.time = null;
  view.cursor = place;
  openBox(view, place);
  announce(view, place);
}
