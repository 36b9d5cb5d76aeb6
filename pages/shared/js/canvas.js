// Canvases, the images on them, frames around tiles and cells, and the hatching of what is dead.

/** Pixels of the screen in a CSS pixel; three are as sharp as anybody sees. */
export function sharpness() {
  return Math.min(window.devicePixelRatio || 1, 3);
}

// A canvas of so many CSS pixels, sharp on this screen; its context counts in CSS pixels.
export function sized(canvas, width, height) {
  const ratio = sharpness();
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

// 32-bit pixels (ABGR) as a canvas that can be drawn anywhere, at any size: fill(out) writes them.
export function pixelCanvas(width, height, fill) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(width, 1);
  canvas.height = Math.max(height, 1);
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  fill(new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
  return canvas;
}

// A photo of RGB bytes as such a canvas.
export function photoCanvas(rgb, width, height) {
  return pixelCanvas(width, height, out => {
    for (let i = 0; i < width * height; i++) out[i] = rgbPixel(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
  });
}

export function greyPixel(level) {
  return rgbPixel(level, level, level);
}

export function rgbPixel(red, green, blue) {
  return (255 << 24) | (blue << 16) | (green << 8) | red;
}

// Three planes of numbers from −limit to limit as red, green and blue around a middle grey.
export function colourPicture(values, width, height, limit) {
  const cells = width * height;
  const level = value => Math.max(0, Math.min(255, Math.round(127.5 + (127.5 * value) / limit)));
  return pixelCanvas(width, height, out => {
    for (let i = 0; i < cells; i++) out[i] = rgbPixel(level(values[i]), level(values[cells + i]), level(values[2 * cells + i]));
  });
}

// Palette entries as such a canvas.
export function painted(entries, width, height, pixels) {
  return pixelCanvas(width, height, out => {
    for (let i = 0; i < entries.length; i++) out[i] = pixels[entries[i]];
  });
}

/** A box filled with a colour that lets through what lies under it. */
export function wash(context, { x, y, w, h }, colour, alpha) {
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fillRect(x, y, w, h);
  context.globalAlpha = 1;
}

export function outline(context, box, colour, line, alpha = 1) {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.strokeRect(box.x - line / 2, box.y - line / 2, box.w + line, box.h + line);
  context.globalAlpha = 1;
}

export function ring(context, box, theme, colour, line) {
  outline(context, box, theme.background, line + 2);
  outline(context, box, colour, line);
}

export function hatch(context, box, theme, { alpha = 0.4, every = 6 } = {}) {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.w, box.h);
  context.clip();
  context.globalAlpha = alpha;
  context.strokeStyle = theme.text;
  context.lineWidth = 1;
  context.beginPath();
  for (let d = -box.h; d < box.w; d += every) {
    context.moveTo(box.x + d, box.y + box.h);
    context.lineTo(box.x + d + box.h, box.y);
  }
  context.stroke();
  context.restore();
}

// Strokes drawn twice: seen on any colour, because the page's background lies around them. draw: (their width) => strokes.
export function haloed(context, theme, draw, { colour = theme.text, line = 2, around = line + 2 } = {}) {
  const stroke = (width, ink) => {
    Object.assign(context, { lineWidth: width, strokeStyle: ink, fillStyle: ink });
    draw(width);
  };
  stroke(around, theme.background);
  stroke(line, colour);
}

// Such a frame along the box itself.
export function doubleFrame(context, { x, y, w, h }, theme, style = {}) {
  haloed(context, theme, () => context.strokeRect(x, y, w, h), style);
}

// Such a circle around a point.
export function doubleCircle(context, x, y, radius, theme, style = {}) {
  haloed(context, theme, () => circle(context, x, y, radius).stroke(), style);
}

function circle(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  return context;
}

// An image over the whole of a canvas of so many CSS pixels, pixel by pixel or smoothed where it becomes smaller.
export function filled(canvas, picture, width, height) {
  const context = sized(canvas, width, height);
  context.imageSmoothingEnabled = picture.width > width;
  context.drawImage(picture, 0, 0, width, height);
  return context;
}

// Text in the middle of a box.
export function centred(context, theme, text, { x, y, w, h }, { ink = theme.text, size = 12, most = undefined } = {}) {
  Object.assign(context, { font: `${size}px ${theme.font}`, fillStyle: ink, textAlign: "center", textBaseline: "middle" });
  context.fillText(text, x + w / 2, y + h / 2, most);
}
