import { element } from "../../js/dom.js";
import { say } from "../../js/say.js";
import { stage } from "./stage.js";

const BACK = new Set(["PageUp", "ArrowLeft"]);
const NEXT = new Set(["PageDown", "ArrowRight"]);
const AGAIN = 300; // ms: the server, which does not know of it, may write the address anew
const HIDDEN = /^[a-z]{3,12}(,[a-z]{3,12})*$/;

// What the link says is done on this page: what is hidden, and whether it is presented. Presenting goes on from stop to
// stop until Escape.
export function present() {
  const asked = new URLSearchParams(window.location.search);
  const hide = asked.get("hide") ?? "";
  const root = document.documentElement;
  if (HIDDEN.test(hide)) root.dataset.hide = hide.replaceAll(",", " ");
  else delete root.dataset.hide;
  if (asked.get("present") === "1" || root.dataset.present) begin();
  if (window.__cnnvizPresent) return;
  window.__cnnvizPresent = true;
  window.addEventListener("cnnviz-present", begin);
  window.addEventListener("keydown", onKey);
  setInterval(() => document.documentElement.dataset.present && said("1"), AGAIN);
}

function begin() {
  document.documentElement.dataset.present = "1";
  said("1");
  stage();
  window.dispatchEvent(new Event("resize")); // what is measured in pixels is measured anew
  if (document.querySelector(".cnnviz-presenting")) return;
  const bar = element("div", "cnnviz-presenting");
  const way = (words, label, work) => {
    const button = /** @type {HTMLButtonElement} */ (element("button", "", words));
    button.type = "button";
    button.setAttribute("aria-label", label);
    button.onclick = work;
    return button;
  };
  bar.append(
    element("span", "said"),
    way(say("back"), say("back_label"), () => go("back")),
    way(say("next"), say("next_label"), () => go("next")),
    way(say("leave"), say("leave_label"), leave),
  );
  (document.querySelector('[data-testid="stApp"]') ?? document.body).append(bar); // which knows light from dark
}

function leave() {
  delete document.documentElement.dataset.present;
  document.querySelector(".cnnviz-presenting")?.remove();
  said(null);
  window.dispatchEvent(new Event("resize"));
}

function said(value) {
  const url = new URL(window.location.href);
  if (url.searchParams.get("present") === value) return;
  if (value) url.searchParams.set("present", value);
  else url.searchParams.delete("present");
  window.history.replaceState(window.history.state, "", url);
}

function go(where) {
  /** @type {HTMLElement | null} */ (document.querySelector(`.st-key-course-${where} :is(a, button)`))?.click();
}

function onKey(event) {
  if (!document.documentElement.dataset.present || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.composedPath()[0]?.closest?.("input, textarea, select, [contenteditable], [role=radio], [role=slider], canvas");
  if (event.defaultPrevented || typing) return;
  if (event.key === "Escape") leave();
  else if (NEXT.has(event.key)) go("next");
  else if (BACK.has(event.key)) go("back");
  else return;
  event.preventDefault();
}
