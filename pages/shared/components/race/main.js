const raceViews = new WeakMap();
const LASTS = 6000, NOTCHES = 400; // ms from start to end when played; of the slider

// Several training runs on one canvas: played, scrubbed and read off here; while they train, the newest is shown.
export default function ({ data, parentElement }) {
  const { header } = unpack(data), theme = themeOf(parentElement);
  const view = raceViews.get(parentElement) ?? raceView(parentElement);
  const before = view.header;
  if (!before || before.digest !== header.digest || !sameTheme(theme, view.theme)) {
    Object.assign(view, { header, theme, notes: memory(header.key) });
    view.axis = header.axes.find(one => one.id === view.notes.axis) ?? header.axes[0];
    view.measure = header.measures.find(one => one.id === (view.notes.measure ?? header.start)) ?? header.measures[0];
    arrive(view, before);
    build(view);
  }
  return () => {
    view.observer.disconnect();
    cancelAnimationFrame(view.frame);
    raceViews.delete(parentElement);
  };
}

// Where the race stands when new curves come: at the front of a live one, played once when it is first seen.
function arrive(view, before) {
  const { header, notes } = view, still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (header.live) {
    if (!before?.live) Object.assign(view, { playing: false, following: true });
    if (view.following) view.position = frontOf(view);
  } else if (before?.live) Object.assign(view, { position: 1, following: false });
  else if (!before) {
    view.position = notes.position ?? (still || notes.played ? 1 : 0);
    if (!notes.played && !still) view.playing = true;
    notes.played = true;
  }
}

function raceView(root) {
  const view = { root, hover: null, position: 1, playing: false, following: false, find: selector => root.querySelector(selector) };
  view.whole = view.find(".race");
  view.canvas = view.find(".stage canvas");
  view.scrub = view.find(".scrub");
  view.scrub.oninput = () => moveTo(view, Number(view.scrub.value) / NOTCHES);
  view.find(".play").onclick = () => playOrPause(view);
  view.canvas.onpointermove = event => {
    const at = placeUnder(view, event);
    if (event.buttons === 1) moveTo(view, at / endOf(view));
    read(view, at, { x: event.clientX, y: event.clientY });
  };
  view.canvas.onpointerdown = event => moveTo(view, placeUnder(view, event) / endOf(view));
  view.canvas.onpointerleave = view.canvas.onblur = () => leave(view);
  view.canvas.onkeydown = event => pressed(view, event);
  view.observer = new ResizeObserver(perFrame(() => view.header && view.whole.clientWidth !== view.drawnFor && build(view)));
  view.observer.observe(view.whole);
  raceViews.set(root, view);
  return view;
}

function placeUnder(view, event) {
  const place = view.scales.x.from(event.clientX - view.canvas.getBoundingClientRect().left);
  return Math.max(0, Math.min(endOf(view), place));
}

function build(view) {
  const { header } = view;
  view.drawnFor = view.whole.clientWidth;
  if (!view.drawnFor || !header.lanes.length) return;
  view.whole.classList.toggle("narrow", view.drawnFor < 560);
  view.size = { width: view.drawnFor, height: view.drawnFor < 560 ? 260 : 330 };
  choices(view, ".axes", header.axes, "axis");
  choices(view, ".measures", header.measures, "measure");
  view.marks = header.lanes.map(lane => laneMark(lane));
  view.labels = header.lanes.map(() => element("span"));
  view.entries = header.lanes.map((_, index) => {
    const entry = element("span", "lane");
    entry.append(view.marks[index], view.labels[index]);
    return entry;
  });
  view.find(".lanes").replaceChildren(...view.entries);
  paint(view);
  if (view.playing) play(view);
}

