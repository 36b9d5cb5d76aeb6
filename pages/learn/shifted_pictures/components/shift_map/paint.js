// One place's numbers, the digit as it lies there, and the map of a class over all places.
import { greyPixel, outline, painted, pixelCanvas, ring, sized } from "../../../../shared/js/canvas.js";
import { percent } from "../../../../shared/js/numbers.js";
import { palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";

export function chancesAt(view, network, down, right) {
  const { reach, classes } = view.header;
  const side = 2 * reach + 1;
  const count = classes.length;
  const start = ((network * side + down + reach) * side + right + reach) * count;
  return view.probabilities.subarray(start, start + count);
}

export function bestOf(chances) {
  let best = 0;
  for (let i = 1; i < chances.length; i++) if (chances[i] > chances[best]) best = i;
  return best;
}

export function paintDigit(view) {
  const [height, width] = view.header.size;
  const { down, right } = view.shown;
  const side = view.digitSide;
  const context = sized(view.digit, side, side);
  const moved = pixelCanvas(width, height, out => {
    for (let i = 0; i < out.length; i++) {
      const [y, x] = [Math.floor(i / width) - down, (i % width) - right];
      out[i] = greyPixel(y >= 0 && y < height && x >= 0 && x < width ? view.picture[y * width + x] : 0);
    }
  });
  context.imageSmoothingEnabled = false;
  context.drawImage(moved, 0, 0, side, side);
  outline(context, { x: 1, y: 1, w: side - 2, h: side - 2 }, view.theme.text, 1, 0.4);
}

// The map itself changes with the class only; the mark on it with every move.
export function mapOf(view, network) {
  const { reach } = view.header;
  const side = 2 * reach + 1;
  const pixels = palette("magnitude", view.theme.name);
  const entries = new Uint8Array(side * side);
  const others = [];
  for (let down = -reach; down <= reach; down++)
    for (let right = -reach; right <= reach; right++) {
      const chances = chancesAt(view, network, down, right);
      const at = (down + reach) * side + right + reach;
      entries[at] = Math.round(255 * chances[view.notes.chosen]);
      if (bestOf(chances) !== view.notes.chosen) others.push(at);
    }
  return { image: painted(entries, side, side, pixels), others };
}

export function paintMap(view, network) {
  const { canvas, made } = view.maps[network];
  const { reach, near } = view.header;
  const side = 2 * reach + 1;
  const cell = view.cell;
  const context = sized(canvas, side * cell, side * cell);
  context.imageSmoothingEnabled = false;
  context.drawImage(made.image, 0, 0, side * cell, side * cell);
  context.strokeStyle = view.theme.text;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  context.beginPath();
  for (const at of made.others) {
    const x = (at % side) * cell;
    const y = Math.floor(at / side) * cell;
    context.moveTo(x + 3, y + cell - 3);
    context.lineTo(x + cell - 3, y + 3);
  }
  context.stroke();
  context.globalAlpha = 1;
  const box = (down, right, size) => ({ x: (right + reach) * cell, y: (down + reach) * cell, w: size * cell, h: size * cell });
  context.setLineDash([4, 3]);
  outline(context, box(-near, -near, 2 * near + 1), view.theme.text, 1, 0.9);
  context.setLineDash([]);
  ring(context, box(view.shown.down, view.shown.right, 1), view.theme, view.theme.primary, 2);
}

export function paintBars(view, network) {
  const chances = chancesAt(view, network, view.shown.down, view.shown.right);
  const best = bestOf(chances);
  view.maps[network].rows.forEach((row, index) => {
    row.fill.style.width = `${100 * chances[index]}%`;
    row.value.textContent = percent(chances[index]);
    row.name.className = row.value.className = index === best ? "best mono" : "mono";
  });
}

// At how many of the places within `near` pixels the chosen class is the answer.
export function countedWords(view, network) {
  const { near, classes } = view.header;
  let count = 0;
  for (let down = -near; down <= near; down++)
    for (let right = -near; right <= near; right++) if (bestOf(chancesAt(view, network, down, right)) === view.notes.chosen) count++;
  return say("counted", { label: classes[view.notes.chosen], count, places: (2 * near + 1) ** 2, near });
}

export function whereWords({ down, right }) {
  const moves = [];
  if (down) moves.push(say(down > 0 ? "down" : "up", { pixels: Math.abs(down) }));
  if (right) moves.push(say(right > 0 ? "right" : "left", { pixels: Math.abs(right) }));
  return moves.join(", ") || say("unmoved");
}
