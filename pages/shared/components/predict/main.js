import { bound } from "../../js/bound.js";
import { element, tickOrCross } from "../../js/dom.js";
import { ARROWS } from "../../js/input.js";
import { say } from "../../js/say.js";

const views = new WeakMap();

// What was chosen stays until the questions are others; whether it is open and which question it is also come from a link.
export default function ({ data, parentElement, setStateValue }) {
  const view = views.get(parentElement) ?? { digest: "", at: 0, open: false, others: 0, chosen: [] };
  views.set(parentElement, view);
  const part = name => /** @type {HTMLElement} */ (parentElement.querySelector(`.${name}`));
  if (data.digest !== view.digest) {
    const fresh = !view.digest;
    Object.assign(view, { digest: data.digest, chosen: data.questions.map(() => []) });
    if (fresh) Object.assign(view, { open: data.open, at: data.at });
    view.at = Math.min(view.at, data.questions.length - 1);
  }
  const publish = () => setStateValue("view", { open: view.open, at: view.at, others: view.others });
  const draw = () => drawn(view, data.questions, part, draw);
  part("fold").onclick = () => {
    view.open = !view.open;
    draw();
    publish();
  };
  part("next").onclick = () => {
    view.at = (view.at + 1) % data.questions.length;
    draw();
    publish();
  };
  part("others").onclick = () => {
    view.others += 1;
    publish();
  };
  part("answers").onkeydown = event => {
    const step = ARROWS[event.key];
    const all = [.../** @type {NodeListOf<HTMLElement>} */ (part("answers").querySelectorAll("button"))];
    const root = /** @type {ShadowRoot | Document} */ (part("answers").getRootNode());
    const here = all.indexOf(/** @type {HTMLElement} */ (root.activeElement));
    if (!step || here < 0) return;
    event.preventDefault();
    all[(here + step[0] + step[1] + all.length) % all.length].focus();
  };
  draw();
}

function drawn(view, questions, part, draw) {
  const question = questions[view.at];
  part("fold").setAttribute("aria-expanded", String(view.open));
  part("teaser").textContent = view.open ? "" : teaser(questions.length);
  part("inside").hidden = !view.open;
  part("words").textContent = bound(question.words);
  part("next").textContent = say("next_question", { at: view.at + 1, count: questions.length });
  part("next").hidden = questions.length < 2;
  const chosen = view.chosen[view.at];
  part("answers").replaceChildren(
    ...question.answers.map((answer, at) =>
      choice(answer, chosen.includes(at), () => {
        view.chosen[view.at] = [...chosen.filter(one => one !== at), at];
        draw();
        /** @type {HTMLElement} */ (part("answers").children[at]).focus();
      }),
    ),
  );
  reveal(part("said"), question.answers[chosen.at(-1)]);
}

function teaser(count) {
  return count > 1 ? say("many", { count }) : say("one");
}

function choice(answer, open, choose) {
  const made = /** @type {HTMLButtonElement} */ (element("button", open ? (answer.right ? "right" : "wrong") : ""));
  made.type = "button";
  made.setAttribute("aria-pressed", String(open));
  made.append(element("span", "", bound(answer.text)));
  if (open) made.append(tickOrCross(answer.right, "tick"));
  made.onclick = choose;
  return made;
}

function reveal(place, answer) {
  place.className = `said ${answer ? (answer.right ? "right" : "wrong") : ""}`;
  place.replaceChildren();
  if (!answer) return;
  place.append(element("b", "", say(answer.right ? "right" : "wrong")), " ", bound(answer.said));
}
