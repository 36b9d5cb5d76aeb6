import { element } from "../../js/dom.js";
import { say } from "../../js/say.js";

const SOON = 250; // ms after a change
const TEXTS = '[data-testid="stMain"] [data-testid="stMarkdownContainer"] :is(p, li)';
const NOT_IN = 'button, label, a, code, summary, .katex, [data-testid="stMetric"], .cnnviz-term-card';
const marked = new WeakMap(); // paragraph → the text and the width for which its words were marked

// The first time a word stands on a page it is underlined, and explained where a pointer, a finger or the focus is. The
// words themselves are left as they are: a transparent button lies over each, at the end of its paragraph.
export function underline(terms) {
  const first = !window.__cnnvizTerms;
  window.__cnnvizTerms = { terms, find: pattern(terms), names: names(terms) };
  if (first) {
    let waiting = 0;
    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(markAll, SOON);
    };
    new MutationObserver(later).observe(document.body, { childList: true, characterData: true, subtree: true });
    window.addEventListener("resize", later);
    window.addEventListener("scroll", hideCard, true);
  }
  markAll();
}

function pattern(terms) {
  const all = terms.flatMap(term => term.spellings).sort((a, b) => b.length - a.length);
  const escaped = all.map(one => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${escaped.join("|")})(?![\\p{L}\\p{N}_-])`, "giu");
}

function names(terms) {
  return new Map(terms.flatMap(term => term.spellings.map(one => [one.toLowerCase(), term])));
}

function markAll() {
  const { find, names: known } = window.__cnnvizTerms;
  const seen = new Set();
  for (const paragraph of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(TEXTS))) {
    if (!paragraph.offsetParent || paragraph.closest(NOT_IN)) continue;
    const state = `${paragraph.textContent}|${paragraph.clientWidth}|${paragraph.clientHeight}`;
    const buttons = [...paragraph.querySelectorAll(":scope > .cnnviz-term")];
    if (marked.get(paragraph)?.state === state && buttons.length === marked.get(paragraph).count) {
      buttons.forEach(one => seen.add(/** @type {HTMLElement} */ (one).dataset.term));
      continue;
    }
    buttons.forEach(one => one.remove());
    marked.set(paragraph, { state, count: mark(paragraph, find, known, seen) });
  }
  hideOrphan();
}

function mark(paragraph, find, known, seen) {
  const found = [];
  const walk = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.parentElement?.closest(NOT_IN) || node.parentElement?.closest("p, li") !== paragraph) continue;
    for (const match of (node.textContent ?? "").matchAll(find)) {
      const term = known.get(match[0].toLowerCase());
      if (!term || seen.has(term.name)) continue;
      seen.add(term.name);
      found.push([term, node, match.index, match[0].length]);
    }
  }
  if (!found.length) return 0;
  paragraph.dataset.terms = "";
  const box = paragraph.getBoundingClientRect();
  for (const [term, node, start, length] of found) {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, start + length);
    paragraph.append(over(term, range.getClientRects()[0], box));
  }
  return found.length;
}

function over(term, at, box) {
  const button = /** @type {HTMLButtonElement} */ (element("button", "cnnviz-term"));
  button.type = "button";
  button.dataset.term = term.name;
  button.setAttribute("aria-label", say("meaning", { term: term.name }));
  Object.assign(button.style, {
    left: `${at.left - box.left}px`,
    top: `${at.top - box.top}px`,
    width: `${at.width}px`,
    height: `${at.height}px`,
  });
  button.onpointerenter = button.onfocus = button.onclick = () => showCard(button, term);
  button.onpointerleave = button.onblur = hideCard;
  button.onkeydown = event => {
    if (event.key === "Escape") hideCard(); // a handler that answers false would keep every other key from the page
  };
  return button;
}

function showCard(button, term) {
  hideCard();
  const card = element("div", "cnnviz-term-card");
  card.id = "cnnviz-term-card";
  card.setAttribute("role", "tooltip");
  card.append(element("b", "", term.name), element("span", "", ` ${term.says}`));
  (document.querySelector('[data-testid="stApp"]') ?? document.body).append(card); // which knows light from dark
  button.setAttribute("aria-describedby", card.id);
  const at = button.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, window.innerWidth - card.offsetWidth - 8));
  const under = at.bottom + 6;
  const top = under + card.offsetHeight > window.innerHeight ? at.top - card.offsetHeight - 6 : under;
  Object.assign(card.style, { left: `${left}px`, top: `${Math.max(8, top)}px` });
}

// A word that the page has taken away meanwhile takes its card with it: no pointer can leave it any more.
function hideOrphan() {
  const word = /** @type {HTMLElement | null} */ (document.querySelector('[aria-describedby="cnnviz-term-card"]'));
  if (!word?.offsetParent) hideCard();
}

function hideCard() {
  document.querySelector('[aria-describedby="cnnviz-term-card"]')?.removeAttribute("aria-describedby");
  document.getElementById("cnnviz-term-card")?.remove();
}
