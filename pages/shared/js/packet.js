// A packet from Python: uint32 length, JSON header, then blobs at multiples of 8 (see `pack`).
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const base = Math.ceil((4 + length) / 8) * 8;
  const blob = name => {
    const [start, size] = header.blobs[name];
    return bytes.slice(base + start, base + start + size); // a copy: aligned, and the message can be freed
  };
  return { header, blob };
}

let halves = null;

// The value of each of the 65,536 half-precision numbers, made once: 2 ms.
function halfTable() {
  if (halves) return halves;
  halves = new Float32Array(65536);
  for (let i = 0; i < 65536; i++) {
    const sign = i & 0x8000 ? -1 : 1;
    const exponent = (i >> 10) & 31;
    const fraction = i & 1023;
    if (exponent === 0) halves[i] = sign * 2 ** -14 * (fraction / 1024);
    else if (exponent === 31) halves[i] = fraction ? NaN : sign * Infinity;
    else halves[i] = sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
  }
  return halves;
}

export function floats(bytes, kind) {
  if (kind === "float32") return new Float32Array(bytes.buffer, 0, bytes.byteLength / 4);
  const codes = new Uint16Array(bytes.buffer, 0, bytes.byteLength / 2);
  const table = halfTable();
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = table[codes[i]];
  return values;
}
