"""The example of the planted shortcut as small images: each map laid over its image, one scale for a pair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.figures import palettes
from cnnviz.topics.attribution.figures import limit
from cnnviz.topics.attribution.shortcut_example import METHODS, Seen

OPACITY = 0.6  # of a map over its image, where the grid of all maps starts, too
_GREY = (0.3, 0.59, 0.11)


def overlaid(picture: np.ndarray, values: np.ndarray, scale: float, theme: str) -> np.ndarray:
    """[H, W, 3] uint8: the map over the image in grey, strong where it is large, as the grid of all maps draws it.

    picture: [H, W, 3] uint8. values: [H, W]. scale: the value of full colour; 0 leaves the image alone.
    """
    share = np.clip(values / scale, -1, 1) if scale else np.zeros_like(values)
    entries = np.rint(share * 127).astype(int) + 128
    colour = palettes.lut("activations", theme)[entries].astype(float)
    root = np.sqrt(np.abs(share))
    alpha = (root + (1 - root) * (2 * OPACITY - 1))[..., None]
    grey = (picture @ np.array(_GREY))[..., None]
    mixed: np.ndarray = np.rint(grey + (colour - grey) * alpha).astype(np.uint8)
    return mixed


def scales(seen: Sequence[Seen]) -> dict[tuple[str, str], float]:
    """(network, method) → the value of full colour, the same with and without the square."""
    return {
        (one.network, method): max(limit(other.maps[method]) for other in seen if other.network == one.network)
        for one in seen
        for method in METHODS
    }
