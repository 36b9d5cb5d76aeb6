import { hatch, outline, ring, sized } from "../../js/canvas.js";
import { grouped, number, percent } from "../../js/numbers.js";
import { ZERO, palette, ramp } from "../../js/palette.js";
import { say } from "../../js/say.js";
import { activeCell, slotBox } from "../../js/tiles.js";
import { SPRITE, cellBoxIn } from "./grid.js";
import { MAPS, colourMap, limitOf, spriteSize, tilesOf, tops } from "./model.js";
import { shownCell } from "./side.js";

export function paintMaps(view) {
  const { notes, theme, grid, page } = view;
  const context = sized(view.maps, grid.width, grid.height);
  view.sprite = pageSprite(tilesOf(view), notes, page, palette(MAPS, theme.name));
  context.textBaseline = "alphabetic";
  page.forEach((channel, slot) => paintTile(context, view, channel, slot));
  context.globalAlpha = 1;
}

// All maps of the page at their own size; tiles and the lens are enlarged from it, pixel by pixel.
function pageSprite(model, notes, page, pixels) {
  const canvas = document.createElement("canvas");
  const across = SPRITE * spriteSize(model).width;
  canvas.width = across;
  canvas.height = Math.max(1, Math.ceil(page.length / SPRITE)) * spriteSize(model).height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const out = new Uint32Array(image.data.buffer);
  page.forEach((channel, slot) => {
    const { x, y } = spriteAt(model, slot);
    colourMap(model, channel, limitOf(model, notes, channel), pixels, { out, across, x, y });
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

function spriteAt(model, slot) {
  const { width, height } = spriteSize(model);
  return { x: (slot % SPRITE) * width, y: Math.floor(slot / SPRITE) * height };
}

function copyMap(context, view, slot, box) {
  const { x, y } = spriteAt(tilesOf(view), slot);
  const { width, height } = spriteSize(tilesOf(view));
  context.imageSmoothingEnabled = box.w < width;
  context.drawImage(view.sprite, x, y, width, height, box.x, box.y, box.w, box.h);
}

function paintTile(context, view, channel, slot) {
  const { grid, theme, model } = view;
  const box = slotBox(grid, slot);
  const dead = model.dead.has(channel);
  copyMap(context, view, slot, box);
  if (dead) hatch(context, box, theme);
  outline(context, box, theme.text, 1, grid.head ? 0.22 : 0.12);
  if (!grid.head) return;
  context.fillStyle = theme.text;
  context.font = `12px ${theme.font}`;
  context.fillText(tileName(model, channel, box.w >= 52), box.x, box.y - 4);
}

function tileName(model, channel, wide) {
  if (wide && model.dead.has(channel)) return say("dead_tile", { channel });
  return wide && model.same.has(channel) ? say("same_tile", { channel }) : String(channel);
}

// Frames only: what is chosen, and what the pointer or the keys are on.
export function paintOver(view) {
  const { grid, theme, model } = view;
  const context = sized(view.over, grid.width, grid.height);
  const chosen = chosenSlot(view);
  const active = activeCell(view);
  if (chosen) ring(context, slotBox(grid, chosen.slot), theme, theme.primary, 3);
  for (const cell of [chosen, active]) {
    if (!cell || model.meta.vector || grid.zoom < 1) continue;
    const box = cellBoxIn(grid, model, cell);
    const grow = Math.max(0, (5 - box.w) / 2);
    ring(
      context,
      { x: box.x - grow, y: box.y - grow, w: box.w + 2 * grow, h: box.h + 2 * grow },
      theme,
      cell === chosen ? theme.primary : theme.text,
      1,
    );
  }
  if (active && (view.hover || view.focused)) ring(context, slotBox(grid, active.slot), theme, view.hover ? theme.text : theme.primary, 2);
}

export function chosenSlot(view) {
  const { selected, page } = view;
  const slot = selected ? page.indexOf(selected.channel) : -1;
  return slot < 0 ? null : { slot, row: selected.row ?? 0, column: selected.column ?? 0 };
}

// The colour bar with its numbers: of the layer, or of the one map that is looked at.
export function paintBar(view) {
  const { notes, theme } = view;
  const model = tilesOf(view);
  const { limits, vector, of } = model.meta;
  const byMap = notes.scale === "map" && !vector;
  const cell = shownCell(view);
  const limit = byMap ? (cell ? tops(model)[cell.channel] : null) : limitOf(model, notes, 0);
  view.ramp.style.background = ramp(MAPS, theme.name, limits.signed ? 1 : ZERO);
  view.low.textContent = limits.signed ? number(limit === null ? null : -limit) : "0";
  view.high.textContent = number(limit);
  const notesText = of ? [say("slope_of", { label: of })] : [];
  if (byMap && cell) notesText.push(say("own_range", { channel: cell.channel }));
  else if (notes.scale === "network") notesText.push(say("one_range"));
  if (!byMap && notes.scale !== "network" && limits.clipped) notesText.push(say("clipped", { share: percent(limits.clipped) }));
  notesText.push(say("values", { low: number(limits.low), high: number(limits.high) }));
  if (model.dead.size && !of)
    notesText.push(
      say(vector ? "zero_count" : "dead_count", { dead: grouped.format(model.dead.size), count: grouped.format(model.count) }),
    );
  if (model.same.size) notesText.push(say("same_count", { same: grouped.format(model.same.size), count: grouped.format(model.count) }));
  view.about.textContent = notesText.join(" · ");
}
