// Rows of cells, the image at the bottom; a cell stands over the middle of what it sees.
import { outline, sized } from "../../../../shared/js/canvas.js";
import { dot, label } from "../../../../shared/js/chart.js";
import { say } from "../../../../shared/js/say.js";
import { seenFrom, topOf } from "./model.js";

export function paint(view) {
  const { theme, settings, layers, width } = view;
  const top = topOf(layers);
  const gap = 46;
  const wide = Math.max(300, Math.min(view.whole.clientWidth, 980));
  const side = view.narrow ? 26 : 76;
  const high = (layers.length - 1) * gap + 44;
  const context = sized(view.canvas, wide, high);
  const step = (wide - side - 14) / width;
  view.geometry = { label: side, step, top };
  view.cell = Math.max(0, Math.min(layers[top].cells - 1, view.cell ?? layers[top].cells >> 1));
  const seen = seenFrom(layers, settings, top, view.cell);
  const middle = (index, at) => at * layers[index].jump - layers[index].padding + (layers[index].size - 1) / 2;
  const x = (index, at) => side + (middle(index, at) + 0.5) * step;
  const y = index => high - 22 - index * gap;
  lines(context, view, seen, x, y);
  const write = (text, x, y) => label(context, theme, text, { x, y, baseline: "middle", alpha: 1 });
  const radius = Math.max(1.6, Math.min(5, step * 0.42));
  layers.forEach((layer, index) => {
    write(view.narrow ? (index ? `${index}` : "px") : index ? say("layer", { index }) : say("image"), 0, y(index));
    for (let at = 0; at < layer.cells; at++) {
      const found = seen[index].has(at);
      context.globalAlpha = found ? 1 : 0.28;
      dot(context, x(index, at), y(index), { radius, colour: found ? theme.primary : theme.text });
    }
    context.globalAlpha = 1;
    if (!layer.cells) write(say("no_cell"), side, y(index));
  });
  const box = { x: side + (view.cell * layers[top].jump - layers[top].padding) * step, y: y(0) - 11, w: layers[top].size * step, h: 22 };
  outline(
    context,
    { x: Math.max(side - 4, box.x), y: box.y, w: Math.min(wide - 4, box.x + box.w) - Math.max(side - 4, box.x), h: 22 },
    theme.primary,
    2,
  );
  view.whole.dataset.cell = view.cell;
}

function lines(context, view, seen, x, y) {
  const { settings, layers, theme } = view;
  context.strokeStyle = theme.primary;
  context.globalAlpha = 0.4;
  context.lineWidth = 1;
  context.beginPath();
  for (let index = 1; index < layers.length; index++)
    for (const at of seen[index]) {
      if (at < 0 || at >= layers[index].cells) continue;
      for (let tap = 0; tap < settings.kernel; tap++) {
        const below = at * settings.stride - settings.padding + tap * settings.dilation;
        if (below < 0 || below >= layers[index - 1].cells) continue;
        context.moveTo(x(index, at), y(index));
        context.lineTo(x(index - 1, below), y(index - 1));
      }
    }
  context.stroke();
  context.globalAlpha = 1;
}
