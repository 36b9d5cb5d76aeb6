// One pointer over all maps: what the mouse, a finger or the arrow keys point at is marked and read on every one.
import { doubleCircle, sized } from "../../../../shared/js/canvas.js";
import { cellIn, onKeys, stepIn } from "../../../../shared/js/input.js";
import { number } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";
import { scaleOf, shareAt } from "./maps.js";

export function listen(view) {
  const { stage } = view;
  const tileOf = event => view.tiles.find(tile => tile.figure.contains(event.target));
  const over = event => {
    const tile = tileOf(event);
    if (!tile || tile.why || event.target !== tile.canvas) return point(view, null);
    return point(view, cellIn(tile.canvas, event, view.height, view.width));
  };
  stage.onpointermove = stage.onpointerdown = over;
  stage.onpointerleave = () => point(view, null);
  stage.onclick = event => choose(view, tileOf(event));
  stage.onfocus = () => stage.matches(":focus-visible") && go(view, view.tile);
  stage.onblur = () => view.tiles.forEach(tile => tile.figure.classList.remove("picked"));
  const start = () => view.at ?? { row: view.height >> 1, column: view.width >> 1 };
  onKeys(stage, {
    Arrow(down, right, event) {
      const far = event.shiftKey ? 10 : 1;
      point(view, stepIn(start(), far * down, far * right, view.height, view.width));
      announce(view);
    },
    PageUp: () => go(view, view.tile - 1),
    PageDown: () => go(view, view.tile + 1),
    Home: () => go(view, 0),
    End: () => go(view, view.tiles.length - 1),
    Enter: () => choose(view, view.tiles[view.tile]),
    " ": () => choose(view, view.tiles[view.tile]),
    Escape: () => point(view, null),
  });
}

function choose(view, tile) {
  if (!tile?.name) return;
  view.tile = view.tiles.indexOf(tile);
  if (tile.name !== view.header.chosen) view.send("pick", { name: tile.name, at: Date.now() });
}

function go(view, wanted) {
  view.tile = Math.max(0, Math.min(view.tiles.length - 1, wanted));
  view.tiles.forEach((tile, index) => tile.figure.classList.toggle("picked", index === view.tile));
  view.tiles[view.tile].figure.scrollIntoView({ block: "nearest" });
  announce(view);
}

function valueOf(view, tile) {
  const share = shareAt(view, tile, view.at.row, view.at.column);
  const clipped = Math.abs(share) >= 1.9999 ? (share < 0 ? "≤ " : "≥ ") : "";
  if (view.notes.together) return clipped + say("times", { times: number((share * tile.scale) / (tile.mean || 1), 3) });
  return clipped + number(share * tile.scale, 3);
}

function announce(view) {
  const tile = view.tiles[view.tile];
  const { title, why } = tile;
  const value = view.at && tile.plane >= 0 ? valueOf(view, tile) : why;
  if (!view.at) {
    view.live.textContent = value ? say("reading", { title, value }) : title;
    return;
  }
  const { row, column } = view.at;
  view.live.textContent = value ? say("reading_at", { title, row, column, value }) : say("place_of", { title, row, column });
}

export function point(view, at) {
  view.at = at;
  view.where.textContent = at ? say("place", { row: at.row, column: at.column }) : "";
  view.whole.dataset.at = at ? `${at.row}/${at.column}` : "";
  for (const tile of view.tiles) {
    if (tile.why) continue;
    const width = tile.canvas.clientWidth;
    const context = sized(tile.over, width, (width * view.height) / view.width);
    tile.value.textContent = at && tile.plane >= 0 ? valueOf(view, tile) : scaleOf(view, tile);
    if (!at) continue;
    const scale = width / view.width;
    doubleCircle(context, (at.column + 0.5) * scale, (at.row + 0.5) * scale, 7, view.theme, { line: 1.5 });
  }
}
