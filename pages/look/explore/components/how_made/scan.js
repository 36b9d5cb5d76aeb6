// Where the windows of what is played stand: the component that plays it says so, the canvas of the network shows it, too.
const NAME = "cnnviz:scan";

/**
 * @param {null | {layer: string, channel: number, box: number[], done: number, last: number, columns: number, rows: number}} place
 * box: top, left, bottom, right of the window as shares of the map that is read; done: cells of the result that are there
 */
export function publish(place) {
  window.dispatchEvent(new CustomEvent(NAME, { detail: place }));
}

/** heard(place) on every move; returns what stops it. */
export function follow(heard) {
  const listener = event => heard(event.detail);
  window.addEventListener(NAME, listener);
  return () => window.removeEventListener(NAME, listener);
}
