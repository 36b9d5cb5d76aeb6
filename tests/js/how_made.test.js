// What is seen at which time, and which cell a point means, whatever the map's size.
import assert from "node:assert/strict";
import { test } from "node:test";
import { STEP, arrived, cellsAt, endOf, timeOf } from "../../pages/look/explore/components/how_made/clock.js";
import { cellAt, planOf } from "../../pages/look/explore/components/how_made/plan.js";

const SIZES = [1, 2, 7, 8, 9, 30, 100, 784, 12544];

test("cells come one by one, none is left out, and the slider leads to each", () => {
  for (const count of SIZES) {
    let before = 0;
    for (let time = 0; time <= endOf(count); time += 10) {
      const there = cellsAt(time, count);
      assert.ok(there >= before && there <= count);
      before = there;
    }
    assert.equal(cellsAt(endOf(count), count), count);
    for (let cells = 0; cells <= count; cells += Math.ceil(count / 50)) assert.equal(cellsAt(timeOf(cells, count), count), cells);
    assert.ok(endOf(count) < 10_000, "a map of any size is there within ten seconds");
  }
});

test("a part comes in within a step", () => {
  assert.equal(arrived(0, 0), 0);
  assert.equal(arrived(STEP, 0), 1);
  assert.equal(arrived(STEP, 1), 0);
});

const made = ([height, width], parts, kernel) => ({
  parts: Array.from({ length: parts }, () => ({ tile: [0, 14, 12], kernel, product: kernel && [0, height, width] })),
  rest: kernel && parts === 5 ? [0, height, width] : null,
  output: [0, height, width],
  size: [height, width],
  read: [14, 12],
  rows: Array.from({ length: height }, (_, row) => [row, row + 5]),
  columns: Array.from({ length: width }, (_, column) => [column, column + 5]),
});

test("everything lies within the width, and a point on a cell means that cell", () => {
  for (const width of [300, 358, 520, 640])
    for (const parts of [1, 2, 5, 6])
      for (const kernel of [null, [[1, 2, 3]]]) {
        const meta = made([10, 8], parts, kernel);
        const plan = planOf(meta, width, 320);
        const boxes = [plan.output, plan.rest, ...plan.rows.flatMap(row => [row.read, row.kernel, row.product])].filter(Boolean);
        for (const { x, y, w, h } of boxes)
          assert.ok(x >= 0 && y >= 0 && x + w <= width + 0.01 && y + h <= plan.height, `${width} ${parts} ${kernel}`);
        const { x, y, w, h } = plan.output;
        assert.deepEqual(cellAt(plan, meta, x + (5.5 / 8) * w, y + (3.5 / 10) * h), { row: 3, column: 5 });
        const { read } = plan.rows[0];
        assert.deepEqual(cellAt(plan, meta, read.x + (6.5 / 12) * read.w, read.y + (6.5 / 14) * read.h), { row: 4, column: 4 });
      }
});
