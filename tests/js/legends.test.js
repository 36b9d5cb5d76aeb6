import assert from "node:assert/strict";
import { test } from "node:test";

import { inRows } from "../../pages/shared/components/guide/legends.js";

test("a legend's entries fill a row and go on in the next one, in their order", () => {
  assert.deepEqual(inRows([100, 120, 90], 400), [[100, 120, 90]]);
  assert.deepEqual(inRows([100, 120, 90], 230), [[100, 120], [90]]);
  assert.deepEqual(inRows([300, 300], 200), [[300], [300]], "one that is wider than the room stands alone");
  assert.deepEqual(inRows([], 200), []);
});
