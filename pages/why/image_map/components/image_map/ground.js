// The map itself: where images stand in pixels, what is drawn there, and which one a pointer or a key means.
import { doubleCircle, ring, sized } from "../../../../shared/js/canvas.js";
import { heightFor } from "../../../../shared/js/projector.js";

const ROOM = 34; // pixels between the outermost image and the border

export function fitted() {
  return { scale: 1, x: 0, y: 0 };
}

function sizes(view) {
  const width = view.ground.clientWidth;
  const wanted = Math.round(Math.min(width * 0.9, view.narrow ? 360 : 470));
  return { width, height: heightFor(view.whole, view.ground, wanted) };
}

/** How far the outermost image of each layer lies from the middle, along both axes. */
export function reaches(view) {
  return view.header.layers.map((_, layer) => {
    const far = axis => {
      let most = 1e-6;
      for (let item = 0; item < view.total; item++) most = Math.max(most, Math.abs(view.places[2 * (layer * view.total + item) + axis]));
      return most;
    };
    return { x: far(0), y: far(1) };
  });
}

/** Every image's place in the canvas's pixels, on the way from one layer to another where it moves. */
export function positions(view) {
  const { width, height } = sizes(view);
  const share = view.from ? Math.min(1, (performance.now() - view.from.since) / 250) : 1;
  const eased = share * share * (3 - 2 * share);
  const size = layer => Math.min((width / 2 - ROOM) / view.reach[layer].x, (height / 2 - ROOM) / view.reach[layer].y);
  const before = size(view.from ? view.from.layer : view.layer);
  const unit = (before + (size(view.layer) - before) * eased) * view.zoom.scale;
  const found = [];
  for (let item = 0; item < view.total; item++) {
    const to = 2 * (view.layer * view.total + item);
    const start = view.from ? 2 * (view.from.layer * view.total + item) : to;
    const mix = axis => view.places[start + axis] + (view.places[to + axis] - view.places[start + axis]) * eased;
    found.push({
      x: (width / 2) * view.zoom.scale + view.zoom.x + unit * mix(0),
      y: (height / 2) * view.zoom.scale + view.zoom.y + unit * mix(1),
    });
  }
  if (share === 1) view.from = null;
  return found;
}

export function thumb(context, view, item, box) {
  const [height, width] = view.header.thumb;
  context.imageSmoothingEnabled = box.w < width;
  context.drawImage(
    view.sheet,
    (item % view.header.across) * width,
    Math.floor(item / view.header.across) * height,
    width,
    height,
    box.x,
    box.y,
    box.w,
    box.h,
  );
}

function side(view) {
  const crowd = Math.sqrt(300 / view.header.count);
  return Math.max(12, Math.min(64, 22 * crowd * Math.sqrt(view.zoom.scale)));
}

export function paintMap(view) {
  const { width, height } = sizes(view);
  const context = sized(view.map, width, height);
  const at = positions(view);
  const size = side(view);
  const [tall, wide] = view.header.thumb;
  const shape = { w: size * Math.min(1, wide / tall), h: size * Math.min(1, tall / wide) };
  const draw = (item, factor = 1) => {
    const [w, h] = [shape.w * factor, shape.h * factor];
    const box = { x: at[item].x - w / 2, y: at[item].y - h / 2, w, h };
    if (box.x > width || box.y > height || box.x + w < 0 || box.y + h < 0) return box;
    context.fillStyle = view.paints.of(item);
    if (view.dots.checked && factor === 1) {
      context.beginPath();
      context.arc(at[item].x, at[item].y, 4, 0, 7);
      context.fill();
      return box;
    }
    context.fillRect(box.x - 2, box.y - 2, w + 4, h + 4);
    thumb(context, view, item, box);
    return box;
  };
  for (let item = 0; item < view.header.count; item++) draw(item);
  const links = neighboursOf(view, view.item, view.layer);
  context.strokeStyle = view.theme.text;
  context.globalAlpha = 0.7;
  for (const other of links) {
    context.beginPath();
    context.moveTo(at[view.item].x, at[view.item].y);
    context.lineTo(at[other].x, at[other].y);
    context.stroke();
  }
  context.globalAlpha = 1;
  for (const other of links) draw(other, 1.25);
  for (let item = view.header.count; item < view.total; item++) {
    draw(item, 1.6);
    doubleCircle(context, at[item].x, at[item].y, size * 1.15, view.theme, { line: 2 });
  }
  ring(context, { ...draw(view.item, 1.6) }, view.theme, view.theme.primary, 2.5);
}

export function neighboursOf(view, item, layer) {
  const { k } = view.header;
  const start = (layer * view.total + item) * k;
  return [...view.near.subarray(start, start + k)];
}

/** The image under a place, the nearest one within a thumbnail of it, or −1. */
export function itemAt(view, { x, y }) {
  const reach = Math.max(10, side(view) * 0.75);
  let best = -1;
  let least = reach;
  positions(view).forEach((at, item) => {
    const far = Math.hypot(at.x - x, at.y - y);
    if (far <= least) [best, least] = [item, far];
  });
  return best;
}

/** The nearest image in a direction: what lies aside counts double. */
export function nextTowards(view, right, down) {
  const all = positions(view);
  const here = all[view.item];
  let best = view.item;
  let least = Infinity;
  all.forEach((at, item) => {
    const ahead = (at.x - here.x) * right + (at.y - here.y) * down;
    const aside = Math.abs((at.x - here.x) * down) + Math.abs((at.y - here.y) * right);
    if (item === view.item || ahead <= 0.5) return;
    if (ahead + 2 * aside < least) [best, least] = [item, ahead + 2 * aside];
  });
  return best;
}
