// One gesture leaves one entry at most: what changes on a page replaces the page's entry. Streamlit empties the address of
// the page that is left before it goes on to the next one: the entry that stays behind gets it back, so that Back shows
// what was there.
/** @param {any} window the browser's, or a test's */
export function oneEntryForEachPage(window) {
  if (window.__cnnvizHistory) return;
  window.__cnnvizHistory = true;
  const push = window.history.pushState.bind(window.history);
  let emptied = null; // the address that was emptied since the last gesture
  for (const gesture of ["pointerdown", "keydown"]) window.addEventListener(gesture, () => (emptied = null), { capture: true });
  window.history.pushState = (state, unused, url) => {
    const [to, from] = [new URL(url ?? "", window.location.href), window.location];
    if (to.pathname === from.pathname) {
      if (from.search && !to.search) emptied = from.href;
      return window.history.replaceState(state, unused, url);
    }
    if (emptied) window.history.replaceState(window.history.state, "", emptied);
    emptied = null;
    return push(state, unused, url);
  };
}
