const EDGE = { left: 46, right: 8, top: 10, bottom: 24 };

function across(layer, layers, width) {
  const room = width - EDGE.left - EDGE.right;
  return EDGE.left + (layers === 1 ? room / 2 : ((layer + 0.5) / layers) * room);
}

function layerAt(x, layers, width) {
  const room = width - EDGE.left - EDGE.right;
  return Math.max(0, Math.min(layers - 1, Math.floor(((x - EDGE.left) / room) * layers)));
}

function plotNorms(canvas, view, theme) {
  const name = canvas.dataset.name, width = view.plotWidth, height = 230, context = sized(canvas, width, height);
  const frame = view.header.frames[view.frame], layers = view.span, scale = decades(curvesOf(view, name));
  const bottom = height - EDGE.bottom, place = value => placed(value, scale, EDGE.top, bottom);
  context.font = `12px ${theme.font}`;
  grid(context, scale, place, width, theme);
  axis(context, layers, width, bottom, theme);
  view.header.past.forEach((past, index) => {
    context.globalAlpha = 0.55;
    line(context, past[name][0], PAST[index % PAST.length], 1.6, layers, width, place);
    context.globalAlpha = 1;
  });
  if (name === "activation_gradients" && view.header.frames.length === 1) {
    for (const { kind, values } of bounds(frame)) {
      context.setLineDash(DASH[kind]);
      line(context, values, theme.text, 1.3, layers, width, place);
      context.setLineDash([]);
    }
  }
  const [middle, low, high] = frame[name];
  if (frame.seeds > 1) band(context, low, high, layers, width, place);
  line(context, middle, NOW, 2.6, layers, width, place);
  middle.forEach((value, layer) => mark(context, value, across(layer, layers, width), place(value), layers, theme));
  cursor(context, view, width, EDGE.top, bottom, theme);
}

function grid(context, scale, place, width, theme) {
  const step = Math.max(1, Math.ceil((scale.high - scale.low) / 6));
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (let exponent = scale.low; exponent <= scale.high; exponent += step) {
    const y = place(10 ** exponent);
    context.globalAlpha = 0.16;
    context.fillStyle = theme.text;
    context.fillRect(EDGE.left, Math.round(y), width - EDGE.left - EDGE.right, 1);
    context.globalAlpha = 0.85;
    context.fillText(power(exponent), EDGE.left - 6, y);
  }
  if (scale.zero) context.fillText("0", EDGE.left - 6, place("zero") - 2);
  if (scale.beyond) context.fillText("∞", EDGE.left - 6, place("infinite") + 3);
  context.globalAlpha = 1;
}

function axis(context, layers, width, bottom, theme) {
  context.fillStyle = theme.text;
  context.textAlign = "center";
  context.textBaseline = "top";
  const step = [1, 2, 5, 10].find(size => (layers / size) * 26 < width - EDGE.left) ?? 10;
  for (let layer = 0; layer < layers; layer++) {
    if (layer === 0 || (layer + 1) % step === 0) context.fillText(String(layer + 1), across(layer, layers, width), bottom + 5);
  }
  context.textAlign = "right";
  context.fillText("layer", EDGE.left - 6, bottom + 5);
}

// Runs of drawable values; a word ("zero", "infinite") is drawn at its edge and joined like any other.
function line(context, values, colour, thickness, layers, width, place) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  context.beginPath();
  values.forEach((value, layer) => {
    const x = across(layer, layers, width), y = place(value);
    layer ? context.lineTo(x, y) : context.moveTo(x, y);
  });
  context.stroke();
}

function band(context, low, high, layers, width, place) {
  context.fillStyle = NOW;
  context.globalAlpha = 0.2;
  context.beginPath();
  high.forEach((value, layer) => context.lineTo(across(layer, layers, width), place(value)));
  [...low].reverse().forEach((value, back) => context.lineTo(across(low.length - 1 - back, layers, width), place(value)));
  context.fill();
  context.globalAlpha = 1;
}

// A dot for a number, a square on the floor for an exact zero, a cross at the top for what is no number.
function mark(context, value, x, y, layers, theme) {
  context.fillStyle = NOW;
  const size = layers > 30 ? 2 : 3;
  if (value === "zero") context.fillRect(x - 3, y - 3, 6, 6);
  else if (typeof value === "string") {
    context.strokeStyle = theme.text;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - 3, y - 3); context.lineTo(x + 3, y + 3);
    context.moveTo(x + 3, y - 3); context.lineTo(x - 3, y + 3);
    context.stroke();
  } else {
    context.beginPath();
    context.arc(x, y, size, 0, 7);
    context.fill();
  }
}

function cursor(context, view, width, top, bottom, theme) {
  const x = across(view.layer, view.span, width);
  context.fillStyle = theme.text;
  context.globalAlpha = view.pinned ? 0.9 : 0.4;
  context.fillRect(Math.round(x), top, view.pinned ? 2 : 1, bottom - top);
  context.globalAlpha = 1;
}

// One column of colour a layer: how its outputs are spread.
function plotStrip(canvas, view, theme) {
  const width = view.stripWidth, height = 190, context = sized(canvas, width, height), bottom = height - EDGE.bottom;
  const frame = view.header.frames[view.frame], bins = view.header.bins, layers = view.layers;
  const room = ((width - EDGE.left - EDGE.right) * layers) / view.span;
  const pixels = palette("magnitude", theme.name), entries = new Uint8Array(layers * bins);
  const shares = view.bars(view.frame, 0);
  for (let layer = 0; layer < layers; layer++)
    for (let bin = 0; bin < bins; bin++)
      entries[(bins - 1 - bin) * layers + layer] = 1 + Math.round((shares[layer * bins + bin] / 255) * 254);
  context.imageSmoothingEnabled = false;
  context.drawImage(painted(entries, layers, bins, pixels), EDGE.left, EDGE.top, room, bottom - EDGE.top);
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.text;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const edges = frame.strip.edges;
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const at = share * (edges.length - 1), below = Math.floor(at), above = Math.min(below + 1, edges.length - 1);
    const value = edges[below] + (at - below) * (edges[above] - edges[below]);
    const shown = Math.abs(value) < frame.strip.least ? 0 : value; // rounding left of zero
    context.fillText(number(shown, 2), EDGE.left - 5, bottom - share * (bottom - EDGE.top) + (share === 1 ? 5 : 0));
  }
  axis(context, view.span, width, bottom, theme);
  cursor(context, view, width, EDGE.top, bottom, theme);
}
