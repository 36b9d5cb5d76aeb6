// Says "changed" where the page's appearance is not the one that Python drew for; never twice for the same one.
export default function ({ data, parentElement, setTriggerValue }) {
  const span = parentElement.querySelector(".background");
  const look = () => {
    const { name } = themeOf(parentElement);
    if (name !== data.drawn && name !== span.asked) setTriggerValue("changed", name);
    span.asked = name;
  };
  span.addEventListener("transitionend", look);
  look();
  return () => span.removeEventListener("transitionend", look);
}
