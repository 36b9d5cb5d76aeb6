import { element } from "../../js/dom.js";
import { say } from "../../js/say.js";

const SHOWN = 2000; // ms that "Copied" stays
const PARTS = { menu: "hide_menu", parts: "hide_parts", training: "hide_training", code: "hide_code", course: "hide_course" };

// A link to what is shown, with what a class does not need left out.
export function lessons(part) {
  const choices = part("choices");
  if (!choices.children.length) {
    const offered = { ...PARTS, present: "and_present", ask: "and_ask" };
    for (const [name, words] of Object.entries(offered)) {
      const label = element("label");
      const box = /** @type {HTMLInputElement} */ (element("input"));
      Object.assign(box, { type: "checkbox", name, checked: name === "menu" || name === "training" });
      label.append(box, say(words));
      choices.append(label);
    }
  }
  part("copy").onclick = async () => {
    const wanted = [...choices.querySelectorAll("input:checked")].map(box => box.name);
    part("said").textContent = (await copied(link(wanted))) ? "Copied" : link(wanted);
    setTimeout(() => (part("said").textContent = ""), 5 * SHOWN);
  };
}

function link(wanted) {
  const url = new URL(window.location.href);
  const hide = wanted.filter(name => name in PARTS);
  if (hide.length) url.searchParams.set("hide", hide.join(","));
  else url.searchParams.delete("hide");
  if (wanted.includes("present")) url.searchParams.set("present", "1");
  if (wanted.includes("ask") && !url.searchParams.has("ask")) url.searchParams.set("ask", "1");
  return url.href;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed, or the page is not served securely: then the link is shown to be copied by hand
  }
}
