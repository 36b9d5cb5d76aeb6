// What must not stand in two lines: a number and its unit, the two sides of a product of sizes, a sign and its number.
const UNITS = "%|‰|°|ms|µs|s|min|h|px|kB|MB|GB|TB|dB|×";
const TIES = [
  new RegExp(`(?<=\\d) (?=(?:${UNITS})(?![\\p{L}\\p{N}]))`, "gu"), // 39.3 %, 5 s, 27.9 dB, 3 ×
  /(?<=×) (?=[\d“])/gu, // × 3, × “cat”
  /(?<=(?:^|[\s(])[<>≤≥±]) (?=[\d−])/gu, // > 99.9
];

/**
 * The text with no-break spaces where it must not be broken; a text that has them already is returned as it is.
 * @param {string} text
 */
export function bound(text) {
  return TIES.reduce((so, tie) => so.replace(tie, "\u00a0"), text);
}
