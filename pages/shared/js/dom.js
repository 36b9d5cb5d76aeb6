import { say } from "./say.js";

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** An element around others, and around text. */
export function nest(tag, className, ...children) {
  const made = element(tag, className);
  made.append(...children);
  return made;
}

// A tick or a cross as a path: a bare Linux has no glyph for them.
export function tickOrCross(right, className = "") {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  const looks = className ? { class: className, role: "img", "aria-label": say(right ? "agrees" : "differs") } : { "aria-hidden": "true" };
  for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", ...looks })) drawing.setAttribute(name, value);
  path.setAttribute("d", right ? "M2.5 8.5 6.5 12.5 13.5 4" : "M3.5 3.5 12.5 12.5M12.5 3.5 3.5 12.5");
  drawing.append(path);
  return drawing;
}

// At most once per frame, with the last arguments.
export function perFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}
