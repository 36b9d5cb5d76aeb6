const normViews = new WeakMap();
const BEAT = 250; // ms a frame while it plays

export default function ({ data, parentElement }) {
  const { header } = unpack(data), theme = themeOf(parentElement);
  const view = normViews.get(parentElement) ?? created(parentElement, header);
  if (view.digest !== header.digest || !sameTheme(theme, view.theme)) {
    Object.assign(view, { header, theme, digest: header.digest });
    view.frame = Math.min(view.notes.frame ?? 0, header.steps.length - 1);
    build(view);
  }
  return () => {
    stop(view);
    view.observer.disconnect();
    normViews.delete(parentElement);
  };
}

function created(root, header) {
  const view = { root, layer: null, chart: 0, notes: memory(header.key), find: name => root.querySelector(`.${name}`) };
  view.whole = view.find("layer_norms");
  view.find("scrub").oninput = event => {
    stop(view);
    toFrame(view, Number(event.target.value));
  };
  view.find("play").onclick = () => (view.playing ? stop(view) : play(view));
  const stage = view.find("stage");
  stage.onkeydown = event => keyed(view, event);
  stage.onpointerleave = stage.onblur = () => leave(view);
  view.observer = new ResizeObserver(perFrame(() => view.whole.clientWidth !== view.drawnFor && build(view)));
  view.observer.observe(view.whole);
  normViews.set(root, view);
  return view;
}

function build(view) {
  const { header } = view, stage = view.find("stage");
  view.drawnFor = view.whole.clientWidth;
  const narrow = view.drawnFor < 560, most = narrow ? 2 : header.columns;
  view.whole.classList.toggle("narrow", narrow);
  view.columns = Math.min(most, header.cells.length);
  stage.style.setProperty("--columns", view.columns);
  view.scale = decades(header.cells.flatMap(cell => cell.values));
  const scrub = view.find("scrub");
  scrub.max = header.steps.length - 1;
  scrub.value = view.frame;
  view.shares = [];
  view.canvases = header.cells.map((cell, which) => {
    const canvas = element("canvas");
    canvas.setAttribute("role", "img");
    canvas.onpointermove = event => pointed(view, which, event);
    canvas.onpointerdown = event => pointed(view, which, event);
    return canvas;
  });
  stage.replaceChildren(
    ...header.cells.map((cell, which) => {
      const figure = element("figure"), caption = element("figcaption"), mark = element("i"), name = element("span", "", cell.name);
      mark.style.background = cell.colour;
      name.prepend(mark);
      caption.append(name, element("span", "right muted", cell.right));
      figure.append(caption, view.canvases[which], (view.shares[which] = element("div", "share muted mono")));
      return figure;
    }),
  );
  view.width = Math.max(120, stage.children[0].clientWidth);
  view.height = header.cells.length > 4 ? 150 : 210;
  view.find("keys").textContent = header.keys;
  paint(view);
}

function paint(view) {
  const { header, frame } = view;
  view.find("at").textContent = `${header.steps[frame]} of ${header.steps.at(-1)}`;
  view.find("says").textContent = header.says[frame];
  header.cells.forEach((cell, which) => {
    drawChart(view, which);
    view.shares[which].textContent = cell.shares[frame];
    view.canvases[which].setAttribute("aria-label", `${cell.name}, step ${header.steps[frame]}: ${cell.shares[frame]}`);
  });
  view.find("stage").dataset.painted = `${view.digest}-${frame}`;
}

function toFrame(view, frame) {
  view.frame = view.notes.frame = frame;
  view.find("scrub").value = frame;
  paint(view);
}

function play(view) {
  const last = view.header.steps.length - 1;
  if (view.frame >= last) toFrame(view, 0);
  view.playing = setInterval(() => {
    toFrame(view, view.frame + 1);
    if (view.frame >= last) stop(view);
  }, BEAT);
  playMark(view);
}

function stop(view) {
  clearInterval(view.playing);
  view.playing = null;
  playMark(view);
}

function playMark(view) {
  const button = view.find("play");
  button.textContent = view.playing ? "Pause" : "Play";
  button.setAttribute("aria-pressed", String(Boolean(view.playing)));
}

function pointed(view, which, event) {
  const box = view.canvases[which].getBoundingClientRect();
  read(view, which, layerAt(event.clientX - box.left, view.header.cells[which].layers.length, box.width), { x: event.clientX, y: event.clientY });
}

function keyed(view, event) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key], row = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.key === "Escape") return leave(view);
  if (!by && !row) return;
  event.preventDefault();
  const chart = Math.max(0, Math.min(view.header.cells.length - 1, view.chart + (row ?? 0)));
  const layers = view.header.cells[chart].layers.length, layer = Math.max(0, Math.min(layers - 1, (view.layer ?? -1) + (by ?? 0)));
  const box = view.canvases[chart].getBoundingClientRect();
  read(view, chart, layer, { x: box.left + across(layer, layers, view.width), y: box.top + 24 });
}

function read(view, which, layer, place) {
  Object.assign(view, { layer, chart: which });
  paint(view);
  const cell = view.header.cells[which], last = cell.layers.length - 1, values = cell.values[view.frame];
  const lines = [["gradient norm", worded(values[layer])]];
  if (layer < last && isNumber(values[layer]) && isNumber(values[last])) lines.push(["of the last layer's", number(values[layer] / values[last], 3)]);
  if (cell.slope && layer < last) lines.push([`${cell.slope}^${last - layer}`, number(cell.slope ** (last - layer), 3)]);
  showTip(view.find("tip"), place, `${cell.name} · layer ${layer + 1}, ${cell.layers[layer]}`, lines);
  view.find("live").textContent = `${cell.name}, layer ${layer + 1}: ${lines.map(pair => pair.join(" ")).join("; ")}`;
}

function leave(view) {
  view.layer = null;
  view.find("tip").hidden = true;
  paint(view);
}
