import { spaceLegends } from "./legends.js";

const DRAWINGS =
  '[data-testid="stBidiComponentIsolated"], [data-testid="stBidiComponentRegular"], [data-testid="stPlotlyChart"], [data-testid="stImage"]';
const AROUND = ".st-key-course-way, .st-key-course-foot, .st-key-predict-panel, .st-key-unseen";
const LEAST = 180; // px that a drawing is high
const ROOM = 8; // px between the bar and the drawing
const STAYS = 250; // ms in which nothing moved
const SPACED = 60; // ms after a chart was drawn
const OPEN_PART = '[data-testid="stMain"] [class*="-part"] [role=radio][aria-checked=true]';
const MOVES = ["wheel", "touchmove", "pointerdown"];
let placed = ""; // the page and part that stands as it should
let stands = null; // the drawing that was put under the bar; null once somebody has moved the page
let placing = 0;
let spacing = 0;

// On a projector what is drawn stands whole under the bar as soon as a page or a part has come; who moves it, moves it.
export function stage() {
  if (window.__cnnvizStage) return;
  window.__cnnvizStage = true;
  new MutationObserver(placeLater).observe(document.body, { childList: true, subtree: true, attributes: true });
  for (const name of MOVES) window.addEventListener(name, () => moved(), { capture: true, passive: true });
  placeLater();
}

function moved() {
  placed = pageAndPart();
  stands = null;
}

function placeLater() {
  if (!document.documentElement.dataset.present) {
    placed = "";
    return;
  }
  showTitle();
  clearTimeout(spacing);
  spacing = setTimeout(spaceLegends, SPACED);
  if (pageAndPart() === placed && (!stands || firstDrawing() === stands)) return; // a first one may come after others
  clearTimeout(placing);
  placing = setTimeout(standUnderBar, STAYS);
}

function standUnderBar() {
  const app = document.querySelector('[data-testid="stApp"]');
  const main = document.querySelector('[data-testid="stMain"]');
  if (!main || app?.getAttribute("data-test-script-state") !== "notRunning") return;
  const found = firstDrawing();
  if (!found) return; // it may be on its way
  placed = pageAndPart();
  stands = found;
  const bar = document.querySelector(".cnnviz-presenting")?.getBoundingClientRect().bottom ?? 0;
  const room = window.innerHeight - bar - ROOM;
  const { top: upper, bottom } = seenOf(found, room);
  const row = found.closest('[data-testid="stHorizontalBlock"]')?.getBoundingClientRect().top ?? upper;
  const top = bottom - row <= room ? Math.min(row, upper) : upper; // what stands beside it begins where its row does
  const under = main.scrollTop + bottom > window.innerHeight;
  main.scrollTo(0, under ? main.scrollTop + top - bar - ROOM : 0);
}

function firstDrawing() {
  const drawings = [...document.querySelectorAll(DRAWINGS)].filter(one => one.closest('[data-testid="stMain"]') && !one.closest(AROUND));
  return drawings.find(one => one.getBoundingClientRect().height >= LEAST) ?? null;
}

// Of a drawing that is higher than the room there is, the image in it counts, without the controls around it.
function seenOf(drawing, room) {
  const whole = drawing.getBoundingClientRect();
  const within = root =>
    [...root.querySelectorAll("*")].flatMap(one => [
      ...(one.matches("canvas, svg, img") ? [one.getBoundingClientRect()] : []),
      ...(one.shadowRoot ? within(one.shadowRoot) : []),
    ]);
  const picture = within(drawing.shadowRoot ?? drawing).find(box => box.width > LEAST && box.height > LEAST / 2);
  return picture && whole.height > room && picture.bottom - whole.top > room ? picture : whole;
}

// In the bar: of what page and part this is.
function showTitle() {
  const heading = /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stMain"] h1'));
  const at = /** @type {HTMLElement | null} */ (document.querySelector(".cnnviz-presenting .said"));
  const title = heading?.textContent?.trim() ?? "";
  const whole = [title, ...openParts()].filter(Boolean).join(" · ");
  if (!at || at.dataset.said === `${at.clientWidth} ${whole}`) return;
  at.dataset.said = `${at.clientWidth} ${whole}`;
  at.title = at.textContent = whole;
  for (let length = title.length - 1; at.scrollWidth > at.clientWidth && length > 0; length -= 1)
    at.textContent = [`${title.slice(0, length).trimEnd()}…`, ...openParts()].join(" · "); // the part is named whole
}

function pageAndPart() {
  return [window.location.pathname, ...openParts()].join("\n");
}

function openParts() {
  return [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(OPEN_PART))].map(radio => radio.innerText.trim());
}
