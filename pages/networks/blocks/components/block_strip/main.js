// Runs on every change of data or theme; a channel that is pinned stays where there still is one.
import { seriesColour } from "../../../../shared/js/chart.js";
import { element } from "../../../../shared/js/dom.js";
import { onKeys, onPoint, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, indexIn, number } from "../../../../shared/js/numbers.js";
import { floats } from "../../../../shared/js/packet.js";
import { say } from "../../../../shared/js/say.js";
import { mark, paintPlates, paintRow, paintTiles, tileSide } from "./paint.js";

export default mount({
  whole: ".block-strip",
  parts: "stage row readout segments plates",
  painted: "stage",
  create: setUp,
  load,
  draw: arrange,
});

function setUp(view) {
  Object.assign(view, { hover: null, pinned: null });
  view.rowBase = view.find(".row-base");
  view.rowOver = view.find(".row-over");
  view.barsTitle = view.find(".bars-title");
  listen(view, view.row, event => {
    const { x, w } = placeIn(view.row, event);
    return indexIn((x / w) * view.count, view.count);
  });
  bindKeys(view);
}

function listen(view, target, find) {
  const pick = channel => {
    view.pinned = view.pinned === channel ? null : channel;
    answer(view);
  };
  onPoint(target, find, channel => point(view, channel), pick);
}

function load(view, /** @type {import("../../../../shared/js/packets").BlockStripPacket} */ header, blob) {
  view.hover = view.pinned = null;
  view.panels = header.panels.map((panel, index) => {
    const figure = element("figure");
    const plate = element("canvas", "plate");
    figure.append(element("div", "muted", panel.title), plate);
    return { ...panel, values: floats(blob(`values${index}`), "float16").map(share => share * panel.unit), figure, plate };
  });
  view.count = header.panels[0].shape[0];
  view.plates.replaceChildren(...view.panels.map(panel => panel.figure));
  view.barsTitle.textContent = header.bars ? `${header.bars.title}, ${number(header.bars.low, 5)} … ${number(header.bars.high, 5)}` : "";
  view.parts = header.segments.map((segment, index) => partOf(view, segment, index));
  view.segments.classList.toggle("many", header.segments.length > 8);
  view.segments.replaceChildren(...view.parts.map(part => part.root));
  view.stage.setAttribute("aria-label", say("stage", { channels: view.count }));
}

function partOf(view, segment, index) {
  const root = element("div", `segment${segment.count > 64 ? " wide" : ""}`);
  const head = element("div", "head");
  const swatch = element("span", "swatch");
  const box = element("div", "canvases tiles");
  swatch.style.background = seriesColour(index);
  const last = segment.start + segment.count - 1;
  head.append(
    swatch,
    element("b", "", segment.title),
    element(
      "span",
      "mono muted",
      view.header.names.length ? say("channels", { count: segment.count }) : segment.count > 1 ? `${segment.start} … ${last}` : `${last}`,
    ),
  );
  if (segment.note) head.append(element("span", "muted", segment.note));
  const base = element("canvas");
  const over = element("canvas", "over");
  const part = { root, segment, box, base, over, across: 1 };
  box.append(base, over);
  root.append(head, box);
  listen(view, box, event => {
    const { x, y } = placeIn(box, event);
    const step = view.tile + 2;
    const i = Math.floor(y / step) * part.across + Math.min(part.across - 1, Math.floor(x / step));
    return i >= 0 && i < segment.count ? segment.start + i : null;
  });
  return part;
}

function arrange(view) {
  view.wide = Math.max(1, view.stage.clientWidth);
  const { narrow } = view;
  view.tile = tileSide(view.count, narrow);
  paintRow(view);
  for (const part of view.parts) paintTiles(view, part);
  view.shown = undefined;
  answer(view);
}

function point(view, channel) {
  view.hover = channel;
  answer(view);
}

function bindKeys(view) {
  onKeys(view.stage, {
    Arrow: (down, right) => {
      const now = view.hover ?? view.pinned ?? -1;
      point(view, clamp(now + right + down * view.parts[0].across, 0, view.count - 1));
    },
    Enter() {
      view.pinned = view.hover;
      answer(view);
    },
    Escape() {
      view.pinned = null;
      point(view, null);
    },
  });
}

function answer(view) {
  const channel = view.hover ?? view.pinned;
  const { header } = view;
  mark(view, channel);
  const drawn = channel ?? liveliest(view);
  if (view.shown !== drawn) paintPlates(view, drawn);
  view.shown = drawn;
  const segment = header.segments.find(item => drawn >= item.start && drawn < item.start + item.count);
  const line = element("span");
  line.append(element("b", "", `${header.what} ${header.names[drawn] ?? drawn}`), element("span", "", originOf(header, segment, drawn)));
  const words = [];
  if (header.bars) words.push(`${header.bars.title} ${number(header.bars.values[drawn])}`);
  for (const panel of view.panels) words.push(`${panel.title}: ${range(panel, drawn)}`);
  if (channel === null) words.push(say("most_varied"));
  line.append(element("span", "mono", `  ·  ${words.join("  ·  ")}`));
  view.readout.replaceChildren(line);
}

function originOf(header, segment, channel) {
  if (!segment) return "";
  return header.names.length
    ? say("origin", { title: segment.title })
    : say("origin_channel", { title: segment.title, channel: channel - segment.start });
}

function range(panel, channel) {
  const [, height, width] = panel.maps;
  const size = height * width;
  let low = Infinity;
  let high = -Infinity;
  for (let i = channel * size; i < (channel + 1) * size; i++) {
    low = Math.min(low, panel.values[i]);
    high = Math.max(high, panel.values[i]);
  }
  return `${number(low, 3)} … ${number(high, 3)}`;
}

function liveliest(view) {
  if (view.lively?.digest === view.header.digest) return view.lively.channel;
  const panel = view.panels.at(-1);
  const size = panel.maps[1] * panel.maps[2];
  let best = 0;
  let top = -1;
  for (let c = 0; c < view.count; c++) {
    let sum = 0;
    let squares = 0;
    for (let i = c * size; i < (c + 1) * size; i++) {
      sum += panel.values[i];
      squares += panel.values[i] ** 2;
    }
    const variance = squares / size - (sum / size) ** 2;
    if (variance > top) [best, top] = [c, variance];
  }
  view.lively = { digest: view.header.digest, channel: best };
  return best;
}
