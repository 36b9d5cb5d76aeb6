"""What can be asked about a data set, its transforms and its constants, as plain values."""

from __future__ import annotations

from typing import Any

from cnnviz.records.batches import Channels

Wanted = tuple[str, dict[str, Any]]
COLOURS = {1: ("grey channel",), 3: ("red channel", "green channel", "blue channel")}


def steps(images: int, batch: int) -> Wanted:
    """How many steps an epoch has."""
    return "epoch_steps", {"images": images, "batch": batch}


def flipped(rows: int, columns: int) -> Wanted:
    """Where a pixel of an image of that size goes."""
    return "flipped_place", {"rows": rows, "columns": columns}


def normalised(found: Channels) -> Wanted:
    """What the network gets for a byte."""
    names = COLOURS.get(len(found.mean)) or tuple(f"channel {at}" for at in range(len(found.mean)))
    channels = [
        (name, float(mean), float(deviation))
        for name, mean, deviation in zip(names, found.mean, found.std, strict=True)
    ]
    return "normalised_pixel", {"channels": channels}
