// Both pictures from their numbers: grey or RGB from 0 to 1, changes around zero in the palette of signed values.
function picturePixels(values, [channels, height, width], { signed, limit, pixels }) {
  const out = new Uint32Array(height * width), size = height * width;
  const byte = value => Math.max(0, Math.min(255, Math.round(255 * (signed ? 0.5 + value / (2 * limit || 1) : value))));
  for (let i = 0; i < size; i++) {
    if (channels === 3) out[i] = (255 << 24) | (byte(values[2 * size + i]) << 16) | (byte(values[size + i]) << 8) | byte(values[i]);
    else if (signed) out[i] = pixelOf({ pixels, limit, signed: true }, values[i]);
    else out[i] = (255 << 24) | (byte(values[i]) * 0x010101);
  }
  return out;
}

function bitmapOf(pixels, height, width) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  new Uint32Array(image.data.buffer).set(pixels);
  context.putImageData(image, 0, 0);
  return canvas;
}

function paintPictures(view) {
  const { meta, theme, scale } = view, [, height, width] = meta.shape, pixels = palette("activations", theme.name);
  const plain = { signed: false }, shown = { signed: meta.signed, limit: meta.limit, pixels };
  for (const [side, values, how] of [["before", view.picture, plain], ["after", view.result, shown]]) {
    const context = sized(view[side].querySelector(".shown"), width * scale, height * scale);
    sized(view[side].querySelector(".marks"), width * scale, height * scale);
    context.imageSmoothingEnabled = scale < 1;
    context.drawImage(bitmapOf(picturePixels(values, meta.shape, how), height, width), 0, 0, width * scale, height * scale);
  }
  view.ramp.style.background = meta.signed && meta.shape[0] === 1 ? ramp("activations", theme.name) : "linear-gradient(to right, #000, #fff)";
  view.low.textContent = brief(meta.signed ? -meta.limit : 0, 3);
  view.high.textContent = brief(meta.signed ? meta.limit : 1, 3);
}

// The window on the picture, the cell on the result.
function paintMarks(view) {
  const { meta, theme, scale, at } = view, [high, wide] = meta.window, [up, left] = meta.before;
  const boxes = { before: [at.row - up, at.column - left, high, wide], after: [at.row, at.column, 1, 1] };
  for (const [side, [row, column, h, w]] of Object.entries(boxes)) {
    const canvas = view[side].querySelector(".marks"), context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    const grow = Math.max(0, (9 - w * scale) / 2), box = [column * scale - grow, row * scale - grow, w * scale + 2 * grow, h * scale + 2 * grow];
    for (const [thick, colour] of [[5, theme.background], [2.5, theme.primary]]) {
      context.lineWidth = thick;
      context.strokeStyle = colour;
      context.strokeRect(...box);
    }
  }
}
