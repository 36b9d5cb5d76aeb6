"""What the components about activation functions share: the functions in JavaScript and the look of the controls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pages.shared.components import source


def source_with(file: str, *, words: Mapping[str, str]) -> dict[str, Any]:
    """As `components.source`, with the look of the shared controls."""
    return source(file, Path(__file__).with_name("controls.css"), words=words)
