"""Small JSON files: numbers as JSON can say them, one object a file."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any


def read_json(path: Path) -> dict[str, Any]:
    """The object in a small JSON file; {} where it is missing or something else."""
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def finite(value: Any) -> Any:
    """The value as JSON can say it: numbers with eight significant digits, null for one that is not finite."""
    if isinstance(value, float):
        return float(f"{value:.8g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: finite(item) for name, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, list | tuple) else value
