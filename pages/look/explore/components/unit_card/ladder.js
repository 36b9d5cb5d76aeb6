// The waterfall: top terms, the rest, bias, sum; then what the unit's group does with the sum.
import { element, nest, tickOrCross } from "../../../../shared/js/dom.js";
import { say } from "../../../../shared/js/say.js";

function ladderScale(rungs) {
  const ends = [0, ...rungs.flatMap(rung => [rung.start, rung.stop])];
  const low = Math.min(...ends);
  const span = Math.max(...ends) - low || 1;
  return value => (100 * (value - low)) / span;
}

function rungBar(rung, percent) {
  const track = element("span", "track");
  const bar = element("span", `bar ${rung.kind === "sum" ? "sum" : rung.value < 0 ? "negative" : "positive"}`);
  bar.classList.toggle("back", rung.stop < rung.start);
  const [from, to] = [percent(rung.start), percent(rung.stop)].sort((one, other) => one - other);
  track.style.setProperty("--zero", `${percent(0)}%`);
  bar.style.left = `${from}%`;
  bar.style.width = `${to - from}%`;
  bar.hidden = rung.value === 0;
  track.append(bar);
  return track;
}

function rungLine(rung, percent, view) {
  const opens = rung.place && view.data.form === "kernel";
  const line = element(opens ? "button" : "div", `rung ${rung.kind}`);
  line.append(
    element("span", "label", rung.label),
    element("span", "detail", rung.detail),
    rungBar(rung, percent),
    element("span", "value", rung.text),
  );
  if (opens) {
    line.type = "button";
    line.onpointerenter = () => view.point(rung.place);
    line.onpointerleave = () => view.point(null);
    line.onfocus = () => view.point(rung.place);
    line.onclick = () => view.open(rung.place);
  }
  return line;
}

export function showLadder(view) {
  const { ladder, explained, rule } = view.data;
  const percent = ladderScale(ladder);
  view.part(".explained").textContent = explained || rule;
  const lines = ladder.map(rung => rungLine(rung, percent, view));
  lines.forEach((line, place) => line.style.setProperty("--place", String(place)));
  view.part(".ladder").replaceChildren(
    ...lines.map(line => {
      const item = element("div", "item");
      item.setAttribute("role", "listitem");
      item.append(line);
      return item;
    }),
  );
  view.part(".ladder").hidden = ladder.length === 0;
}

function stageLine(stage) {
  const line = element("li", "stage");
  const value = element("span", "value", stage.text);
  if (stage.agrees !== null) {
    value.append(tickOrCross(stage.agrees, `mark ${stage.agrees ? "good" : "bad"}`));
    value.title = say("recorded_beside", { value: stage.text, difference: stage.difference });
  }
  const label = element("span", "label", stage.name);
  label.title = stage.operation;
  line.append(label, element("code", "formula", stage.formula), value);
  return line;
}

export function showStages(view) {
  const { stages } = view.data;
  view.part(".stages").replaceChildren(...stages.map(stageLine));
  view.part(".stages").hidden = stages.length === 0;
}

function fact(name, value) {
  return nest("span", "fact", `${name} `, element("b", "", value));
}

export function showProof(view) {
  const { proof, blanked } = view.data;
  const facts = [fact(say("recorded"), proof.recorded)];
  if (proof.computed !== null) {
    const verdict = element("span", `verdict ${proof.agrees ? "good" : "bad"}`);
    verdict.append(
      tickOrCross(proof.agrees, `mark ${proof.agrees ? "good" : "bad"}`),
      element("span", "", say(proof.agrees ? "agrees" : "differs")),
    );
    verdict.title = say("allowed", { tolerance: proof.tolerance });
    facts.push(fact(say("computed"), proof.computed), fact(say("difference"), proof.difference), verdict);
  }
  if (blanked) {
    const shown = fact(say("outside_blanked"), `${blanked.before} → ${blanked.outside}`);
    shown.append(
      tickOrCross(blanked.agrees, `mark ${blanked.agrees ? "good" : "bad"}`),
      ` ${say("inside_blanked", { value: blanked.inside })}`,
    );
    facts.push(shown);
  }
  view.part(".proof").replaceChildren(...facts);
  view.part(".title").replaceChildren(element("b", "", view.data.title), ` ${view.data.operation}`);
}
