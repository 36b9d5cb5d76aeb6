// Whose size is watched: an element and what its new width asks for.
import { perFrame } from "./dom.js";

// One observer for all that is on the page: an element and what its new width asks for, called once a frame at most.
const resized = new Map();
let observer = null;

export function watched(element, work) {
  observer ??= new ResizeObserver(entries => entries.forEach(entry => resized.get(entry.target)?.()));
  resized.set(element, perFrame(work));
  observer.observe(element);
}

export function unwatched(element) {
  observer.unobserve(element);
  resized.delete(element);
}
