// Both maps and their difference on one scale of colours, and the loss after each step.
import { filled, painted, sized } from "../../../../shared/js/canvas.js";
import { curve, label, scale, scaleOf, SERIES, ticks, xAxis, yAxis } from "../../../../shared/js/chart.js";
import { brief } from "../../../../shared/js/numbers.js";
import { entriesOf, palette } from "../../../../shared/js/palette.js";
import { say } from "../../../../shared/js/say.js";
import { mapOf, SIDE } from "./descent.js";

const POINTS = 600; // of the curve at most
const TALL = 150;

export function paintMaps(view) {
  const { meta, notes, wanted } = view;
  const own = mapOf(view.image, meta.shape, notes.kernel);
  const away = own.map((value, index) => value - wanted[index]);
  const [high, wide] = meta.shape.map(side => side - SIDE + 1);
  const pixels = palette("activations", view.theme.name);
  view.figures.forEach((figure, index) => {
    const canvas = figure.querySelector("canvas");
    const width = figure.clientWidth || 240;
    const across = Math.min(width, (view.tall * wide) / high);
    filled(canvas, painted(entriesOf([wanted, own, away][index], meta.limit), wide, high, pixels), across, (across * high) / wide);
  });
}

export function paintCurve(view) {
  const { losses } = view.notes;
  const wide = view.curve.parentElement.clientWidth || 600;
  const context = sized(view.curve, wide, losses.length > 1 ? TALL : 0);
  view.curve.hidden = losses.length < 2;
  if (losses.length < 2) return;
  const box = { x: 58, y: 24, w: wide - 74, h: TALL - 66 };
  const up = scaleOf(losses, true, box.y + box.h, box.y);
  const along = scale(0, losses.length - 1, { from: box.x, to: box.x + box.w });
  const every = Math.max(1, Math.ceil(losses.length / POINTS));
  const points = losses
    .map((loss, step) => [along.at(step), up.at(loss)])
    .filter((_, step) => step % every === 0 || step === losses.length - 1);
  const round = ticks(up, 3).filter(value => value >= up.low / 1.05 && value <= up.high * 1.05);
  yAxis(
    context,
    box,
    round.map(value => [up.at(value), brief(value, 2)]),
    view.theme,
  );
  xAxis(
    context,
    box,
    ticks(along, 6).map(step => [along.at(step), String(step)]),
    view.theme,
    { most: wide },
  );
  label(context, view.theme, say("curve"), { x: box.x, y: 12 });
  curve(context, points, { colour: SERIES[0], width: 2 });
}
