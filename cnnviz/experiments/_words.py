"""How verdicts say numbers: points of accuracy, with a sign or beside another's."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnviz.records.experiments import CellResult


def signed(difference: float) -> str:
    """0.0123 → "+1.2"; −0.12 → "−12.0": points of accuracy."""
    points = f"{abs(difference) * 100:.1f}"
    return "±0.0" if points == "0.0" else ("+" if difference > 0 else "−") + points


def compared(one: float, other: float) -> str:
    """0.95, 0.87 → "8.0 points better": what the first is beside the other."""
    return f"{abs(one - other) * 100:.1f} points {'better' if one > other else 'worse'}"


CHANCE = 0.1  # ten classes in every data set of the experiments
AT_CHANCE = 0.15  # no further above it than this: the commonest of MNIST's classes alone makes 11.4 %


def two_digits(value: float) -> str:
    """0.000684 → "0.00068"; 2.78e-12 → "2.8e−12"; what is no number is said."""
    if not math.isfinite(value):
        return "no number"
    mantissa, _, exponent = f"{value:.2g}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−") if exponent else mantissa.replace("-", "−")


def listed(items: Sequence[str]) -> str:
    """["a", "b", "c"] → "a, b and c"."""
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def beside_the_seeds(one: CellResult, other: CellResult) -> str:
    """Whether two means lie further apart than chance explains: than both 95 % intervals together, as variances add."""
    if one.n < 2 or other.n < 2:
        return "one seed each, so a small difference may be luck"
    apart = abs(one.mean - other.mean) > math.hypot(one.interval, other.interval)
    return f"{'more' if apart else 'no more'} than {one.n} seeds differ among themselves"
