const STEPS = ".st-key-course-back button, .st-key-course-next button";
const OPEN_RADIO = '[data-testid="stMain"] [role=radio][aria-checked=true]';
/** @type {MutationObserver | undefined} */
let watchRadios;
let openBefore = [];

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

// A row marks another part now: it gets the focus.
function arrive() {
  const radio = openRadios().find(one => !openBefore.includes(one.innerText));
  if (!radio) return;
  watchRadios?.disconnect();
  radio.focus({ preventScroll: true });
}

function openRadios() {
  return /** @type {HTMLElement[]} */ ([...document.querySelectorAll(OPEN_RADIO)]);
}
