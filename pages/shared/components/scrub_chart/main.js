const views = new WeakMap();

// Charts that share one slider: its frames are all here, so that dragging it asks nobody.
export default function ({ data, parentElement }) {
  const { header } = unpack(data), theme = themeOf(parentElement);
  const view = views.get(parentElement) ?? created(parentElement);
  if (view.digest !== header.digest || !sameTheme(theme, view.theme)) {
    const other = view.digest !== header.digest, labels = header.frames.map(frame => frame.label);
    const kept = view.header && labels.indexOf(view.header.frames[view.frame]?.label);
    Object.assign(view, { header, theme, digest: header.digest });
    if (other) view.frame = kept >= 0 && kept !== undefined && kept !== null ? kept : header.start;
    build(view);
  }
  view.stage.dataset.painted = `${header.digest}-${view.frame}`;
  return () => {
    view.observer.disconnect();
    views.delete(parentElement);
  };
}

function created(root) {
  const view = { root, frame: 0, hover: null };
  for (const name of ["what", "scrub", "frame", "says", "stage", "tip", "live"]) view[`${name}Box`] = root.querySelector(`.${name}`);
  view.stage = view.stageBox;
  view.whole = root.querySelector(".scrub_chart");
  view.scrubBox.oninput = () => {
    view.frame = Number(view.scrubBox.value);
    paint(view);
  };
  const resized = perFrame(() => view.header && view.whole.clientWidth !== view.drawnFor && build(view));
  view.observer = new ResizeObserver(resized);
  view.observer.observe(view.whole);
  views.set(root, view);
  return view;
}

function build(view) {
  const { header } = view;
  view.drawnFor = view.whole.clientWidth;
  view.whole.classList.toggle("narrow", view.drawnFor < 560);
  view.whole.classList.toggle("three", view.drawnFor > 860 && header.panels.length === 3);
  view.whatBox.textContent = header.control;
  view.scrubBox.max = header.frames.length - 1;
  view.scrubBox.value = view.frame;
  view.canvases = header.panels.map((panel, which) => {
    const canvas = element("canvas");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.onpointermove = event => hovered(view, which, event.clientX - canvas.getBoundingClientRect().left, event);
    canvas.onpointerleave = canvas.onblur = () => leave(view);
    canvas.onkeydown = event => stepped(view, which, event);
    return canvas;
  });
  view.stage.replaceChildren(
    ...header.panels.map((panel, which) => {
      const figure = element("figure"), legend = element("div", "legend");
      for (const series of panel.series.filter(one => one.kind !== "band")) {
        const entry = element("span", "", series.name), mark = element("i", "", series.kind === "crosses" ? "×" : "");
        mark.style[series.kind === "crosses" ? "color" : "background"] = header.colours[series.colour];
        mark.classList.toggle("cross", series.kind === "crosses");
        entry.prepend(mark);
        legend.append(entry);
      }
      figure.append(element("figcaption", "", panel.title), legend, view.canvases[which]);
      return figure;
    }),
  );
  view.size = { width: Math.max(220, view.stage.children[0].clientWidth), height: 216 };
  view.scales = header.panels.map(panel => {
    const values = panel.limits ?? panel.series.flatMap(series => series.values.flat(2));
    const x = scaleOf(panel.x, panel.xLog, ROOM.left, view.size.width - ROOM.right);
    return { x, y: scaleOf(values, panel.log, view.size.height - ROOM.bottom, ROOM.top) };
  });
  paint(view);
}

function paint(view) {
  const { header } = view, frame = header.frames[view.frame];
  view.frameBox.textContent = frame.label;
  view.saysBox.textContent = frame.says;
  view.scrubBox.setAttribute("aria-valuetext", `${frame.label}: ${frame.says}`);
  header.panels.forEach((panel, which) => paintPanel(view, panel, which));
  view.stage.dataset.painted = `${view.digest}-${view.frame}`;
}

function paintPanel(view, panel, which) {
  const { header, theme, size } = view, { x, y } = view.scales[which];
  const context = sized(view.canvases[which], size.width, size.height);
  paintAxes(context, view, panel, { x, y });
  for (const series of panel.series) {
    const values = series.framed ? series.values[view.frame] : series.values;
    context.strokeStyle = context.fillStyle = header.colours[series.colour];
    context.lineWidth = 2;
    if (series.kind === "rule") rule(context, y.at(values[0]), size);
    else if (series.kind === "band") band(context, panel.x, values, { x, y });
    else if (series.kind === "crosses") crosses(context, panel.x, values, { x, y });
    else if (series.kind === "line") line(context, panel.x, values, { x, y });
    if (series.marked) points(context, panel.x, values, { x, y, radius: 4 });
    if (series.kind === "marks" || series.kind === "dots") points(context, panel.x, values, { x, y, radius: series.kind === "marks" ? 4.5 : 1.7 });
  }
  const at = header.frames[view.frame].at ?? null;
  if (at !== null && panel.xTitle === header.control) upright(context, x.at(at), size, header.colours[3]);
  if (view.hover?.which === which) upright(context, x.at(panel.x[view.hover.index]), size, theme.text);
  view.canvases[which].setAttribute("aria-label", `${panel.title} against ${panel.xTitle}. Arrow keys read it off.`);
}

