import { grouped, number } from "../../js/numbers.js";
import { goBack } from "../../js/places.js";
import { say } from "../../js/say.js";
import { leaveTiles, listenToTiles } from "../../js/tiles.js";
import { showTip } from "../../js/tip.js";
import { bindControls } from "./controls.js";
import { cellBoxIn } from "./grid.js";
import { arrange } from "./main.js";
import { valueAt, valueText } from "./model.js";
import { chosenSlot, paintBar, paintOver } from "./paint.js";
import { paintSide } from "./side.js";

export function listen(view) {
  listenToTiles(view, view.maps, {
    answer,
    tip: tipFor,
    pick,
    arrange,
    letGo() {
      leaveTiles(view, answer);
      goBack("network");
    },
    start: () => chosenSlot(view) ?? { slot: 0, row: 0, column: 0 },
    corner: (_, cell) => cellBoxIn(view.grid, view.model, cell),
    says,
    words: "maps",
  });
  bindControls(view);
}

// A map's numbers came from the server: what waited for them is said.
export function numbersCame(view) {
  answer(view);
  if (view.hover && view.place && !view.tip.hidden) tipFor(view, view.hover, view.place);
  if (view.focused && view.cursor && !view.hover) view.live.textContent = says(view, view.cursor);
}

export function answer(view) {
  paintOver(view);
  paintSide(view);
  if (view.notes.scale === "map") paintBar(view);
}

function tipFor(view, cell, place) {
  view.place = place;
  const { model, page } = view;
  const channel = page[cell.slot];
  const { channels, vector } = model.meta;
  const lines = [];
  const value = valueText(valueAt(model, channel, cell.row, cell.column), model);
  if (!vector) lines.push([say("row_and_column"), `${cell.row}, ${cell.column}`]);
  lines.push([say("value"), value]);
  if (model.gradient) lines.push([say("gradient"), valueText(valueAt(model.gradient, channel, cell.row, cell.column), model.gradient)]);
  if (!vector)
    lines.push(
      [say("mean"), number(channels.mean[channel])],
      [say("maximum"), number(channels.maximum[channel])],
      [say("variance"), number(channels.variance[channel])],
    );
  if (channels.contribution) lines.push([say("contribution"), number(channels.contribution[channel])]);
  if (model.dead.has(channel)) lines.push(vector ? [say("zero"), say("no_signal")] : [say("dead"), say("dead_channel")]);
  if (model.same.has(channel)) lines.push([say("same"), say(vector ? "same_cell" : "same_channel")]);
  showTip(view.tip, place, say(vector ? "cell_title" : "channel_title", { channel: grouped.format(channel) }), lines);
  view.tip.dataset.cell = `${channel}/${cell.row}/${cell.column}`;
}

function pick(view, cell) {
  const chosen = { channel: view.page[cell.slot], row: cell.row, column: cell.column };
  view.cursor = { ...cell };
  view.selected = view.notes.selected = chosen;
  answer(view);
  view.send("pick", { layer: view.model.meta.layer, ...chosen, at: Date.now() });
}

function says(view, { slot, row, column }) {
  const channel = view.page[slot];
  const { gradient } = view.model;
  const value = valueText(valueAt(view.model, channel, row, column), view.model);
  if (!gradient) return say("cell", { channel, row, column, value });
  return say("cell_and_slope", { channel, row, column, value, slope: valueText(valueAt(gradient, channel, row, column), gradient) });
}
