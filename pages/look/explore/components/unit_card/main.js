import { still } from "../../../../shared/js/play.js";
import { element } from "../../../../shared/js/dom.js";
import { say } from "../../../../shared/js/say.js";
import { unwatched, watched } from "../../../../shared/js/sizes.js";
import { themeOf } from "../../../../shared/js/theme.js";
import { cellUnder, drawCursors, drawSheet, planSheet } from "./cells.js";
import { showLadder, showProof, showStages } from "./ladder.js";
import { bytes, exponentFor, floats, largest, number } from "./numbers.js";
import { showPicture } from "./picture.js";

const views = new WeakMap();

function lookOf(root) {
  const { name, background, primary } = themeOf(root);
  const style = getComputedStyle(root);
  const family = style.fontFamily || "sans-serif";
  return {
    family,
    theme: name,
    paper: background,
    accent: primary,
    ink: style.color,
    surface: style.getPropertyValue("--st-secondary-background-color").trim(),
    muted: getComputedStyle(root.querySelector(".explained")).color,
    font: `12px ${family}`,
    bold: `600 13px ${family}`,
    large: `15px ${family}`,
  };
}

class View {
  constructor(root) {
    this.root = root.querySelector(".card");
    this.page = 0;
    this.byIndex = false;
    this.cursor = null;
    this.pointed = null;
    watched(this.part(".sheet"), () => this.refit());
    this.listen();
  }

  part(selector) {
    return selector === ".card" ? this.root : this.root.querySelector(selector);
  }

  listen() {
    const sheet = this.part(".sheet");
    const under = event => {
      const box = sheet.getBoundingClientRect();
      return cellUnder(this, event.clientX - box.left, event.clientY - box.top);
    };
    sheet.onpointermove = event => this.point(under(event));
    sheet.onpointerdown = event => {
      const place = under(event);
      if (place) this.cursor = place;
      this.point(place);
    };
    sheet.onpointerleave = () => this.point(null);
    sheet.onfocus = () => this.move(0, 0);
    sheet.onkeydown = event => this.key(event);
    this.part(".previous").onclick = () => this.turn(-1);
    this.part(".next").onclick = () => this.turn(1);
    this.part(".order").onclick = () => this.sort(!this.byIndex);
  }

  update(data) {
    const other = !this.data || this.data.id !== data.id;
    this.data = data;
    this.look = lookOf(this.root);
    this.root.dataset.theme = this.look.theme;
    if (other) {
      this.page = 0;
      this.cursor = this.pointed = null;
    }
    this.fresh = other && !still();
    this.root.classList.toggle("fresh", false);
    showProof(this);
    showPicture(this, this.look);
    showLadder(this);
    showStages(this);
    if (this.fresh) this.root.classList.toggle("fresh", true); // its terms come in one after the other
    this.prepare();
    this.root.dataset.ready = data.id;
  }

  prepare() {
    const { data, look } = this;
    this.weighted = data.form === "kernel";
    this.part(".grids").hidden = !["kernel", "window"].includes(data.form);
    if (this.part(".grids").hidden) return;
    this.part(this.weighted ? ".card" : ".why").append(this.part(".grids"));
    this.patch = floats(data.patch);
    this.kernel = floats(data.kernel);
    const products = this.kernel.map((weight, index) => weight * this.patch[index]);
    const luts = Object.fromEntries(Object.entries(data.luts[look.theme]).map(([name, packed]) => [name, bytes(packed)]));
    const scale = (name, values, lut) => {
      const limit = largest(values);
      return { name, limit, lut: luts[lut], exponent: exponentFor(limit) };
    };
    this.scales = [scale(say(this.weighted ? "patch" : "window"), this.patch, "activations")];
    if (this.weighted) this.scales.push(scale(say("kernel"), this.kernel, "weights"), scale(say("products"), products, "activations"));
    this.hint = say(this.weighted ? "hint_weighted" : "hint");
    this.part(".sheet").setAttribute("aria-label", say("sheet", { hint: this.hint }));
    this.legends();
    this.width = 0;
    this.refit();
  }

  legends() {
    const made = this.scales.map(({ name, limit, lut }) => {
      const stops = [1, 33, 64, 96, 128, 160, 192, 223, 255].map(entry => `rgb(${lut.slice(3 * entry, 3 * entry + 3).join(" ")})`);
      const item = element("span", "legend", `${name} `);
      const bar = element("span", "ramp");
      bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
      item.append(element("span", "end", number(-limit)), bar, element("span", "end", number(limit)));
      return item;
    });
    this.part(".legends").replaceChildren(...made);
  }

  refit() {
    const width = Math.floor(this.part(".sheet").clientWidth);
    if (!this.data || !this.scales || width === this.width || width < 40) return;
    this.width = width;
    this.plan = planSheet(width, this.data.shape, this.weighted);
    this.show();
  }

  show() {
    const count = this.data.shape[0];
    const pages = Math.ceil(count / this.plan.fits);
    this.page = Math.max(0, Math.min(this.page, pages - 1));
    const order = this.byIndex || !this.weighted ? [...Array(count).keys()] : this.data.order;
    const first = this.page * this.plan.fits;
    this.order = order;
    this.shown = order.slice(first, first + this.plan.fits);
    this.part(".heading").textContent = say(this.weighted ? "patch_by_kernel" : "window_read");
    this.part(".range").textContent =
      count > 1 ? say("range_of", { from: first + 1, to: first + this.shown.length, total: count.toLocaleString("en") }) : "";
    this.part(".previous").hidden = this.part(".next").hidden = pages < 2;
    this.part(".previous").disabled = this.page === 0;
    this.part(".next").disabled = this.page === pages - 1;
    this.part(".order").hidden = !this.weighted || count < 2;
    this.part(".order").textContent = say(this.byIndex ? "order_index" : "order_sum");
    this.part(".order").setAttribute("aria-pressed", String(this.byIndex));
    drawSheet(this);
    drawCursors(this);
  }

  sort(byIndex) {
    this.byIndex = byIndex;
    this.page = 0;
    this.show();
  }

  turn(step) {
    this.page += step;
    this.cursor = null;
    this.show();
  }

  point(place) {
    this.pointed = place;
    if (this.plan) drawCursors(this);
  }

  open(place) {
    this.page = Math.floor(this.order.indexOf(place[0]) / this.plan.fits);
    this.cursor = place;
    this.pointed = null;
    this.show();
  }

  move(down, right) {
    const [channel, row, column] = this.cursor && this.shown.includes(this.cursor[0]) ? this.cursor : [this.shown[0], 0, 0];
    const { rows, columns } = this.plan;
    const inside = row + down >= 0 && row + down < rows && column + right >= 0 && column + right < columns;
    if (inside) this.cursor = [channel, row + down, column + right];
    else {
      const next = this.order[this.order.indexOf(channel) + Math.sign(down + right)];
      if (next === undefined) return;
      const wrap = (value, size) => (value + size) % size;
      this.open([next, wrap(row + down, rows), wrap(column + right, columns)]);
    }
    this.pointed = null;
    drawCursors(this);
  }

  key(event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (steps) this.move(...steps);
    else if (event.key === "PageDown" || event.key === "PageUp") {
      this.turn(event.key === "PageDown" ? 1 : -1);
      this.move(0, 0);
    } else return;
    event.preventDefault();
  }
}

export default function ({ data, parentElement }) {
  if (!views.has(parentElement)) views.set(parentElement, new View(parentElement));
  const view = views.get(parentElement);
  view.update(data);
  return () => {
    unwatched(view.part(".sheet"));
    views.delete(parentElement);
  };
}
