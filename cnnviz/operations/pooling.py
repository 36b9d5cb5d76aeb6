"""Pooling from its definition: what each window holds, what it becomes, and what each cell's change would do to it.

max y = max x · average y = Σx / n · Lᵖ y = (Σxᵖ)^(1/p) · stochastic: one cell, drawn with probability x / Σx, when
training, and Σx² / Σx, its expectation, when testing · strided convolution y = Σ w·x, one kernel for all channels.

Sources: LeCun et al., Gradient-based learning applied to document recognition (1998); Zeiler and Fergus, Stochastic
Pooling for Regularization of Deep Convolutional Neural Networks (2013), https://arxiv.org/abs/1301.3557; Springenberg
et al., Striving for Simplicity (2015), https://arxiv.org/abs/1412.6806
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.operations.pooling_windows import axes
from cnnviz.records.pooling import Pair, Pooled, PoolingSetting

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class _Windows:
    """cells: [C, OH, OW, K], 0 where a window holds nothing of the input (inside: [OH, OW, K])."""

    setting: PoolingSetting
    cells: Array
    inside: Array
    divisors: Array
    weights: Array


_Answer = tuple[Array, Array, Array, Array | None]  # values, shares, slopes, which cell won


def pool(x: Array, setting: PoolingSetting, *, weights: Array | None = None) -> Pooled:
    """Every channel pooled by itself: as many channels come out as went in.

    x: [H, W] or [C, H, W]. weights: [kh, kw] of a strided convolution, the mean's where none are given.
    Raises: OperationError where a window does not fit or the numbers allow no answer.
    """
    x = np.asarray(x, dtype=np.float64)
    x = x[None] if x.ndim == 2 else x
    if not x.size:
        raise OperationError(f"There is nothing to pool in a map of shape {list(x.shape)}: give it a row and a column.")
    rows, columns = axes((x.shape[1], x.shape[2]), setting)
    inside = (rows.inside[:, None, :, None] & columns.inside[None, :, None, :]).reshape(
        len(rows.places), len(columns.places), -1
    )
    flat = rows.places[:, None, :, None] * x.shape[2] + columns.places[None, :, None, :]
    places = np.where(inside, flat.reshape(inside.shape), -1)
    cells = np.where(inside, x.reshape(len(x), -1)[:, np.maximum(places, 0)], 0.0)
    divisors = _divisors((x.shape[1], x.shape[2]), setting, inside)
    given = _weights(setting, weights) if setting.kind == "convolution" else np.zeros(0)
    values, shares, slopes, won = _KINDS[setting.kind](_Windows(setting, cells, inside, divisors, given))
    switches = None if won is None else np.take_along_axis(np.broadcast_to(places, cells.shape), won[..., None], -1)
    return Pooled(
        setting, x, values, rows, columns, np.where(inside, cells, np.nan), places, shares, slopes,
        None if switches is None else switches[..., 0], divisors, given if setting.kind == "convolution" else None,
    )  # fmt: skip


def gradient(pooled: Pooled, upstream: Array | None = None) -> Array:
    """∂ Σ(upstream · values) / ∂ x, [C, H, W]: each cell adds up what every window that holds it passes back.

    upstream: [C, OH, OW], ones where none is given.
    """
    passed = np.ones(pooled.values.shape) if upstream is None else np.asarray(upstream, dtype=np.float64)
    found = np.zeros((len(pooled.x), pooled.x[0].size))
    held = pooled.places >= 0
    for channel in range(len(found)):
        amounts = pooled.slopes[channel] * passed[channel][..., None]
        np.add.at(found[channel], pooled.places[held], amounts[held])
    return found.reshape(pooled.x.shape)


def probabilities(cells: Array) -> Array:
    """x / Σx in each window, [..., K]; all alike where a window holds only zeros."""
    total = cells.sum(-1, keepdims=True)
    return np.divide(cells, total, out=np.zeros(cells.shape), where=total > 0)


# ------------------------------------------------------------------------------------------------ one way each
def _max(w: _Windows) -> _Answer:
    if not w.inside.any(-1).all():  # PyTorch answers −∞ there, and has no cell that could take the gradient
        raise OperationError("A dilated window lies over padding alone, which has no maximum: lower the padding.")
    held = np.where(w.inside, w.cells, -np.inf)
    won = held.argmax(-1)  # of equals the first, row by row, as PyTorch does
    one = np.arange(w.cells.shape[-1]) == won[..., None]
    return held.max(-1), one.astype(np.float64), one.astype(np.float64), won


def _average(w: _Windows) -> _Answer:
    share = np.broadcast_to(w.inside / w.divisors[..., None], w.cells.shape)
    return w.cells.sum(-1) / w.divisors, share, share, None


def _lp(w: _Windows) -> _Answer:
    """(Σ xᵖ)^(1/p); where ceil_mode cuts a window, PyTorch counts the cut cells as the mean of the others."""
    p = w.setting.norm
    if p < 1:
        raise OperationError(f"Lᵖ pooling needs p of 1 or more, found {p:g}: raise p.")
    if (w.cells < 0).any() and p % 2:
        raise OperationError(f"L{p:g} pooling is defined for values of 0 or more: take p = 2, or a ReLU before it.")
    scale = w.setting.kernel[0] * w.setting.kernel[1] / w.inside.sum(-1)
    values = ((w.cells**p).sum(-1) * scale) ** (1 / p)
    root = np.where(values > 0, values, 1.0) ** (p - 1)
    slopes = np.where(values[..., None] > 0, w.cells ** (p - 1) * scale[..., None] / root[..., None], 0.0)
    return values, np.broadcast_to(w.inside * scale[..., None], w.cells.shape), slopes, None


def _stochastic(w: _Windows) -> _Answer:
    if (w.cells < 0).any():
        raise OperationError("Stochastic pooling draws by the values, so none may be negative: put a ReLU before it.")
    chances = probabilities(w.cells)
    if not w.setting.training:
        values, total = (chances * w.cells).sum(-1), w.cells.sum(-1)[..., None]
        slopes = np.divide(2 * w.cells - values[..., None], total, out=np.zeros(w.cells.shape), where=total > 0)
        return values, chances, slopes * w.inside, None
    drawn = np.random.default_rng(w.setting.seed).random(w.cells.shape[:-1])
    first = w.inside.argmax(-1)  # a window of zeros: its first cell
    won = np.where(w.cells.any(-1), (chances.cumsum(-1) <= drawn[..., None] * (1 - 1e-12)).sum(-1), first)
    one = np.arange(w.cells.shape[-1]) == won[..., None]
    return np.take_along_axis(w.cells, won[..., None], -1)[..., 0], chances, one.astype(np.float64), won


def _convolution(w: _Windows) -> _Answer:
    share = np.broadcast_to(w.weights.ravel() * w.inside, w.cells.shape)
    return (w.cells * w.weights.ravel()).sum(-1), share, share, None


_KINDS: dict[str, Callable[[_Windows], _Answer]] = {
    "max": _max, "average": _average, "lp": _lp, "stochastic": _stochastic, "convolution": _convolution,
    "global_average": _average, "global_max": _max, "adaptive_average": _average, "adaptive_max": _max,
}  # fmt: skip


def _weights(setting: PoolingSetting, weights: Array | None) -> Array:
    if weights is None:
        return np.full(setting.kernel, 1.0 / (setting.kernel[0] * setting.kernel[1]))
    if weights.shape != setting.kernel:
        wanted, found = (" × ".join(map(str, shape)) for shape in (setting.kernel, weights.shape))
        raise OperationError(f"The window is {wanted} and the weights are {found}: give one weight for each cell.")
    return np.asarray(weights, dtype=np.float64)


def _divisors(size: Pair, setting: PoolingSetting, inside: Array) -> Array:
    """By how much an average divides, [OH, OW]: its cells, with those of the padding if they count."""
    if setting.kind != "average" or not setting.include_pad:
        return inside.sum(-1)
    lengths = []
    for at, count in enumerate(inside.shape[:2]):
        starts = np.arange(count) * setting.stride[at] - setting.padding[at]
        lengths.append(np.minimum(starts + setting.kernel[at], size[at] + setting.padding[at]) - starts)
    return np.outer(*lengths)
