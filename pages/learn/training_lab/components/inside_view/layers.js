// A canvas in two layers: what stays is drawn once, so that a frame paints only what changes.
import { sized } from "../../../../shared/js/canvas.js";

/**
 * A canvas of so many CSS pixels. `begin()` lays what stays on it, and nothing else.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {(context: CanvasRenderingContext2D) => void} stays draws what stays
 */
export function layered(canvas, width, height, stays) {
  const context = sized(canvas, width, height);
  const below = document.createElement("canvas");
  stays(sized(below, width, height));
  return {
    context,
    begin() {
      context.save();
      context.resetTransform();
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.drawImage(below, 0, 0);
      context.restore();
    },
  };
}
