"""How the values of many layers are spread: a histogram each, and all of them over one range."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.records.activations import Array
from cnnviz.topics.gradients.records import Histograms, Strip

BINS = 41
MOST = 8192  # values of a layer that are counted: more change no bar
FAR = 30.0  # widest range over narrowest from which on a linear scale hides one of them


def histograms(layers: Sequence[Array], *, bins: int = BINS) -> Histograms:
    """A histogram of each layer's finite values, from its smallest to its largest."""
    edges, counts = np.zeros((len(layers), bins + 1)), np.zeros((len(layers), bins), np.int64)
    for row, values in enumerate(_some(layer) for layer in layers):
        if values.size:
            counts[row], edges[row] = np.histogram(values, bins, range=_range(values))
    return Histograms(edges, counts)


def strip(layers: Sequence[Array], *, bins: int = BINS) -> Strip:
    """All layers over one range: linear, or signed log where the ranges lie far apart."""
    kept = [_some(layer) for layer in layers]
    widths = np.array([np.quantile(np.abs(values), 0.995) if values.size else 0.0 for values in kept])
    there = widths[widths > 0]
    if not there.size:
        return Strip(np.linspace(-1, 1, bins + 1), np.array([_shares(v, -1, 1, bins) for v in kept]), "linear", 1.0)
    largest, unit = float(there.max()), float(there.min()) / 10
    linear = largest <= FAR * float(there.min())
    moved = kept if linear else [_signed_log(values, unit) for values in kept]
    top = largest if linear else float(_signed_log(np.array(largest), unit))
    low = 0.0 if min(float(values.min()) for values in kept if values.size) >= 0 else -top
    shares = np.array([_shares(values, low, top, bins) for values in moved])
    places = np.linspace(low, top, bins + 1)
    edges = places if linear else np.sign(places) * unit * np.expm1(np.abs(places))
    return Strip(edges, shares, "linear" if linear else "signed log", unit)


def _shares(values: Array, low: float, high: float, bins: int) -> Array:
    """Shares of the values in each bin; what lies beyond counts to the outermost bins."""
    counts, _ = np.histogram(np.clip(values, low, high), bins, range=(low, high))
    return counts / max(1, len(values))


def _signed_log(values: Array, unit: float) -> Array:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values) / unit))


def _some(values: Array) -> Array:
    """Finite values, at most `MOST`, taken at equal steps; without those so large that bins overflow."""
    thinned = values[:: max(1, len(values) // MOST)].astype(np.float64)
    return np.asarray(thinned[np.abs(thinned) < 1e300])


def _range(values: Array) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    wide = high - low > 1e-12 * max(abs(low), abs(high))
    room = max(abs(low) * 0.5, 1e-300) if low else 0.5
    return (low, high) if wide else (low - room, high + room)
