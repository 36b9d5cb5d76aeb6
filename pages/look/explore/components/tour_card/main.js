import { say } from "../../../../shared/js/say.js";

const AGAIN = 250; // ms between two looks at where the framed element is
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
const views = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const part = name => /** @type {HTMLElement} */ (parentElement.querySelector(`.${name}`));
  const view = views.get(parentElement) ?? { at: 0 };
  views.set(parentElement, view);
  view.end?.();
  const go = to => setStateValue("go", to > data.count ? 0 : to);
  part("offer").textContent = data.offer;
  part("offer").hidden = data.at > 0;
  part("card").hidden = part("frame").hidden = !data.at;
  part("offer").onclick = () => go(1);
  part("back").onclick = () => go(data.at - 1);
  part("on").onclick = () => go(data.at + 1);
  part("out").onclick = () => go(0);
  if (!data.at) {
    view.at = 0;
    return undefined;
  }
  part("title").textContent = data.title;
  part("says").textContent = data.says;
  part("count").textContent = say("stop", { at: data.at, count: data.count });
  part("back").hidden = data.at === 1;
  part("on").textContent = say(data.at === data.count ? "done" : "next_stop");
  let seen = view.at === data.at;
  const place = () => {
    const target = document.querySelector(`.st-key-${data.points}`);
    if (target && !seen) bringIntoView(target);
    seen ||= Boolean(target);
    framed(target, part("frame"), part("card"));
  };
  const timer = setInterval(place, AGAIN);
  const onKey = event => key(event, data, part("card"), go);
  window.addEventListener("keydown", onKey, true);
  place();
  if (view.at !== data.at) part("on").focus({ preventScroll: true });
  view.at = data.at;
  view.end = () => {
    clearInterval(timer);
    window.removeEventListener("keydown", onKey, true);
  };
  return () => view.end();
}

// Escape leaves the tour from anywhere; the arrows go on and back where nothing else takes them.
function key(event, data, card, go) {
  const step = event.key === "Escape" ? -data.at : STEPS[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  const from = event.composedPath()[0];
  if (event.key !== "Escape" && from !== document.body && !card.contains(from)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  go(Math.max(event.key === "Escape" ? 0 : 1, data.at + step));
}

// Only where most of it lies outside the window: a page that moves by itself is hard to follow.
function bringIntoView(target) {
  const box = target.getBoundingClientRect();
  if (box.top >= 0 && box.top < 0.6 * window.innerHeight) return;
  target.style.scrollMarginTop = "70px"; // the bar on top
  target.scrollIntoView({ block: "start" });
}

function framed(target, frame, card) {
  const box = target?.getBoundingClientRect();
  frame.hidden = !box?.width;
  if (!box?.width) {
    card.classList.add("left");
    return;
  }
  const right = Math.min(box.right, window.innerWidth - 4);
  const bottom = Math.min(box.bottom, window.innerHeight - 4);
  Object.assign(frame.style, {
    left: `${Math.max(2, box.left - 4)}px`,
    top: `${Math.max(2, box.top - 4)}px`,
    width: `${right - Math.max(2, box.left - 4)}px`,
    height: `${Math.max(0, bottom - Math.max(2, box.top - 4))}px`,
  });
  const onTheRight = box.left + box.width / 2 > window.innerWidth / 2 + 40;
  card.classList.toggle("left", onTheRight);
  card.classList.toggle("right", !onTheRight);
}
