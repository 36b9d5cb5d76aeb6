// The strip of all channels, their maps as tiles, and one of them enlarged.
import { doubleFrame, painted, sharpness, sized } from "../../../../shared/js/canvas.js";
import { seriesColour } from "../../../../shared/js/chart.js";
import { entriesOf, palette } from "../../../../shared/js/palette.js";

const BARS = 56;
const BAND = 22;

function channelEntries(panel, channel) {
  const [, height, width] = panel.maps;
  const size = height * width;
  return entriesOf(panel.values.subarray(channel * size, (channel + 1) * size), panel.limit, panel.signed);
}

const pixelsOf = (view, panel) => palette(panel.signed ? "activations" : "magnitude", view.theme.name);

// The strip: one column a channel; over it the bars, under it a band in the colour of the channel's origin.
export function paintRow(view) {
  const { header } = view;
  const count = view.count;
  const width = view.wide;
  const height = (header.bars ? BARS : 0) + BAND;
  const context = sized(view.rowBase, width, height);
  const line = at => (at * width) / count;
  header.segments.forEach((segment, index) => {
    context.fillStyle = seriesColour(index);
    const from = line(segment.start);
    const to = line(segment.start + segment.count);
    context.fillRect(from, height - BAND, Math.max(1, to - from - (to - from > 4 ? 1 : 0)), BAND);
    if (!header.bars) return;
    for (let c = segment.start; c < segment.start + segment.count; c++) {
      const value = header.bars.values[c];
      const span = header.bars.high - header.bars.low;
      const tall = span > 0 ? (BARS - 4) * Math.min(1, (value - header.bars.low) / span) : 0;
      context.fillRect(line(c), BARS - 2 - tall, Math.max(0.6, line(c + 1) - line(c) - (width / count > 4 ? 1 : 0)), tall);
    }
  });
}

export function tileSide(count, narrow) {
  const side = count <= 64 ? 52 : count <= 160 ? 40 : count <= 400 ? 30 : count <= 1100 ? 20 : 14;
  return narrow ? Math.max(14, Math.round(side * 0.8)) : side;
}

// All maps of one segment as small tiles in rows.
export function paintTiles(view, part) {
  const panel = view.panels.at(-1);
  const [, height, width] = panel.maps;
  const side = view.tile;
  const step = side + 2;
  const count = part.segment.count;
  part.across = Math.max(1, Math.floor((part.box.clientWidth + 2) / step));
  const rows = Math.ceil(count / part.across);
  const context = sized(part.base, part.across * step, rows * step);
  context.imageSmoothingEnabled = side < Math.max(height, width);
  for (let i = 0; i < count; i++) {
    const x = (i % part.across) * step;
    const y = Math.floor(i / part.across) * step;
    context.drawImage(painted(channelEntries(panel, part.segment.start + i), width, height, pixelsOf(view, panel)), x, y, side, side);
  }
  sized(part.over, part.across * step, rows * step);
}

export function paintPlates(view, channel) {
  for (const panel of view.panels) {
    const [, height, width] = panel.maps;
    const across = Math.max(1, panel.figure.clientWidth);
    const ratio = sharpness();
    panel.plate.width = Math.round(across * ratio);
    panel.plate.height = Math.round((across * height * ratio) / width);
    const context = panel.plate.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(
      painted(channelEntries(panel, channel), width, height, pixelsOf(view, panel)),
      0,
      0,
      panel.plate.width,
      panel.plate.height,
    );
  }
}

export function mark(view, channel) {
  const { theme } = view;
  const context = sized(view.rowOver, view.wide, view.rowBase.clientHeight);
  const width = view.wide / view.count;
  if (channel !== null) {
    const side = Math.max(width, 3);
    doubleFrame(context, { x: (channel + 0.5) * width - side / 2, y: 1, w: side, h: view.rowBase.clientHeight - 2 }, theme);
  }
  for (const part of view.parts) {
    const over = part.over.getContext("2d");
    const step = view.tile + 2;
    const i = channel === null ? -1 : channel - part.segment.start;
    over.clearRect(0, 0, part.over.width, part.over.height);
    if (i < 0 || i >= part.segment.count) continue;
    const x = (i % part.across) * step;
    const y = Math.floor(i / part.across) * step;
    doubleFrame(over, { x: x + 1, y: y + 1, w: view.tile - 2, h: view.tile - 2 }, theme, { line: 2.5, around: 5 });
  }
}
