"""What can be asked about pooled and enlarged numbers at hand, as plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.records.pooling import Comparison, Upsampled
from cnnviz.topics.pooling.shift_records import Motion

Wanted = tuple[str, dict[str, Any]]
WINDOWS = 8  # that a question is drawn from
WRITTEN = 3  # cells a side of a window whose numbers are written in a line
ROUGH = 4  # of so many windows across the map one is looked at, so that they lie apart


def lost(found: Comparison, channel: int) -> list[Wanted]:
    """What comes back of a window of the map that is shown; of large windows, how many numbers are left."""
    side, _ = found.pooled.setting.kernel
    _, rows, columns = found.pooled.x.shape
    if found.kind not in ("max", "average"):
        return [("kept_numbers", {"rows": rows, "columns": columns, "side": side})] if _is_windowed(found) else []
    asked: list[Wanted] = []
    if side <= WRITTEN:
        way = "switches" if found.kind == "max" else "nearest"
        windows = liveliest(found.pooled.x[channel], side)
        asked.append(("restored_cell", {"windows": windows, "kind": found.kind, "way": way}))
    return [*asked, ("kept_numbers", {"rows": rows, "columns": columns, "side": side})]


def _is_windowed(found: Comparison) -> bool:
    return found.kind in ("stochastic", "convolution", "lp")


def liveliest(values: np.ndarray, side: int) -> list[list[list[float]]]:
    """Windows of the map [H, W] whose cells differ most, rounded as they are read."""
    rows, columns = (length // side * side for length in values.shape)
    cut = values[:rows, :columns].reshape(rows // side, side, columns // side, side).transpose(0, 2, 1, 3)
    windows = cut.reshape(-1, side, side)
    order = np.argsort(-windows.std(axis=(1, 2)), kind="stable")[: WINDOWS * ROUGH : ROUGH]
    listed: list[list[list[float]]] = windows[order].round(2).tolist()
    return listed


def slid(motion: Motion) -> Wanted:
    """How far the maps in front of each reduction move."""
    return "moved_maps", {"layers": [(one.before, one.cell) for one in motion.reductions if one.cell]}


def enlarged(made: Upsampled, options: dict[str, Any]) -> list[Wanted]:
    """One cell of what was enlarged; of a transposed convolution, its size along the rows."""
    values = made.x.round(2)
    if made.kind in ("nearest", "bilinear"):
        _, rows, columns = made.values.shape
        state = {"values": values[0].tolist(), "way": made.kind, "size": (rows, columns)}
        corners = {"align_corners": options["align_corners"]} if made.kind == "bilinear" else {}
        return [("upsampled_cell", {**state, **corners})]
    if made.kind == "shuffle":
        return [("shuffled_pixel", {"channels": values.tolist()})]
    if made.kind == "transposed":
        axis = {name: options[name][0] for name in ("stride", "padding", "output_padding")}
        return [("transposed_size", {"size": made.x.shape[1], "kernel": len(options["kernel"]), **axis})]
    return []
