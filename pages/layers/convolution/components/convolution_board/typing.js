// Numbers typed over where they stand: a field over the cell, the drawing follows each key, arrows go to the next cell.
import { boxOf } from "../../../../shared/components/sliding_window/layout.js";
import { free, pin, walk } from "../../../../shared/components/sliding_window/controls.js";
import { firstChannel, inputAt, weightAt } from "../../../../shared/components/sliding_window/model.js";
import { ARROWS } from "../../../../shared/js/input.js";
import { say } from "../../../../shared/js/say.js";

const LARGEST_TYPED = 1e6;
const MOST_TYPED = 400; // a link holds no more

export function typing(view) {
  const field = view.typing;
  const state = { target: null, before: undefined };
  const self = { can: target => placeOf(view, target) !== null, open, follow };

  function open(target, text = null) {
    state.target = withChannel(target);
    state.place = placeOf(view, target);
    state.before = view.notes.asked.typed[state.place];
    state.was = valueUnder(view, state.target);
    if (text === null) view.pinned = state.target;
    else pinTo(view, state.target);
    field.hidden = false;
    field.value = text ?? String(state.was).replace("-", "−");
    field.setAttribute(
      "aria-label",
      say(state.target.role === "input" ? "input_place" : "kernel_place", { row: target.row, column: target.column }),
    );
    follow();
    field.focus({ preventScroll: true });
    if (text === null) field.select();
    else take();
  }

  // The field stays over its cell, however large the drawing is now.
  function follow() {
    if (!state.target || field.hidden) return;
    const grid = view.layout.grids.find(one => one.role === state.target.role && one.channel === state.target.channel);
    if (!grid) return close(false);
    const box = boxOf(grid, state.target.row, state.target.column);
    const wide = Math.max(44, box.w);
    const size = Math.max(26, box.h);
    Object.assign(field.style, {
      left: `${Math.max(0, box.x + (box.w - wide) / 2)}px`,
      top: `${box.y + (box.h - size) / 2}px`,
      width: `${wide}px`,
      height: `${size}px`,
      fontSize: `${Math.max(16, Math.min(24, box.h * 0.36))}px`,
    });
  }

  function take() {
    const value = numberOf(field.value);
    const right = value !== null && Math.abs(value) <= LARGEST_TYPED;
    field.setAttribute("aria-invalid", String(!right));
    if (right && isRoom(view, state.place)) put(value);
    return right;
  }

  function put(value) {
    const typed = { ...view.notes.asked.typed };
    if (value === undefined) delete typed[state.place];
    else typed[state.place] = value;
    const { target } = state;
    view.change({ typed });
    pinTo(view, target);
  }

  function close(keeps) {
    if (field.hidden) return;
    field.hidden = true;
    if (!keeps) put(state.before);
    else if (field.value.trim() && !numberOf(field.value)?.toString())
      view.limit.textContent = say("no_number", { text: field.value.slice(0, 20) });
    state.target = null;
  }

  field.oninput = take;
  field.onblur = () => close(true);
  field.onclick = field.onpointermove = event => event.stopPropagation();
  field.onkeydown = event => typedKey(view, event, { state, close });
  return self;
}

// Enter keeps, Escape gives back what stood there, an arrow keeps and opens the next number.
function typedKey(view, event, { state, close }) {
  event.stopPropagation();
  const arrow = ARROWS[event.key];
  if (!arrow && event.key !== "Enter" && event.key !== "Escape") return;
  event.preventDefault();
  const { target } = state;
  close(event.key !== "Escape");
  view.stage.focus({ preventScroll: true });
  const next = arrow && walk(view, arrow[0], arrow[1], target);
  if (next && view.edit.can(next)) view.edit.open(next);
}

function pinTo(view, target) {
  free(view);
  pin(view, target);
}

function withChannel(target) {
  return { role: target.role, row: target.row, column: target.column, channel: target.channel ?? 0 };
}

// Where a cell's number is kept: "x.channel.row.column" or "w.output.channel.row.column"; null where none can be typed.
function placeOf(view, target) {
  const { model, notes, numbers } = view;
  if (!target || (target.channel === undefined && model.inGroup > 1)) return null;
  const channel = target.channel ?? 0;
  if (target.role === "weights") {
    const [i, j] = notes.asked.flipped ? [model.high - 1 - target.row, model.wide - 1 - target.column] : [target.row, target.column];
    return `w.${notes.channel}.${channel}.${i}.${j}`;
  }
  if (target.role !== "input" || numbers.meta.colours) return null;
  const [row, column] = [model.meta.sources[0][target.row], model.meta.sources[1][target.column]];
  return row < 0 || column < 0 ? null : `x.${firstChannel(model, notes.channel) + channel}.${row}.${column}`;
}

function valueUnder({ model, notes }, { role, row, column, channel }) {
  if (role === "weights") return weightAt(model, notes.channel, channel, row, column);
  return inputAt(model, firstChannel(model, notes.channel) + channel, row, column);
}

function isRoom(view, place) {
  const { typed } = view.notes.asked;
  if (place in typed || Object.keys(typed).length < MOST_TYPED) return true;
  view.limit.textContent = say("most_typed", { most: MOST_TYPED });
  return false;
}

function numberOf(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const value = Number(plain);
  return plain === "" || !Number.isFinite(value) ? null : value;
}
