// The part of a canvas's context that the resting image uses, written as SVG: lines stay lines, tiles become small images.
const SPACE_NAME = "http://www.w3.org/2000/svg";
const KEPT = ["fillStyle", "strokeStyle", "lineWidth", "globalAlpha", "font", "textAlign", "textBaseline", "imageSmoothingEnabled"];
const ANCHORS = { left: "start", start: "start", center: "middle", right: "end", end: "end" };
const BASELINES = { top: "hanging", hanging: "hanging", middle: "central", alphabetic: "alphabetic", bottom: "text-after-edge" };

export class SvgContext {
  fillStyle = "#000000";
  strokeStyle = "#000000";
  lineWidth = 1;
  globalAlpha = 1;
  font = "10px sans-serif";
  textAlign = "left";
  textBaseline = "alphabetic";
  imageSmoothingEnabled = true;

  constructor(width, height) {
    this.root = document.createElementNS(SPACE_NAME, "svg");
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }))
      this.root.setAttribute(name, String(value));
    this.parent = this.root;
    this.ruler = document.createElement("canvas").getContext("2d");
    this.path = [];
    this.dash = [];
    this.stack = [];
    this.clips = 0;
  }

  text() {
    return new XMLSerializer().serializeToString(this.root);
  }

  add(name, attributes) {
    const made = document.createElementNS(SPACE_NAME, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, typeof value === "number" ? short(value) : value);
    if (this.globalAlpha < 1) made.setAttribute("opacity", short(this.globalAlpha));
    this.parent.append(made);
    return made;
  }

  save() {
    this.stack.push({ parent: this.parent, kept: KEPT.map(name => this[name]), dash: this.dash });
  }

  restore() {
    const { parent, kept, dash } = this.stack.pop();
    KEPT.forEach((name, i) => (this[name] = kept[i]));
    Object.assign(this, { parent, dash });
  }

  group(attributes) {
    const alpha = this.globalAlpha;
    this.globalAlpha = 1;
    this.parent = this.add("g", attributes);
    this.globalAlpha = alpha;
  }

  translate(x, y) {
    this.group({ transform: `translate(${short(x)} ${short(y)})` });
  }

  scale(x, y) {
    this.group({ transform: `scale(${short(x)} ${short(y)})` });
  }

  beginPath() {
    this.path = [];
  }

  closePath() {
    this.path.push("Z");
  }

  moveTo(x, y) {
    this.path.push(`M${short(x)} ${short(y)}`);
  }

  lineTo(x, y) {
    this.path.push(`${this.path.length ? "L" : "M"}${short(x)} ${short(y)}`);
  }

  bezierCurveTo(...points) {
    this.path.push(`C${points.map(short).join(" ")}`);
  }

  rect(x, y, w, h) {
    this.path.push(`M${short(x)} ${short(y)}h${short(w)}v${short(h)}h${short(-w)}Z`);
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  strokes() {
    const dash = this.dash.length ? { "stroke-dasharray": this.dash.map(short).join(" ") } : {};
    return { fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth, ...dash };
  }

  stroke() {
    if (this.path.length) this.add("path", { d: this.path.join(""), ...this.strokes() });
  }

  fill(rule = "nonzero") {
    if (this.path.length) this.add("path", { d: this.path.join(""), fill: this.fillStyle, "fill-rule": rule });
  }

  clip() {
    const id = `clip${(this.clips += 1)}`;
    const made = document.createElementNS(SPACE_NAME, "clipPath");
    made.id = id;
    const path = document.createElementNS(SPACE_NAME, "path");
    path.setAttribute("d", this.path.join(""));
    made.append(path);
    this.parent.append(made);
    this.group({ "clip-path": `url(#${id})` });
  }

  fillRect(x, y, width, height) {
    this.add("rect", { x, y, width, height, fill: this.fillStyle });
  }

  strokeRect(x, y, width, height) {
    this.add("rect", { x, y, width, height, ...this.strokes() });
  }

  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  words(text, x, y, ink) {
    const [, weight, size, family] = /^(\d+ |bold )?(\d+(?:\.\d+)?)px (.*)$/.exec(this.font);
    const made = this.add("text", { x, y, "font-size": Number(size), "font-family": family, ...ink });
    made.setAttribute("text-anchor", ANCHORS[this.textAlign]);
    made.setAttribute("dominant-baseline", BASELINES[this.textBaseline]);
    if (weight) made.setAttribute("font-weight", weight.trim());
    made.textContent = text;
  }

  fillText(text, x, y) {
    this.words(text, x, y, { fill: this.fillStyle });
  }

  strokeText(text, x, y) {
    this.words(text, x, y, this.strokes());
  }

  drawImage(picture, ...places) {
    const [from, to] = places.length === 8 ? [places.slice(0, 4), places.slice(4)] : [[0, 0, picture.width, picture.height], places];
    const small = document.createElement("canvas");
    [small.width, small.height] = [from[2], from[3]];
    small.getContext("2d").drawImage(picture, from[0], from[1], from[2], from[3], 0, 0, from[2], from[3]);
    const [x, y, width, height] = to;
    const look = this.imageSmoothingEnabled ? {} : { style: "image-rendering: pixelated" };
    this.add("image", { x, y, width, height, href: small.toDataURL(), preserveAspectRatio: "none", ...look });
  }
}

function short(value) {
  return String(Math.round(value * 100) / 100);
}
