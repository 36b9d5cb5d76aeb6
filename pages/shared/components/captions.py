"""What the shared components say, and the runtime that all components stand on: name -> whole sentence with {values}.

The browser fills them (`say` in js/say.js); a topic's own components have theirs in the topic's captions.
"""

from __future__ import annotations

RUNTIME = {
    "play": "Play",
    "pause": "Pause",
    "range_of": "{from}–{to} of {total}",
    "step_of": "{value} of {last}",
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
