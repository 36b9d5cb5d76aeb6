import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn } from "./dom.js";
import { computed, metAt, sourceOf, valueAt } from "../../pages/networks/blocks/components/block_diagram/arithmetic.js";
import { neighbour, wayTo, widthOf } from "../../pages/networks/blocks/components/block_diagram/graph.js";
import { lineOf, placed, shapeOf } from "../../pages/networks/blocks/components/block_diagram/layout.js";
import { WORDS } from "../../pages/shared/js/words.js";

// Stand-ins for the sentences: the tests are about the numbers in them.
Object.assign(WORDS, {
  sum: "{products} products: {value}",
  sum_and_bias: "{products} products, {bias}: {value}",
  mean: "{cells} cells: {value}",
  largest: "{values}: {value}",
  same_number: "{channel} is {own} of {source}: {value}",
  numbers: "{count}",
  channels: "{count}",
  branch_channels: "{branch}: {count}",
});

const near = (one, other, within = 1e-9) => assert.ok(Math.abs(one - other) <= within * Math.max(1, Math.abs(other)), `${one} ${other}`);

// One step of 2 channels (numbers 3 and 5) of so many cells, with drawn values.
function stepOf(kind, operation, { rows = 4, columns = 5, seed = 1, arithmetic = {} } = {}) {
  const values = Float32Array.from(drawn(2 * rows * columns, seed), share => 8 * share - 4);
  return {
    key: operation,
    kind,
    operation,
    shape: [9, rows, columns],
    maps: [2, rows, columns],
    every: 1,
    channels: [3, 5],
    link: 1,
    values,
    arithmetic,
  };
}

test("normalisation, activation and pooling give what their definitions give, in every cell", () => {
  const read = stepOf("input", "input");
  const numbers = { mean: [0.2, -1], variance: [2, 0.5], scale: [1.5, -0.3], shift: [0.1, 4], epsilon: 1e-5 };
  const norm = stepOf("normalization", "BatchNorm2d", { arithmetic: numbers });
  const window = { window: [3, 2], stride: [2, 1], padding: [1, 0] };
  const pool = stepOf("pooling", "MaxPool2d", { rows: 2, columns: 4, arithmetic: window });
  [3, 5].forEach((channel, place) => {
    for (let row = 0; row < 4; row++)
      for (let column = 0; column < 5; column++) {
        const value = read.values[place * 20 + row * 5 + column];
        assert.equal(valueAt(read, channel, row, column), value);
        near(
          computed(norm, read, channel, row, column)[1],
          ((value - numbers.mean[place]) / Math.sqrt(numbers.variance[place] + 1e-5)) * numbers.scale[place] + numbers.shift[place],
        );
        near(computed(stepOf("activation", "ReLU6"), read, channel, row, column)[1], Math.min(Math.max(value, 0), 6));
        near(computed(stepOf("activation", "SiLU"), read, channel, row, column)[1], value / (1 + Math.exp(-value)));
      }
    for (let row = 0; row < 2; row++)
      for (let column = 0; column < 4; column++) {
        const cells = [];
        for (let r = 2 * row - 1; r < 2 * row + 2; r++)
          for (let c = column; c < column + 2; c++) if (r >= 0 && r < 4) cells.push(read.values[place * 20 + r * 5 + c]);
        assert.equal(computed(pool, read, channel, row, column)[1], Math.max(...cells));
      }
  });
});

test("a depthwise cell is the sum over its own channel's window, and a plain one names its products", () => {
  const read = stepOf("input", "input", { seed: 5 });
  const kernels = [drawn(9, 2), drawn(9, 3)];
  const arithmetic = { kernels, window: [3, 3], stride: [1, 1], padding: [1, 1], products: 9, bias: [0.5, -2] };
  const made = stepOf("convolution", "Conv2d", { arithmetic });
  [3, 5].forEach((channel, place) => {
    for (let row = 0; row < 4; row++)
      for (let column = 0; column < 5; column++) {
        let sum = arithmetic.bias[place];
        for (let i = -1; i <= 1; i++)
          for (let j = -1; j <= 1; j++) {
            const inside = row + i >= 0 && row + i < 4 && column + j >= 0 && column + j < 5;
            if (inside) sum += read.values[place * 20 + (row + i) * 5 + column + j] * kernels[place][3 * (i + 1) + j + 1];
          }
        near(computed(made, read, channel, row, column)[1], sum);
      }
  });
  const [words, result] = computed(stepOf("convolution", "Conv2d", { arithmetic: { products: 2304 } }), read, 3, 0, 0);
  assert.match(words, /^2,304 products: /);
  assert.equal(result, null);
});

test("a mean is that of its channel's cells, and no number is made up where the cells did not travel", () => {
  const read = stepOf("input", "input", { seed: 9 });
  const mean = stepOf("pooling", "AdaptiveAvgPool2d", { rows: 1, columns: 1 });
  near(computed(mean, read, 5, 0, 0)[1], read.values.subarray(20).reduce((sum, value) => sum + value, 0) / 20);
  assert.equal(computed(mean, { ...read, every: 2 }, 5, 0, 0)[1], null);
  assert.equal(computed(stepOf("pooling", "AvgPool2d"), read, 5, 0, 0), null);
  assert.equal(computed(stepOf("activation", "Mish"), read, 5, 0, 0), null);
});

