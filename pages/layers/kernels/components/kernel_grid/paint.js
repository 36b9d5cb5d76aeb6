// A kernel's numbers as pixels: around zero in a palette, or red, green and blue around a middle grey.
import { colourPicture, hatch, outline, painted, ring, sized, wash } from "../../../../shared/js/canvas.js";
import { grouped, number } from "../../../../shared/js/numbers.js";
import { entriesOf, entryOf, palette, ramp } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { activeCell, slotBox } from "../../../../shared/js/tiles.js";
import { arrayOf, cellPalette, cellwise, coloured, largest, limitOf, nameOf, palettes, planeShown, single } from "./model.js";
import { shownIndex } from "./side.js";

export function kernelPicture(view, index, values = arrayOf(view)) {
  const { model, theme } = view;
  const { width, height, cells } = model;
  const limit = limitOf(view, index) || 1;
  const start = index * model.per;
  if (coloured(view)) return colourPicture(values.subarray(start, start + 3 * cells), width, height, limit);
  const from = start + planeShown(view) * cells;
  return painted(entriesOf(values.subarray(from, from + cells), limit), width, height, palette(cellPalette(view), theme.name));
}

// The image of a tile as it is shown now, and whether it may be smoothed.
function tilePicture(view, index) {
  const { model, theme, notes } = view;
  if (notes.show === "responses") return responsePicture(model, index, theme);
  if (notes.show === "answers") return answerPicture(model, index, theme);
  return kernelPicture(view, index);
}

export function responsePicture(model, index, theme) {
  const side = model.meta.response;
  const start = index * side * side;
  return painted(model.responses.subarray(start, start + side * side), side, side, palette("magnitude", theme.name));
}

export function answerPicture(model, index, theme) {
  const [height, width] = model.meta.answer;
  const start = index * height * width;
  return painted(model.answers.subarray(start, start + height * width), width, height, palette("activations", theme.name));
}

export function classicPicture(model, index, theme) {
  const place = model.meta.numbers.classic[index];
  const start = place * model.cells;
  const values = model.classics.subarray(start, start + model.cells);
  const limit = largest(values, 0, values.length);
  const turned = model.meta.numbers.cosine[index] < 0 ? -1 : 1;
  return painted(
    values.map(value => entryOf(turned * value, limit)),
    model.width,
    model.height,
    palette("weights", theme.name),
  );
}

export function draw(context, picture, box, smooth) {
  context.imageSmoothingEnabled = smooth || picture.width > box.w;
  context.drawImage(picture, box.x, box.y, box.w, box.h);
}

export function paintTiles(view) {
  const { grid, theme, page } = view;
  const context = sized(view.tiles, grid.width, grid.height);
  context.textBaseline = "alphabetic";
  page.forEach((index, slot) => {
    const box = slotBox(grid, slot);
    draw(context, tilePicture(view, index), box, view.notes.show === "responses");
    if (view.model.dead.has(index) || (view.model.silent.has(index) && view.notes.show === "answers")) hatch(context, box, theme);
    outline(context, box, theme.text, 1, 0.22);
    if (!grid.head) return;
    context.fillStyle = theme.text;
    context.font = `12px ${theme.font}`;
    context.fillText(tileName(view, index), box.x, box.y - 6);
  });
}

function tileName(view, index) {
  const { model, notes } = view;
  const name = model.meta.labels?.[index] ?? String(model.meta.names[index]);
  const wide = view.grid.wide >= 62;
  if (!wide) return name;
  if (model.dead.has(index)) return say("dead_tile", { name });
  const numbers = model.meta.numbers;
  const changes = model.meta.frames?.changes[notes.frame];
  if (changes) return `${name}: ${number(changes[index], 2)}`;
  if (notes.sort === "norm" || notes.sort === "weak") return `${name}: ${number(numbers.norm[index], 2)}`;
  if (notes.sort === "angle") return numbers.angle[index] === null ? name : `${name}: ${Math.round(numbers.angle[index]) % 180}°`;
  if (notes.sort === "frequency") return `${name}: ${number(numbers.frequency[index], 2)}`;
  if (notes.sort === "likeness") return `${name}: ${number(numbers.cosine[index], 2)}`;
  return name;
}

// Frames only: what is chosen, what is pointed at, and what a bar or a dot of the overview stands for.
export function paintOver(view) {
  const { grid, theme, page, model } = view;
  const context = sized(view.over, grid.width, grid.height);
  page.forEach((index, slot) => {
    if (view.lit && !view.lit.has(index)) veil(context, slotBox(grid, slot), theme);
    if (index === view.selected) ring(context, slotBox(grid, slot), theme, theme.primary, 3);
  });
  const active = activeCell(view);
  if (!active) return;
  const box = slotBox(grid, active.slot);
  ring(context, box, theme, view.hover ? theme.text : theme.primary, 2);
  if (!cellwise(view) || single(model)) return;
  const w = box.w / model.width;
  const h = box.h / model.height;
  if (w >= 5) ring(context, { x: box.x + active.column * w, y: box.y + active.row * h, w, h }, theme, theme.text, 1);
}

function veil(context, box, theme) {
  wash(context, { x: box.x - 1, y: box.y - 1, w: box.w + 2, h: box.h + 2 }, theme.background, 0.72);
}

// The colour bar with its numbers.
export function paintBar(view) {
  const { model, notes, theme } = view;
  const shown = shownIndex(view);
  const name = palettes(view);
  const own = !cellwise(view);
  const limit = own ? null : limitOf(view, shown);
  view.ramp.style.background = coloured(view) && cellwise(view) ? "linear-gradient(to right, #000, #808080, #fff)" : ramp(name, theme.name);
  view.low.textContent = own ? (notes.show === "responses" ? "0" : "−max") : number(-limit, 3);
  view.high.textContent = own ? "max" : number(limit, 3);
  const said = [];
  if (own) said.push(say("own_range"));
  else if (notes.scale === "tile") said.push(say("range_of_one", { kernel: nameOf(view, shown) }));
  if (coloured(view) && cellwise(view)) said.push(say("grey_is_zero"));
  if (model.meta.planes && cellwise(view)) said.push(say("largest_slice"));
  if (model.dead.size) said.push(say("dead_count", { dead: grouped.format(model.dead.size), count: grouped.format(model.count) }));
  view.about.textContent = said.join(" · ");
}
