"""What tests and benchmarks share: where the project lies, the served app and its browser, what a person does there."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
