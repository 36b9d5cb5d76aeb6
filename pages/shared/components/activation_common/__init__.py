"""What the components about activation functions share: the functions in JavaScript, axes, sliders, a player."""

from __future__ import annotations

from typing import Any

from pages.shared.components import FOLDER, source


def source_with(name: str, *parts: str) -> dict[str, Any]:
    """As `components.source`, with the look of the shared controls."""
    made = source(name, *parts)
    controls = (FOLDER / "activation_common" / "controls.css").read_text("utf-8")
    return {**made, "css": f"{made['css']}\n{controls}"}
