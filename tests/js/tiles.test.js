import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import { FakeElement, drawn, install, key } from "./dom.js";
import { activeCell, cellUnder, listenToTiles, openPage, showPager, slotBox, tileGrid } from "../../pages/shared/js/tiles.js";

before(() => install());

function gridOf(share, shown = 1 + Math.floor(40 * share)) {
  const w = 8 + 60 * share;
  return tileGrid(shown, 200 + 700 * share, { w, h: 90 - w / 2, wide: Math.max(w, 34), head: 18, gap: 6 });
}

test("no two tiles overlap, and all of them lie inside the grid", () => {
  for (const share of drawn(60)) {
    const shown = 1 + Math.floor(40 * share);
    const grid = gridOf(share, shown);
    const boxes = Array.from({ length: shown }, (_, slot) => slotBox(grid, slot));
    for (const [i, { x, y, w, h }] of boxes.entries()) {
      assert.ok(x >= 0 && y >= 0 && x + w <= grid.width && y + h <= grid.height);
      for (const other of boxes.slice(i + 1))
        assert.ok(x + w <= other.x || other.x + other.w <= x || y + h <= other.y || other.y + other.h <= y);
    }
  }
});

test("the middle of every cell of every tile is found as that cell", () => {
  for (const share of drawn(40, 5)) {
    const size = { height: 1 + Math.floor(6 * share), width: 7 - Math.floor(6 * share) };
    const grid = gridOf(share, 9);
    for (let slot = 0; slot < 9; slot++)
      for (let row = 0; row < size.height; row++)
        for (let column = 0; column < size.width; column++) {
          const box = slotBox(grid, slot);
          const point = { x: box.x + ((column + 0.5) / size.width) * box.w, y: box.y + ((row + 0.5) / size.height) * box.h };
          assert.deepEqual(cellUnder(grid, 9, point, size), { slot, row, column });
        }
  }
});

test("beside the grid, behind the last tile and beyond its reach there is none", () => {
  const grid = tileGrid(5, 300, { w: 20, h: 20, wide: 60, head: 10, gap: 6, reach: 23 });
  const size = { height: 2, width: 2 };
  const last = slotBox(grid, 5);
  for (const point of [
    { x: -1, y: 5 },
    { x: 5, y: -1 },
    { x: 299, y: 5 },
    { x: last.x + 2, y: last.y + 2 },
  ])
    assert.equal(cellUnder(grid, 5, point, size), null);
  assert.equal(cellUnder(grid, 5, { x: 4 + 24, y: 15 }, size), null);
  assert.deepEqual(cellUnder(grid, 5, { x: 4 + 22, y: 15 }, size), { slot: 0, row: 0, column: 1 });
});

let view, seen;

beforeEach(() => {
  const part = () => new FakeElement();
  seen = [];
  view = { stage: part(), tip: part(), live: part(), pager: part(), range: part(), back: part(), next: part(), notes: { page: 0 } };
  Object.assign(view, { hover: null, cursor: null, focused: false, model: { height: 3, width: 3 }, order: [...Array(25).keys()] });
  view.stage.matches = () => true;
  const surface = part();
  const arrange = () => {
    openPage(view, 10);
    showPager(view, 10);
    view.grid = tileGrid(view.page.length, 260, { w: 40, h: 40, wide: 40, head: 0, gap: 8 });
  };
  arrange();
  listenToTiles(view, surface, {
    arrange,
    answer: () => {},
    tip: (_, cell) => seen.push(`tip ${cell.slot}`),
    pick: (_, cell) => seen.push(`pick ${view.page[cell.slot]}`),
    letGo: () => seen.push("let go"),
    start: () => ({ slot: 2, row: 0, column: 0 }),
    corner: (_, cell) => slotBox(view.grid, cell.slot),
    says: (_, { slot, row, column }) => `tile ${view.page[slot]} ${row} ${column}`,
    words: "maps",
  });
});

const press = (name, more) => view.stage.onkeydown(key(name, more));

test("arrow keys go from tile to tile, with shift from cell to cell, and stay inside", () => {
  assert.equal(view.grid.columns, 5);
  view.stage.onfocus();
  for (const name of ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"]) press(name);
  assert.equal(view.live.textContent, "tile 3 0 0");
  for (const name of ["ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown"]) press(name, { shiftKey: true });
  assert.equal(view.live.textContent, "tile 3 2 0");
  press("End");
  press("ArrowRight");
  assert.equal(view.cursor.slot, 9);
  press("Enter");
  press("Escape");
  assert.deepEqual(seen.slice(-2), ["pick 9", "let go"]);
});

test("pages turn by key and by button, and end where the order ends", () => {
  press("PageDown");
  view.next.onclick();
  assert.deepEqual([view.range.textContent, view.live.textContent, view.next.disabled], ["21–25 of 25", "maps 21–25 of 25", true]);
  press("PageDown");
  assert.equal(view.notes.page, 2);
  press("PageUp");
  assert.deepEqual([view.page[0], view.back.disabled, view.pager.hidden], [10, false, false]);
});

test("the pointer is what counts while it is there, then the keys; a click picks what it is on", () => {
  const at = slotBox(view.grid, 7);
  const event = { pointerType: "mouse", clientX: 10 + at.x + 1, clientY: 20 + at.y + 1 };
  view.stage.onfocus();
  view.stage.onclick(event);
  assert.deepEqual(seen, ["tip 7", "pick 7"]);
  assert.equal(activeCell(view).slot, 7);
  view.stage.onpointerleave();
  assert.equal(activeCell(view).slot, 2);
  view.stage.onblur();
  assert.equal(activeCell(view), null);
});

test("an empty page leaves the keys to Streamlit", () => {
  view.page = [];
  const event = key("Enter");
  view.stage.onkeydown(event);
  assert.equal(event.prevented, false);
});
