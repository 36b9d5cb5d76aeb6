"""What the components about blocks say in the browser: name -> whole sentence with {values}, which `say` fills."""

from __future__ import annotations

BLOCK_DIAGRAM = {
    "opened_box": "The box that is opened",
    "same_number": "channel {channel} of the whole is channel {own} of {source}: the same number, {value}",
    "sum": "the sum of {products} products = {value}",
    "sum_and_bias": "the sum of {products} products + {bias} = {value}",
    "mean": "the mean of {cells} cells = {value}",
    "largest": "the largest of {values} = {value}",
    "numbers": "{count} numbers",
    "channels": "{count} channels",
    "branch_channels": "branch {branch}: {count}",
    "hint": "Point at a box: the way that leads to it lights up. A click or Enter opens its maps and its arithmetic.",
    "stage": "{about} {boxes} boxes. Arrow keys go from box to box, Enter opens one, Escape closes it.",
    "branch": "branch {branch}",
    "input_of_block": "the block's input",
    "walk": "Step of the image's way through the block",
    "block_reads": "what the block reads",
    "map_times_factor": "map × factor",
    "map": "map",
    "factor": "factor",
    "close": "Close",
    "maps": "Maps of this box. Arrow keys move the cell, Page keys the channel, Escape closes.",
    "channel": "channel {channel}",
    "some_channels": "{some} of {count} are here",
    "all_channels": "all {count}",
    "channel_label": "Channel",
    "channel_of": "channel {channel} of {shape}",
    "place": "row {row}, column {column}: {value}",
    "box": "{title}: {shape}.",
    "box_does": "{title}, then {detail}: {shape}.",
    "branch_box": "Branch {branch}: {title}: {shape}.",
    "branch_box_does": "Branch {branch}: {title}, then {detail}: {shape}.",
    "reads": "It reads {sources}.",
    "and": "{one} and {other}",
    "step": "Step {rank} of {last}. {boxes}",
}
BLOCK_MATRIX = {
    "stage": "{sources} sources by {readers} readers. Arrow keys move, Enter opens the reader, Escape lets go.",
    "hint": (
        "Rows: who made the channels; columns: who reads them. Opened: {reader}. Point at a cell; a click opens its "
        "column."
    ),
    "unconnected": "{reader} reads {source}: no connection",
    "weights": "{reader} reads {source}: mean |w| {weight}",
}
BLOCK_SHUFFLE = {
    "time": "From the groups to the shuffled channels and back",
    "group_after_group": "the channels, group after group",
    "a_grid": "as a grid: one row a group",
    "turned": "the grid turned: one column a group",
    "shuffled": "read row by row: shuffled",
    "inverse": "the inverse: as a grid of the other number of groups",
    "turned_again": "turned again",
    "back": "read row by row: every channel is back",
    "stage": "{channels} channels in {groups} groups. Arrow keys step through the channels, Escape lets go.",
    "at": "{step} of 6: {what}",
    "on_the_way": "{step} of 6: on the way to “{what}”",
    "hint": "Point at a channel: its group, its place before, after, and after the inverse.",
    "channel": (
        "Channel {channel} = {group} · {size} + {within}: number {within} of group {group}. The shuffle puts it to "
        "place {within} · {groups} + {group} = {place}; the inverse, a shuffle in {size} groups, brings it back to "
        "place {home}."
    ),
}
BLOCK_STAGES = {
    "stage": (
        "{steps}: the same cell in each. Arrow keys move the cell, Page keys the channel, Enter pins, Escape lets go."
    ),
    "channel_of": "Channel of {steps}",
    "some": "{shown} of {count}, most varied first",
    "all": "all {count}, most varied first",
    "channel": "channel {channel}",
    "smallest": "smallest",
    "largest": "largest",
    "mean": "mean ± s.d.",
    "zeros": "zeros",
    "none": "none",
    "colours": "colours",
    "drawn": "drawn",
    "second": "every 2nd cell",
    "third": "every 3rd cell",
    "later": "every {step}th cell",
    "hint": "Point at a cell: its value in every step, [row, column]. A click pins it.",
}
BLOCK_STRIP = {
    "stage": "{channels} channels by where they come from. Arrow keys step through them, Enter pins, Escape lets go.",
    "channels": "{count} channels",
    "most_varied": "the most varied; point at another",
    "origin": ", {title}",
    "origin_channel": " ← {title}, its channel {channel}",
}
