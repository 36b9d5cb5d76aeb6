import { sized } from "../../../../shared/js/canvas.js";
import { label, segment } from "../../../../shared/js/chart.js";
import { element } from "../../../../shared/js/dom.js";
import { onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp, indexIn, number } from "../../../../shared/js/numbers.js";
import { cssColour, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";

const STRIP = 62;
const LABEL = 24;
const HIGH = 190;
const FOOT = 34;

// What a BatchNorm layer stores, channel by channel; the channel under the pointer before and after it.
export default mount({
  whole: ".norm_channels",
  parts: "strips bars before after one two says live",
  painted: "strips",
  create(view) {
    Object.assign(view, { at: 0, pinned: false });
    listen(view);
  },
  load(view, /** @type {import("../../../../shared/js/packets").NormChannelsPacket} */ header, blob) {
    if (view.layer !== header.layer) Object.assign(view, { layer: header.layer, at: header.start, pinned: false });
    view.count = header.says.length;
    view.counts = { before: whole(blob("before_counts"), view.count), after: whole(blob("after_counts"), view.count) };
  },
  draw: build,
});

function listen(view) {
  view.strips.onpointermove = event => !view.pinned && show(view, under(view, event));
  view.strips.onclick = event => {
    const channel = under(view, event);
    view.pinned = !(view.pinned && channel === view.at);
    show(view, channel);
  };
  const to = channel => show(view, clamp(channel, 0, view.count - 1));
  onKeys(view.strips, {
    ArrowLeft: () => to(view.at - 1),
    ArrowRight: () => to(view.at + 1),
    PageUp: () => to(view.at - 16),
    PageDown: () => to(view.at + 16),
    Home: () => to(0),
    End: () => to(view.count - 1),
    Escape: () => {
      view.pinned = false;
    },
  });
}

// uint32 numbers, as many to a channel as there are bins.
function whole(bytes, channels) {
  const all = new Uint32Array(bytes.buffer, 0, bytes.byteLength / 4);
  const bins = all.length / channels;
  return channel => [...all.subarray(channel * bins, (channel + 1) * bins)];
}

function under(view, event) {
  const { x, w } = placeIn(view.bars, event);
  return indexIn((x / w) * view.count, view.count);
}

function build(view) {
  view.base = document.createElement("canvas");
  const width = view.room;
  const height = view.header.strips.length * (STRIP + LABEL) + 4;
  view.strips.setAttribute("aria-label", say("stage", { layer: view.header.layer, count: view.count }));
  paintBars(view, sized(view.base, width, height), width);
  show(view, view.at);
}

function paintBars(view, context, width) {
  const { theme, header } = view;
  const pixels = palette("activations", theme.name);
  const step = width / view.count;
  header.strips.forEach((strip, which) => {
    const top = which * (STRIP + LABEL) + LABEL;
    const all = [...strip.values, ...(strip.marks ?? [])];
    const high = Math.max(0, ...all);
    const low = Math.min(0, ...all);
    const span = high - low || 1;
    const at = value => top + ((high - value) / span) * STRIP;
    const { name, marked } = strip;
    const range = say("range", { low: number(low, 3), high: number(high, 3) });
    label(context, theme, range, { x: width, y: top - 5, align: "right", alpha: 1 });
    const whole = marked ? say("bars_and_dots", { name, marked }) : name;
    const fits = context.measureText(whole).width + context.measureText(range).width + 12 < width;
    label(context, theme, fits || !marked ? whole : say("bars_and_dots_narrow", { name }), { x: 0, y: top - 5, alpha: 1 });
    strip.values.forEach((value, channel) => {
      context.fillStyle = cssColour(pixels[value < 0 ? 28 : 228]);
      context.fillRect(
        channel * step,
        Math.min(at(0), at(value)),
        Math.max(step - (step > 3 ? 1 : 0), 0.6),
        Math.max(1, Math.abs(at(value) - at(0))),
      );
    });
    const size = step < 4 ? 1.8 : 3;
    context.fillStyle = theme.text;
    (strip.marks ?? []).forEach((value, channel) => context.fillRect((channel + 0.5) * step - size / 2, at(value) - size / 2, size, size));
    context.globalAlpha = 0.5;
    context.fillRect(0, at(0), width, 1);
    context.globalAlpha = 1;
  });
}

function show(view, channel) {
  view.at = channel;
  const { header, theme } = view;
  const width = view.room;
  const height = header.strips.length * (STRIP + LABEL) + 4;
  const step = width / view.count;
  const context = sized(view.bars, width, height);
  context.drawImage(view.base, 0, 0, width, height);
  context.strokeStyle = theme.text;
  context.lineWidth = 2;
  for (let which = 0; which < header.strips.length; which++)
    context.strokeRect(channel * step - 1, which * (STRIP + LABEL) + LABEL - 1, Math.max(step, 3) + 2, STRIP + 2);
  const [mean, spread] = header.strips;
  view.one.textContent = say(view.pinned ? "before_pinned" : "before", { channel });
  view.two.textContent = say("after", { channel });
  const stored = { name: say("stored"), mean: mean.values[channel], spread: spread.values[channel] };
  const own = { name: say("this_image"), mean: mean.marks[channel], spread: spread.marks[channel] };
  const after = { name: say("mean_after"), mean: header.after_mean[channel], spread: header.after_spread[channel] };
  const target = {
    name: say("target"),
    mean: header.strips[3].values[channel],
    spread: Math.abs(header.strips[2].values[channel]),
  };
  histogram(view, view.before, { edges: header.before[channel], counts: view.counts.before(channel) }, [stored, own]);
  histogram(view, view.after, { edges: header.after[channel], counts: view.counts.after(channel) }, [target, after]);
  view.says.replaceChildren(...header.says[channel].map(line => element("div", "", line)));
  view.strips.dataset.channel = channel;
  view.live.textContent = say("reading", { channel, lines: header.says[channel].join("; ") });
}

// Counts as bars over the range of the channel's values, and two spans below: what is stored, and what was met.
function histogram(view, canvas, { edges, counts }, spans) {
  const { theme } = view;
  const width = Math.max(200, canvas.parentElement.clientWidth);
  const context = sized(canvas, width, HIGH + FOOT);
  const [low, high] = edges;
  const top = Math.max(...counts);
  const all = [low, high];
  for (const span of spans) all.push(span.mean - span.spread, span.mean + span.spread);
  const from = Math.min(...all);
  const to = Math.max(...all);
  const at = value => 6 + ((value - from) / (to - from || 1)) * (width - 12);
  const pixels = palette("activations", theme.name);
  const base = HIGH - 56;
  const each = (at(high) - at(low)) / counts.length;
  counts.forEach((count, bin) => {
    const middle = low + ((bin + 0.5) / counts.length) * (high - low);
    context.fillStyle = cssColour(pixels[middle < 0 ? 28 : 228]);
    context.fillRect(at(low) + bin * each, base - (base - 6) * (count / top), Math.max(each - 0.5, 0.7), (base - 6) * (count / top));
  });
  context.fillStyle = theme.text;
  if (from < 0 && to > 0) context.fillRect(at(0), 4, 1, base - 4);
  context.fillRect(6, base, width - 12, 1);
  spans.forEach((span, which) => {
    const y = base + 14 + 32 * which;
    const text = `${span.name}: ${number(span.mean, 3)} ± ${number(span.spread, 3)}`;
    const colour = which ? theme.text : theme.primary;
    segment(context, [at(span.mean - span.spread), y], [at(span.mean + span.spread), y], { colour, width: 3 });
    context.fillStyle = colour;
    context.fillRect(at(span.mean) - 3, y - 5, 6, 10);
    label(context, theme, text, { x: 6, y: y + 18, alpha: 1 });
  });
  label(context, theme, number(from, 3), { x: 6, y: HIGH + FOOT - 12, alpha: 1 });
  label(context, theme, number(to, 3), { x: width - 6, y: HIGH + FOOT - 12, align: "right", alpha: 1 });
}
