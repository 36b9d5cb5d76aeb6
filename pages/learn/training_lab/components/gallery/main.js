function made(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// A tick or a cross as a path: a bare Linux has no glyph for them.
function mark(right) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  path.setAttribute("d", right ? "M2.5 8.5 6.5 12.5 13.5 4" : "M3.5 3.5 12.5 12.5M12.5 3.5 3.5 12.5");
  drawing.append(path);
  return drawing;
}

function tileOf(tile, index, count, url) {
  const figure = made("figure", tile.right ? "tile right" : "tile wrong");
  const picture = made("div", "picture");
  figure.setAttribute("role", "listitem");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", tile.words);
  picture.style.backgroundImage = `url("${url}")`;
  picture.style.backgroundSize = `${100 * count}% 100%`;
  picture.style.backgroundPosition = `${count > 1 ? (100 * index) / (count - 1) : 0}% 0`;
  const caption = made("figcaption", "");
  const said = made("div", "said");
  said.append(mark(tile.right), made("span", "name", tile.said), made("span", "percent", tile.percent));
  caption.append(said, made("div", "truth", tile.right ? "right" : `it is ${tile.truth}`));
  if (tile.runner_up) caption.append(made("div", "runner", `then ${tile.runner_up}`));
  figure.append(picture, caption);
  return figure;
}

export default function ({ data, parentElement }) {
  const url = `data:image/png;base64,${data.sprite}`;
  const tiles = data.tiles.map((tile, index) => tileOf(tile, index, data.tiles.length, url));
  parentElement.querySelector(".gallery").replaceChildren(...tiles);
}
