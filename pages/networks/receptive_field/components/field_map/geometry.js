// Which pixels a cell sees and which cells a pixel reaches: the interval arithmetic of cnnviz.records.fields.
export function boxOf(layer, row, column) {
  const [height, , down] = layer.rows;
  const [width, , across] = layer.columns;
  const top = row * layer.rows[1] - down;
  const left = column * layer.columns[1] - across;
  return { top, left, bottom: top + height, right: left + width };
}

export function clippedBox(box, [height, width]) {
  const hold = (value, most) => Math.max(0, Math.min(most, value));
  const top = hold(box.top, height);
  const left = hold(box.left, width);
  return { top, left, bottom: Math.max(top, hold(box.bottom, height)), right: Math.max(left, hold(box.right, width)) };
}

function spanReached([size, stride, padding], pixel, cells) {
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

// How the picture lies on its canvas: filling it, or so small that the whole box fits beside it.
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
