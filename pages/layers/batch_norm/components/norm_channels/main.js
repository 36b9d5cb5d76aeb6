const views = new WeakMap(), STRIP = 62, LABEL = 24, HIGH = 190, FOOT = 34;

// What a BatchNorm layer stores, channel by channel; the channel under the pointer before and after it.
export default function ({ data, parentElement }) {
  const { header, blob } = unpack(data), theme = themeOf(parentElement);
  const view = views.get(parentElement) ?? created(parentElement);
  if (view.digest !== header.digest || !sameTheme(theme, view.theme)) {
    if (view.header?.layer !== header.layer) Object.assign(view, { at: header.start, pinned: false });
    Object.assign(view, { header, theme, digest: header.digest, count: header.says.length });
    view.counts = { before: whole(blob("before_counts"), view.count), after: whole(blob("after_counts"), view.count) };
    build(view);
  }
  view.strips.dataset.painted = header.digest;
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root) {
  const view = { root, at: 0, pinned: false };
  for (const name of ["strips", "bars", "before", "after", "one", "two", "says", "live"]) view[name] = root.querySelector(`.${name}`);
  view.whole = root.querySelector(".norm_channels");
  const resized = perFrame(() => view.header && view.whole.clientWidth !== view.drawnFor && build(view));
  view.observer = new ResizeObserver(resized);
  view.observer.observe(view.whole);
  view.strips.onpointermove = event => !view.pinned && show(view, under(view, event));
  view.strips.onclick = event => {
    const channel = under(view, event);
    view.pinned = !(view.pinned && channel === view.at);
    show(view, channel);
  };
  view.strips.onkeydown = event => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -16, PageDown: 16, Home: -1e9, End: 1e9 }[event.key];
    if (event.key === "Escape") view.pinned = false;
    if (!by) return;
    event.preventDefault();
    show(view, Math.max(0, Math.min(view.count - 1, view.at + by)));
  };
  views.set(root, view);
  return view;
}

// uint32 numbers, as many to a channel as there are bins.
function whole(bytes, channels) {
  const all = new Uint32Array(bytes.buffer, 0, bytes.byteLength / 4), bins = all.length / channels;
  return channel => [...all.subarray(channel * bins, (channel + 1) * bins)];
}

function under(view, event) {
  const box = view.bars.getBoundingClientRect();
  return Math.max(0, Math.min(view.count - 1, Math.floor(((event.clientX - box.left) / box.width) * view.count)));
}

function build(view) {
  view.drawnFor = view.whole.clientWidth;
  view.whole.classList.toggle("narrow", view.drawnFor < 560);
  view.base = document.createElement("canvas");
  const width = view.drawnFor, height = view.header.strips.length * (STRIP + LABEL) + 4;
  view.strips.setAttribute("aria-label", `${view.header.layer}: ${view.count} channels. Arrow keys move from channel to channel, a click pins one.`);
  paintBars(view, sized(view.base, width, height), width);
  show(view, view.at);
}

