// A sentence gets its values by their names, and whoever forgets one hears of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { say } from "../../pages/shared/js/say.js";
import { WORDS } from "../../pages/shared/js/words.js";

Object.assign(WORDS, { plain: "No cell.", reading: "Row {row}, column {column}: {value} ({row})" });

test("each name is replaced by its value, wherever it stands", () => {
  assert.equal(say("plain"), "No cell.");
  assert.equal(say("reading", { row: 3, column: 0, value: "−0.5", more: 1 }), "Row 3, column 0: −0.5 (3)");
});

test("a value is text and never read as a template", () => {
  assert.equal(say("reading", { row: "{column}", column: "$&", value: "$1" }), "Row {column}, column $&: $1 ({column})");
});

test("a sentence that nobody wrote and a value that is missing are errors that name it", () => {
  assert.throws(() => say("other"), /“other”/);
  assert.throws(() => say("reading", { row: 3, value: 1 }), /“reading” needs a value for \{column\}/);
});
