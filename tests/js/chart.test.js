import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn } from "./dom.js";
import { boxIn, curveOn, decadeText, plain, plane, roundStep, scale, scaleOf, ticks } from "../../pages/shared/js/chart.js";

test("a scale and its inverse undo each other, linear and logarithmic", () => {
  for (const share of drawn(200)) {
    for (const log of [false, true]) {
      const one = scale(0.01 + share, 5 + 100 * share, { from: 300, to: 20, log });
      const value = one.low + (one.high - one.low) * share;
      assert.ok(Math.abs(one.inverse(one.at(value)) - value) < 1e-9 * value);
      assert.ok(Math.abs(one.at(one.low) - 300) < 1e-9 && Math.abs(one.at(one.high) - 20) < 1e-9);
    }
  }
});

test("a scale of values holds every one of them, within its ends", () => {
  for (const log of [false, true]) {
    const values = drawn(50, 7).map(share => 10 ** (4 * share - 2));
    const { at, low, high } = scaleOf([...values, null], log, 0, 100);
    assert.deepEqual([low, high], [Math.min(...values), Math.max(...values)]);
    for (const value of values) assert.ok(at(value) > 0 && at(value) < 100);
  }
  assert.deepEqual([scaleOf([], true, 0, 1).low, scaleOf([3], false, 0, 1).low], [0.1, 2]);
});

test("ticks are multiples of 1, 2 or 5 times a power of ten, evenly spaced, inside, and not too many", () => {
  for (const share of drawn(300, 3)) {
    const low = 200 * (share - 0.5);
    const high = low + 10 ** (8 * share - 4);
    const found = ticks({ low, high }, 4);
    const step = roundStep((high - low) / 4);
    assert.ok([1, 2, 5].includes(Math.round(step / 10 ** Math.floor(Math.log10(step * 1.0001)))), String(step));
    assert.ok(found.length >= 2 && found.length <= 5, `one number alone is no axis: ${found}`);
    for (const value of found)
      assert.ok(value >= low - step * 1e-6 - Math.abs(low) * 1e-5 && value <= high + step * 1e-5 + Math.abs(high) * 1e-5);
  }
  assert.deepEqual(ticks({ low: 0, high: 1 }), [0, 0.5, 1]);
  assert.deepEqual(ticks({ low: 0.001, high: 1000, log: true }), [0.001, 0.01, 0.1, 1, 10, 100, 1000]);
  assert.deepEqual(ticks({ low: 22, high: 95, log: true }), [40, 60, 80], "one number alone is no axis");
});

test("numbers on axes have a real minus and no zeros behind", () => {
  assert.deepEqual([plain(-0.5), plain(2), plain(1e6)], ["−0.5", "2", "1,000,000"]);
  assert.deepEqual([-12, -4, 0, 4, 7].map(decadeText), ["1e−12", "0.0001", "1", "10,000", "1e7"]);
  assert.deepEqual(boxIn(100, 50, { left: 10, right: 5, top: 1, bottom: 9 }), { x: 10, y: 1, w: 85, h: 40 });
});

test("a plane puts its ends at the edges of its box and finds a place again", () => {
  for (const share of drawn(50, 9)) {
    const box = { x: 40, y: 8, w: 300, h: 100 };
    for (const log of [false, true]) {
      const at = plane(box, [0.01 + share, 3 + share], [-2, 5], log);
      const near = (one, other) => assert.ok(Math.abs(one - other) < 1e-9, `${one} ${other}`);
      near(at.X(at.x[0]), 40);
      near(at.X(at.x[1]), 340);
      near(at.Y(-2), 108);
      near(at.Y(5), 8);
      near(at.atX(at.X(1 + share)), 1 + share);
    }
  }
});

test("a curve on a plane leaves a gap where there is no number", () => {
  const calls = [];
  const note =
    name =>
    (...values) =>
      calls.push([name, ...values]);
  const context = Object.fromEntries(
    ["save", "restore", "beginPath", "rect", "clip", "stroke", "setLineDash"].map(name => [name, () => {}]),
  );
  Object.assign(context, { moveTo: note("move"), lineTo: note("line") });
  const points = [
    [0, 0],
    [1, 1],
    [2, NaN],
    [3, 3],
    [4, Infinity],
    [5, 5],
  ];
  curveOn(context, plane({ x: 0, y: 0, w: 10, h: 10 }, [0, 10], [0, 10]), points, { colour: "red" });
  assert.deepEqual(calls, [
    ["move", 0, 10],
    ["line", 1, 9],
    ["move", 3, 7],
    ["move", 5, 5],
  ]);
});
