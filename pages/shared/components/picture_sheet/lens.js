// The image enlarged, the numbers around one of its pixels, and what is known about it.
import { sized } from "../../js/canvas.js";
import { element } from "../../js/dom.js";
import { grouped, number } from "../../js/numbers.js";
import { say } from "../../js/say.js";
import { inked, normal } from "./sheet.js";

export function paintLens(view) {
  const { width, height, theme } = view;
  const place = view.plan.places[view.item];
  const size = view.lensSize;
  const cell = size / Math.max(width, height);
  const canvas = view.find(".lens");
  const context = sized(canvas, cell * width, cell * height);
  context.imageSmoothingEnabled = false;
  context.drawImage(inked(view, view.item, place.normalised), 0, 0, cell * width, cell * height);
  context.strokeStyle = theme.primary;
  context.lineWidth = 2;
  context.strokeRect(view.column * cell, view.row * cell, cell, cell);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("enlarged", { label: view.header.items[view.item].label }));
  announce(view);
}

function levels(view, row, column) {
  const plane = view.height * view.width;
  const start = view.item * view.channels * plane + row * view.width + column;
  return Array.from({ length: view.channels }, (_, c) => view.pixels[start + c * plane]);
}

export function announce(view) {
  const item = view.header.items[view.item];
  const found = levels(view, view.row, view.column);
  const scaled = found.map((level, c) => number(normal(view, level, c), 3));
  view.find(".title").textContent = say(view.pinned ? "item_kept" : "item", { label: item.label, index: grouped.format(item.index) });
  const pixel = say("pixel", { row: view.row, column: view.column, levels: found.join(" "), values: scaled.join("  ") });
  view.find(".pixel").textContent = pixel;
  view.find(".numbers").replaceChildren(...neighbours(view));
  view.find(".facts").textContent = [item.words, spreadOf(view)].filter(Boolean).join(" · ");
  view.find(".live").textContent = say("reading", { label: item.label, index: item.index, pixel });
  view.find(".side").dataset.item = String(view.item);
}

// Five by five numbers around the pixel: of the first channel where there are three.
function neighbours(view) {
  const made = [];
  for (let down = -2; down <= 2; down++)
    for (let right = -2; right <= 2; right++) {
      const row = view.row + down;
      const column = view.column + right;
      const inside = row >= 0 && column >= 0 && row < view.height && column < view.width;
      const level = inside ? levels(view, row, column)[0] : 0;
      const text = !inside
        ? ""
        : view.asNormal || view.plan.places[view.item].normalised
          ? normal(view, level, 0).toFixed(2).replace("-", "−")
          : String(level);
      made.push(element("span", down || right ? "" : "here", text));
    }
  return made;
}

function spreadOf(view) {
  const plane = view.height * view.width;
  const start = view.item * view.channels * plane;
  const names = view.channels === 3 ? ["red", "green", "blue"] : ["grey"];
  return names
    .map((name, c) => {
      const part = view.pixels.subarray(start + c * plane, start + (c + 1) * plane);
      let low = 255;
      let high = 0;
      let sum = 0;
      for (const level of part) {
        low = Math.min(low, level);
        high = Math.max(high, level);
        sum += level;
      }
      return say("spread", { name, low, high, mean: (sum / plane).toFixed(1) });
    })
    .join(" · ");
}
