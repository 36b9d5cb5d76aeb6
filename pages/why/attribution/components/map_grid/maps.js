// The tiles: the image first, then a map for each method, laid over the image as strongly as it is large.
import { pixelCanvas, rgbPixel, sized } from "../../../../shared/js/canvas.js";
import { element } from "../../../../shared/js/dom.js";
import { number } from "../../../../shared/js/numbers.js";
import { entryOf, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";

const WHOLE = 32767 / 2; // of the 16 bits: full colour

export function build(view, header) {
  let plane = 0;
  const first = { name: "", title: say("the_image"), scale: 0, mean: 0, why: "", law: "", holds: true, layer: "" };
  view.tiles = [first, ...header.tiles].map(tile => {
    const made = { ...tile, figure: element("figure"), over: element("canvas", "over"), canvas: element("canvas"), plane: -1 };
    const caption = element("figcaption");
    caption.append(element("span", "name", tile.title));
    const frame = element("div", "frame");
    if (tile.why) {
      const why = element("div", "why", tile.why);
      why.style.aspectRatio = `${view.width} / ${view.height}`;
      frame.append(why);
    } else {
      frame.append(made.canvas, made.over);
      if (tile.name) made.plane = plane++;
    }
    made.value = element("span", "value");
    const line = element("div", "line");
    const law = element("span", tile.holds ? "muted" : "broken", tile.law);
    line.append(made.value, law);
    made.figure.append(caption, frame, line);
    made.figure.dataset.name = tile.name;
    return made;
  });
  view.most = Math.max(...view.tiles.map(timesMean));
  for (const tile of view.tiles) tile.value.textContent = scaleOf(view, tile);
  view.stage.replaceChildren(...view.tiles.map(tile => tile.figure));
}

/** How many times the mean size of its pixels a map's own full colour is. */
function timesMean(tile) {
  return tile.mean ? tile.scale / tile.mean : 0;
}

/** What stands under a map while nobody points at it: the value of its full colour. */
export function scaleOf(view, tile) {
  if (!tile.scale) return "";
  return view.notes.together ? say("times", { times: `± ${number(view.most, 2)}` }) : `± ${number(tile.scale, 2)}`;
}

/** How much of its own full colour a map has where all have one scale, in times of their mean sizes. */
function shrunk(view, tile) {
  return view.notes.together && view.most ? timesMean(tile) / view.most : 1;
}

/** The share of full colour at a pixel of a map, from −2 to 2. */
export function shareAt(view, tile, row, column) {
  return view.maps[tile.plane * view.height * view.width + row * view.width + column] / WHOLE;
}

export function paintMaps(view) {
  for (const tile of view.tiles) {
    if (tile.why) continue;
    const width = Math.max(60, Math.round(tile.canvas.parentElement.clientWidth || 158));
    const context = sized(tile.canvas, width, (width * view.height) / view.width);
    context.imageSmoothingEnabled = view.width > width;
    context.drawImage(inked(view, tile), 0, 0, width, (width * view.height) / view.width);
    tile.canvas.style.width = tile.canvas.style.height = "";
  }
  view.whole.dataset.opacity = String(view.notes.opacity);
}

// Half way the map lies over the image, strong where it is large; at the end it stands alone.
function alphaOf(strength, opacity) {
  const root = Math.sqrt(Math.min(1, strength));
  return opacity <= 0.5 ? 2 * opacity * root : root + (1 - root) * (2 * opacity - 1);
}

function inked(view, tile) {
  const { pixels, width, height, notes, theme } = view;
  const colours = palette("activations", theme.name);
  const size = shrunk(view, tile) / WHOLE;
  return pixelCanvas(width, height, out => {
    for (let i = 0; i < width * height; i++) {
      const [red, green, blue] = [pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]];
      if (tile.plane < 0) {
        out[i] = rgbPixel(red, green, blue);
        continue;
      }
      const found = view.maps[tile.plane * width * height + i] * size;
      const share = notes.only ? Math.max(0, found) : found;
      const colour = colours[entryOf(share, 1)];
      const alpha = alphaOf(Math.abs(share), notes.opacity);
      const grey = 0.3 * red + 0.59 * green + 0.11 * blue;
      const mix = (below, above) => Math.round(below + (above - below) * alpha);
      out[i] = rgbPixel(mix(grey, colour & 255), mix(grey, (colour >> 8) & 255), mix(grey, (colour >> 16) & 255));
    }
  });
}
