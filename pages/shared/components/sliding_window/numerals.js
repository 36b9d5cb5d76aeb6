// A number in a cell: whole if it can be, else smaller, else shorter, else pressed together; never missing.
import { brief } from "../../js/numbers.js";

export const LEAST_TYPE = 8; // pixels of type, in cells that small; the formula has the number at its full size
const MOST_TYPE = 24;
const COMFORTABLE = 12;

/**
 * What stands in a cell and how: {text, size, squeeze}; squeeze is 1, or how far it is pressed from side to side.
 * @param {number} value
 * @param {number} cell pixels a side
 * @param {(text: string) => number} widthOf pixels that a text takes at 100 pixels of type
 */
export function fitted(value, cell, widthOf) {
  const largest = Math.max(LEAST_TYPE, Math.min(MOST_TYPE, Math.round(cell * 0.36)), Math.min(COMFORTABLE, Math.round(cell * 0.62)));
  const room = cell - Math.min(8, Math.max(1, cell * 0.14));
  const fits = (text, size) => (widthOf(text) * size) / 100 <= room;
  const texts = [4, 3].map(digits => brief(value, digits));
  if (!Number.isInteger(value)) texts.push(brief(value, 2));
  for (const text of texts) if (fits(text, largest)) return { text, size: largest, squeeze: 1 };
  for (let size = largest - 1; size >= Math.min(largest, COMFORTABLE); size--)
    for (const text of texts) if (fits(text, size)) return { text, size, squeeze: 1 };
  const short = shortest(value, widthOf);
  const at = Math.min(largest, COMFORTABLE);
  for (let size = at; size >= LEAST_TYPE; size--) {
    const found = [...texts, ...short].find(text => fits(text, size));
    if (found) return { text: found, size, squeeze: 1 };
  }
  const text = short.at(-1);
  return { text, size: LEAST_TYPE, squeeze: room / ((widthOf(text) * LEAST_TYPE) / 100) };
}

// Ever shorter, each still the number rounded: 0.0312 as .031 or .03, 12,345 as 12k.
function shortest(value, widthOf) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (!Number.isFinite(value) || size === 0) return [brief(value)];
  const [unit, name] = size >= 999_500 ? [1e6, "M"] : size >= 1000 ? [1e3, "k"] : [1, ""];
  const found = [2, 1].map(digits => `${sign}${brief(size / unit, digits)}${name}`.replace(/^(−?)0\./, "$1."));
  if (unit === 1 && size >= 1) found.push(`${sign}${Math.round(size)}`);
  if (size < 0.05) found.push("0");
  return found.sort((one, other) => widthOf(other) - widthOf(one));
}
