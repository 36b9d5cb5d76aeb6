import { element } from "../../js/dom.js";
import { grouped, number } from "../../js/numbers.js";
import { goBack } from "../../js/places.js";
import { showTip } from "../../js/tip.js";
import { bindControls, turn } from "./controls.js";
import { cellAt, cellBoxIn, slotBox } from "./grid.js";
import { valueAt, valueText } from "./model.js";
import { chosenSlot, paintBar, paintOver } from "./paint.js";
import { paintSide } from "./side.js";

export function listen(view) {
  const { grid: none, stage } = view;
  stage.onpointermove = event => event.pointerType !== "touch" && hoverAt(view, event);
  stage.onpointerleave = () => leave(view);
  stage.onclick = event => {
    hoverAt(view, event);
    if (view.hover) pick(view, view.hover);
  };
  stage.onkeydown = event => pressed(view, event);
  stage.onfocus = () => focused(view, stage.matches(":focus-visible"));
  stage.onblur = () => focused(view, false);
  bindControls(view);
  return none;
}

function hoverAt(view, event) {
  const box = view.maps.getBoundingClientRect();
  const cell = cellAt(view, event.clientX - box.left, event.clientY - box.top);
  const old = view.hover;
  const same = cell && old && cell.slot === old.slot && cell.row === old.row && cell.column === old.column;
  view.hover = cell;
  view.stage.style.cursor = cell ? "crosshair" : "default";
  if (!cell) return leave(view);
  if (!same) answer(view);
  return tipFor(view, cell, { x: event.clientX, y: event.clientY });
}

function leave(view) {
  view.hover = null;
  view.tip.hidden = true;
  answer(view);
}

export function answer(view) {
  paintOver(view);
  paintSide(view);
  if (view.notes.scale === "map") paintBar(view);
}

function tipFor(view, cell, place) {
  const { model, page } = view;
  const channel = page[cell.slot];
  const { channels, vector } = model.meta;
  const lines = [];
  const value = valueText(model, valueAt(model, channel, cell.row, cell.column));
  if (!vector) lines.push(["row, column", `${cell.row}, ${cell.column}`]);
  lines.push(["value", value]);
  if (!vector)
    lines.push(
      ["mean", number(channels.mean[channel])],
      ["maximum", number(channels.maximum[channel])],
      ["variance", number(channels.variance[channel])],
    );
  if (channels.contribution) lines.push(["contribution", number(channels.contribution[channel])]);
  if (model.dead.has(channel)) lines.push(vector ? ["zero", "no signal"] : ["dead", "every cell has the same value"]);
  showTip(view.tip, place, `${vector ? "cell" : "channel"} ${grouped.format(channel)}`, lines);
  view.tip.dataset.cell = `${channel}/${cell.row}/${cell.column}`;
}

function pick(view, cell) {
  const chosen = { channel: view.page[cell.slot], row: cell.row, column: cell.column };
  view.cursor = { ...cell };
  view.selected = view.notes.selected = chosen;
  answer(view);
  view.send("pick", { layer: view.model.meta.layer, ...chosen, at: Date.now() });
}

function focused(view, yes) {
  view.focused = yes;
  if (yes) view.cursor ??= chosenSlot(view) ?? { slot: 0, row: 0, column: 0 };
  if (!yes) view.tip.hidden = true;
  if (view.page.length) answer(view);
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function pressed(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.page.length) return;
  view.cursor ??= { slot: 0, row: 0, column: 0 };
  const step = STEPS[event.key];
  if (step && event.shiftKey) moveCell(view, ...step);
  else if (step) moveSlot(view, ...step);
  else if (event.key === "Home" || event.key === "End")
    goTo(view, { ...view.cursor, slot: event.key === "Home" ? 0 : view.page.length - 1 });
  else if (event.key === "PageUp" || event.key === "PageDown") turn(view, event.key === "PageUp" ? -1 : 1);
  else if (event.key === "Enter" || event.key === " ") pick(view, view.cursor);
  else if (event.key === "Escape") {
    leave(view);
    goBack("network");
  } else return;
  event.preventDefault();
}

function moveSlot(view, dx, dy) {
  const slot = view.cursor.slot + dx + dy * view.grid.columns;
  if (slot >= 0 && slot < view.page.length) goTo(view, { ...view.cursor, slot });
}

function moveCell(view, dx, dy) {
  const { model, cursor } = view;
  const hold = (value, count) => Math.max(0, Math.min(count - 1, value));
  goTo(view, { slot: cursor.slot, row: hold(cursor.row + dy, model.height), column: hold(cursor.column + dx, model.width) });
}

function goTo(view, cell) {
  view.cursor = cell;
  view.hover = null;
  view.focused = true;
  answer(view);
  const box = slotBox(view.grid, cell.slot);
  const at = view.maps.getBoundingClientRect();
  if (at.top + box.y < 70 || at.top + box.y + box.h > window.innerHeight - 10) scrollTo(view, box);
  const now = view.maps.getBoundingClientRect();
  const inner = cellBoxIn(view.grid, view.model, cell);
  tipFor(view, cell, { x: now.left + inner.x + inner.w, y: now.top + inner.y + inner.h });
  const channel = view.page[cell.slot];
  const value = valueAt(view.model, channel, cell.row, cell.column);
  view.live.textContent = `channel ${channel}, row ${cell.row}, column ${cell.column}, value ${valueText(view.model, value)}`;
}

// A canvas has no elements to scroll to: a marker takes the tile's place for a moment.
function scrollTo(view, box) {
  const marker = element("span");
  Object.assign(marker.style, { position: "absolute", left: `${box.x}px`, top: `${box.y}px`, width: `${box.w}px`, height: `${box.h}px` });
  view.stage.append(marker);
  marker.scrollIntoView({ block: "nearest" });
  marker.remove();
}
