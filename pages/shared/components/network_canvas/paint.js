// The resting picture: edges beneath, tiles above. Painted in chunks, so that a very long network stays in bounds.
const CHUNK = 2048;

function repaint(view) {
  const { plan, theme } = view, height = plan.bottom + 2;
  const count = Math.ceil(plan.width / CHUNK);
  while (view.chunks.children.length > count) view.chunks.lastChild.remove();
  while (view.chunks.children.length < count) view.chunks.append(document.createElement("canvas"));
  [...view.chunks.children].forEach((canvas, i) => {
    canvas.dataset.stale = "1";
    canvas.style.left = `${i * CHUNK}px`;
  });
  view.paintedHeight = height;
  paintChunks(view);
  view.ramp.style.background = ramp("activations", theme.name);
}

// Chunks near what is seen; the others wait until somebody scrolls there, and far ones give their memory back.
function paintChunks(view) {
  const from = view.scroll.scrollLeft - CHUNK / 2, to = view.scroll.scrollLeft + view.scroll.clientWidth + CHUNK / 2;
  [...view.chunks.children].forEach((canvas, i) => {
    const start = i * CHUNK, wide = Math.min(CHUNK, view.plan.width - start);
    const near = start < to && start + wide > from;
    if (near && canvas.dataset.stale) {
      const context = sized(canvas, wide, view.paintedHeight);
      context.translate(-start, 0);
      paintPart(context, view, start, start + wide);
      delete canvas.dataset.stale;
    } else if (!near && !canvas.dataset.stale) {
      canvas.width = canvas.height = 1;
      canvas.dataset.stale = "1";
    }
  });
}

function paintPart(context, view, from, to) {
  const { plan, model } = view;
  if (model.small) paintEdges(context, view);
  else paintFlow(context, view);
  for (const column of plan.columns) {
    if (column.x > to || column.x + column.w < from) continue;
    if (column.form === "scores") paintScores(context, column, view);
    else paintColumn(context, column, view);
  }
}

function paintColumn(context, column, view) {
  const { model, theme } = view, sprite = spriteOf(model, column.layer, theme.name);
  const { height, width } = column.layer, vector = column.form === "vector";
  if (column.head) paintPicture(context, column, view);
  for (let i = 0; i < column.count; i++) {
    const box = cellBox(column, i), fit = vector ? box : fitted(box, width, height);
    context.imageSmoothingEnabled = !vector && fit.w < width;
    context.drawImage(sprite, 0, i * height, width, height, fit.x, fit.y, fit.w, fit.h + (vector && box.h < 4 ? 0.5 : 0));
    if (!vector) frame(context, fit, theme.text, 1, 0.2);
  }
  if (vector) paintStripLines(context, column, theme);
  for (const i of column.layer.dead) paintDead(context, cellBox(column, i), theme);
}

// A layer's tiles, one below the other, in its palette; kept until the theme changes.
function spriteOf(model, layer, theme) {
  const name = layer.kind === "input" ? "grey" : "activations", key = `${layer.key} ${theme}`;
  if (!model.sprites.has(key)) {
    const count = shownCount(layer), size = count * layer.height * layer.width;
    const entries = model.atlas.subarray(layer.offset, layer.offset + size);
    model.sprites.set(key, painted(entries, layer.width, layer.height * count, palette(name, theme)));
  }
  return model.sprites.get(key);
}

function fitted(box, width, height) {
  const scale = Math.min(box.w / width, box.h / height), w = width * scale, h = height * scale;
  return { x: box.x + (box.w - w) / 2, y: box.y + (box.h - h) / 2, w, h };
}

function paintPicture(context, column, view) {
  const { picture, atlas } = view.model;
  view.model.photo ??= photoOf(atlas.subarray(picture.offset), picture.width, picture.height);
  const fit = fitted({ x: column.x, y: column.y, w: SPACE.picture, h: SPACE.picture }, picture.width, picture.height);
  context.imageSmoothingEnabled = picture.width > fit.w;
  context.drawImage(view.model.photo, fit.x, fit.y, fit.w, fit.h);
  frame(context, fit, view.theme.text, 1, 0.2);
}

function photoOf(bytes, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = bytes[3 * i + c];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function frame(context, box, colour, line, alpha) {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.strokeRect(box.x - line / 2, box.y - line / 2, box.w + line, box.h + line);
  context.globalAlpha = 1;
}

function paintStripLines(context, column, theme) {
  frame(context, { x: column.x, y: column.y, w: column.w, h: column.h }, theme.text, 1, 0.25);
  if (column.cellH < 8) return;
  context.globalAlpha = 0.25;
  context.fillStyle = theme.text;
  for (let i = 1; i < column.perColumn; i++) context.fillRect(column.x, column.y + i * column.cellH - 0.5, column.w, 1);
  context.globalAlpha = 1;
}

// Hatched, with the word where it fits: a dead channel is not a pale one.
function paintDead(context, box, theme) {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.w, box.h);
  context.clip();
  context.globalAlpha = 0.45;
  context.strokeStyle = theme.text;
  context.lineWidth = 1;
  context.beginPath();
  for (let d = -box.h; d < box.w; d += 6) {
    context.moveTo(box.x + d, box.y + box.h);
    context.lineTo(box.x + d + box.h, box.y);
  }
  context.stroke();
  context.restore();
  if (box.w >= 34) label(context, "dead", box.x + box.w / 2, box.y + box.h / 2, theme);
}

function label(context, text, x, y, theme) {
  context.font = `600 12px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = theme.background;
  context.strokeText(text, x, y);
  context.fillStyle = theme.text;
  context.fillText(text, x, y);
}

function paintScores(context, column, view) {
  const { model, theme } = view, barAt = column.x + column.text + 8, barWide = SPACE.bar;
  const most = Math.max(...model.scores.map(score => score.probability));
  model.scores.forEach((score, i) => {
    const box = cellBox(column, i), middle = box.y + box.h / 2, best = score.probability === most;
    context.textBaseline = "middle";
    context.fillStyle = theme.text;
    context.font = `${best ? 650 : 400} 12px ${theme.font}`;
    context.textAlign = "right";
    context.fillText(shortened(context, score.label, column.text), barAt - 8, middle);
    context.textAlign = "left";
    context.fillText(percent(score.probability), barAt + barWide + 6, middle);
    context.globalAlpha = 0.14;
    context.fillRect(barAt, middle - 6, barWide, 12);
    context.globalAlpha = 1;
    context.fillStyle = theme.primary;
    context.fillRect(barAt, middle - 6, Math.max(1, barWide * score.probability), 12);
  });
}

function shortened(context, text, wide) {
  if (context.measureText(text).width <= wide) return text;
  let end = text.length;
  while (end > 1 && context.measureText(text.slice(0, end) + "…").width > wide) end--;
  return text.slice(0, end).trimEnd() + "…";
}
