import { element, tickOrCross } from "../../../../shared/js/dom.js";
import { say } from "../../../../shared/js/say.js";

function tileOf(tile, index, count, url) {
  const item = element("div", tile.right ? "tile right" : "tile wrong");
  const picture = element("div", "picture");
  item.setAttribute("role", "listitem");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", tile.words);
  picture.style.backgroundImage = `url("${url}")`;
  picture.style.backgroundSize = `${100 * count}% 100%`;
  picture.style.backgroundPosition = `${count > 1 ? (100 * index) / (count - 1) : 0}% 0`;
  const caption = element("div", "caption");
  const said = element("div", "said");
  said.append(tickOrCross(tile.right), element("span", "name", tile.said), element("span", "percent", tile.percent));
  caption.append(said, element("div", "truth", tile.right ? say("right") : say("truth", { label: tile.truth })));
  if (tile.runner_up) caption.append(element("div", "runner", say("runner_up", { label: tile.runner_up })));
  item.append(picture, caption);
  return item;
}

export default function ({ data, parentElement }) {
  const url = `data:image/png;base64,${data.sprite}`;
  const tiles = data.tiles.map((tile, index) => tileOf(tile, index, data.tiles.length, url));
  parentElement.querySelector(".gallery").replaceChildren(...tiles);
}
