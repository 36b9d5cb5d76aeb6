// The curves: what is over in full, what is still to come as a shadow, and the line of the place reached.
function endOf(view) {
  return Math.max(...view.header.lanes.map(lane => lane.ends[view.axis.id]), 1e-9);
}

function frontOf(view) {
  const fronts = view.header.lanes.map(lane => lane.x[view.axis.id].at(-1) ?? 0);
  return Math.max(...fronts, 0) / endOf(view);
}

function scalesOf(view) {
  const { header, measure, axis, size } = view, end = endOf(view), width = size.width - ROOM.left - ROOM.right;
  const x = { at: value => ROOM.left + (value / end) * width, from: place => ((place - ROOM.left) / width) * end, low: 0, high: end, log: false };
  const values = header.lanes.flatMap(lane => seriesOf(lane, measure, axis.id).y).filter(value => value !== null);
  if (!measure.log) {
    const tall = size.height - ROOM.bottom - ROOM.top, [low, high] = shareRange(measure, values);
    return { x, y: { at: value => size.height - ROOM.bottom - ((value - low) / (high - low)) * tall, low, high, log: false } };
  }
  return { x, y: scaleOf(values, true, size.height - ROOM.bottom, ROOM.top) };
}

// From 0 to 100 %; test pictures, whose curves lie close together, only between the tens around them.
function shareRange(measure, values) {
  if (measure.id !== "test" || !values.length) return [0, 1];
  const low = Math.floor(Math.min(...values) * 10 + 1e-6) / 10, high = Math.ceil(Math.max(...values) * 10 - 1e-6) / 10;
  return high - low < 0.05 ? [Math.max(0, high - 0.1), high] : [low, high];
}

function shareMarks({ low, high }) {
  const step = high - low > 0.6 ? 0.25 : high - low > 0.25 ? 0.1 : 0.05, found = [];
  for (let value = Math.ceil(low / step - 1e-6) * step; value <= high + 1e-6; value += step) found.push(value);
  return found;
}

function paintRace(view) {
  const { theme, size, canvas, header } = view, context = sized(canvas, size.width, size.height);
  view.scales = scalesOf(view);
  const { x } = view.scales, place = view.position * endOf(view);
  paintFrame(context, view);
  if (view.measure.id === "accuracy") for (const lane of header.lanes) paintBand(context, view, lane, place);
  for (const lane of header.lanes) {
    if (!header.live) paintCurve(context, view, lane, { alpha: 0.45, width: 1.2 });
    paintCurve(context, view, lane, { alpha: 1, width: 2.4, until: place });
  }
  const mark = (at, alpha) => {
    context.globalAlpha = alpha;
    context.fillStyle = theme.text;
    context.fillRect(Math.round(x.at(at)), ROOM.top, 1, size.height - ROOM.bottom - ROOM.top);
    context.globalAlpha = 1;
  };
  if (view.position < 1) mark(place, 0.75);
  if (view.hover !== null) mark(view.hover, 0.5);
}

// 0 and four to ten round numbers up to the end.
function evenMarks(end) {
  const rough = end / 4, power = 10 ** Math.floor(Math.log10(rough)), found = [];
  const step = Math.max(...[1, 2, 2.5, 5].map(times => times * power).filter(size => size <= rough * 1.0001));
  for (let index = 0; index * step <= end * 1.0001; index++) found.push(Number((index * step).toPrecision(6)));
  return found;
}

function paintFrame(context, view) {
  const { theme, size, measure, axis } = view, { x, y } = view.scales;
  context.font = `12px ${theme.font}`;
  context.fillStyle = context.strokeStyle = theme.text;
  context.lineWidth = 1;
  context.textAlign = "right";
  for (const value of measure.percent ? shareMarks(y) : ticks(y)) {
    context.globalAlpha = 0.16;
    context.strokeRect(ROOM.left, Math.round(y.at(value)) + 0.5, size.width - ROOM.left - ROOM.right, 0);
    context.globalAlpha = 0.85;
    context.fillText(measure.percent ? `${Math.round(100 * value)} %` : number(value, 3), ROOM.left - 6, y.at(value) + 4);
  }
  context.textAlign = "center";
  for (const value of evenMarks(x.high)) {
    const text = grouped.format(value), half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(x.at(value), size.width - half - 1), size.height - ROOM.bottom + 16);
  }
  context.fillText(axis.title, (ROOM.left + size.width - ROOM.right) / 2, size.height - 5);
  context.globalAlpha = 1;
}

function paintBand(context, view, lane, place) {
  if (!lane.lowest.length) return;
  const xs = lane.x[view.axis.id], { x, y } = view.scales, last = indexAt(xs, place);
  if (last < 1) return;
  context.beginPath();
  for (let i = 0; i <= last; i++) context.lineTo(x.at(xs[i]), y.at(lane.highest[i]));
  for (let i = last; i >= 0; i--) context.lineTo(x.at(xs[i]), y.at(lane.lowest[i]));
  context.globalAlpha = 0.13;
  context.fillStyle = lane.colour;
  context.fill();
  context.globalAlpha = 1;
}

function paintCurve(context, view, lane, { alpha, width, until = Infinity }) {
  const { x: xs, y: ys } = seriesOf(lane, view.measure, view.axis.id), { x, y } = view.scales;
  context.globalAlpha = alpha;
  context.strokeStyle = context.fillStyle = lane.colour;
  context.lineWidth = width;
  context.setLineDash(lane.dash);
  context.beginPath();
  let open = false, last = null;
  for (let i = 0; i < xs.length && xs[i] <= until + 1e-9; i++) {
    if (ys[i] === null) {
      open = false;
      continue;
    }
    last = [x.at(xs[i]), y.at(ys[i])];
    context[open ? "lineTo" : "moveTo"](...last);
    open = true;
  }
  context.stroke();
  context.setLineDash([]);
  if (alpha === 1 && last) {
    context.beginPath();
    context.arc(...last, 4, 0, 7);
    context.fill();
  }
  context.globalAlpha = 1;
}
