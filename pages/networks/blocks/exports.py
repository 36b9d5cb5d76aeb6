"""What the parts have to take along, made when asked for: a button that held maps would keep a recording."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np

from pages.shared import cache
from pages.shared.selection import Selection

Item = tuple[str, str, str, Callable[[], bytes | str]]


def npz(**arrays: np.ndarray) -> bytes:
    """Arrays under their names as a compressed NPZ file."""
    target = io.BytesIO()
    np.savez_compressed(target, **arrays)  # type: ignore[arg-type]
    return target.getvalue()


def maps(at: Selection, keys: Sequence[str], name: str) -> Item:
    """The recorded values of these layers, each under its key."""
    view, wanted = at.view, tuple(keys)

    def make() -> bytes:
        recording = cache.look(view).recording
        return npz(**{key: recording[key].values for key in wanted})

    return "Maps (NPZ)", name, "application/zip", make
