// On a projector a drawing stands whole under the bar.
const BAR = 72; // pixels of the window: the bar, and what is left free around the drawing

/**
 * How high an image may be, in its own pixels; where nothing is presented, as high as it likes.
 * @param {HTMLElement} whole the component around it, whose top stands under the bar
 * @param {HTMLElement} picture where it is laid out by now, so that what stands above it is known
 * @param {number} wanted its height otherwise
 */
export function heightFor(whole, picture, wanted) {
  if (!document.documentElement.dataset.present) return wanted;
  const zoom = whole.currentCSSZoom ?? 1;
  const above = picture.getBoundingClientRect().top - whole.getBoundingClientRect().top;
  return Math.max(120, Math.min(wanted, Math.floor((window.innerHeight - BAR - above) / zoom)));
}
