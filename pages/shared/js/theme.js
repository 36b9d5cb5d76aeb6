// The page's colours and fonts, from Streamlit's CSS variables; "light" or "dark" by the background's luminance.
export function themeOf(root) {
  const style = getComputedStyle(root.host ?? root);
  const read = (name, fallback) => {
    const value = style.getPropertyValue(name).trim();
    return value && value !== "unset" ? value : fallback;
  };
  const background = read("--st-background-color", "#ffffff");
  const dark = luminance(background) < 0.4;
  return {
    name: dark ? "dark" : "light",
    background,
    text: read("--st-text-color", dark ? "#e6ebf2" : "#1b2430"),
    primary: read("--st-primary-color", "#0a66c2"),
    font: read("--st-font", "sans-serif"),
    code: read("--st-code-font", "monospace"),
    scale: Number(read("--cnnviz-type", "1")) || 1, // of the type, where the page asks for larger one
  };
}

function luminance(colour) {
  const [r, g, b] = bytesOf(colour);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

export function sameTheme(one, other) {
  return Boolean(one && other) && Object.keys(one).every(name => one[name] === other[name]);
}

/** Red, green and blue of a CSS colour, 0 to 255. */
export function bytesOf(colour) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}
