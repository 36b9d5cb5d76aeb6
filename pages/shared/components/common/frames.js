// Frames around tiles and cells, and the hatching of what is dead.
function outline(context, box, colour, line, alpha = 1) {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.strokeRect(box.x - line / 2, box.y - line / 2, box.w + line, box.h + line);
  context.globalAlpha = 1;
}

function ring(context, box, theme, colour, line) {
  outline(context, box, theme.background, line + 2);
  outline(context, box, colour, line);
}

function hatch(context, box, theme) {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.w, box.h);
  context.clip();
  context.globalAlpha = 0.4;
  context.strokeStyle = theme.text;
  context.lineWidth = 1;
  context.beginPath();
  for (let d = -box.h; d < box.w; d += 6) {
    context.moveTo(box.x + d, box.y + box.h);
    context.lineTo(box.x + d + box.h, box.y);
  }
  context.stroke();
  context.restore();
}
