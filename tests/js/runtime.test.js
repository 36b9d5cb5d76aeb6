import assert from "node:assert/strict";
import { before, test } from "node:test";
import { FakeElement, drawn, install, key, packet } from "./dom.js";
import { inkOn, relativeLuminance } from "../../pages/shared/js/ink.js";
import { cellIn, onDrag, onKeys, onPoint, placeIn, stepIn } from "../../pages/shared/js/input.js";
import { bracketed, brief, clamp, exact, indexIn, number, percent } from "../../pages/shared/js/numbers.js";
import { offer, slider, stepper } from "../../pages/shared/js/controls.js";
import { floats, unpack } from "../../pages/shared/js/packet.js";
import { ZERO, entryOf } from "../../pages/shared/js/palette.js";
import { player } from "../../pages/shared/js/play.js";

before(() => install());

async function until(done) {
  while (!done()) await new Promise(again => setTimeout(again, 2));
}

test("keys go to their handlers; what is not taken, answered false to or held with Ctrl stays the page's", () => {
  const stage = new FakeElement();
  const seen = [];
  onKeys(stage, { Arrow: (down, right) => seen.push([down, right]), Enter: () => seen.push("enter"), " ": () => false });
  const events = ["ArrowUp", "ArrowRight", "Enter", " ", "x", "r", "c"].map(name => key(name));
  for (const event of [...events, key("Enter", { ctrlKey: true })]) stage.onkeydown(event);
  assert.deepEqual(seen, [[-1, 0], [0, 1], "enter"]);
  assert.deepEqual(
    events.map(event => event.prevented),
    [true, true, true, false, false, false, false],
  );
});

test("no component may take r or c: they run the page again and clear the cache", () => {
  for (const name of ["r", "c", "R", "C"]) assert.throws(() => onKeys(new FakeElement(), { [name]: () => {} }), /belong to Streamlit/);
});

test("a drag follows the pointer from the press to the release", () => {
  const stage = new FakeElement();
  const seen = [];
  onDrag(stage, event => seen.push(event.clientX));
  stage.onpointermove({ clientX: 1 });
  stage.onpointerdown({ clientX: 2 });
  stage.onpointermove({ clientX: 3 });
  stage.onpointerup();
  stage.onpointermove({ clientX: 4 });
  assert.deepEqual(seen, [2, 3]);
  assert.deepEqual(placeIn(stage, { clientX: 60, clientY: 30 }), { x: 50, y: 10, w: 100, h: 50 });
});

test("ink: the better of black and white, by the contrast of WCAG, on every grey and on drawn colours", () => {
  const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  for (let step = 0; step < 4096; step++) {
    const [r, g, b] = [(step * 37) % 256, (step * 101) % 256, (step * 197) % 256];
    const light = relativeLuminance(r, g, b);
    const chosen = inkOn((255 << 24) | (b << 16) | (g << 8) | r) === "#ffffff" ? 1 : 0;
    assert.ok(contrast(light, chosen) >= 4.5);
    assert.ok(contrast(light, chosen) > contrast(light, 1 - chosen) - 0.02);
  }
});

test("a player steps until it is told false, and says what it does", async () => {
  const button = new FakeElement();
  let steps = 0;
  const one = player({ button, pace: 1, step: () => ++steps < 3 });
  button.onclick();
  assert.deepEqual([button.textContent, button.attributes["aria-pressed"], one.playing], ["Pause", "true", true]);
  await until(() => !one.playing);
  assert.deepEqual([steps, button.textContent, one.playing], [3, "Play", false]);
});

test("a player from frame to frame is told the time that passed, never more than a tenth of a second", async () => {
  const passed = [];
  const one = player({ button: new FakeElement(), step: time => passed.push(time) < 4 });
  one.play();
  await until(() => !one.playing);
  assert.equal(passed.length, 4);
  assert.ok(passed.every(time => time >= 0 && time <= 100));
  one.play();
  one.stop();
  await new Promise(done => setTimeout(done, 20));
  assert.equal(passed.length, 4);
});

test("a packet comes back as it was sent, and half precision as IEEE 754 has it", () => {
  const { header, blob } = unpack(packet({ words: "größer" }, { one: new Uint8Array([1, 2, 3]), two: new Uint8Array([9]) }));
  assert.deepEqual([header.words, [...blob("one")], [...blob("two")]], ["größer", [1, 2, 3], [9]]);
  const codes = new Uint16Array([0x3c00, 0xc000, 0x0001, 0x7c00, 0x7bff]);
  assert.deepEqual([...floats(new Uint8Array(codes.buffer), "float16")], [1, -2, 2 ** -24, Infinity, 65504]);
});

