// What the packet holds, and a map under any function: the values are applied here, cell by cell.
import { floats } from "../../../../shared/js/packet.js";
import { FUNCTIONS } from "../activation_common/functions.js";

export function modelOf(header, blob) {
  const values = floats(blob("values"), "float32");
  const [count, height, width] = header.shape;
  return { ...header, values, count, height, width, byName: Object.fromEntries(header.effects.map(one => [one.name, one])) };
}

export function cellsOf(model, slot) {
  return model.values.subarray(slot * model.height * model.width, (slot + 1) * model.height * model.width);
}

export function applied(cells, name, p, which) {
  const work = FUNCTIONS[name][which];
  const found = new Float64Array(cells.length);
  for (let i = 0; i < cells.length; i++) found[i] = work(cells[i], p);
  return found;
}

// Palette entries: signed values around 128, slopes from 1 at 0; entry 0, nothing, where there is no number.
export function mapEntries(cells, limit, signed) {
  const found = new Uint8Array(cells.length);
  for (let i = 0; i < cells.length; i++) {
    const share = limit > 0 ? cells[i] / limit : 0;
    const entry = signed ? 128 + 127 * share : 1 + 254 * Math.abs(share);
    found[i] = Number.isFinite(cells[i]) ? Math.max(1, Math.min(255, Math.round(entry))) : 0;
  }
  return found;
}

export function largestOf(cells) {
  let found = 0;
  for (const value of cells) if (Number.isFinite(value) && Math.abs(value) > found) found = Math.abs(value);
  return found;
}
