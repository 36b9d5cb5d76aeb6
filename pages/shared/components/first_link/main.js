// Streamlit takes the first link into a page of a fresh server for a page that is not there, says so in a dialog, and
// then shows the page. This closes that dialog, at each first page of a session, within five seconds of the page's arrival.
export default function () {
  const until = performance.now() + 5000;
  const look = () => {
    const dialog = [...document.querySelectorAll('[role="dialog"]')].find(item => item.textContent.includes("Page not found"));
    const close = /** @type {HTMLElement | null} */ (dialog?.querySelector('button[aria-label="Close"]') ?? null);
    if (close) close.click();
    else if (performance.now() < until) setTimeout(look, 50);
  };
  look();
}