test("entries of a palette: zero in the middle or at 1, clipped at both ends", () => {
  assert.deepEqual([entryOf(0, 2), entryOf(2, 2), entryOf(-9, 2), entryOf(5, 0)], [ZERO, 255, 1, ZERO]);
  assert.deepEqual([entryOf(0, 2, false), entryOf(2, 2, false), entryOf(9, 2, false)], [1, 255, 255]);
});

test("numbers as they are written, and held to their bounds", () => {
  assert.deepEqual([number(-1234.5678), number(0), number(1e-9), number(null)], ["−1235", "0", "1.00e−9", "–"]);
  assert.deepEqual([exact(Math.fround(0.1)), percent(0.5), percent(1), percent(0.0001)], ["0.1", "50.0 %", "100 %", "< 0.1 %"]);
  assert.deepEqual([clamp(5, 0, 3), indexIn(2.7, 3), indexIn(9, 3), indexIn(-1, 3)], [3, 2, 2, 0]);
});

test("the cell under a pointer is the one that holds it, and steps end at the edges", () => {
  const stage = new FakeElement(); // 100 × 50 pixels at (10, 20)
  for (const share of drawn(60)) {
    const [rows, columns] = [1 + Math.floor(5 * share), 1 + Math.floor(9 * share)];
    const cell = { row: Math.floor(rows * share), column: Math.floor(columns * (1 - share)) };
    const event = { clientX: 10 + ((cell.column + 0.5) / columns) * 100, clientY: 20 + ((cell.row + 0.5) / rows) * 50 };
    assert.deepEqual(cellIn(stage, event, rows, columns), cell);
    assert.deepEqual(stepIn(cell, -99, 99, rows, columns), { row: 0, column: columns - 1 });
  }
  assert.deepEqual(cellIn(stage, { clientX: 500, clientY: -500 }, 4, 4), { row: 0, column: 3 });
});

test("what is under the pointer is told as it moves, nothing as it leaves, and picked on a click", () => {
  const stage = new FakeElement();
  const seen = [];
  onPoint(
    stage,
    event => event.clientX,
    found => seen.push(["point", found]),
    found => seen.push(["pick", found]),
  );
  stage.onpointerdown({ clientX: 3 });
  stage.onpointermove({ clientX: 4 });
  stage.onclick({ clientX: 4 });
  stage.onpointerleave({ clientX: 9 });
  assert.deepEqual(seen, [
    ["point", 3],
    ["point", 4],
    ["pick", 4],
    ["point", null],
  ]);
});

test("a slider says its value in words, a select stands on what is chosen", () => {
  const values = [];
  const made = slider(
    "T",
    { min: 0, max: 9, step: 1, value: 2 },
    value => `${value} of 9`,
    value => values.push(value),
  );
  assert.equal(made.input.attributes["aria-valuetext"], "2 of 9");
  made.input.value = 7;
  made.input.oninput();
  assert.deepEqual([values, made.input.attributes["aria-valuetext"]], [[7], "7 of 9"]);
  const select = new FakeElement();
  offer(select, { a: "one", b: "two" }, "b");
  assert.deepEqual(
    [select.value, select.children.map(option => [option.value, option.text])],
    [
      "b",
      [
        ["a", "one"],
        ["b", "two"],
      ],
    ],
  );
});

test("a stepper plays to its end and stops, and starts over from there", async () => {
  const steps = [];
  const self = stepper(3, step => steps.push(step), { milliseconds: 1 });
  self.play();
  await until(() => steps.length >= 3 && !self.playing);
  assert.deepEqual(steps, [1, 2, 3]);
  self.toggle();
  await until(() => steps.length >= 7 && !self.playing);
  assert.deepEqual(steps.slice(3), [0, 1, 2, 3]);
  self.show(99);
  assert.equal(self.step, 3);
});

test("short numbers are true to their digits, and stand in brackets where they are negative factors", () => {
  for (const value of drawn(100).map(part => 10 ** (12 * part - 6) * (part < 0.5 ? -1 : 1)))
    assert.ok(Math.abs(Number(brief(value, 3).replaceAll("−", "-")) - value) <= 0.005 * Math.abs(value));
  assert.deepEqual([brief(NaN), brief(-Infinity), brief(1234.5), bracketed(-2), bracketed(2)], ["–", "−∞", "1235", "(−2)", "2"]);
  assert.deepEqual([percent(0), percent(0.5), percent(null), percent(1.25), percent(-0.5)], ["0 %", "50.0 %", "–", "125.0 %", "−50.0 %"]);
});
