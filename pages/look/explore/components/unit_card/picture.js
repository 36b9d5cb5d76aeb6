// The network's input with the receptive field as a box, and the box enlarged.
import { sized } from "../../../../shared/js/canvas.js";
import { say } from "../../../../shared/js/say.js";

const PICTURE_SIDE = 228;
const CLOSEUP_SIDE = 108;
const CLOSES = 400; // milliseconds
const OVERHANG = 0.4; // at most so much of the image's side is drawn beyond each edge

function pictureRegion(field) {
  const region = { top: 0, left: 0, bottom: field.height, right: field.width };
  if (!field.box) return region;
  const [top, left, bottom, right] = field.box;
  if (top <= 0 && left <= 0 && bottom >= field.height && right >= field.width) return region;
  const tall = field.height * OVERHANG;
  const wide = field.width * OVERHANG;
  return {
    top: Math.max(Math.min(0, top), -tall),
    left: Math.max(Math.min(0, left), -wide),
    bottom: Math.min(Math.max(field.height, bottom), field.height + tall),
    right: Math.min(Math.max(field.width, right), field.width + wide),
  };
}

function clippedBox(field) {
  const [top, left, bottom, right] = field.box;
  const clipped = [Math.max(0, top), Math.max(0, left), Math.min(field.height, bottom), Math.min(field.width, right)];
  return clipped[2] > clipped[0] && clipped[3] > clipped[1] ? clipped : null;
}

// A line that shows on any picture: a dark and a light one under the accent.
function frame(pen, /** @type {any} */ [x, y, width, height], look, dashed) {
  pen.setLineDash(dashed ? [5, 4] : []);
  for (const [thick, colour] of [
    [5, look.paper],
    [2.5, look.accent],
  ]) {
    pen.lineWidth = thick;
    pen.strokeStyle = colour;
    pen.strokeRect(x, y, width, height);
  }
  pen.setLineDash([]);
}

// end: the field whose region is kept in sight while its box still closes in.
function drawPicture(canvas, image, field, look, end = field) {
  const region = pictureRegion(end);
  const margin = 4;
  const tall = region.bottom - region.top;
  const wide = region.right - region.left;
  const scale = (PICTURE_SIDE - 2 * margin) / Math.max(tall, wide);
  const pen = sized(canvas, wide * scale + 2 * margin, tall * scale + 2 * margin);
  const place = (/** @type {any} */ [top, left, bottom, right]) => [
    margin + (left - region.left) * scale,
    margin + (top - region.top) * scale,
    (right - left) * scale,
    (bottom - top) * scale,
  ];
  const whole = [0, 0, field.height, field.width];
  pen.imageSmoothingEnabled = scale < 2;
  pen.drawImage(image, ...place(whole));
  if (!field.box) return;
  const clipped = clippedBox(field);
  if (clipped) {
    const [x, y, width, height] = place(clipped);
    pen.save();
    pen.beginPath();
    pen.rect(...place(whole));
    pen.rect(x, y, width, height);
    pen.clip("evenodd");
    pen.globalAlpha = 0.55;
    pen.fillStyle = look.paper;
    pen.fillRect(...place(whole));
    pen.restore();
  }
  if (!clipped || clipped.some((edge, index) => edge !== field.box[index])) frame(pen, place(field.box), look, true);
  if (clipped) frame(pen, place(clipped), look, false);
  if (clipped) pointAt(pen, place(clipped), look);
}

// A box of a few pixels is easily missed: a ring around it.
function pointAt(pen, /** @type {any} */ [x, y, width, height], look) {
  if (Math.max(width, height) >= 16) return;
  for (const [thick, colour] of [
    [5, look.paper],
    [2.5, look.accent],
  ]) {
    pen.lineWidth = thick;
    pen.strokeStyle = colour;
    pen.beginPath();
    pen.arc(x + width / 2, y + height / 2, 15, 0, 2 * Math.PI);
    pen.stroke();
  }
}

function drawCloseup(canvas, image, field, look) {
  const clipped = field.box && clippedBox(field);
  const small = clipped && Math.max(clipped[2] - clipped[0], clipped[3] - clipped[1]) < 0.7 * Math.max(field.height, field.width);
  canvas.hidden = !small;
  if (!small) return;
  const [top, left, bottom, right] = field.box;
  const scale = CLOSEUP_SIDE / Math.max(bottom - top, right - left);
  const pen = sized(canvas, (right - left) * scale, (bottom - top) * scale);
  pen.fillStyle = look.surface;
  pen.fillRect(0, 0, (right - left) * scale, (bottom - top) * scale);
  pen.imageSmoothingEnabled = scale < 2;
  const [first, from, last, to] = clipped;
  pen.drawImage(
    image,
    from,
    first,
    to - from,
    last - first,
    (from - left) * scale,
    (first - top) * scale,
    (to - from) * scale,
    (last - first) * scale,
  );
}

// The box closes in from the whole image on what the unit sees.
function closeIn(view, image, look) {
  const { field } = view.data;
  const since = performance.now();
  const whole = [0, 0, field.height, field.width];
  const frame = () => {
    if (view.data.field !== field || !view.root.isConnected) return;
    const share = Math.max(0, Math.min(1, (performance.now() - since) / CLOSES));
    const eased = share * share * (3 - 2 * share);
    const box = share < 1 ? field.box.map((edge, i) => whole[i] + (edge - whole[i]) * eased) : field.box;
    drawPicture(view.part(".picture"), image, { ...field, box }, look, field);
    if (share < 1) requestAnimationFrame(frame);
  };
  frame();
}

export function showPicture(view, look) {
  const { field } = view.data;
  const image = new Image();
  image.onload = () => {
    drawCloseup(view.part(".closeup"), image, field, look);
    view.part("figcaption").textContent = view.part(".closeup").hidden ? field.words : `${field.words}. ${field.enlarged}`;
    if (view.fresh && field.box) closeIn(view, image, look);
    else drawPicture(view.part(".picture"), image, field, look);
  };
  image.src = `data:image/png;base64,${view.data.picture}`;
  view.part(".picture").setAttribute("aria-label", say("input", { field: field.words }));
  view.part(".closeup").setAttribute("aria-label", say("closeup"));
  view.part("figcaption").textContent = field.words;
}