function choices(view, selector, listed, what) {
  const buttons = listed.map(one => {
    const button = element("button", "", one.words);
    button.type = "button";
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", String(view[what].id === one.id));
    button.onclick = () => {
      view[what] = one;
      view.notes[what] = one.id;
      if (view.following) view.position = frontOf(view);
      build(view);
    };
    return button;
  });
  const kept = view.find(selector), focused = [...kept.children].indexOf(view.root.activeElement ?? kept.getRootNode().activeElement);
  kept.replaceChildren(...buttons);
  if (focused >= 0) buttons[focused]?.focus();
}

function laneMark(lane) {
  const canvas = element("canvas"), context = sized(canvas, 30, 10);
  context.strokeStyle = lane.colour;
  context.lineWidth = 3;
  context.setLineDash(lane.dash);
  context.beginPath();
  context.moveTo(0, 5);
  context.lineTo(30, 5);
  context.stroke();
  return canvas;
}

function paint(view) {
  const place = view.position * endOf(view), { rows } = standings(view, place), words = leadWords(view, place);
  paintRace(view);
  rows.forEach((row, index) => {
    view.labels[index].textContent = laneText(view, row);
    view.entries[index].classList.toggle("first", row.rank === 1);
  });
  view.scrub.value = Math.round(view.position * NOTCHES);
  view.scrub.setAttribute("aria-valuetext", words);
  view.find(".at").textContent = placeText(view.axis, place);
  view.find(".says").textContent = words;
  view.find(".play").textContent = view.playing ? "Pause" : "Play";
  view.canvas.setAttribute("aria-label", `${view.header.title}. ${words} Arrow keys move, space plays and pauses, Escape puts the reading away.`);
  Object.assign(view.find(".stage").dataset, {
    live: view.header.live,
    painted: `${view.header.digest}-${view.axis.id}-${view.measure.id}-${view.position.toFixed(3)}`,
  });
}

function moveTo(view, position) {
  const front = view.header.live ? frontOf(view) : 1;
  view.playing = false;
  view.position = Math.max(0, Math.min(front, position));
  view.following = view.header.live && view.position >= front - 1e-6;
  if (!view.header.live) view.notes.position = view.position;
  paint(view);
}

function playOrPause(view) {
  view.playing = !view.playing;
  if (view.playing && view.position >= (view.header.live ? frontOf(view) : 1)) view.position = 0;
  view.following = false;
  paint(view);
  if (view.playing) play(view);
}

function play(view) {
  cancelAnimationFrame(view.frame);
  let before = null;
  const step = now => {
    if (!view.playing) return;
    const front = view.header.live ? frontOf(view) : 1;
    view.position = Math.min(front, view.position + (before === null ? 0 : Math.min(100, now - before) / LASTS));
    before = now;
    if (view.position >= front) Object.assign(view, { playing: false, following: view.header.live });
    if (!view.header.live) view.notes.position = view.position;
    paint(view);
    if (view.playing) view.frame = requestAnimationFrame(step);
    else view.find(".live").textContent = leadWords(view, view.position * endOf(view));
  };
  view.frame = requestAnimationFrame(step);
}

function pressed(view, event) {
  const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
  if (by) moveTo(view, view.position + by / 100);
  else if (event.key === "Home") moveTo(view, 0);
  else if (event.key === "End") moveTo(view, 1);
  else if (event.key === " ") playOrPause(view);
  else if (event.key === "Escape") return leave(view);
  else return;
  event.preventDefault();
  const place = view.position * endOf(view), box = view.canvas.getBoundingClientRect();
  read(view, place, { x: box.left + view.scales.x.at(place), y: box.top + 40 });
  view.find(".live").textContent = leadWords(view, place);
}

function read(view, place, at) {
  view.hover = place;
  paintRace(view);
  const lines = standings(view, place).rows.map(row => [row.lane.name, valueText(view.measure, row.value)]);
  showTip(view.find(".tip"), at, `${placeText(view.axis, place)} · ${view.measure.words.toLowerCase()}`, lines);
  view.find(".tip").dataset.place = String(place);
}

function leave(view) {
  view.hover = null;
  view.find(".tip").hidden = true;
  if (view.scales) paintRace(view);
}
