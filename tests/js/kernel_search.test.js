// The search for a kernel: the bowl is the maps' mean squared difference, its slopes are differences, its steps go down.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isFound, lossOf, mapOf, slopesOf, stepped } from "../../pages/layers/convolution/components/kernel_search/descent.js";

const ROWS = 9;
const COLUMNS = 7;
const image = Array.from({ length: ROWS * COLUMNS }, (_, index) => Math.sin(index * 1.7) + 0.3 * Math.cos(index * index));
const hidden = [1, 0, -1, 2, 0.5, -2, 1, 0, -1];
const kernel = [0.3, -0.2, 0.1, 0, 1, -0.7, 0.4, 0, 0.2];
const bowl = { hidden, gram: gramOf(image) };
const near = (one, other, within) => assert.ok(Math.abs(one - other) <= within, `${one} ${other}`);

function gramOf(values) {
  const found = Array(81).fill(0);
  for (let row = 0; row < ROWS - 2; row++)
    for (let column = 0; column < COLUMNS - 2; column++) {
      const patch = Array.from({ length: 9 }, (_, k) => values[(row + Math.floor(k / 3)) * COLUMNS + column + (k % 3)]);
      for (let i = 0; i < 9; i++) for (let j = 0; j < 9; j++) found[9 * i + j] += (patch[i] * patch[j]) / 35;
    }
  return found;
}

test("the bowl's height is the mean squared difference of the two maps", () => {
  const [one, other] = [kernel, hidden].map(weights => mapOf(image, [ROWS, COLUMNS], weights));
  assert.equal(one.length, 35);
  near(lossOf(bowl, kernel), one.reduce((sum, value, index) => sum + (value - other[index]) ** 2, 0) / 35, 1e-5);
  assert.equal(lossOf(bowl, hidden), 0);
});

test("a slope is how the height changes with its weight", () => {
  slopesOf(bowl, kernel).forEach((slope, index) => {
    const [up, down] = [1e-4, -1e-4].map(by => lossOf(bowl, kernel.with(index, kernel[index] + by)));
    near(slope, (up - down) / 2e-4, 1e-7);
  });
});

test("steps below the largest rate end at their kernel, and momentum gets there sooner", () => {
  const rate = 0.5 / Math.max(...bowl.gram.filter((_, index) => index % 10 === 0)) / 9;
  const steps = heavy => {
    let [at, count] = [{ kernel: Array(9).fill(0), velocity: Array(9).fill(0) }, 0];
    while (!isFound(bowl, at.kernel) && count < 5000) [at, count] = [stepped(bowl, at, rate, heavy), count + 1];
    return count;
  };
  assert.ok(steps(0) < 5000);
  assert.ok(steps(0.9) < steps(0));
});
