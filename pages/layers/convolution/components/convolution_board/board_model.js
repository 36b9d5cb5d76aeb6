// What the sliding window draws, out of what the arithmetic gives.
import { completed } from "../../../../shared/components/sliding_window/model.js";
import { say } from "../../../../shared/js/say.js";
import { anchorsOf } from "./arithmetic.js";

export function boardModel(result, asked) {
  const { setting, around, sources, padded, input, rows, columns, shape, high, wide, output, drawn, x } = result;
  const { flipped, transposed, channels, outputs, groups } = setting;
  const model = {
    kind: transposed ? "contributions" : "products",
    channels,
    height: padded[0],
    width: padded[1],
    outputs,
    rows: shape[1],
    columns: shape[2],
    high,
    wide,
    inGroup: channels / groups,
    outOfGroup: outputs / groups,
    input,
    output,
    weights: drawn,
    bias: asked.bias === null ? new Float64Array(0) : new Float64Array(outputs).fill(asked.bias),
    readRows: rows,
    readColumns: columns,
    winners: new Int32Array(0),
    divisors: new Float64Array(0),
    spread: setting.dilation,
    companions: companionsOf(result, { flipped, transposed }),
  };
  model.meta = {
    names: ["input", flipped ? say("turned") : "kernel", "output"],
    padding: around,
    sources,
    anchors: anchorsOf(result, setting),
    limits: [largest(x), largest(drawn), largest(output)],
  };
  return completed(model);
}

function companionsOf({ straight, rows, columns, shape, high, wide }, { flipped, transposed }) {
  const found = [];
  if (transposed) {
    const [down, right] = [reads(rows, high), reads(columns, wide)];
    const values = Float64Array.from({ length: shape[1] * shape[2] }, (_, at) => down[Math.floor(at / shape[2])] * right[at % shape[2]]);
    found.push({
      name: say("products"),
      side: "output",
      channels: false,
      limit: largest(values),
      like_output: false,
      signed: false,
      values,
    });
  }
  if (flipped)
    found.push({
      name: say("not_flipped"),
      side: "output",
      channels: true,
      limit: 0,
      like_output: true,
      signed: true,
      values: straight,
    });
  return found;
}

function reads(table, taps) {
  return Array.from(
    { length: table.length / taps },
    (_, out) => table.slice(out * taps, (out + 1) * taps).filter(place => place >= 0).length,
  );
}

function largest(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
