// Parts of something large that stays on the server until it is looked at: each fetched once, by its bytes.

/**
 * @param {string} path where it lies; "" where it cannot be had
 * @param {() => void} arrived after each part
 */
export function partsOf(path, arrived) {
  const parts = new Map();
  return { path, at, clear: () => parts.clear() };

  /** The bytes from start on, or null while they are on their way (then `arrived` is called) and where there are none. */
  function at(start, length) {
    const known = parts.get(start);
    if (known !== undefined || !path) return known ?? null;
    parts.set(start, null);
    fetch(path, { headers: { Range: `bytes=${start}-${start + length - 1}` } })
      .then(answer => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status)))
      .then(bytes => parts.set(start, new Uint8Array(bytes.byteLength > length ? bytes.slice(start, start + length) : bytes)))
      .then(arrived, () => parts.delete(start)); // asked for again by whoever needs it next
    return null;
  }
}
