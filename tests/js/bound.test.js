// A number and its unit are never parted by the end of a line; what is no unit is left as it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn } from "./dom.js";
import { bound } from "../../pages/shared/js/bound.js";
import { say } from "../../pages/shared/js/say.js";
import { WORDS } from "../../pages/shared/js/words.js";

const UNITS = ["%", "s", "ms", "min", "h", "px", "kB", "MB", "GB", "dB"];
const AROUND = ["", "Of all images ", "(", "tiger cat: "];
const AFTER = ["", ".", ", and then", " of the images", ")"];

test("between a number and its unit there is no place to break, wherever both stand", () => {
  drawn(300, 5).forEach((share, at) => {
    const [number, unit] = [(10 ** (6 * share - 2)).toFixed(at % 3), UNITS[at % UNITS.length]];
    const [before, after] = [AROUND[at % AROUND.length], AFTER[at % AFTER.length]];
    assert.equal(bound(`${before}${number} ${unit}${after}`), `${before}${number}\u00a0${unit}${after}`);
  });
});

test("sizes and signs stay with their numbers", () => {
  assert.equal(bound("a 3 × 3 kernel, > 99.9 % or (± 0.2 %)"), "a 3\u00a0×\u00a03 kernel, >\u00a099.9\u00a0% or (±\u00a00.2\u00a0%)");
});

test("words that begin as a unit does, and sums, may be broken", () => {
  for (const text of ["12 snapshots", "3 minutes", "2 sums", "4 hidden units", "5 MBit", "1 + 2 = 3", "a < b"])
    assert.equal(bound(text), text);
});

test("what is bound already stays as it is", () => {
  const once = bound("39.3 % in 5 s at 3 × 3, < 0.1 %");
  assert.equal(bound(once), once);
});

test("a component's sentences are bound when they have their values", () => {
  WORDS.right = "{share} of {count} s";
  assert.equal(say("right", { share: "39.3 %", count: 5 }), "39.3\u00a0% of 5\u00a0s");
});
