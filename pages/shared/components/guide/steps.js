const STEPS = ".st-key-course-back button, .st-key-course-next button";
const DRAWN = 150; // ms without a change
const OPEN_RADIO = '[data-testid="stMain"] [role=radio][aria-checked=true]';
/** @type {MutationObserver | undefined} */
let watchRadios;
let openBefore = [];
let arriving = 0;

// Whoever goes on to another part of the page stands at its beginning, on the row of parts: not below its end.
export function follow() {
  if (window.__cnnvizSteps) return;
  window.__cnnvizSteps = true;
  document.addEventListener("click", event => {
    if (!(event.target instanceof Element) || !event.target.closest(STEPS)) return;
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    if (document.documentElement.dataset.present) return; // there the keys go on from stop to stop
    openBefore = openRadios().map(radio => radio.innerText);
    watchRadios ??= new MutationObserver(arrive);
    watchRadios.observe(document.body, { attributeFilter: ["aria-checked"], childList: true, subtree: true });
  });
}

// A row marks another part now: once everything about it is drawn, it gets the focus.
function arrive() {
  clearTimeout(arriving);
  arriving = setTimeout(() => {
    const radio = openRadios().find(one => !openBefore.includes(one.innerText));
    if (!radio) return;
    watchRadios?.disconnect();
    radio.focus({ preventScroll: true });
    if (document.activeElement !== radio) radio.focus({ preventScroll: true }); // a row gives it to its last one at first
  }, DRAWN);
}

function openRadios() {
  return /** @type {HTMLElement[]} */ ([...document.querySelectorAll(OPEN_RADIO)]);
}
