"""What the components about activation functions share: the functions in JavaScript, axes, sliders, a player."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pages.shared.components import source


def source_with(file: str, *parts: str) -> dict[str, Any]:
    """As `components.source`, with the look of the shared controls."""
    made = source(file, *parts)
    controls = Path(__file__).with_name("controls.css").read_text("utf-8")
    return {**made, "css": f"{made['css']}\n{controls}"}
