// The interval arithmetic of the receptive field page, held to pixels counted one by one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boxOf, centreOf, reachedBy, spanOf } from "../../pages/networks/receptive_field/components/field_map/geometry.js";

const even = [5, 2, 1];
const border = [
  5,
  2,
  1,
  [
    [0, 3],
    [1, 6],
    [3, 8],
    [5, 9],
  ],
]; // less than the rule says, beside the border
const uneven = [
  4,
  0,
  0,
  [
    [0, 3],
    [0, 4],
    [2, 6],
    [4, 8],
  ],
]; // no rule at all, as after upsampling

test("a cell's span is its rule's, or its table's where there is one", () => {
  assert.deepEqual(spanOf(even, 3), [5, 10]);
  assert.deepEqual(spanOf(border, 3), [5, 9]);
  assert.deepEqual(spanOf(uneven, 2), [2, 6]);
  assert.deepEqual(boxOf({ rows: uneven, columns: even }, 3, 1), { top: 4, bottom: 8, left: 1, right: 6 });
});

test("the centre is the rule's where there is one, else the span's", () => {
  assert.equal(centreOf(even, 0), 1);
  assert.equal(centreOf(border, 0), 1);
  assert.equal(centreOf(uneven, 2), 3.5);
});

test("a pixel reaches exactly the cells whose spans hold it", () => {
  for (const interval of [even, border, uneven])
    for (let pixel = 0; pixel < 10; pixel++) {
      const layer = { rows: interval, columns: interval, cells: [4, 4] };
      const seeing = [0, 1, 2, 3].filter(cell => spanOf(interval, cell)[0] <= pixel && pixel < spanOf(interval, cell)[1]);
      const found = reachedBy(layer, [pixel, pixel]);
      assert.equal(found.empty, seeing.length === 0);
      if (seeing.length) assert.deepEqual([found.top, found.bottom], [seeing[0], seeing[seeing.length - 1] + 1]);
    }
});
