// One training's chart: its layers from first to last, the norm of each on the common logarithmic scale.
const EDGE = { left: 40, right: 6, top: 8, bottom: 20 };

function across(layer, layers, width) {
  return EDGE.left + ((layer + 0.5) / layers) * (width - EDGE.left - EDGE.right);
}

function layerAt(x, layers, width) {
  const share = (x - EDGE.left) / (width - EDGE.left - EDGE.right);
  return Math.max(0, Math.min(layers - 1, Math.floor(share * layers)));
}

function drawChart(view, which) {
  const { header, theme, width, height, scale } = view, cell = header.cells[which], layers = cell.layers.length;
  const context = sized(view.canvases[which], width, height), bottom = height - EDGE.bottom;
  const place = value => placed(value, scale, EDGE.top, bottom), values = cell.values[view.frame];
  context.font = `12px ${theme.font}`;
  drawGrid(context, view, place);
  drawLayers(context, view, layers);
  drawBound(context, view, cell, place);
  context.strokeStyle = context.fillStyle = cell.colour;
  context.lineWidth = 2.2;
  context.setLineDash([]);
  context.beginPath();
  values.forEach((value, layer) => context[layer ? "lineTo" : "moveTo"](across(layer, layers, width), place(value)));
  context.stroke();
  values.forEach((value, layer) => drawMark(context, value, across(layer, layers, width), place(value), theme));
  if (view.layer !== null) {
    const at = across(Math.min(view.layer, layers - 1), layers, width);
    context.fillStyle = theme.text;
    context.globalAlpha = view.chart === which ? 0.75 : 0.3;
    context.fillRect(Math.round(at), EDGE.top, 1, bottom - EDGE.top);
    context.globalAlpha = 1;
  }
}

function drawGrid(context, { scale, width, theme, height }, place) {
  const room = (height - EDGE.bottom - EDGE.top) / 20, step = Math.max(1, Math.ceil((scale.high - scale.low) / room));
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = theme.text;
  for (let exponent = scale.low; exponent <= scale.high; exponent += step) {
    const y = place(10 ** exponent);
    context.globalAlpha = 0.16;
    context.fillRect(EDGE.left, Math.round(y), width - EDGE.left - EDGE.right, 1);
    context.globalAlpha = 0.85;
    context.fillText(power(exponent), EDGE.left - 5, y);
  }
  if (scale.zero) context.fillText("0", EDGE.left - 5, place("zero") - 2);
  context.globalAlpha = 1;
}

function drawLayers(context, { width, height, theme }, layers) {
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillStyle = theme.text;
  context.globalAlpha = 0.85;
  const step = layers > 8 ? (width > 200 ? 4 : 8) : 1;
  for (let layer = 0; layer < layers; layer++)
    if (layer === 0 || (layer + 1) % step === 0) context.fillText(String(layer + 1), across(layer, layers, width), height - EDGE.bottom + 5);
  context.globalAlpha = 1;
}

// What the slopes alone would leave of the last layer's gradient: a straight line on this scale.
function drawBound(context, { frame, width, theme }, cell, place) {
  const layers = cell.layers.length, last = cell.values[frame][layers - 1];
  if (!cell.slope || !isNumber(last)) return;
  context.strokeStyle = theme.text;
  context.lineWidth = 1.2;
  context.setLineDash([5, 4]);
  context.beginPath();
  for (let layer = 0; layer < layers; layer++)
    context[layer ? "lineTo" : "moveTo"](across(layer, layers, width), place(last * cell.slope ** (layers - 1 - layer)));
  context.stroke();
  context.setLineDash([]);
}

// A dot for a number, a square on the floor for an exact zero, a cross at the top for what is no number.
function drawMark(context, value, x, y, theme) {
  if (value === "zero") return context.fillRect(x - 3, y - 3, 6, 6);
  if (typeof value === "string") {
    context.strokeStyle = theme.text;
    context.lineWidth = 2;
    context.beginPath();
    for (const slant of [1, -1]) {
      context.moveTo(x - 3, y - 3 * slant);
      context.lineTo(x + 3, y + 3 * slant);
    }
    return context.stroke();
  }
  context.beginPath();
  context.arc(x, y, 2.6, 0, 7);
  context.fill();
}
