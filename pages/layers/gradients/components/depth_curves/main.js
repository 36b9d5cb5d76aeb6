const depthViews = new WeakMap();

function makeView(root) {
  const view = { root, frame: 0, layer: 0, pinned: false, find: selector => root.querySelector(selector) };
  const redraw = perFrame(() => drawAll(view));
  const choose = event => {
    const canvas = event.target.closest("canvas.plot, canvas.strip");
    if (!canvas || (view.pinned && event.type === "pointermove")) return;
    const box = canvas.getBoundingClientRect();
    view.layer = Math.min(view.layers - 1, layerAt(event.clientX - box.left, view.span, box.width));
    if (event.type === "click") view.pinned = !view.pinned || view.layer !== view.was;
    view.was = view.layer;
    drawAll(view);
  };
  const stage = view.find(".stage");
  stage.onpointermove = choose;
  stage.onclick = choose;
  stage.onkeydown = event => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (step) view.layer = Math.max(0, Math.min(view.layers - 1, view.layer + step));
    else if (event.key === "Home") view.layer = 0;
    else if (event.key === "End") view.layer = view.layers - 1;
    else if (event.key === "Enter" || event.key === " ") view.pinned = !view.pinned;
    else if (event.key === "Escape") view.pinned = false;
    else return;
    event.preventDefault();
    view.was = view.layer;
    drawAll(view);
  };
  view.find(".step").oninput = event => {
    view.frame = Number(event.target.value);
    drawAll(view);
  };
  view.watcher = new ResizeObserver(redraw);
  view.watcher.observe(root);
  depthViews.set(root, view);
  return view;
}

function drawAll(view) {
  const total = view.root.clientWidth;
  if (!total) return;
  const narrow = total < 560, theme = themeOf(view.root);
  view.root.classList.toggle("narrow", narrow);
  const half = Math.floor((total - (narrow ? 0 : 20)) / (narrow ? 1 : 2));
  view.plotWidth = view.stripWidth = view.cardWidth = half;
  for (const canvas of view.root.querySelectorAll("canvas.plot")) plotNorms(canvas, view, theme);
  plotStrip(view.find("canvas.strip"), view, theme);
  drawCard(view, theme);
  const frame = view.header.frames[view.frame];
  view.find(".at").textContent = `${frame.step} · loss ${worded(frame.loss)}`;
  view.find(".stage").dataset.painted = `${view.header.digest}/${view.frame}`;
}

function drawKeys(view) {
  const { frames, past } = view.header, theme = themeOf(view.root);
  const item = (colour, words, style, faint) => {
    const line = element("i"), span = element("span");
    line.style.borderTop = `${style === "solid" ? 3 : 2}px ${style} ${colour}`;
    line.style.opacity = faint ? "0.55" : "1";
    span.append(line, element("span", "", words));
    return span;
  };
  const made = [item(NOW, frames[0].label + (frames[0].seeds > 1 ? ` (band: n = ${frames[0].seeds} starts)` : ""), "solid")];
  past.forEach((one, index) => made.push(item(PAST[index % PAST.length], one.label, "solid", true)));
  if (frames.length === 1 && frames[0].bound.length) {
    made.push(item(theme.text, "bound by the slope", "dashed"));
    if (frames[0].weighed.length) made.push(item(theme.text, "bound by slope and ‖W‖₂", "dotted"));
  }
  view.find(".keys").replaceChildren(...made);
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".depth_curves"), { header, blob } = unpack(data);
  const view = depthViews.get(root) ?? makeView(root), bytes = blob("bars");
  view.header = header;
  const depth = header.frames[0].activation_gradients[0].length, size = depth * header.bins;
  view.layers = depth;
  view.span = Math.max(depth, ...header.past.map(one => one.activation_gradients[0].length));
  view.bars = (frame, which) => bytes.subarray((3 * frame + which) * size, (3 * frame + which + 1) * size);
  view.layer = Math.min(view.layer, view.layers - 1);
  view.frame = Math.min(view.frame, header.frames.length - 1);
  const scrub = view.find(".step");
  scrub.max = String(header.frames.length - 1);
  scrub.value = String(view.frame);
  view.find(".scrub").hidden = header.frames.length === 1;
  view.find(".strip-words").textContent = `Outputs of each layer${header.frames[0].names ? "" : ", start 1"} (stronger colour: more of them)` +
    (header.frames[view.frame].strip.scale === "linear" ? "" : ", signed log scale");
  drawKeys(view);
  drawAll(view);
  return () => {
    view.watcher.disconnect();
    depthViews.delete(root);
  };
}
