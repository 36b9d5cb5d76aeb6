// The sidebar is Streamlit's own; its button has no words, so this one presses it.
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.querySelector(".words").textContent = data.words;
  button.onclick = () => {
    const folded = /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stExpandSidebarButton"]'));
    const open = /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stSidebarCollapseButton"] button'));
    (folded ?? open)?.click();
  };
}
