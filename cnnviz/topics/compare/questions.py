"""What can be asked about networks beside each other, as plain values."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from cnnviz.records.architectures import Architecture
from cnnviz.topics.compare.records import Candidate, LineStep

Wanted = tuple[str, dict[str, Any]]


def beaten(candidates: Sequence[Candidate]) -> Wanted:
    """Which one of four is beaten by another of them."""
    rated = [(one.title, one.accuracy, one.macs) for one in candidates if one.accuracy is not None]
    return "beaten_in_both", {"networks": rated}


def used(*networks: Architecture) -> Wanted:
    """How often a parameter is used for one image."""
    return "work_per_weight", {"networks": [(one.spec.title, one.parameters, one.macs) for one in networks]}


def saved(steps: Sequence[LineStep]) -> list[Wanted]:
    """Which change saves most, of those between networks for images of one size."""
    alike = [(one, other) for one, other in itertools.pairwise(steps) if one.side == other.side]
    parameters = [(f"{one.title} → {other.title}", one.parameters, other.parameters) for one, other in alike]
    macs = [(f"{one.title} → {other.title}", one.macs, other.macs) for one, other in alike]
    return [
        ("largest_saving", {"of": "parameters", "steps": parameters}),
        ("largest_saving", {"of": "multiply-adds", "steps": macs}),
    ]
