import { memory } from "../../js/memory.js";
import { say } from "../../js/say.js";

const sheets = new WeakMap();
const DRAWING = "drawing"; // what was drawn here lies on the sheet: nothing new comes from the server
const PAUSE = 150; // ms after a stroke before it is sent
const STEP = 8; // pixels that an arrow key moves the pen

class Sheet {
  constructor(root, { key, side }) {
    this.root = root;
    this.side = side;
    this.notes = memory(`draw ${key}`);
    this.notes.strokes ??= []; // each: { width, points: [[x, y], …] }
    this.notes.start ??= ""; // an image to be drawn on, as a data URL
    this.base = null; // that image, once it is decoded
    this.emit = null; // takes the drawing as a data URL
    this.timer = 0;
    this.under = null; // the line being drawn
    this.hand = { x: side / 2, y: side / 2, down: false, shown: false };
    for (const canvas of [this.part(".ink"), this.part(".pen")]) canvas.width = canvas.height = side;
    this.listen();
    this.decode();
    this.redraw();
  }

  get strokes() {
    return this.notes.strokes;
  }

  set strokes(strokes) {
    this.notes.strokes = strokes;
  }

  get blank() {
    return this.strokes.length === 0 && !this.notes.start;
  }

  // Another image on the page lays a new sheet; what was drawn here comes back from the server and changes nothing.
  lay({ lies, start, said }) {
    if (lies === DRAWING || lies === this.notes.lies) return;
    Object.assign(this.notes, { lies, start, strokes: [] });
    this.decode();
    this.redraw();
    this.tell(said);
  }

  decode() {
    const { start } = this.notes;
    this.base = null;
    if (!start) return;
    const image = new Image();
    image.onload = () => {
      if (this.notes.start !== start) return;
      this.base = image;
      this.redraw();
    };
    image.src = start;
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  get width() {
    return Number(this.part("input").value);
  }

  listen() {
    const paper = this.part(".paper");
    paper.onpointerdown = event => this.press(event);
    paper.onpointermove = event => this.under && this.follow(event);
    paper.onpointerup = paper.onpointercancel = () => this.lift();
    paper.onkeydown = event => this.key(event);
    paper.onblur = () => this.leave();
    this.part(".undo").onclick = () => this.undo();
    this.part(".clear").onclick = () => this.clear();
  }

  at(event) {
    const box = this.part(".ink").getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * this.side, ((event.clientY - box.top) / box.height) * this.side];
  }

  press(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    this.part(".paper").setPointerCapture(event.pointerId);
    this.leave();
    this.begin(this.at(event));
  }

  follow(event) {
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const point of passed.length ? passed : [event]) this.under.points.push(this.at(point));
    this.redraw();
  }

  begin(point) {
    this.under = { width: this.width, points: [point] };
    this.strokes.push(this.under);
    this.redraw();
  }

  lift() {
    if (!this.under) return;
    this.under = null;
    this.redraw();
    this.send();
  }

  undo() {
    this.under = null;
    this.strokes.pop();
    this.redraw();
    this.send();
    this.tell(say(this.blank ? "blank" : "taken_back"));
  }

  clear() {
    this.under = null;
    this.strokes = [];
    this.notes.start = "";
    this.base = null;
    this.hand.down = false;
    this.redraw();
    this.send();
    this.tell(say("blank"));
  }

  key(event) {
    const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (steps) this.step(...steps);
    else if (event.key === " ") this.toggle();
    else if (event.key === "u" || event.key === "U") this.undo();
    else if (event.key === "Delete" || event.key === "Backspace") this.clear();
    else return;
    event.preventDefault();
  }

  step(right, down) {
    const { hand } = this;
    hand.x = Math.max(0, Math.min(this.side, hand.x + STEP * right));
    hand.y = Math.max(0, Math.min(this.side, hand.y + STEP * down));
    hand.shown = true;
    if (hand.down && this.under) this.under.points.push([hand.x, hand.y]);
    this.redraw();
  }

  toggle() {
    const { hand } = this;
    hand.shown = true;
    hand.down = !hand.down;
    if (hand.down) this.begin([hand.x, hand.y]);
    else this.lift();
    this.redraw();
    this.tell(say(hand.down ? "pen_down" : "pen_up"));
  }

  leave() {
    this.hand.shown = false;
    if (this.hand.down) {
      this.hand.down = false;
      this.lift();
    }
    this.drawHand();
  }

  redraw() {
    const pen = this.part(".ink").getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, this.side, this.side);
    if (this.base) pen.drawImage(this.base, 0, 0, this.side, this.side);
    for (const stroke of this.strokes) drawStroke(pen, stroke);
    this.part(".invitation").hidden = !this.blank;
    this.part(".undo").disabled = this.strokes.length === 0;
    this.part(".clear").disabled = this.blank;
    this.drawHand();
  }

  drawHand() {
    const pen = this.part(".pen").getContext("2d");
    pen.clearRect(0, 0, this.side, this.side);
    if (!this.hand.shown) return;
    for (const [thick, colour] of [
      [4, "#ffffff"],
      [2, this.hand.down ? "#b3261e" : "#0a66c2"],
    ]) {
      pen.lineWidth = thick;
      pen.strokeStyle = colour;
      pen.beginPath();
      pen.arc(this.hand.x, this.hand.y, this.width / 2 + 2, 0, 2 * Math.PI);
      pen.stroke();
    }
  }

  send() {
    clearTimeout(this.timer);
    const { blank } = this;
    this.timer = setTimeout(() => this.emit(blank ? "" : this.part(".ink").toDataURL("image/png")), PAUSE);
  }

  tell(words) {
    this.part(".said").textContent = words;
  }
}

// A soft edge, as ink has: a wide faint line under a narrower dark one. Curves run through the middles of the points.
function drawStroke(pen, { width, points }) {
  pen.lineCap = pen.lineJoin = "round";
  for (const [share, alpha] of [
    [1.15, 0.25],
    [1, 0.5],
    [0.82, 1],
  ]) {
    pen.lineWidth = width * share;
    pen.strokeStyle = `rgb(0 0 0 / ${alpha})`;
    pen.beginPath();
    pen.moveTo(...points[0]);
    for (let index = 1; index < points.length - 1; index++) {
      const [x, y] = points[index];
      const [nextX, nextY] = points[index + 1];
      pen.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    const [x, y] = points[points.length - 1];
    pen.lineTo(points.length === 1 ? x + 0.01 : x, y);
    pen.stroke();
  }
}

export default function ({ data, parentElement, setStateValue }) {
  if (!sheets.has(parentElement)) sheets.set(parentElement, new Sheet(parentElement.querySelector(".draw"), data));
  const sheet = sheets.get(parentElement);
  sheet.emit = url => {
    sheet.notes.lies = DRAWING;
    setStateValue("drawing", url);
  };
  sheet.lay(data);
  return () => {
    clearTimeout(sheet.timer);
    sheets.delete(parentElement);
  };
}
