import { say } from "../../js/say.js";
import { completeMarkup } from "./markup.js";
import { oneEntryForEachPage } from "./history.js";

const SHOWN = 2000; // ms that "Copied" stays

export default function ({ data, parentElement }) {
  oneEntryForEachPage(window);
  completeMarkup();
  const part = name => /** @type {HTMLElement} */ (parentElement.querySelector(`.${name}`));
  part("words").textContent = data.training;
  part("present").onclick = () => window.dispatchEvent(new Event("cnnviz-present"));
  part("training").onclick = unfold;
  part("copy").onclick = async () => {
    const copied = await copy(window.location.href, parentElement);
    tell(part, say(copied ? "copied" : "copy_it"));
  };
}

function tell(part, words) {
  part("copy").textContent = words;
  part("said").textContent = words;
  setTimeout(() => {
    part("copy").textContent = say("copy_link");
    part("said").textContent = "";
  }, SHOWN);
}

// Where the page is not served securely there is no clipboard but the old way.
async function copy(text, root) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return byHand(text, root); // the browser does not allow it
    }
  }
  return byHand(text, root);
}

function byHand(text, root) {
  const field = document.createElement("textarea");
  field.value = text;
  root.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

// The sidebar is Streamlit's own; its button has no words, so this one presses it.
function unfold() {
  const folded = /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stExpandSidebarButton"]'));
  const open = /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stSidebarCollapseButton"] button'));
  (folded ?? open)?.click();
}
