"""How verdicts say numbers: points of accuracy, with a sign or beside another's."""

from __future__ import annotations


def signed(difference: float) -> str:
    """0.0123 → "+1.2"; −0.12 → "−12.0": points of accuracy."""
    points = f"{abs(difference) * 100:.1f}"
    return "±0.0" if points == "0.0" else ("+" if difference > 0 else "−") + points


def compared(one: float, other: float) -> str:
    """0.95, 0.87 → "8.0 points better": what the first is beside the other."""
    return f"{abs(one - other) * 100:.1f} points {'better' if one > other else 'worse'}"
