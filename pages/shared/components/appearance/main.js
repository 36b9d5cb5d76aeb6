// Says "changed" where the page's appearance is not the one that Python drew for; never twice for the same one.
// Streamlit (1.67) calls this anew when the appearance changes.
export default function ({ data, parentElement, setTriggerValue }) {
  // Known before anything else of the page is drawn: a chart measures its text once.
  if (new URLSearchParams(window.location.search).get("present") === "1") document.documentElement.dataset.present = "1";
  const span = parentElement.querySelector(".background");
  const [red, green, blue] = getComputedStyle(span)
    .backgroundColor.match(/[\d.]+/g)
    .map(Number);
  const name = 0.2126 * red + 0.7152 * green + 0.0722 * blue < 102 ? "dark" : "light"; // as common/theme.js tells them
  if (name !== data.drawn && name !== span.asked) setTriggerValue("changed", name);
  span.asked = name;
}
