"""What can be asked about maps that explain an answer, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnnviz.records.attribution import Attribution

Wanted = tuple[str, dict[str, Any]]
COMPLETE = {"integrated_gradients": "integrated gradients", "deeplift": "DeepLIFT"}  # share out a difference of scores


def adds_up(found: Mapping[str, Attribution | str], label: str) -> list[Wanted]:
    """The sum of a map whose law was checked, from the score and the baseline's. label: of what is explained."""
    for name, method in COMPLETE.items():
        one = found.get(name)
        if isinstance(one, Attribution) and one.law is not None and one.law.holds:
            added = one.native if one.channels is None else one.channels
            state = {"score": one.value, "baseline": one.value - float(added.sum())}
            return [("attribution_sum", {"target": label, "method": method, **state})]
    return []
