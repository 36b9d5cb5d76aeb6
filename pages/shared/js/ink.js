// The one choice of ink on a colour: black or white, whichever stands out more (WCAG 2.2, contrast ratio).
const EVEN = 0.179; // the luminance on which both stand out alike: (L + 0.05)² = 0.05 · 1.05

/** Ink on a pixel as a palette holds it (ABGR). */
export function inkOn(pixel) {
  return inkOnRgb(pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255);
}

export function inkOnRgb(red, green, blue) {
  return relativeLuminance(red, green, blue) > EVEN ? "#000000" : "#ffffff";
}

/** Relative luminance of sRGB bytes, 0 to 1. */
export function relativeLuminance(red, green, blue) {
  const [r, g, b] = [red, green, blue].map(byte => (byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
