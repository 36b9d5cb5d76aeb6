// The same drawing as a file: what is open stays open, in the colours at hand.
import { arrow, drawAll, traced } from "./paint.js";

class SvgPen {
  constructor(theme) {
    this.theme = theme;
    this.zoom = 1;
    this.lines = [];
  }

  box({ x, y, w, h }, radius, { fill, alpha, stroke, line }) {
    const edge = stroke ? ` stroke="${stroke}" stroke-opacity="${line}"` : "";
    this.lines.push(
      `<rect x="${r(x)}" y="${r(y)}" width="${r(w)}" height="${r(h)}" rx="${radius}" fill="${fill}" fill-opacity="${alpha}"${edge}/>`,
    );
  }

  text(words, x, y, { bold, mono, soft, right, colour, most }) {
    const longest = Math.max(1, Math.floor(most / 6.4));
    const said = words.length > longest ? `${words.slice(0, longest - 1)}…` : words;
    const look = `font-weight="${bold ? 650 : 400}" font-family="${mono ? "monospace" : "sans-serif"}" font-size="12.5" fill-opacity="${soft ? 0.8 : 1}"`;
    this.lines.push(
      `<text x="${r(x)}" y="${r(y + 4)}" text-anchor="${right ? "end" : "start"}" fill="${colour ?? this.theme.text}" ${look}>${escaped(said)}</text>`,
    );
  }

  wires(wires, left, top) {
    const path = {
      d: "",
      moveTo: (x, y) => (path.d += `M${r(x)} ${r(y)}`),
      lineTo: (x, y) => (path.d += `L${r(x)} ${r(y)}`),
      closePath: () => (path.d += "Z"),
      bezierCurveTo: (...points) => (path.d += `C${points.map(r).join(" ")}`),
    };
    for (const one of wires) traced(path, one, left, top);
    const lines = path.d;
    path.d = "";
    for (const one of wires) if (one.arrow) arrow(path, one, left, top);
    if (lines) this.lines.push(`<path d="${lines}" fill="none" stroke="${this.theme.text}" stroke-opacity="0.6" stroke-width="1.2"/>`);
    if (path.d) this.lines.push(`<path d="${path.d}" fill="${this.theme.text}" fill-opacity="0.6"/>`);
  }
}

function r(value) {
  return Math.round(value * 10) / 10;
}

function escaped(words) {
  return words.replace(/[&<>"]/g, sign => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}

function svgOf(view) {
  const pen = new SvgPen(view.theme);
  const { w, h } = view.sheet;
  drawAll(view, pen, null);
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 ${Math.ceil(w + 16)} ${Math.ceil(h + 16)}" width="${Math.ceil(w + 16)}" height="${Math.ceil(h + 16)}">`;
  const ground = `<title>${escaped(view.header.title)}</title>\n<rect x="-8" y="-8" width="100%" height="100%" fill="${view.theme.background}"/>`;
  return [open, ground, ...pen.lines, "</svg>\n"].join("\n");
}

export function saveSvg(view) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([svgOf(view)], { type: "image/svg+xml" }));
  link.download = `${view.header.title.replace(/[^\w.-]+/g, "_")}.svg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