test("what is printed of a sum or a product is right among itself", () => {
  const printed = text => Number(text.replace("−", "-"));
  for (const kind of ["addition", "multiplication"]) {
    for (let seed = 1; seed < 60; seed++) {
      const inputs = [stepOf("input", "a", { seed }), stepOf("input", "b", { seed: seed + 100 })];
      const out = stepOf(kind, kind);
      const [a, b] = inputs.map(step => step.values[7]);
      out.values[7] = kind === "addition" ? a + b : a * b;
      const met = metAt({ kind, steps: [out] }, inputs, 3, 1, 2);
      near(met.result, out.values[7], 1e-6);
      const [x, y, z] = met.printed.map(printed);
      const digits = Math.max(...met.printed.map(text => (text.split(".")[1] ?? "").length));
      near(Number((kind === "addition" ? x + y : x * y).toFixed(digits)), z, digits < 6 ? 1e-12 : 1e-5);
    }
  }
});

test("a channel of a concatenation is found where it comes from", () => {
  const node = { kind: "concatenation", starts: [0, 64, 192], branches: ["branch 1", "branch 2", "branch 3"], steps: [] };
  for (const [channel, place, own] of [
    [0, 0, 0],
    [63, 0, 63],
    [64, 1, 0],
    [191, 1, 127],
    [192, 2, 0],
  ])
    // prettier-ignore
    assert.deepEqual(sourceOf(node, [], channel), { place, channel: own, words: `branch ${place + 1}` });
});

const FORK = {
  nodes: [
    { rank: 0, lane: 0, inputs: [], starts: [] },
    { rank: 1, lane: -0.5, inputs: [0], starts: [] },
    { rank: 2, lane: -0.5, inputs: [1], starts: [] },
    { rank: 1, lane: 0.5, inputs: [0], starts: [] },
    { rank: 3, lane: 0, inputs: [2, 3, 0], starts: [0, 16, 18] },
  ],
  edges: [
    { start: 0, end: 1, lane: null, bus: null, channels: 8 },
    { start: 0, end: 3, lane: null, bus: null, channels: 8 },
    { start: 1, end: 2, lane: null, bus: null, channels: 4 },
    { start: 2, end: 4, lane: null, bus: null, channels: 16 },
    { start: 3, end: 4, lane: 0.5, bus: null, channels: 2 },
    { start: 0, end: 4, lane: -1.12, bus: null, channels: 8 },
  ],
};

test("boxes lie within the drawing and on none of each other, and lines go from box to box, to the right and down", () => {
  for (const room of [360, 700, 1200, 1600]) {
    const at = placed(FORK, shapeOf(FORK, room), 120);
    assert.equal(at.down, room === 360);
    if (!at.down) assert.ok(at.width <= room);
    at.boxes.forEach((box, index) => {
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.w <= at.width + 0.5 && box.y + box.h <= at.height + 0.5);
      for (const other of at.boxes.slice(index + 1))
        assert.ok(box.x + box.w <= other.x || other.x + other.w <= box.x || box.y + box.h <= other.y || other.y + other.h <= box.y);
    });
    for (const edge of FORK.edges) {
      const numbers = lineOf(edge, at, FORK)
        .match(/-?[\d.]+/g)
        .map(Number);
      const [from, to] = [at.boxes[edge.start], at.boxes[edge.end]];
      const [first, last] = [numbers.slice(0, 2), numbers.slice(-2)];
      near(first[at.down ? 1 : 0], at.down ? from.y + from.h : from.x + from.w, 0.1);
      near(last[at.down ? 1 : 0], at.down ? to.y : to.x, 0.1);
      for (let i = 0; i < numbers.length; i += 2) {
        assert.ok(numbers[i] >= 0 && numbers[i] <= at.width && numbers[i + 1] >= 0 && numbers[i + 1] <= at.height);
      }
    }
  }
});

test("arrows lead to the next rank and the next row, and stay where there is none", () => {
  const { nodes } = FORK;
  assert.deepEqual([neighbour(nodes, 0, 1, 0), neighbour(nodes, 1, 0, 1), neighbour(nodes, 3, 0, -1)], [1, 3, 1]);
  assert.deepEqual([neighbour(nodes, 4, 1, 0), neighbour(nodes, 0, -1, 0), neighbour(nodes, 4, 0, 1)], [4, 0, 4]);
  assert.deepEqual([neighbour(nodes, 4, -1, 0), neighbour(nodes, 3, 1, 0)], [2, 2]);
});

test("the way to a box is all that it depends on, and a line is as wide as its channels' share", () => {
  assert.deepEqual([...wayTo(FORK.nodes, 2)].sort(), [0, 1, 2]);
  assert.deepEqual([...wayTo(FORK.nodes, 4)].sort(), [0, 1, 2, 3, 4]);
  assert.deepEqual(
    FORK.edges.map(edge => widthOf(edge, FORK.edges)),
    [6, 6, 3, 12, 1.5, 6],
  );
});
