// Where the graph of a network begins: at its first box, however wide the sheet is that was opened.
import assert from "node:assert/strict";
import { test } from "node:test";

import { leftOf } from "../../pages/networks/architectures/components/network_graph/main.js";

const boxes = [
  { x: 20, y: 90, w: 190, h: 44 },
  { x: 400, y: 12, w: 190, h: 44 },
];

test("a sheet that fits stands in the middle", () => {
  assert.equal(leftOf(boxes, 600, 800, 1), 100);
});

test("of a wider one the first box stands in the middle", () => {
  const left = leftOf(boxes, 1000, 360, 1);
  assert.equal(left + 400 + 95, 180);
});

test("no room is left beside a sheet that is wider", () => {
  assert.equal(leftOf([{ x: 12, y: 12, w: 190, h: 44 }], 1000, 360, 1), 8);
  assert.equal(leftOf([{ x: 798, y: 12, w: 190, h: 44 }], 1000, 360, 1), 360 - 1000 - 8);
});
