"""What Explore's components say in the browser: name -> whole sentence with {values}, which `say` fills."""

from __future__ import annotations

CROP_FRAME = {
    "upright": "Which part of the image the network sees, from top to bottom",
    "lying": "Which part of the image the network sees, from left to right",
}
HOW_MADE = {
    "stage": "{title}. {says} Arrow keys go from cell to cell, Enter opens a cell, space plays.",
    "cell": "cell",
    "ask_a_cell": "Point at a cell to see what it is made of. Click it to open it.",
    "colours": "colours ± {limit}",
    "ask_for_the_sum": "Point at a cell: the sum that it is. Click it: every product in it.",
    "three_colours": "colours: weights ± {weights}, products ± {products}, map ± {map}",
    "click": "row {row}, column {column}: click it for its numbers",
    "reading": "row {row}, column {column}: {terms} = {result}",
    "value": "row {row}, column {column}: {result}",
    "becomes": "row {row}, column {column}: {term} → {result}",
    "term": "{term} ({source})",
    "bias": "bias {bias}",
}
NETWORK_CANVAS = {
    "which": "Which of the two",
    "follow": "Follow the image through the network",
    "save_png": "Save the canvas as PNG",
    "save_svg": "Save the canvas as SVG",
    "opened": "{block} open, {nodes} nodes",
    "folded_again": "{block} folded",
    "differences_every": "orange where A is larger, blue where B is, full colour at the ± below; every channel",
    "differences_some": (
        "orange where A is larger, blue where B is, full colour at the ± below; of each block the {channels} channels "
        "with most energy"
    ),
    "values_every": "blue below zero, orange above, full colour at the ± below; every channel",
    "values_some": (
        "blue below zero, orange above, full colour at the ± below; of each block the {channels} channels with most "
        "energy"
    ),
    "fold": "Fold this block",
    "open": "Open this block",
    "the_same": "the same",
    "range": "± {limit}",
    "by_column": "± by column",
    "scores": "class scores",
    "probability": "probability",
    "stage": (
        "{title}: {nodes} nodes in {groups} groups. Arrow keys move, Enter opens a block or picks a tile, space picks, "
        "Escape closes."
    ),
    "network": "Network",
    "mean": "mean",
    "maximum": "maximum",
    "value": "value",
    "shape": "shape",
    "colours": "colours",
    "clipped": "± {limit}, {share} beyond",
    "dead": "dead",
    "dead_channel": "every cell has the same value",
    "folded": "folded",
    "nodes_in": "{nodes} nodes in {block}",
    "channel_of": "{layer} · channel {channel} of {total}",
    "cell_of": "{layer} · cell {channel} of {total}",
    "value_of_a": "value of A",
    "value_of_b": "value of B",
    "mean_of_a": "mean of A",
    "mean_of_b": "mean of B",
    "probability_of_b": "probability of B",
    "output_of_b": "output of B",
    "output": "output",
    "class": "class",
    "side_a": "A: {name}",
    "side_b": "B: {name}",
    "side_apart": "A − B",
    "sides_apart": "A − B, A: {a}, B: {b}",
    "range_in": "± {limit} in {layer}",
    "classes": "{count} classes: {meaning}",
    "way_layer": "{layer}, {shape}: {what}",
    "way_block": "{block}, {shape}: {kinds}.",
}
TOUR_CARD = {
    "stop": "{at} of {count}",
    "done": "Done",
    "next_stop": "Next",
}
UNIT_CARD = {
    "terms": "Terms of the sum, largest first",
    "stages": "What follows the sum",
    "channel": "ch {channel}",
    "channel_patch": "ch {channel}, patch",
    "sum": "sum {sum}",
    "padding_read": "ch {channel} ({row}, {column}), padding:  {value}",
    "cell_read": "ch {channel} ({row}, {column}), cell ({y}, {x}) of the input map:  {value}",
    "largest_read": "ch {channel} ({row}, {column}), cell ({y}, {x}) of the input map:  {value}, the largest",
    "product": "{read} × {weight} = {product}",
    "recorded_beside": "recorded {value}, difference {difference}",
    "recorded": "recorded",
    "computed": "computed",
    "difference": "|difference|",
    "allowed": "allowed: {tolerance}",
    "outside_blanked": "outside the box blanked",
    "inside_blanked": "inside blanked {value}",
    "patch": "patch",
    "window": "window",
    "kernel": "kernel",
    "products": "products",
    "hint_weighted": "Point at a cell: what was read × the weight = the product",
    "hint": "Point at a cell to read its value",
    "sheet": "{hint}. Arrow keys move, Page Up and Page Down turn the page.",
    "patch_by_kernel": "Patch × kernel, channel by channel",
    "window_read": "The window that was read",
    "order_index": "order: index",
    "order_sum": "order: largest sum",
    "input": "The network's input; {field}",
    "closeup": "What lies inside the receptive field, enlarged",
}
