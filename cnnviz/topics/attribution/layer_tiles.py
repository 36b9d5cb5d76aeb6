"""The network as a strip of its layers, each as strong as its maps are on average: what is clicked is weighed."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from cnnviz.figures import palettes
from cnnviz.records import Activations

MOST = 28  # tiles; of more layers, evenly many from the first to the last


def chosen(keys: Sequence[str], current: str) -> list[str]:
    """At most `MOST` of the layers, in order: evenly, with the last one and the one that is chosen."""
    if len(keys) <= MOST:
        return list(keys)
    places = set(np.linspace(0, len(keys) - 1, MOST).round().astype(int).tolist())
    if current in keys and (place := list(keys).index(current)) not in places:
        nearest = min(places - {len(keys) - 1}, key=lambda one: abs(one - place))
        places = places - {nearest} | {place}
    return [keys[place] for place in sorted(places)]


def sprite(recording: Activations, keys: Sequence[str], size: int, theme: str) -> bytes:
    """A PNG of a square a layer, size × size pixels each: the mean size of its channels, 0 … its own largest."""
    table = palettes.lut("magnitude", theme)
    squares = []
    for key in keys:
        strength = np.abs(recording[key].values).mean(0)
        top = float(strength.max())
        entries = np.rint(255 * strength / top if top > 0 else strength).astype(np.uint8)
        picture = Image.fromarray(table[entries]).resize((size, size), Image.Resampling.NEAREST)
        squares.append(np.asarray(picture))
    target = io.BytesIO()
    Image.fromarray(np.concatenate(squares, axis=1)).save(target, "PNG")
    return target.getvalue()
