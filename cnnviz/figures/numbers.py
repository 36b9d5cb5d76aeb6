"""Numbers as every figure writes them, so that one value never looks like two."""

from __future__ import annotations

import math
from collections.abc import Iterable


def number(value: float | None) -> str:
    """A number as the card writes it: three digits, a real minus, powers of ten where it is tiny or huge.

    >>> number(-0.37712), number(2.0), number(3.04e-8), number(12345.0)
    ('−0.377', '2.00', '3.0e−8', '12,345')
    """
    if value is None or not math.isfinite(value):
        return "none" if value is None else str(value).replace("-", "−").replace("inf", "∞")
    size = abs(value)
    if size == 0:
        return "0"
    if size < 0.0009995 or size >= 9_999_999.5:
        text = _power(value)
    else:
        text = f"{value:,.0f}" if size >= 999.5 else f"{value:#.3g}".rstrip(".")
    return text.replace("-", "−")


RAISED = str.maketrans("0123456789k", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵏ")


def power(base: float, exponent: int | str) -> str:
    """A power as one writes it by hand.

    >>> power(0.25, 19), power(0.25, "k")
    ('0.25¹⁹', '0.25ᵏ')
    """
    return f"{base:.4g}{str(exponent).translate(RAISED)}"


def percent(share: float) -> str:
    """A probability or another share as people read it, never rounded to a certainty that it is not.

    `percent` of pages/shared/js/numbers.js writes the same text for the same number, to the last bit.

    >>> percent(0.9512), percent(0.99997), percent(0.00002), percent(1.0), percent(1.25), percent(-0.5)
    ('95.1 %', '> 99.9 %', '< 0.1 %', '100 %', '125.0 %', '−50.0 %')
    """
    if not math.isfinite(share):
        return "–"
    if share < 0:
        return "> −0.1 %" if share > -0.0005 else f"−{percent(-share)}"
    if share in (0.0, 1.0):
        return "100 %" if share else "0 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return "< 0.1 %" if share < 0.0005 else f"{100 * share:.1f} %"


def whole_percent(share: float) -> str:
    """A share of work that is done, in whole per cent: "40 %"."""
    return f"{100 * share:.0f} %"


def lasting(seconds: float) -> str:
    """How long something takes, as it is said before it starts.

    >>> lasting(0.2), lasting(42.4), lasting(130.0), lasting(7200.0)
    ('1 s', '42 s', '2 min', '2.0 h')
    """
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def four_digits(value: float) -> float:
    """The number with four significant digits, as it travels to the browser: 0.123456 → 0.1235."""
    return float(f"{value:.4g}")


def on_log_scale(values: Iterable[float], *, zero: bool = True) -> list[float | str]:
    """Four digits each; what no logarithm takes as a word: "undefined", "infinite", and with `zero` "zero".

    >>> on_log_scale([0.123456, 0.0, float("inf")])
    [0.1235, 'zero', 'infinite']
    """
    return [_number_or_word(float(value), zero=zero) for value in values]


def _number_or_word(value: float, *, zero: bool) -> float | str:
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "infinite"
    return "zero" if zero and value == 0 else four_digits(value)


def _power(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"
