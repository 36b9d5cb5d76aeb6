import { say } from "../../js/say.js";

function span(className, text) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

function line(row) {
  const made = document.createElement("div");
  const track = span("track", "");
  const bar = span("bar", "");
  made.className = "row";
  made.title = say("class_and_logit", { index: row.index, logit: row.logit });
  made.setAttribute("role", "listitem");
  bar.style.width = `${100 * row.probability}%`;
  track.append(bar);
  made.append(span("label", row.label), span("percent", row.percent), track);
  return made;
}

export default function ({ data, parentElement }) {
  parentElement.querySelector(".scores").replaceChildren(...data.rows.map(line));
  parentElement.querySelector(".rest").textContent = data.words;
}
