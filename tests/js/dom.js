// As much of a browser as the runtime touches: elements with classes, data and handlers, one canvas pixel, two observers.
import { WORDS } from "../../pages/shared/js/words.js";

// The runtime's sentences, which the join writes in from Python.
Object.assign(WORDS, { play: "Play", pause: "Pause", range_of: "{from}–{to} of {total}", step_of: "{value} of {last}" });

export class FakeElement {
  constructor(className = "") {
    Object.assign(this, { className, dataset: {}, style: {}, children: [], attributes: {}, clientWidth: 800, textContent: "" });
    const classes = new Set(className.split(" ").filter(Boolean));
    this.classList = {
      has: name => classes.has(name),
      toggle: (name, on) => (on ? classes.add(name) : classes.delete(name)),
    };
  }

  querySelector(selector) {
    const wanted = selector.slice(1);
    for (const child of this.children) {
      if (child.classList.has(wanted)) return child;
      const inner = child.querySelector(selector);
      if (inner) return inner;
    }
    return null;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  append(...added) {
    this.children.push(...added);
  }

  prepend(...added) {
    this.children.unshift(...added);
  }

  replaceChildren(...added) {
    this.children = added;
  }

  remove() {}

  scrollIntoView() {}

  getBoundingClientRect() {
    return { left: 10, top: 20, width: 100, height: 50 };
  }
}

/** A key as it is pressed, and whether the page was kept from answering it. */
export const key = (name, more = {}) => ({
  key: name,
  prevented: false,
  preventDefault() {
    this.prevented = true;
  },
  ...more,
});

/** The same numbers from 0 to 1 on every run: a linear congruential generator (Numerical Recipes, 1992). */
export function drawn(count, seed = 1) {
  return Array.from({ length: count }, () => (seed = (1664525 * seed + 1013904223) % 2 ** 32) / 2 ** 32);
}

export const observed = new Map();

/** Puts the stand-ins where the modules look for them; `style` answers getComputedStyle. */
export function install(style = {}) {
  const context = { fillRect() {}, getImageData: () => ({ data: style.pixel ?? [255, 255, 255, 255] }) };
  globalThis.window = globalThis;
  globalThis.document = { createElement: () => Object.assign(new FakeElement(), { getContext: () => context }) };
  globalThis.getComputedStyle = () => ({ getPropertyValue: name => style[name] ?? "" });
  globalThis.requestAnimationFrame = work => setTimeout(() => work(performance.now()), 0);
  globalThis.Option = class {
    constructor(text, value) {
      Object.assign(this, { text, value });
    }
  };
  globalThis.cancelAnimationFrame = clearTimeout;
  globalThis.matchMedia = () => ({ matches: false });
  globalThis.ResizeObserver = class {
    constructor(work) {
      this.work = work;
    }
    observe(element) {
      observed.set(element, () => this.work([{ target: element }]));
    }
    unobserve(element) {
      observed.delete(element);
    }
  };
}

/** A packet as Python's `pack` makes it. */
export function packet(header, blobs = {}) {
  const places = {};
  let start = 0;
  for (const [name, bytes] of Object.entries(blobs)) {
    places[name] = [start, bytes.length];
    start += Math.ceil(bytes.length / 8) * 8;
  }
  const text = new TextEncoder().encode(JSON.stringify({ ...header, blobs: places }));
  const head = Math.ceil((4 + text.length) / 8) * 8;
  const all = new Uint8Array(head + start);
  new DataView(all.buffer).setUint32(0, text.length, true);
  all.set(text, 4);
  for (const [name, bytes] of Object.entries(blobs)) all.set(bytes, head + places[name][0]);
  return all;
}
