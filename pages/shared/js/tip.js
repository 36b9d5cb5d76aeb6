// A small card beside the pointer: a bold first line, then lines of label and number. Text only, never markup.
import { element, nest } from "./dom.js";

export function showTip(tip, place, title, lines) {
  const rows = lines.map(([label, value]) =>
    nest("div", "tip-row", element("span", "tip-label", label), element("span", "tip-value", value)),
  );
  tip.replaceChildren(element("div", "tip-title", title), ...rows);
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const gap = 14;
  const right = place.x + gap + width < window.innerWidth - 4;
  const below = place.y + gap + height < window.innerHeight - 4;
  const left = right ? place.x + gap : place.x - gap - width;
  const top = below ? place.y + gap : place.y - gap - height;
  tip.style.left = `${Math.max(4, Math.min(left, window.innerWidth - width - 4))}px`;
  tip.style.top = `${Math.max(4, top)}px`;
}
