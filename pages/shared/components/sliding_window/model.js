// The numbers of one operation, and who reads what. Rows and columns are separable: two small tables of indices.
export function modelOf(meta, blob) {
  return completed(read(meta, blob));
}

function read(meta, blob) {
  const doubles = name => new Float64Array(blob(name).buffer);
  const whole = name => new Int32Array(blob(name).buffer);
  const [channels, height, width] = meta.input;
  const [outputs, rows, columns] = meta.output;
  const [high, wide] = meta.window;
  return {
    meta,
    kind: meta.kind,
    channels,
    height,
    width,
    outputs,
    rows,
    columns,
    high,
    wide,
    inGroup: channels / meta.groups,
    outOfGroup: outputs / meta.groups,
    input: doubles("input"),
    output: doubles("output"),
    weights: doubles("weights"),
    bias: doubles("bias"),
    readRows: whole("rows"),
    readColumns: whole("columns"),
    winners: whole("winners"),
    divisors: doubles("divisors"),
    companions: meta.companions.map((item, place) => ({ ...item, values: doubles(`companion${place}`) })),
  };
}

/** With who reads what. spread: cells from one weight to the next, as a dilated kernel is drawn; stamps: transposed. */
export function completed(model) {
  const { readRows, readColumns, rows, columns, high, wide, height, width } = model;
  model.weighted = model.weights.length > 0;
  model.stamps = model.kind === "contributions";
  model.spread ??= model.weighted && !model.stamps ? [gapIn(readRows, high), gapIn(readColumns, wide)] : [1, 1];
  model.rowReaders = readers(readRows, rows, high, height);
  model.columnReaders = readers(readColumns, columns, wide, width);
  return model;
}

function gapIn(table, taps) {
  return taps > 1 && table[0] >= 0 && table[1] > table[0] ? table[1] - table[0] : 1;
}

// For each row (or column) of the input: the [output, tap] pairs that read it.
function readers(table, outputs, taps, size) {
  const found = Array.from({ length: size }, () => []);
  for (let out = 0; out < outputs; out++)
    for (let tap = 0; tap < taps; tap++) {
      const place = table[out * taps + tap];
      if (place >= 0) found[place].push([out, tap]);
    }
  return found;
}

export function firstChannel(model, out) {
  return Math.floor(out / model.outOfGroup) * model.inGroup;
}

export function inputAt(model, channel, row, column) {
  return model.input[(channel * model.height + row) * model.width + column];
}

// channel: counted within the group.
export function weightAt(model, out, channel, tapRow, tapColumn) {
  return model.weights[((out * model.inGroup + channel) * model.high + tapRow) * model.wide + tapColumn];
}

export function outputAt(model, out, row, column) {
  return model.output[(out * model.rows + row) * model.columns + column];
}

export function isPadding({ meta, height, width }, row, column) {
  const [top, left, bottom, right] = meta.padding;
  return row < top || column < left || row >= height - bottom || column >= width - right;
}

export function isRead(model, row, column) {
  return model.rowReaders[row].length > 0 && model.columnReaders[column].length > 0;
}

// What one output reads of one channel (counted within the group): a tap for every place of the window, in order.
export function tapsOf(model, out, channel, row, column) {
  const first = firstChannel(model, out);
  const taps = [];
  for (let i = 0; i < model.high; i++)
    for (let j = 0; j < model.wide; j++) {
      const y = model.readRows[row * model.high + i];
      const x = model.readColumns[column * model.wide + j];
      const reads = y >= 0 && x >= 0;
      taps.push({
        channel,
        i,
        j,
        y,
        x,
        reads,
        value: reads ? inputAt(model, first + channel, y, x) : 0,
        weight: model.weighted ? weightAt(model, out, channel, i, j) : 1,
      });
    }
  return taps;
}

// The sum over one channel alone: a cell of its intermediate map.
export function mapAt(model, out, channel, row, column) {
  let sum = 0;
  for (const tap of tapsOf(model, out, channel, row, column)) if (tap.reads) sum += tap.value * tap.weight;
  return sum;
}

// The intermediate map of a channel, all cells: made once for each output channel that is looked at.
export function mapOf(model, out, channel) {
  const known = (model.maps ??= new Map());
  const key = `${out}/${channel}`;
  if (!known.has(key)) {
    const values = new Float64Array(model.rows * model.columns);
    for (let row = 0; row < model.rows; row++)
      for (let column = 0; column < model.columns; column++) values[row * model.columns + column] = mapAt(model, out, channel, row, column);
    known.set(key, values);
  }
  return known.get(key);
}

export function winnerOf(model, out, row, column) {
  return model.winners.length ? model.winners[(out * model.rows + row) * model.columns + column] : -1;
}

// Cells of the padded input that show the same pixel of the picture: itself, and where padding repeats it.
export function sameCells(model, row, column) {
  const [rowSources, columnSources] = model.meta.sources;
  const y = rowSources[row];
  const x = columnSources[column];
  const found = [];
  if (y < 0 || x < 0) return [[row, column]];
  rowSources.forEach((source, r) => {
    if (source === y) columnSources.forEach((other, c) => other === x && found.push([r, c]));
  });
  return found;
}

/** How many steps a play has: an output a step, or an input cell a step where every cell stamps. */
export function stepsOf({ stamps, rows, columns, height, width }) {
  return stamps ? { rows: height, columns: width, count: height * width } : { rows, columns, count: rows * columns };
}

/** What the first so many input cells have stamped into one output channel, the bias under them. */
export function stampedBy(model, out, step) {
  const found = new Float64Array(model.rows * model.columns).fill(model.bias.length ? model.bias[out] : 0);
  for (let row = 0; row < model.rows; row++)
    for (let column = 0; column < model.columns; column++)
      for (let channel = 0; channel < model.inGroup; channel++)
        for (const tap of tapsOf(model, out, channel, row, column))
          if (tap.reads && tap.y * model.width + tap.x <= step) found[row * model.columns + column] += tap.value * tap.weight;
  return found;
}
