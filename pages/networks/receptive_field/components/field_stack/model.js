// The recursion, layer by layer: size += (k − 1)·d·jump, padding += p·jump, then jump *= s.
export function layersOf({ kernel, stride, dilation, padding, depth }, width) {
  const found = [{ size: 1, jump: 1, padding: 0, cells: width, words: ["image", "1", "1", "0", String(width)] }];
  for (let index = 1; index <= depth; index++) {
    const before = found[index - 1];
    const size = before.size + (kernel - 1) * dilation * before.jump;
    const jump = before.jump * stride;
    const pad = before.padding + padding * before.jump;
    const cells = Math.max(0, Math.floor((before.cells + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1);
    found.push({
      size,
      jump,
      padding: pad,
      cells,
      words: [
        String(index),
        `${before.size} + (${kernel} − 1) · ${dilation} · ${before.jump} = ${size}`,
        `${before.jump} · ${stride} = ${jump}`,
        `${before.padding} + ${padding} · ${before.jump} = ${pad}`,
        cells ? String(cells) : "none",
      ],
    });
  }
  return found;
}

// The last layer that has a cell on this row, and the middle one of its cells.
export function topOf(layers) {
  let top = layers.length - 1;
  while (layers[top].cells === 0) top--;
  return top;
}

// Which cells of each layer the chosen cell of the top one sees, from the top down: taps, not only first and last.
export function seenFrom(layers, settings, top, cell) {
  const seen = layers.map(() => new Set());
  seen[top].add(cell);
  for (let index = top; index > 0; index--)
    for (const at of seen[index])
      for (let tap = 0; tap < settings.kernel; tap++)
        seen[index - 1].add(at * settings.stride - settings.padding + tap * settings.dilation);
  return seen;
}
