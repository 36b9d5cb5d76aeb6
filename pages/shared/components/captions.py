"""What the shared components say, and the runtime that all components stand on: name -> whole sentence with {values}.

The browser fills them (`say` in js/say.js); a topic's own components have theirs in the topic's captions.
"""

from __future__ import annotations

RUNTIME = {
    "play": "Play",
    "pause": "Pause",
    "range_of": "{from}–{to} of {total}",
    "step_of": "{value} of {last}",
    "exactly_zero": "exactly 0",
    "not_a_number": "not a number",
    "agrees": "agrees",
    "differs": "differs",
}
WINDOW = {
    "real_cell": "{name} cell {place}: {value}.",
    "padding_cell": "This cell is {place}: {value}.",
    "place": "({row}, {column})",
    "copy": "padding, a copy of ({row}, {column})",
    "padding": "padding",
    "stamps_one": "It stamps its multiple of the kernel onto 1 output.",
    "stamps_many": "It stamps its multiple of the kernel onto {outputs} outputs.",
    "dropped": "No window reads it: it is dropped.",
    "reaches_one": "It reaches 1 output.",
    "reaches_many": "It reaches {outputs} outputs.",
    "reaches_through": "It reaches {outputs} outputs, each time through another of the {weights} weights.",
    "copies_one": "That includes what its copy in the padding reaches.",
    "copies_many": "That includes what its {copies} copies in the padding reach.",
    "all_stamp": (
        "{name} cell ({row}, {column}) stamps its multiple of the kernel onto {outputs} outputs; where stamps overlap, "
        "they are added."
    ),
    "all_stamp_one": (
        "{name} cell ({row}, {column}) stamps its multiple of the kernel onto 1 output; where stamps overlap, they are "
        "added."
    ),
    "weight": "{name} ({row}, {column}): {value}.",
    "weight_meets_one": "The same weight meets 1 cell, for 1 output.",
    "weight_meets_many": "The same weight meets {cells} cells, one for each of {outputs} outputs.",
    "weight_meets_none": "This weight meets no cell.",
    "meets_now": "In the output at hand it meets {value}.",
    "output_of_one": "{name} ({row}, {column}): {value}, from 1 cell.",
    "output_of_many": "{name} ({row}, {column}): {value}, from {cells} cells.",
    "output_padded": "{name} ({row}, {column}): {value}, from {cells} cells, {padded} of them padding.",
    "channel_sum": "Sum of channel {channel}",
    "step": "{step} of {steps}",
    "dotted": "dotted: padding",
    "hatched_one": "hatched: 1 cell that no window reads",
    "hatched_many": "hatched: {cells} cells that no window reads",
    "blue_corner": "blue corner: the cell that a window takes",
    "anchors": "dot: the middle of the window, circle: the cell that the output stands for",
    "keys_edit": (
        "click a number and type over it; arrow keys go from cell to cell, Enter opens, Escape frees, space plays"
    ),
    "keys": "point at a cell, a weight or a term; click to pin, Escape to free; arrow keys move, space plays",
    "stage": (
        "{height} by {width} {name} cells, a window of {high} by {wide}, {rows} by {columns} outputs. Arrow keys go "
        "from cell to cell and from grid to grid, space plays, Enter pins, Escape frees."
    ),
    "stage_edit": (
        "{height} by {width} {name} cells, a window of {high} by {wide}, {rows} by {columns} outputs. Arrow keys go "
        "from cell to cell and from grid to grid, space plays, Enter opens a number to type over it or pins an output, "
        "Escape frees."
    ),
    "sum_label": "sum of ch. {channel}",
    "kernel_of_channel": "{name} {output}, ch. {channel}",
    "channel": "channel {channel}:",
    "cell_goes": "{place} goes into:",
    "cell_stamps": "{place} stamps {value}·{name}:",
    "no_output": "no output",
    "nothing_read": "nothing is read",
    "drawn_from": "drawn from",
    "with_chance": "{value} with {chance}",
    "bias": "+ bias {bias}",
    "more": "… {count} more",
    "term": "This term reads {place}: {value}.",
    "term_weighted": "This term reads {place} through weight ({row}, {column}): {value} · {weight} = {product}.",
}
BATCH_MIX = {
    "keys": "Class mix of each batch. Left and right arrow keys choose a batch, Enter keeps it, Escape lets go.",
    "batch": "Batch {batch} of {batches}",
    "batch_kept": "Batch {batch} of {batches}, kept",
    "images": "{count} × “{label}”",
    "one_class": "{order}: 1 class ({images})",
    "classes": "{order}: {count} classes ({images})",
    "more_classes": "{order}: {count} classes ({images} and {more} more)",
    "more_names": "and {more} more",
    "order": "· {words}",
    "axis": "Each bar is a batch, in the order of the epoch.",
    "axis_some": "Each bar is a batch, in the order of the epoch; {shown} of {batches}, evenly taken.",
}
DRAW = {
    "keys": (
        "Sheet to draw a digit on. Arrow keys move the pen, Space puts it down or lifts it, U undoes, Delete clears."
    ),
    "invitation": "Draw a digit here",
    "width": "Line width in pixels",
    "blank": "The sheet is blank.",
    "taken_back": "Last stroke taken back.",
    "pen_down": "Pen down.",
    "pen_up": "Pen up.",
}
GUIDE = {
    "lesson_link": "A link to exactly this, for a class. Leave out what would only distract:",
    "explained": "· {count} explained",
    "hide_menu": "the menu",
    "hide_parts": "the other parts",
    "hide_training": "training",
    "hide_code": "source and downloads",
    "hide_course": "the course and the words",
    "and_present": "and begin in Present mode",
    "and_ask": "and open the first question",
    "back": "Back",
    "back_label": "Back to the stop before",
    "next": "Next",
    "next_label": "On to the next stop",
    "leave": "Leave · Esc",
    "leave_label": "Leave Present mode",
    "meaning": "What is meant by {term}?",
}
LAYER_NORMS = {
    "keys": "Gradient norms by layer. Left and right arrow keys choose a layer, up and down a chart, Escape lets go.",
    "step": "{step} of {steps}",
    "chart": "{name}, step {step}: {share}",
    "norm": "gradient norm",
    "of_last": "of the last layer's",
    "layer": "{name} · layer {layer}, {title}",
    "reading": "{name}, layer {layer}: {values}",
}
MOSAIC = {
    "computing": "Computing each channel's contribution to the class",
    "contribution_later": "contribution (computing …)",
    "contribution_to_class": "contribution to the class",
    "row_and_column": "row, column",
    "value": "value",
    "gradient": "gradient",
    "mean": "mean",
    "maximum": "maximum",
    "variance": "variance",
    "contribution": "contribution",
    "zero": "zero",
    "no_signal": "no signal",
    "dead": "dead",
    "dead_channel": "every cell has the same value",
    "same": "same",
    "same_cell": "in A and B",
    "same_channel": "every cell is the same in A and B",
    "cell_title": "cell {channel}",
    "channel_title": "channel {channel}",
    "cell": "channel {channel}, row {row}, column {column}, value {value}",
    "cell_and_slope": "channel {channel}, row {row}, column {column}, value {value}, gradient {slope}",
    "stage": (
        "{layer}, {operation}: {count} maps of {height} by {width}. Arrow keys move between maps, shift and arrow keys "
        "between cells, Enter picks, Page keys turn the page, Escape goes back to the network."
    ),
    "all_dead": "Every channel of this layer is dead on this image: there is no map left to show.",
    "dead_tile": "{channel} dead",
    "same_tile": "{channel} same",
    "slope_of": "d (score of {label}) / d value",
    "own_range": "channel {channel}: each map has its own range",
    "one_range": "the same range in every layer",
    "clipped": "clipped: {share} of the cells are beyond",
    "values": "values from {low} to {high}",
    "dead_count": "{dead} of {count} dead",
    "zero_count": "{dead} of {count} zero",
    "same_count": "{same} of {count} the same in A and B",
    "gradient_there": "gradient there: {value}, colours ± {limit}",
    "lens": "channel {channel}, row {row}, column {column}: {value}",
    "field_unknown": "receptive field unknown: {note}",
    "what_is_seen": "what the network sees",
    "whole_image": "every cell sees the whole image",
    "field": "the cell sees {height} × {width} pixels: rows {top}–{bottom}, columns {left}–{right}",
    "field_padded": "the cell sees {height} × {width} pixels: rows {top}–{bottom}, columns {left}–{right}, and padding",
    "on_its_way": "reading …",
    "left_out": "not in this file",
}
PICTURE_SHEET = {
    "keys": (
        "Pictures. Arrow keys move between them, Enter keeps one, shift and arrow keys move over its pixels, "
        "Escape lets go."
    ),
    "enlarged": "{label}, enlarged",
    "item": "“{label}” · image {index}",
    "item_kept": "“{label}” · image {index} · kept",
    "pixel": "row {row}, column {column}: {levels} → normalised {values}",
    "reading": "{label}, image {index}, {pixel}",
    "spread": "{name} {low} to {high}, mean {mean}",
}
PREDICT = {
    "next_question": "Next question ({at} of {count})",
    "many": "{count} questions about what is shown here",
    "one": "A question about what is shown here",
    "right": "Right.",
    "wrong": "Not this one.",
}
RACE = {
    "how_far": "How far the race is",
    "stage": "{title}. {standing} Arrow keys move, space plays and pauses, Escape puts the reading away.",
    "seconds": "{count} s",
    "step": "1 step",
    "steps": "{count} steps",
    "image": "1 image",
    "images": "{count} images",
    "start": "At the start.",
    "nothing": "After {place}: no number to compare.",
    "diverged": "Diverged: {names}.",
    "leads": "After {place}: {name} leads with {value}.",
    "level": "After {place}: {names} are level with {value}.",
    "and": "{one} and {other}",
    "name": "“{name}”",
    "behind": "Behind: {names}.",
    "points": "“{name}” ({gap} points)",
    "more": "“{name}” ({gap} more)",
    "lane": "{name} · {value}",
    "ranked_lane": "{rank}. {name} · {value}",
    "lost": "diverged",
    "lost_in": "diverged in {lost} of {seeds} seeds",
    "ended": "at its end",
}
SCRUB_CHART = {
    "chart": "{title} against {axis}. Arrow keys read it off.",
    "band": "{low} to {high}",
}
TOP_LINE = {
    "copied": "Copied",
    "copy_it": "Copy it from the address bar",
    "copy_link": "Copy link",
}
SCORES = {
    "class_and_logit": "class {index}, logit {logit}",
}
