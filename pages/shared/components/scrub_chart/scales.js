// Where a value stands on an axis, and the round numbers beside it.
const ROOM = { left: 52, right: 12, top: 8, bottom: 36 };

function scaleOf(values, log, from, to) {
  const usable = values.filter(value => value !== null && (!log || value > 0));
  let low = Math.min(...usable), high = Math.max(...usable);
  if (!usable.length) [low, high] = log ? [0.1, 1] : [0, 1];
  if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - 1, high + 1];
  const room = 0.06, turn = log ? Math.log10 : value => value;
  const [bottom, top] = [turn(low), turn(high)], pad = room * (top - bottom);
  const at = value => (log && value <= 0 ? from : from + ((turn(value) - bottom + pad) / (top - bottom + 2 * pad)) * (to - from));
  return { at, low, high, log };
}

function ticks({ low, high, log }) {
  if (log) {
    const found = [], every = Math.max(1, Math.ceil(Math.log10(high / low) / 6));
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += every)
      for (const times of high / low > 100 ? [1] : [1, 2, 5]) found.push(Number((times * 10 ** power).toPrecision(3)));
    return found.filter(value => value >= low * 0.95 && value <= high * 1.05);
  }
  const rough = (high - low) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(times => times * power).find(size => size >= rough), found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) found.push(Number(value.toPrecision(6)));
  return found;
}
