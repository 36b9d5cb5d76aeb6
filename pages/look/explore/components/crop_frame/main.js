// A frame on the picture: what lies outside is dimmed; a drag or an arrow key moves it, and where it ends is told to Python.
import { doubleFrame, sized } from "../../../../shared/js/canvas.js";
import { onDrag, onKeys, placeIn } from "../../../../shared/js/input.js";
import { mount } from "../../../../shared/js/mount.js";
import { clamp } from "../../../../shared/js/numbers.js";
import { say } from "../../../../shared/js/say.js";

const TALLEST = 240; // pixels
const WIDEST = 168;
const STEP = 0.05;

export default mount({ whole: ".cropped", parts: "board said", painted: "board", create: setUp, load, draw: show });

function setUp(view) {
  view.canvas = view.find("canvas");
  onDrag(view.board, event => drag(view, event));
  const end = view.board.onpointerup;
  view.board.onpointerup = view.board.onpointercancel = () => {
    end();
    view.grip = null;
    told(view);
  };
  onKeys(view.board, {
    Arrow: (down, right) => moveTo(view, view.place + STEP * (down + right), true),
    Home: () => moveTo(view, 0, true),
    End: () => moveTo(view, 1, true),
  });
}

function load(view, meta, blob) {
  Object.assign(view, { meta, place: meta.place, sent: meta.place, grip: null, picture: null });
  view.said.textContent = meta.said;
  view.board.setAttribute("aria-label", say(meta.vertical ? "upright" : "lying"));
  createImageBitmap(new Blob([blob("picture")], { type: "image/png" })).then(bitmap => {
    if (view.meta !== meta) return;
    view.picture = bitmap;
    show(view);
  });
}

function show(view) {
  const { picture, theme, meta } = view;
  if (!picture) return;
  const scale = Math.min((view.whole.clientWidth || WIDEST) / picture.width, WIDEST / picture.width, TALLEST / picture.height);
  const [w, h] = [picture.width * scale, picture.height * scale];
  const context = sized(view.canvas, w, h);
  const box = boxOf(meta, view.place, w, h);
  context.drawImage(picture, 0, 0, w, h);
  context.globalAlpha = 0.62;
  context.fillStyle = theme.background;
  context.beginPath();
  context.rect(0, 0, w, h);
  context.rect(box.x, box.y, box.w, box.h);
  context.fill("evenodd");
  context.globalAlpha = 1;
  doubleFrame(context, { x: box.x + 2, y: box.y + 2, w: box.w - 4, h: box.h - 4 }, theme, { colour: theme.primary });
  view.board.setAttribute("aria-valuenow", String(Math.round(100 * view.place)));
  view.board.dataset.place = view.place.toFixed(2);
}

/** The frame in an image of w × h. */
export function boxOf({ width, height, other, vertical }, place, w, h) {
  const room = 1 - (vertical ? height : width);
  const [left, top] = vertical ? [other, place * room] : [place * room, other];
  return { x: left * w, y: top * h, w: width * w, h: height * h };
}

function drag(view, event) {
  if (!view.picture) return;
  const at = placeIn(view.board, event);
  const { vertical, width, height } = view.meta;
  const share = vertical ? at.y / at.h : at.x / at.w;
  const size = vertical ? height : width;
  const start = view.place * (1 - size);
  view.grip ??= share >= start && share <= start + size ? share - start : size / 2; // outside the frame: it comes there
  moveTo(view, (share - view.grip) / (1 - size));
}

function moveTo(view, place, tells = false) {
  view.place = clamp(place, 0, 1);
  show(view);
  if (tells) told(view);
}

function told(view) {
  const place = Math.round(100 * view.place) / 100;
  if (place === view.sent) return;
  view.sent = place;
  view.send("place", place);
}
