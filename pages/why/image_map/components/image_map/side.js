// The image at hand, what is known of it, and who is near to it: at this layer, and by its pixels.
import { ring, sized } from "../../../../shared/js/canvas.js";
import { say } from "../../../../shared/js/say.js";
import { neighboursOf, thumb } from "./ground.js";

const GAP = 5;

export function paintSide(view) {
  const { header, item } = view;
  const own = item >= header.count;
  const answer = header.answer_names[header.answers[item]];
  view.title.textContent = own ? say("your_image") : say("image", { label: header.classes[header.labels[item]], item });
  const judged = header.right.length && !own;
  const says = answer ? say(judged ? (header.right[item] ? "says_right" : "says_wrong") : "says", { answer }) : say("says_no_class");
  view.facts.textContent = view.pinned ? `${says} ${say("kept")}` : says;
  const [tall, wide] = header.thumb;
  const across = 150;
  const context = sized(view.lens, across, (across * tall) / wide);
  thumb(context, view, item, { x: 0, y: 0, w: across, h: (across * tall) / wide });
  view.lens.setAttribute("aria-label", view.title.textContent);
  view["layer-near"].textContent = say("nearest", { layer: header.layers[view.layer].name });
  row(view, view["by-layer"], neighboursOf(view, item, view.layer));
  row(view, view["by-pixels"], neighboursOf(view, item, 0));
}

function row(view, canvas, items) {
  const [tall, wide] = view.header.thumb;
  const width = Math.min(view.side.clientWidth, 270);
  const size = Math.floor((width - GAP * (items.length + 1)) / items.length);
  const height = (size * tall) / wide;
  const context = sized(canvas, width, height + 2 * GAP);
  const own = view.header.labels[view.item];
  items.forEach((item, place) => {
    const box = { x: GAP + place * (size + GAP), y: GAP, w: size, h: height };
    thumb(context, view, item, box);
    ring(context, box, view.theme, view.paints.of(item), 2);
  });
  const same = items.filter(item => view.header.labels[item] === own).length;
  canvas.setAttribute("aria-label", own < 0 ? say("images", { count: items.length }) : say("same_class", { same, count: items.length }));
}
