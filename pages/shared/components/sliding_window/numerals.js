// A number in a cell: whole if it can be, else smaller, else shorter; none where no type of 12 pixels has room.
import { brief } from "../../js/numbers.js";

export const LEAST_TYPE = 12; // pixels of type: where a cell has no room for it, the formula has the number of the one pointed at
const MOST_TYPE = 24;
const TIGHT = 0.85; // how far a number may be pressed together

/**
 * What stands in a cell and how: {text, size, squeeze}; squeeze is 1, or how far it is pressed from side to side.
 * @param {number} value
 * @param {number} cell pixels a side
 * @param {(text: string) => number} widthOf pixels that a text takes at 100 pixels of type
 */
export function fitted(value, cell, widthOf) {
  const largest = Math.max(LEAST_TYPE, Math.min(MOST_TYPE, Math.round(cell * 0.36)));
  const room = cell - Math.min(8, Math.max(1, cell * 0.14));
  if (room < LEAST_TYPE) return { text: "", size: LEAST_TYPE, squeeze: 1 };
  const fits = (text, size) => (widthOf(text) * size) / 100 <= room;
  const texts = [4, 3].map(digits => brief(value, digits));
  if (!Number.isInteger(value)) texts.push(brief(value, 2));
  for (let size = largest; size >= LEAST_TYPE; size--) for (const text of texts) if (fits(text, size)) return { text, size, squeeze: 1 };
  const short = shortest(value, widthOf);
  const found = short.find(text => fits(text, LEAST_TYPE));
  if (found) return { text: found, size: LEAST_TYPE, squeeze: 1 };
  const squeeze = room / ((widthOf(short.at(-1)) * LEAST_TYPE) / 100);
  return squeeze < TIGHT ? { text: "", size: LEAST_TYPE, squeeze: 1 } : { text: short.at(-1), size: LEAST_TYPE, squeeze };
}

// Ever shorter, each still the number rounded: 0.0312 as .031 or .03, 12,345 as 12k.
function shortest(value, widthOf) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (!Number.isFinite(value) || size === 0) return [brief(value)];
  const [unit, name] = size >= 999_500 ? [1e6, "M"] : size >= 1000 ? [1e3, "k"] : [1, ""];
  const found = [2, 1].map(digits => `${sign}${brief(size / unit, digits)}${name}`.replace(/^(−?)0\./, "$1."));
  if (unit === 1 && size >= 1) found.push(`${sign}${Math.round(size)}`);
  if (size >= 99_500 && unit === 1000) found.push(`${sign}${brief(size / 1e6, 1)}M`.replace(/^(−?)0\./, "$1."));
  if (size < 0.05) found.push("0");
  return found.sort((one, other) => widthOf(other) - widthOf(one));
}
