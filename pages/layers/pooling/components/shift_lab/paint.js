// The picture and the maps at the amount that is shown, and everything that is said about it.
import { painted, sized } from "../../../../shared/js/canvas.js";
import { percent } from "../../../../shared/js/numbers.js";
import { palette } from "../../../../shared/js/palette.js";
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
  const others = meta.count > 1 ? ` · class unchanged in ${same} of ${meta.count} images` : "";
  view.photoWords.textContent = `${amountText(motion, at)} · “${motion.label}” ${chance}${others}`;
  if (place) wayWords(view, motion, place, at);
  view.depthTitle.textContent = `Layer by layer at ${amountText(motion, at)}: cosine with the unmoved image's values`;
  layerWords(view, motion, at);
}

function wayWords(view, motion, place, at) {
  const measure = measureOf(view);
  const { mean } = place[measure];
  const how = measure === "along" ? "moved back by the shift" : "place by place";
  view.waysTitle.textContent = `${place.before} → ${place.layer}: cosine with the unmoved image's maps, ${how}`;
  [...view.legend.children].forEach((item, index) => {
    item.querySelector("b").textContent = cosineText(mean[index][at]);
    item.classList.toggle("near", view.near === index);
  });
  const [rows, columns] = place.shape.slice(1);
  const [shownRows, shownColumns] = place.sizes.before;
  const part = shownRows < rows || shownColumns < columns ? `, the middle ${shownRows} × ${shownColumns}` : "";
  const missing =
    measure === "along" && mean[0][at] === null
      ? ` ${amountText(motion, at)} is no whole number of this map's cells (${place.cell} px each).`
      : "";
  view.about.textContent = `Strongest channel of ${place.before}, ${rows} × ${columns}${part}, and what each way makes of it.${missing}`;
}

function layerWords(view, motion, at) {
  const index = view.layer ?? motion.layers.length - 1;
  const layer = motion.layers[index];
  const depth = motion.depth;
  const range =
    view.meta.count > 1
      ? ` (${cosineText(depth.low[index][at])} to ${cosineText(depth.high[index][at])} over ${view.meta.count} images; different images: ${cosineText(motion.floors[index])})`
      : "";
  view.said.textContent = `${layer.key}, ${layer.operation}: ${cosineText(depth.mean[index][at])}${range}`;
}
