"""What the components about architectures say in the browser: name -> sentence with {values}, which `say` fills."""

from __future__ import annotations

COST_BREAKDOWN = {
    "sort": "Sort by {column}",
    "in_all": "{total} in all",
    "in_order": "in order",
    "fold_all": "Fold all",
    "open_all": "Open all",
    "opened": "{block} opened",
    "folded": "{block} folded",
    "not_known": "not known",
    "value_and_share": "{value} · {share}",
    "output": "Output",
    "field": "Receptive field",
    "row": "{name} · {title}",
}
FIELD_GROWTH = {
    "operation": "{operation} · {cells} cells",
    "place": "{row} of {rows}",
    "sees": "Cell ({row}, {column}) sees {height} × {width} pixels, one step is {step}. {share} of the image is in it.",
    "sees_beyond": (
        "Cell ({row}, {column}) sees {height} × {width} pixels, one step is {step}. {share} of the image is in it; the "
        "rest lies beyond its edge."
    ),
    "every_cell": "Every cell: {field}.",
    "reading": "{layer}: {field}",
    "picture": "The image with the box of {layer}. Click or use the arrow keys to choose another place.",
    "axis": "operations with rows and columns, in the order in which they run",
    "axis_narrow": "operations, in the order in which they run",
    "side": "pixels a side that a cell sees",
    "image": "the image: {side} pixels",
    "curve": "Size of the receptive field by operation; {layer}: {field}",
}
NETWORK_GRAPH = {
    "find": "Find a layer by its name",
    "keys": (
        "Click a block to open it, its head or Escape to fold it. Drag to move; Ctrl + wheel, two fingers or + − "
        "0 to zoom; arrow keys go from box to box."
    ),
    "stage": "{title}: graph of {operations} operations",
    "hit": "{at} of {hits}",
    "no_hit": "no layer of that name",
    "repeated": "repeated",
    "same": "{count} times, each the same",
    "alike": "{count} times, alike but for the channels",
    "shape": "shape",
    "sees": "sees",
    "operations": "operations",
    "reads": "reads",
    "more_names": "{names} and {more} more",
    "parameters": "parameters",
    "macs": "multiply-adds",
    "bytes": "activations",
    "milliseconds": "milliseconds",
    "ms": "{value} ms",
    "no_shade": "none",
    "shade": "{quantity}: up to {share} of {total} in one box",
}
