import { element, nest } from "../../js/dom.js";
import { say } from "../../js/say.js";

// All words, to be searched; made when somebody opens it.
export function drawer(part, terms) {
  const list = part("list");
  const search = part("search");
  part("count").textContent = say("explained", { count: terms.length });
  const fill = () => {
    const wanted = search.value.trim().toLowerCase();
    list.replaceChildren(
      ...terms
        .filter(term => `${term.spellings.join(" ")} ${term.says}`.toLowerCase().includes(wanted))
        .map(term => nest("div", "", element("dt", "", term.name), element("dd", "", term.says))),
    );
  };
  search.oninput = fill;
  part("all").ontoggle = () => part("all").open && !list.children.length && fill();
}
