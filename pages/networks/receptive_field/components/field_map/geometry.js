// Which pixels a cell sees and which cells a pixel reaches: the interval arithmetic of cnnviz.records.fields.
// An interval is [size, stride, padding], and behind them a table of spans where that rule does not say what a cell sees.
export function spanOf([size, stride, padding, table], cell) {
  if (table?.[cell]) return table[cell];
  const first = cell * stride - padding;
  return [first, first + size];
}

export function centreOf(interval, cell) {
  const [size, stride, padding, table] = interval;
  if (!table || stride > 0) return cell * stride - padding + (size - 1) / 2;
  const [first, last] = spanOf(interval, cell);
  return (first + last - 1) / 2;
}

export function boxOf(layer, row, column) {
  const [top, bottom] = spanOf(layer.rows, row);
  const [left, right] = spanOf(layer.columns, column);
  return { top, left, bottom, right };
}

export function clippedBox(box, [height, width]) {
  const hold = (value, most) => Math.max(0, Math.min(most, value));
  const top = hold(box.top, height);
  const left = hold(box.left, width);
  return { top, left, bottom: Math.max(top, hold(box.bottom, height)), right: Math.max(left, hold(box.right, width)) };
}

function spanReached([size, stride, padding, table], pixel, cells) {
  if (table) {
    const seeing = Array.from({ length: cells }, (_, cell) => cell).filter(cell => {
      const [first, last] = spanOf([size, stride, padding, table], cell);
      return first <= pixel && pixel < last;
    });
    return seeing.length ? [seeing[0], seeing[seeing.length - 1] + 1] : [0, 0];
  }
  if (stride === 0) return -padding <= pixel && pixel < size - padding ? [0, cells] : [0, 0];
  const first = Math.max(0, Math.ceil((pixel + padding - size + 1) / stride));
  const last = Math.min(cells, Math.floor((pixel + padding) / stride) + 1);
  return first < last ? [first, last] : [0, 0];
}

export function reachedBy(layer, [row, column]) {
  const [top, bottom] = spanReached(layer.rows, row, layer.cells[0]);
  const [left, right] = spanReached(layer.columns, column, layer.cells[1]);
  return { top, left, bottom, right, empty: top === bottom || left === right };
}

// How the image lies on its canvas: filling it, or so small that the whole box fits beside it.
export function framing(view, side) {
  const [height, width] = view.header.picture;
  const box = view.box;
  const whole = view.notes.whole ? box : { top: 0, left: 0, bottom: height, right: width };
  const top = Math.min(0, whole.top);
  const left = Math.min(0, whole.left);
  const high = Math.max(height, whole.bottom) - top;
  const wide = Math.max(width, whole.right) - left;
  const scale = side / Math.max(high, wide);
  return { scale, x: -left * scale, y: -top * scale, w: wide * scale, h: high * scale };
}
