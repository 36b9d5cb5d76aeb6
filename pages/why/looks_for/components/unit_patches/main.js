import { mount } from "../../../../shared/js/mount.js";
import { onKeys, placeIn } from "../../../../shared/js/input.js";
import { number } from "../../../../shared/js/numbers.js";
import { chooseIn, paintBoard, paintLens } from "./patches.js";
import { paintChart } from "./spread.js";

const ENDS = ["highest", "lowest"];

function setUp(view) {
  Object.assign(view, { end: "highest", index: 0, pinned: false, strip: null });
  for (const end of ENDS) {
    const board = view[end];
    const over = event => !view.pinned && turnTo(view, end, chooseIn(view, end, placeIn(board, event)));
    board.onpointermove = board.onpointerdown = over;
    board.onclick = event => {
      const index = chooseIn(view, end, placeIn(board, event));
      view.pinned = !(view.pinned && view.end === end && view.index === index);
      turnTo(view, end, index);
    };
    board.onfocus = () => board.matches(":focus-visible") && turnTo(view, end, view.end === end ? view.index : 0);
    onKeys(board, {
      Arrow: (down, right) => turnTo(view, end, view.index + 3 * down + right),
      Enter: () => (view.pinned = !view.pinned),
      " ": () => (view.pinned = !view.pinned),
      Escape: () => (view.pinned = false),
    });
  }
}

function load(view, /** @type {import("../../../../shared/js/packets").UnitPatchesPacket} */ header, blob) {
  view.strip = null;
  view.index = Math.min(view.index, header[view.end].length - 1);
  const digest = header.digest;
  createImageBitmap(new Blob([blob("strip")])).then(strip => {
    if (view.header.digest !== digest) return;
    view.strip = strip;
    draw(view);
    view.whole.dataset.ready = digest;
  });
}

function draw(view) {
  if (!view.strip) return;
  for (const end of ENDS) paintBoard(view, end);
  paintLens(view);
  paintChart(view);
}

function turnTo(view, end, index) {
  const tiles = view.header[end];
  if (index < 0 || index >= tiles.length) return;
  Object.assign(view, { end, index });
  draw(view);
  const tile = tiles[index];
  view.live.textContent = `${end} ${index + 1}: ${tile.title}, ${number(tile.value, 4)}`;
}

export default mount({
  whole: ".unit-patches",
  parts: "highest lowest lens title facts chart legend live",
  painted: "chart",
  create: setUp,
  load,
  draw,
});
