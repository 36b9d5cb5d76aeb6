import { still } from "./play.js";

// Where a person can go back to on the page, by name: "network", "layer". Each component has a shadow tree of its own.
export function settled(name, element) {
  (window.__cnnvizPlaces ??= {})[name] = element;
}

// Brings that place into sight and gives it the keyboard; false where the page has none.
export function goBack(name) {
  const place = window.__cnnvizPlaces?.[name];
  if (!place?.isConnected) return false;
  place.scrollIntoView({ block: "center", behavior: still() ? "auto" : "smooth" });
  place.focus({ preventScroll: true });
  return true;
}
