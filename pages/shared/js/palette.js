import { LUTS } from "./luts.js";

export const ZERO = 128; // the entry of zero in a diverging palette
const luts = {};

// 256 pixels, ready for an ImageData's 32-bit view (little endian: ABGR).
export function palette(name, theme) {
  const key = name + theme;
  if (luts[key]) return luts[key];
  const text = atob(LUTS[theme][name]);
  const pixels = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const [r, g, b] = [0, 1, 2].map(k => text.charCodeAt(3 * i + k));
    pixels[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return (luts[key] = pixels);
}

export function cssColour(pixel) {
  return `rgb(${pixel & 255}, ${(pixel >> 8) & 255}, ${(pixel >> 16) & 255})`;
}

export function ramp(name, theme, from = 1) {
  const pixels = palette(name, theme);
  const stops = [];
  for (let i = from; i <= 255; i += (255 - from) / 16) stops.push(cssColour(pixels[Math.round(i)]));
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

/** The entry of a value: signed ones around ZERO to ±limit, others from 1 at zero; clipped at both ends. */
export function entryOf(value, limit, signed = true) {
  const share = limit > 0 ? value / limit : 0;
  return Math.max(1, Math.min(255, Math.round(signed ? ZERO + 127 * share : 1 + 254 * share)));
}

/** The entries of many values. */
export function entriesOf(values, limit, signed = true) {
  const found = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) found[i] = entryOf(values[i], limit, signed);
  return found;
}
