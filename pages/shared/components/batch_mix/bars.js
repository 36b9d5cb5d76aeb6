import { sized } from "../../js/canvas.js";
import { element } from "../../js/dom.js";
import { grouped, indexIn } from "../../js/numbers.js";
import { say } from "../../js/say.js";

const TALL = 74;

// Hues around the wheel, every second one lighter: neighbours in the bar differ in lightness too.
export function classColour(index, count, dark) {
  const light = (index % 2 ? 66 : 46) + (dark ? 4 : 0);
  return `hsl(${Math.round((360 * index) / count)} 55% ${light}%)`;
}

export function batchAt(view, x) {
  const { length } = view.header.batches;
  return indexIn((x / view.room) * length, length);
}

export function paintBars(view) {
  const { header, room: width, theme } = view;
  const count = header.batches.length;
  const wide = width / count;
  const gap = wide > 6 ? 2 : wide > 3 ? 1 : 0;
  const largest = Math.max(...header.rows.flatMap(row => row.counts.map(counts => counts.reduce((a, b) => a + b, 0))));
  header.rows.forEach((row, index) => {
    const context = sized(view.canvases[index], width, TALL);
    row.counts.forEach((counts, batch) => {
      let top = TALL;
      counts.forEach((pictures, label) => {
        const tall = (pictures / largest) * TALL;
        context.fillStyle = view.colours[label];
        context.fillRect(batch * wide, top - tall, wide - gap, tall);
        top -= tall;
      });
    });
    context.strokeStyle = theme.text;
    context.lineWidth = view.pinned ? 2.5 : 1.5;
    context.strokeRect(view.batch * wide + 0.75, 0.75, Math.max(3, wide - gap - 0.5), TALL - 1.5);
  });
  describe(view);
}

function classesInWords(order, there) {
  const named = there.slice(0, 12).map(([label, count]) => say("images", { label, count }));
  const images = named.join(", ");
  const count = there.length;
  if (count > 12) return say("more_classes", { order, count, images, more: count - 12 });
  return count === 1 ? say("one_class", { order, images }) : say("classes", { order, count, images });
}

function describe(view) {
  const { header, batch } = view;
  const lines = [];
  const title = say(view.pinned ? "batch_kept" : "batch", {
    batch: grouped.format(header.batches[batch]),
    batches: grouped.format(header.steps),
  });
  lines.push(element("div", "title", title));
  for (const row of header.rows) {
    const there = row.counts[batch].map((count, label) => [header.classes[label], count]).filter(([, count]) => count);
    there.sort((one, other) => other[1] - one[1]);
    lines.push(element("div", "line", classesInWords(row.order, there)));
  }
  view.card.replaceChildren(...lines);
  view.card.dataset.batch = String(header.batches[batch]);
  view.live.textContent = lines.map(line => line.textContent).join(". ");
}
