const STEPS = ".st-key-course-back button, .st-key-course-next button";
const OPEN = '[class*="st-key-"][class*="-part"] [role=radio][aria-checked=true]';

// Whoever goes on to another part of the page stands at its beginning, on the row of parts: not below its end.
export function follow() {
  if (window.__cnnvizSteps) return;
  window.__cnnvizSteps = true;
  document.addEventListener("click", event => {
    if (!(event.target instanceof Element) || !event.target.closest(STEPS)) return;
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    if (document.documentElement.dataset.present) return; // there the keys go on from stop to stop
    onceOpen(radio => radio.focus({ preventScroll: true }));
  });
}

// When the row marks another part, which is given.
function onceOpen(work) {
  const watch = new MutationObserver(changes => {
    const radio = /** @type {HTMLElement | null} */ (document.querySelector(OPEN));
    if (!radio || !changes.some(change => change.target === radio)) return;
    watch.disconnect();
    work(radio);
  });
  watch.observe(document.body, { attributeFilter: ["aria-checked"], subtree: true });
}
