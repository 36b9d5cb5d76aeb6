import { button } from "../../../../shared/js/controls.js";
import { element } from "../../../../shared/js/dom.js";
import { cellIn, onKeys } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { ramp } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { bestOf, chancesAt, countedWords, mapOf, paintBars, paintDigit, paintMap, whereWords } from "./paint.js";

export default mount({
  whole: ".shift_map",
  parts: "stage classes where live back ramp",
  painted: "stage",
  notes: header => `shift map ${header.key}`,
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view) {
  Object.assign(view, { hover: null });
  view.digit = view.find(".digit canvas");
  view.back.onclick = () => go(view, { down: 0, right: 0 }, true);
  dragged(view);
  moveByKeys(view, view.digit);
}

function load(view, /** @type {import("../../../../shared/js/packets").ShiftMapPacket} */ header, blob) {
  Object.assign(view, { picture: blob("picture"), hover: null });
  view.probabilities = floats(blob("probabilities"), "float32");
  if (view.notes.digest !== header.digest)
    Object.assign(view.notes, { digest: header.digest, chosen: header.start, at: { down: 0, right: 0 } });
  view.classes.replaceChildren(
    ...header.classes.map((name, index) =>
      button(name, () => {
        view.notes.chosen = index;
        arrange(view);
      }),
    ),
  );
  view.maps = header.networks.map(name => mapFigure(view, name));
  view.stage.replaceChildren(view.stage.firstElementChild, ...view.maps.map(one => one.figure));
}

function mapFigure(view, name) {
  const figure = element("figure");
  const canvas = element("canvas");
  const bars = element("div", "bars");
  const counted = element("div", "counted muted");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", say("map", { name }));
  const rows = view.header.classes.map(label => {
    const row = { name: element("b", "", label), track: element("span", "track"), fill: element("i"), value: element("b") };
    row.track.append(row.fill);
    bars.append(row.name, row.track, row.value);
    return row;
  });
  canvas.onpointermove = event => peek(view, placeOf(view, canvas, event));
  canvas.onpointerleave = () => peek(view, null);
  canvas.onpointerdown = event => go(view, placeOf(view, canvas, event), true);
  moveByKeys(view, canvas);
  figure.append(element("figcaption", "title", name), canvas, counted, bars);
  return { figure, canvas, rows, counted, name };
}

function placeOf(view, canvas, event) {
  const { reach } = view.header;
  const { row, column } = cellIn(canvas, event, 2 * reach + 1, 2 * reach + 1);
  return { down: row - reach, right: column - reach };
}

// Everything that the width, the class or the look decides.
function arrange(view) {
  const { classes, reach } = view.header;
  const room = view.room;
  view.cell = Math.max(12, Math.min(16, Math.floor((room < 560 ? room : 272) / (2 * reach + 1))));
  view.digitSide = Math.min(room, (2 * reach + 1) * view.cell);
  view.ramp.style.background = ramp("magnitude", view.theme.name);
  [...view.classes.children].forEach((one, index) => one.setAttribute("aria-pressed", String(index === view.notes.chosen)));
  view.maps.forEach((one, network) => {
    one.figure.style.width = `${(2 * reach + 1) * view.cell}px`;
    one.made = mapOf(view, network);
    one.counted.textContent = countedWords(view, network);
  });
  view.digit.setAttribute("aria-label", say("digit", { reach }));
  view.find(".what").textContent = classes.length ? say("probability") : "";
  repaint(view);
}

function repaint(view) {
  view.shown = view.hover ?? view.notes.at;
  paintDigit(view);
  view.maps.forEach((_, network) => {
    paintMap(view, network);
    paintBars(view, network);
  });
  view.where.textContent = whereWords(view.shown);
  view.stage.dataset.at = `${view.shown.down},${view.shown.right}`;
}

function peek(view, place) {
  view.hover = place;
  repaint(view);
}

function go(view, { down, right }, spoken = false) {
  const limit = by => clamp(by, -view.header.reach, view.header.reach);
  view.notes.at = { down: limit(down), right: limit(right) };
  view.hover = null;
  repaint(view);
  if (!spoken) return;
  const said = view.maps.map(
    (one, network) => `${one.name}: ${view.header.classes[bestOf(chancesAt(view, network, view.shown.down, view.shown.right))]}`,
  );
  view.live.textContent = `${whereWords(view.shown)}. ${said.join(", ")}`;
}

// The digit follows the pointer, a pixel of the image at a time.
function dragged(view) {
  let grip = null;
  view.digit.onpointerdown = event => {
    grip = { x: event.clientX, y: event.clientY, from: view.notes.at };
    view.digit.setPointerCapture(event.pointerId);
  };
  view.digit.onpointermove = event => {
    if (!grip) return;
    const pixel = view.digitSide / view.header.size[1];
    go(view, {
      down: grip.from.down + Math.round((event.clientY - grip.y) / pixel),
      right: grip.from.right + Math.round((event.clientX - grip.x) / pixel),
    });
  };
  view.digit.onpointerup = view.digit.onpointercancel = () => (grip = null);
}

function moveByKeys(view, target) {
  onKeys(target, {
    Arrow: (down, right) => go(view, { down: view.notes.at.down + down, right: view.notes.at.right + right }, true),
    Escape: () => go(view, { down: 0, right: 0 }, true),
  });
}
