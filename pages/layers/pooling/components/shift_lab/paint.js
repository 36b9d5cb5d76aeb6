// The image and the maps at the amount that is shown, and everything that is said about it.
import { painted, sized } from "../../../../shared/js/canvas.js";
import { percent } from "../../../../shared/js/numbers.js";
import { palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { paintDepth, paintWays } from "./charts.js";
import { amountText, cosineText, measureOf, motionOf, placeOf, shownAt } from "./model.js";

export function paintAll(view) {
  paintPhoto(view);
  paintMaps(view);
  paintWays(view);
  paintDepth(view);
  paintWords(view);
}

export function paintPhoto(view) {
  const motion = motionOf(view);
  const [height, width] = motion.frame;
  const bitmap = view.frames[view.notes.motion];
  const at = shownAt(view);
  const side = 180;
  const factor = Math.max(1, Math.floor(side / Math.max(height, width)));
  const zoom = Math.max(height, width) * factor < 100 ? side / Math.max(height, width) : factor;
  const context = sized(view.photoCanvas, width * zoom, height * zoom);
  context.imageSmoothingEnabled = false;
  if (bitmap) context.drawImage(bitmap, at * width, 0, width, height, 0, 0, width * zoom, height * zoom);
}

function paintMaps(view) {
  const motion = motionOf(view);
  const place = placeOf(view);
  const at = shownAt(view);
  view.mapsBox.hidden = !place;
  if (!place) return;
  const pixels = palette(place.signed ? "activations" : "magnitude", view.theme.name);
  motion.ways.forEach((way, index) => {
    const [height, width] = place.sizes[way.name];
    const canvas = view.mapCanvases[index];
    const entries = view.entries(way.name).subarray(at * height * width, (at + 1) * height * width);
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d").drawImage(painted(entries, width, height, pixels), 0, 0);
  });
}

function paintWords(view) {
  const motion = motionOf(view);
  const place = placeOf(view);
  const at = shownAt(view);
  const { meta } = view;
  view.whole.dataset.at = motion.amounts[at];
  view.scrub.value = view.notes.at[view.notes.motion];
  view.amount.textContent = amountText(motion, at);
  const chance = percent(motion.chance[at]);
  const same = Math.round(meta.count * motion.agree[at]);
  const [amount, label] = [amountText(motion, at), motion.label];
  view.photoWords.textContent =
    meta.count > 1 ? say("photo_of_many", { amount, label, chance, same, count: meta.count }) : say("photo", { amount, label, chance });
  if (place) wayWords(view, motion, place, at);
  view.depthTitle.textContent = say("depth", { amount });
  layerWords(view, motion, at);
}

function wayWords(view, motion, place, at) {
  const measure = measureOf(view);
  const { mean } = place[measure];
  view.waysTitle.textContent = say(measure === "along" ? "moved_back" : "by_place", { before: place.before, layer: place.layer });
  [...view.legend.children].forEach((item, index) => {
    item.querySelector("b").textContent = cosineText(mean[index][at]);
    item.classList.toggle("near", view.near === index);
  });
  const sentences = [strongestWords(place)];
  if (measure === "along" && mean[0][at] === null)
    sentences.push(say("no_whole_cells", { amount: amountText(motion, at), cell: place.cell }));
  view.about.textContent = sentences.join(" ");
}

function strongestWords({ before: layer, shape, sizes }) {
  const [rows, columns] = shape.slice(1);
  const [shown_rows, shown_columns] = sizes.before;
  if (shown_rows >= rows && shown_columns >= columns) return say("strongest", { layer, rows, columns });
  return say("strongest_part", { layer, rows, columns, shown_rows, shown_columns });
}

function layerWords(view, motion, at) {
  const index = view.layer ?? motion.layers.length - 1;
  const layer = motion.layers[index];
  const depth = motion.depth;
  const { key, operation } = layer;
  const [mean, low, high] = [depth.mean, depth.low, depth.high].map(values => cosineText(values[index][at]));
  const { count } = view.meta;
  const floor = cosineText(motion.floors[index]);
  view.said.textContent =
    count > 1
      ? say("layer_of_many", { layer: key, operation, mean, low, high, count, floor })
      : say("layer", { layer: key, operation, mean });
}
