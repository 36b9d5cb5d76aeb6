"""Activation functions for the components: plain dicts and bytes, each with a digest of what it holds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np

from cnnviz.figures.numbers import number
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.topics.activations.records import Facts, Softmax


class CurveParameter(TypedDict):
    """A function's parameter and its slider."""

    symbol: str
    word: str
    start: float
    low: float
    high: float


class CurveFunction(TypedDict):
    """One function of the family."""

    name: str
    title: str
    parameter: CurveParameter | None


class Curves(TypedDict):
    """checks: per name [M][x, f(x), f′(x)]. chosen: drawn at first. threshold: |f′| that counts as saturated."""

    functions: list[CurveFunction]
    checks: dict[str, list[list[float]]]
    chosen: list[str]
    x: float
    threshold: float


class CurveDragPacket(Curves, Sealed):
    """For the component curve_drag."""


class ShownLogit(TypedDict):
    """A class and its logit."""

    label: str
    logit: float


class TemperatureCheck(TypedDict):
    """The probabilities of the shown classes at one temperature."""

    temperature: float
    probabilities: list[float]


class ShownTerms(TypedDict):
    """The largest logits, and what the browser's own numbers are held against."""

    shown: list[ShownLogit]
    checks: list[TemperatureCheck]


class SoftmaxTermsPacket(ShownTerms, Sealed):
    """For the component softmax_terms. rest: the other logits, float64."""

    rest: bytes


def curves(
    functions: Sequence[CurveFunction], checks: Mapping[str, Array], *, chosen: Sequence[str], x: float
) -> CurveDragPacket:
    """For curve_drag. functions: name, title, parameter (None, or word, symbol, start, low, high) of each.

    checks: per name [M, 3]: x, f(x), f′(x) by the library; the browser says how far its own numbers are from them.
    chosen: drawn at first, the first of them with its tangent at `x`.
    """
    rows = {name: [[float(value) for value in row] for row in table] for name, table in checks.items()}
    header: Curves = {"functions": list(functions), "checks": rows, "chosen": list(chosen), "x": x, "threshold": 0.05}
    return {**header, "digest": digest(header)}


def facts_table(rows: Sequence[Facts], titles: Mapping[str, str]) -> list[dict[str, str]]:
    """One line a function: range, f(0), f′(0), the largest f′ and where, mean output, zero-centred or not."""
    return [
        {
            "function": titles[row.name],
            "range": f"{_end(row.low)} … {_end(row.high)}",
            "f(0)": number(row.at_zero),
            "f′(0)": number(row.slope_at_zero),
            "largest f′": number(row.steepest),
            "at x": _place(row.steepest_at),
            "mean for x ~ N(0, 1)": number(row.mean),
            "zero-centred": "yes" if abs(row.mean) < 1e-6 else "no",
        }
        for row in rows
    ]


def _end(value: float) -> str:
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    return number(value)


def _place(x: float) -> str:
    if abs(x) > 12:
        return "towards ∞" if x > 0 else "towards −∞"
    return number(x)


def softmax_terms(results: Sequence[Softmax], labels: Sequence[str], *, top: int = 10) -> SoftmaxTermsPacket:
    """For softmax_terms: the `top` largest logits with their names, the others as bytes (float64).

    results: the same logits at several temperatures: the browser says how far its own numbers are from them. Typed
    logits (not more than `top`) keep their order.
    """
    logits = results[0].logits
    few = len(logits) <= top
    order = np.arange(len(logits)) if few else np.argsort(-logits, kind="stable")
    first, rest = order[:top], order[top:]
    shown: list[ShownLogit] = [{"label": str(labels[i]), "logit": float(logits[i])} for i in first]
    checks: list[TemperatureCheck] = [
        {"temperature": one.temperature, "probabilities": one.probabilities[first].tolist()} for one in results
    ]
    header: ShownTerms = {"shown": shown, "checks": checks}
    return {**header, "rest": logits[rest].astype("<f8").tobytes(), "digest": digest(header, logits)}
