const ZERO = 128; // the entry of zero in a diverging palette
const luts = {};

// 256 pixels, ready for an ImageData's 32-bit view (little endian: ABGR).
function palette(name, theme) {
  const key = name + theme;
  if (luts[key]) return luts[key];
  const text = atob(LUTS[theme][name]), pixels = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const [r, g, b] = [0, 1, 2].map(k => text.charCodeAt(3 * i + k));
    pixels[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return (luts[key] = pixels);
}

function cssColour(pixel) {
  return `rgb(${pixel & 255}, ${(pixel >> 8) & 255}, ${(pixel >> 16) & 255})`;
}

function ramp(name, theme) {
  const pixels = palette(name, theme), stops = [];
  for (let i = 1; i <= 255; i += 254 / 16) stops.push(cssColour(pixels[Math.round(i)]));
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

// Palette entries as a canvas that can be drawn anywhere, at any size.
function painted(entries, width, height, pixels) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(width, 1);
  canvas.height = Math.max(height, 1);
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
  const out = new Uint32Array(image.data.buffer);
  for (let i = 0; i < entries.length; i++) out[i] = pixels[entries[i]];
  context.putImageData(image, 0, 0);
  return canvas;
}
