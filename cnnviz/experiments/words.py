"""How verdicts say numbers: points of accuracy, with a sign or beside another's."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from cnnviz.records.experiments import CellResult, Verdict


def signed(difference: float) -> str:
    """0.0123 → "+1.2"; −0.12 → "−12.0": points of accuracy."""
    points = f"{abs(difference) * 100:.1f}"
    return "±0.0" if points == "0.0" else ("+" if difference > 0 else "−") + points


def apart(one: float, other: float) -> float:
    """0.43372, 0.49848 → −0.064: of the two as they are printed (43.4 % and 49.8 %), so that the difference adds up."""
    return (float(f"{100 * one:.1f}") - float(f"{100 * other:.1f}")) / 100


def changed(before: float, after: float) -> str:
    """0.43372, 0.49848 → "+6.4": points of accuracy between the two as they are printed."""
    return signed(apart(after, before))


def compared(one: float, other: float) -> str:
    """0.95, 0.87 → "8.0 points better": what the first is beside the other, of both as they are printed."""
    points = f"{abs(apart(one, other)) * 100:.1f} points"
    return "no better" if points == "0.0 points" else f"{points} {'better' if one > other else 'worse'}"


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
    clear = abs(one.mean - other.mean) > math.hypot(one.interval, other.interval)
    return f"{'more' if clear else 'no more'} than {one.n} seeds differ among themselves"


def stated(agrees: bool, headline: str, sentences: Sequence[str], *, beside: int = 0) -> Verdict:
    """The verdict with its numbers in the project's style: 39.3 %, not 39.3%."""
    spaced = tuple(re.sub(r"(?<=\d)%", " %", one) for one in (headline, *sentences))
    return Verdict(agrees, spaced[0], spaced[1:], beside)
