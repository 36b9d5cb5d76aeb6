"""What dropout does on average: means and variances over many masks, and what two masks have in common.

One unit of upscale_in_train is x/(1−p) with probability 1−p, else 0: its mean is x, its variance x²·p/(1−p). A mean of
n such outputs therefore misses x by x·√(p/((1−p)·n)): half the error takes four times the masks.
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.topics.dropout.masks import checked, keep, train_scale
from cnnviz.topics.dropout.records import Averages, MaskOverlap, Subnetworks

Array = np.ndarray
MASKS = 10_000
SERIES = 24
UNITS = 16
LEGIBLE = 64  # bits: 2^64 has twenty digits, and more are not read one by one


def averages(x: Array, p: float, *, masks: int = MASKS, series: int = SERIES, seed: int = 0) -> Averages:
    """Real masks, drawn one by one: `series` runs of `masks` each, their running means read at a few dozen counts n.

    x: [K] finite, at most 16 values. Raises: OperationError for more values, for none, or for a p outside [0, 1].
    """
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 1 or not 0 < len(x) <= UNITS or not np.isfinite(x).all():
        raise OperationError(f"Means are taken of 1 to {UNITS} finite values in a row: give so many.")
    checked(p)
    counts = np.unique(np.rint(np.geomspace(1, masks, 40)).astype(int))
    random = np.random.default_rng(seed)
    shares = np.stack([_shares(random, p, counts, len(x)) for _ in range(series)], axis=1)  # [S, R, K]
    scale = train_scale(p)
    errors = x * shares * scale - x
    rms, power = _rms(errors), float((x**2).mean())
    slope, uncertainty = _slope(counts, errors)
    measured, band = _variance(x, p, shares[-1].mean(0), masks * series)
    return Averages(
        x, float(p), masks, counts, errors, rms,
        np.sqrt(power * p / ((1 - p) * counts)) if p < 1 else np.full(len(counts), np.sqrt(power)),
        _rms(x * shares - x * (1 - p)), np.sqrt(power * p * (1 - p) / counts), slope, uncertainty,
        measured, x**2 * p * scale, band,
    )  # fmt: skip


def _shares(random: np.random.Generator, p: float, counts: Array, units: int) -> Array:
    """How often each unit was kept among the first n masks, as a share: [S, K]."""
    kept = keep(random.random((int(counts[-1]), units), dtype=np.float32), p)
    shares: Array = kept.cumsum(0, dtype=np.int32)[counts - 1] / counts[:, None]
    return shares


def _rms(errors: Array) -> Array:
    root: Array = np.sqrt((errors**2).mean(axis=(1, 2)))
    return root


def _slope(counts: Array, errors: Array) -> tuple[float | None, float | None]:
    """Least squares of log error against log n, over all series; its standard error from the series' own slopes."""
    whole = _rms(errors)
    if not (whole > 0).all():
        return None, None
    each = np.sqrt((errors**2).mean(axis=2))  # [S, R]
    usable = (each > 0).all(axis=0)
    own = [fitted(counts, each[:, at]) for at in np.flatnonzero(usable)]
    spread = float(np.std(own, ddof=1) / np.sqrt(len(own))) if len(own) > 1 else None
    return fitted(counts, whole), spread


def fitted(counts: Array, errors: Array) -> float:
    """The slope of the straight line through (log n, log error), by least squares."""
    x, y = np.log(counts) - np.log(counts).mean(), np.log(errors)
    return float((x * y).sum() / (x * x).sum())


def _variance(x: Array, p: float, share: Array, masks: int) -> tuple[Array, Array]:
    """Measured variance of x·m/(1−p), a²·q̂(1−q̂), and how far chance takes it from a²·q(1−q): five deviations of q̂."""
    power = (x * train_scale(p)) ** 2
    step = 5 * np.sqrt(p * (1 - p) / masks)
    return power * share * (1 - share), power * (abs(2 * p - 1) * step + step**2)


# ------------------------------------------------------------------------------------------------ two masks
def sharing(units: int, *, pairs: int = 400, steps: int = 21, seed: int = 0) -> MaskOverlap:
    """Pairs of masks over `units` units, drawn for p from 0 to 1: how many units both keep, and the Jaccard index.

    Both keep a unit with probability (1−p)², either does with 1 − p². Raises: OperationError for fewer than one unit.
    """
    if units < 1:
        raise OperationError(f"Masks lie over units, found {units} of them: give at least one.")
    probabilities = np.linspace(0, 1, steps)
    random = np.random.default_rng(seed)
    both, jaccard = np.zeros((steps, pairs)), np.zeros((steps, pairs))
    for at, p in enumerate(probabilities):
        one, other = (keep(random.random((pairs, units), dtype=np.float32), float(p)) for _ in range(2))
        both[at], either = (one & other).sum(1), (one | other).sum(1)
        jaccard[at] = np.divide(both[at], either, out=np.full(pairs, np.nan), where=either > 0)
    kept = (1 - probabilities) ** 2
    return MaskOverlap(
        units, probabilities, both, jaccard, kept * units, np.sqrt(units * kept * (1 - kept)),
        (1 - probabilities) / (1 + probabilities),
    )  # fmt: skip


def subnetworks(units: int) -> Subnetworks:
    """How many masks there are over so many units: each is kept or not, so 2^units."""
    exponent, fraction = divmod(units * np.log10(2.0), 1.0)
    return Subnetworks(units, 2**units if units <= LEGIBLE else None, float(10**fraction), int(exponent))
