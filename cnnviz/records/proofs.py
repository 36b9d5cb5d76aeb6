"""A claim, and how far two independent ways of computing it lie apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Proof:
    """claim: what was computed twice, in one line. difference: the largest absolute one between both ways.

    tolerance: what rounding explains, in the same unit; above it the claim is refuted and the page says so.
    """

    claim: str
    difference: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """False for a NaN too: what cannot be compared is not proven."""
        return self.difference <= self.tolerance
