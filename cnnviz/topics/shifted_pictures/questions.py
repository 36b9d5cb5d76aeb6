"""What can be asked about a digit that moves, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnnviz.topics.shifted_pictures.records import ShiftGrid

Wanted = tuple[str, dict[str, Any]]


def followed(cells: Sequence[tuple[str, int]]) -> Wanted:
    """How far the CNN's maps move. cells: its layers, and how many pixels apart their cells lie."""
    return "moved_maps", {"layers": list(cells)}


def places(found: ShiftGrid) -> Wanted:
    """To how many places a digit goes."""
    return "places_within", {"reach": found.reach}
