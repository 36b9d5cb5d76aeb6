"""Blocks for phones: depthwise separable, inverted residual, squeeze-and-excitation, channel shuffle."""

from __future__ import annotations

from pages.networks.blocks import gates, inverted, separable, shuffle
from pages.shared import page_parts

PARTS = {
    "Depthwise separable": separable.show,
    "Inverted residual": inverted.show,
    "Squeeze-and-excitation": gates.show,
    "Channel shuffle": shuffle.show,
}


def show() -> None:
    """Draw the kind of mobile block that is chosen."""
    PARTS[page_parts.buttons("blocks.mobile", {name: name for name in PARTS})]()
