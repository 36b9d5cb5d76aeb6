import { hatch, outline, ring, sized } from "../../js/canvas.js";
import { grouped, number, percent } from "../../js/numbers.js";
import { ZERO, palette, ramp } from "../../js/palette.js";
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
  context.fillText(
    dead && box.w >= 52 ? `${channel} dead` : model.same.has(channel) && box.w >= 52 ? `${channel} same` : String(channel),
    box.x,
    box.y - 4,
  );
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
  const notesText = of ? [`d (score of ${of}) / d value`] : [];
  if (byMap && cell) notesText.push(`channel ${cell.channel}: each map has its own range`);
  else if (notes.scale === "network") notesText.push("the same range in every layer");
  if (!byMap && notes.scale !== "network" && limits.clipped) notesText.push(`clipped: ${percent(limits.clipped)} of the cells are beyond`);
  notesText.push(`values from ${number(limits.low)} to ${number(limits.high)}`);
  if (model.dead.size && !of)
    notesText.push(`${grouped.format(model.dead.size)} of ${grouped.format(model.count)} ${vector ? "zero" : "dead"}`);
  if (model.same.size) notesText.push(`${grouped.format(model.same.size)} of ${grouped.format(model.count)} the same in A and B`);
  view.about.textContent = notesText.join(" · ");
}
