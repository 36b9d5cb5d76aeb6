import { bound } from "../../js/bound.js";

const SOON = 50; // ms after a change
const SENTENCES = '[data-testid="stMain"] :is([data-testid="stMarkdownContainer"], [data-testid="stImageCaption"])';
const AS_WRITTEN = "pre, code, .katex, [role=radio]"; // what a choice is called is compared, and never broken

// What Streamlit (1.67) leaves out of its elements, first of all for those who hear a page. An image's text is its caption (none: it is
// decoration beside what says the same); code that is wider than its box can be scrolled by keys; a heading is at most
// one level below the one before it, whatever size it has.
export function completeMarkup() {
  if (window.__cnnvizMarkup) return;
  window.__cnnvizMarkup = true;
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      complete();
    }, SOON);
  };
  new MutationObserver(later).observe(document.body, { childList: true, characterData: true, subtree: true });
  complete();
}

function complete() {
  bindNumbers();
  for (const image of document.querySelectorAll('[data-testid="stImageContainer"] img:not([alt])')) {
    const caption = image.closest('[data-testid="stImageContainer"]')?.querySelector('[data-testid="stImageCaption"]');
    image.setAttribute("alt", caption?.textContent?.trim() ?? "");
  }
  for (const code of document.querySelectorAll('[data-testid="stCode"] pre')) {
    if (code.scrollWidth > code.clientWidth || code.scrollHeight > code.clientHeight) code.setAttribute("tabindex", "0");
  }
  let before = 0;
  for (const heading of document.querySelectorAll('[data-testid="stMain"] :is(h1, h2, h3, h4, h5, h6)')) {
    const own = Number(heading.tagName[1]);
    const level = Math.min(own, before + 1);
    if (level !== own) heading.setAttribute("aria-level", String(level));
    else heading.removeAttribute("aria-level");
    before = level;
  }
}

// A number and its unit stand in one line, wherever Streamlit writes the sentence.
function bindNumbers() {
  for (const words of document.querySelectorAll(SENTENCES)) {
    const walk = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const before = node.nodeValue ?? "";
      const after = bound(before);
      if (after !== before && !node.parentElement?.closest(AS_WRITTEN)) node.nodeValue = after;
    }
  }
}
