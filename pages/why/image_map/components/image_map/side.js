// The image at hand, what is known of it, and who is near to it: at this layer, and by its pixels.
import { ring, sized } from "../../../../shared/js/canvas.js";
import { neighboursOf, thumb } from "./ground.js";

const GAP = 5;

export function paintSide(view) {
  const { header, item } = view;
  const own = item >= header.count;
  const answer = header.answer_names[header.answers[item]];
  view.title.textContent = own ? "Your image" : `${header.classes[header.labels[item]]}, image ${item}`;
  view.facts.textContent = `The network says “${answer}”${header.right.length && !own ? (header.right[item] ? ", right." : ", wrong.") : "."}${view.pinned ? " Kept: click it again to let go." : ""}`;
  const [tall, wide] = header.thumb;
  const across = 150;
  const context = sized(view.lens, across, (across * tall) / wide);
  thumb(context, view, item, { x: 0, y: 0, w: across, h: (across * tall) / wide });
  view.lens.setAttribute("aria-label", view.title.textContent);
  view["layer-near"].textContent = `Nearest at ${header.layers[view.layer].name}`;
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
  canvas.setAttribute("aria-label", own < 0 ? `${items.length} images` : `${same} of ${items.length} are of its class`);
}