function paintBars(view, context, width) {
  const { theme, header } = view, pixels = palette("activations", theme.name), step = width / view.count;
  header.strips.forEach((strip, which) => {
    const top = which * (STRIP + LABEL) + LABEL, all = [...strip.values, ...(strip.marks ?? [])];
    const high = Math.max(0, ...all), low = Math.min(0, ...all), span = high - low || 1, at = value => top + ((high - value) / span) * STRIP;
    context.fillStyle = theme.text;
    context.font = `12px ${theme.font}`;
    const note = strip.marked ? ` (bars); ${strip.marked} (dots)` : "";
    context.fillText(`${strip.name}${note}`, 0, top - 5);
    context.textAlign = "right";
    context.fillText(`${number(low, 3)} to ${number(high, 3)}`, width, top - 5);
    context.textAlign = "left";
    strip.values.forEach((value, channel) => {
      context.fillStyle = cssColour(pixels[value < 0 ? 28 : 228]);
      context.fillRect(channel * step, Math.min(at(0), at(value)), Math.max(step - (step > 3 ? 1 : 0), 0.6), Math.max(1, Math.abs(at(value) - at(0))));
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
  const { header, theme } = view, width = view.drawnFor, height = header.strips.length * (STRIP + LABEL) + 4, step = width / view.count;
  const context = sized(view.bars, width, height);
  context.drawImage(view.base, 0, 0, width, height);
  context.strokeStyle = theme.text;
  context.lineWidth = 2;
  for (let which = 0; which < header.strips.length; which++)
    context.strokeRect(channel * step - 1, which * (STRIP + LABEL) + LABEL - 1, Math.max(step, 3) + 2, STRIP + 2);
  const [mean, spread] = header.strips, pinned = view.pinned ? " (pinned)" : "";
  view.one.textContent = `Channel ${channel} before${pinned}`;
  view.two.textContent = `Channel ${channel} after`;
  const stored = { name: "stored mean ± √variance", mean: mean.values[channel], spread: spread.values[channel] };
  const own = { name: "this picture's", mean: mean.marks[channel], spread: spread.marks[channel] };
  const after = { name: "mean ± spread after", mean: header.after_mean[channel], spread: header.after_spread[channel] };
  const target = { name: "β ± |γ|: what all data get", mean: header.strips[3].values[channel], spread: Math.abs(header.strips[2].values[channel]) };
  histogram(view, view.before, { edges: header.before[channel], counts: view.counts.before(channel) }, [stored, own]);
  histogram(view, view.after, { edges: header.after[channel], counts: view.counts.after(channel) }, [target, after]);
  view.says.replaceChildren(...header.says[channel].map(line => element("div", "", line)));
  view.strips.dataset.channel = channel;
  view.live.textContent = `channel ${channel}: ${header.says[channel].join("; ")}`;
}

// Counts as bars over the range of the channel's values, and two spans below: what is stored, and what was met.
function histogram(view, canvas, { edges, counts }, spans) {
  const { theme } = view, width = Math.max(200, canvas.parentElement.clientWidth), context = sized(canvas, width, HIGH + FOOT);
  const [low, high] = edges, top = Math.max(...counts), all = [low, high];
  for (const span of spans) all.push(span.mean - span.spread, span.mean + span.spread);
  const from = Math.min(...all), to = Math.max(...all), at = value => 6 + ((value - from) / (to - from || 1)) * (width - 12);
  const pixels = palette("activations", theme.name), base = HIGH - 56, each = (at(high) - at(low)) / counts.length;
  counts.forEach((count, bin) => {
    const middle = low + ((bin + 0.5) / counts.length) * (high - low);
    context.fillStyle = cssColour(pixels[middle < 0 ? 28 : 228]);
    context.fillRect(at(low) + bin * each, base - (base - 6) * (count / top), Math.max(each - 0.5, 0.7), (base - 6) * (count / top));
  });
  context.fillStyle = context.strokeStyle = theme.text;
  context.font = `12px ${theme.font}`;
  if (from < 0 && to > 0) context.fillRect(at(0), 4, 1, base - 4);
  context.fillRect(6, base, width - 12, 1);
  spans.forEach((span, which) => {
    const y = base + 14 + 32 * which, text = `${span.name}: ${number(span.mean, 3)} ± ${number(span.spread, 3)}`;
    context.lineWidth = 3;
    context.strokeStyle = which ? theme.text : theme.primary;
    context.beginPath();
    context.moveTo(at(span.mean - span.spread), y);
    context.lineTo(at(span.mean + span.spread), y);
    context.stroke();
    context.fillStyle = which ? theme.text : theme.primary;
    context.fillRect(at(span.mean) - 3, y - 5, 6, 10);
    context.fillStyle = theme.text;
    context.fillText(text, 6, y + 18);
  });
  context.textAlign = "left";
  context.fillText(number(from, 3), 6, HIGH + FOOT - 12);
  context.textAlign = "right";
  context.fillText(number(to, 3), width - 6, HIGH + FOOT - 12);
  context.textAlign = "left";
}