function paintAxes(context, { theme, size }, panel, { x, y }) {
  context.font = `12px ${theme.font}`;
  context.strokeStyle = context.fillStyle = theme.text;
  context.lineWidth = 1;
  context.textAlign = "right";
  for (const value of ticks(y)) {
    context.globalAlpha = 0.16;
    context.strokeRect(ROOM.left, Math.round(y.at(value)) + 0.5, size.width - ROOM.left - ROOM.right, 0);
    context.globalAlpha = 0.85;
    context.fillText(mark(value), ROOM.left - 6, y.at(value) + 4);
  }
  context.textAlign = "center";
  const shown = panel.xLog ? panel.x.filter((_, index) => size.width > 330 || index % 2 === 0) : ticks(x);
  for (const value of shown) context.fillText(mark(value), x.at(value), size.height - ROOM.bottom + 16);
  context.fillText(panel.xTitle, (ROOM.left + size.width - ROOM.right) / 2, size.height - 5);
  context.globalAlpha = 1;
}

// A place on an axis: a round number as it is.
function mark(value) {
  return Math.abs(value) < 1e4 ? String(value).replace("-", "−") : number(value, 3);
}

function line(context, xs, values, { x, y }) {
  context.beginPath();
  let open = false;
  values.forEach((value, index) => {
    if (value === null) return (open = false);
    context[open ? "lineTo" : "moveTo"](x.at(xs[index]), y.at(value));
    open = true;
  });
  context.stroke();
}

// The space between a lowest and a highest line, wherever both are there.
function band(context, xs, [low, high], { x, y }) {
  const there = xs.map((_, index) => index).filter(index => low[index] !== null && high[index] !== null);
  context.globalAlpha = 0.18;
  context.beginPath();
  for (const index of there) context.lineTo(x.at(xs[index]), y.at(high[index]));
  for (const index of there.reverse()) context.lineTo(x.at(xs[index]), y.at(low[index]));
  context.fill();
  context.globalAlpha = 1;
}

function crosses(context, xs, values, { x, y }) {
  context.beginPath();
  values.forEach((value, index) => {
    if (value === null) return;
    const [across, up] = [x.at(xs[index]), y.at(value)];
    for (const turn of [-1, 1]) {
      context.moveTo(across - 6, up - 6 * turn);
      context.lineTo(across + 6, up + 6 * turn);
    }
  });
  context.stroke();
}

function points(context, xs, values, { x, y, radius }) {
  values.forEach((value, index) => {
    if (value === null) return;
    context.beginPath();
    context.arc(x.at(xs[index]), y.at(value), radius, 0, 7);
    context.fill();
  });
}

function rule(context, height, size) {
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(ROOM.left, height);
  context.lineTo(size.width - ROOM.right, height);
  context.stroke();
  context.setLineDash([]);
}

function upright(context, place, size, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.strokeRect(Math.round(place) + 0.5, ROOM.top, 0, size.height - ROOM.bottom - ROOM.top);
}

function hovered(view, which, at, place) {
  const panel = view.header.panels[which], { x } = view.scales[which];
  let best = 0;
  panel.x.forEach((value, index) => {
    if (Math.abs(x.at(value) - at) < Math.abs(x.at(panel.x[best]) - at)) best = index;
  });
  read(view, which, best, { x: place.clientX, y: place.clientY });
}

function stepped(view, which, event) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key], panel = view.header.panels[which];
  if (event.key === "Escape") return leave(view);
  if (!by) return;
  event.preventDefault();
  const index = Math.max(0, Math.min(panel.x.length - 1, (view.hover?.which === which ? view.hover.index : -1) + by));
  const box = view.canvases[which].getBoundingClientRect();
  read(view, which, index, { x: box.left + view.scales[which].x.at(panel.x[index]), y: box.top + 40 });
}

function read(view, which, index, place) {
  const panel = view.header.panels[which];
  view.hover = { which, index };
  paintPanel(view, panel, which);
  const valuesOf = series => (series.framed ? series.values[view.frame] : series.values);
  const shown = panel.series.filter(series => series.kind !== "crosses" || valuesOf(series)[index] !== null);
  const lines = shown.map(series => {
    const values = valuesOf(series);
    if (series.kind === "band") return [series.name, `${number(values[0][index])} to ${number(values[1][index])}`];
    return [series.name, number(series.kind === "rule" ? values[0] : values[index])];
  });
  showTip(view.tipBox, place, `${panel.xTitle} ${mark(panel.x[index])}`, lines);
  view.tipBox.dataset.index = index;
  view.liveBox.textContent = lines.map(pair => pair.join(" ")).join("; ");
}

function leave(view) {
  const which = view.hover?.which;
  view.hover = null;
  view.tipBox.hidden = true;
  if (which !== undefined) paintPanel(view, view.header.panels[which], which);
}
