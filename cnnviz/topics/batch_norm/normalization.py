"""Normalise over a set of values, scale and shift: batch, layer, instance and group normalisation are one idea.

    x̂ = (x − mean) / √(variance + ε),   y = γ · x̂ + β

They differ in which values share a mean. For x [N, C, H, W]: BatchNorm those of one channel (N·H·W values), LayerNorm
those of one image (C·H·W), InstanceNorm those of one map (H·W), GroupNorm those of one image and C/G channels.
The variance is the biased one (divided by the count); the unbiased one only goes into BatchNorm's running variance.

Ioffe and Szegedy (2015), https://arxiv.org/abs/1502.03167; Ba et al. (2016), https://arxiv.org/abs/1607.06450;
Ulyanov et al. (2016), https://arxiv.org/abs/1607.08022; Wu and He (2018), https://arxiv.org/abs/1803.08494
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.topics.batch_norm.records import Normalised, Running

Array = np.ndarray

METHODS = ("batch", "layer", "instance", "group")
EPS = 1e-5


def batch_norm(x: Array, gamma: Array | None = None, beta: Array | None = None, *, eps: float = EPS) -> Normalised:
    """Training mode: each channel by the mean and the biased variance of its own values in this batch.

    x: [N, C] or [N, C, …]. gamma, beta: [C], ones and zeros where not given.
    Raises OperationError where a channel has a single value, or no spread and ε is 0.
    """
    x = _batch(x)
    if x.size == x.shape[1]:
        raise OperationError(
            f"In training mode BatchNorm needs more than one value a channel, and a batch of shape {list(x.shape)} has "
            "one: its variance is 0 and every x̂ would be 0. Use at least two rows, or eval mode."
        )
    return _normalise(x, _groups(x.shape, "batch"), (gamma, beta), eps)


def batch_norm_eval(
    x: Array, running: Running, gamma: Array | None = None, beta: Array | None = None, *, eps: float = EPS
) -> Normalised:
    """Eval mode: each channel by the stored mean and variance, whatever else is in the batch; else as `batch_norm`."""
    x = _batch(x)
    if running.mean.shape != (x.shape[1],) or running.variance.shape != (x.shape[1],):
        raise OperationError(
            f"The stored statistics are of {running.mean.size} channels, the batch has {x.shape[1]}: give one each."
        )
    return _normalise(x, _groups(x.shape, "batch"), (gamma, beta), eps, running=running)


def layer_norm(x: Array, gamma: Array | None = None, beta: Array | None = None, *, eps: float = EPS) -> Normalised:
    """Each example by its own mean and variance over all that follows N. gamma, beta: [C]."""
    x = _batch(x)
    return _normalise(x, _groups(x.shape, "layer"), (gamma, beta), eps)


def instance_norm(x: Array, gamma: Array | None = None, beta: Array | None = None, *, eps: float = EPS) -> Normalised:
    """Each map by itself. x: [N, C, …] with more than one value a map, else OperationError."""
    x = _batch(x)
    if x[0, 0].size == 1:
        raise OperationError(
            f"InstanceNorm needs more than one value a map; in shape {list(x.shape)} each map has one: use wider maps."
        )
    return _normalise(x, _groups(x.shape, "instance"), (gamma, beta), eps)


def group_norm(
    x: Array, groups: int, gamma: Array | None = None, beta: Array | None = None, *, eps: float = EPS
) -> Normalised:
    """Each example's channels in `groups` equal groups. 1 group: LayerNorm's sets; C groups: InstanceNorm's.

    Raises OperationError where the groups do not divide the channels.
    """
    x = _batch(x)
    if groups < 1 or x.shape[1] % groups:
        choices = ", ".join(str(n) for n in divisors(x.shape[1]))
        raise OperationError(f"{groups} groups do not divide {x.shape[1]} channels: choose {choices}.")
    return _normalise(x, _groups(x.shape, "group", groups), (gamma, beta), eps)


def by_name(method: str, x: Array, *, groups: int = 1, eps: float = EPS) -> Normalised:
    """One of METHODS without scale and shift; `groups` is GroupNorm's. Raises OperationError for another name."""
    if method == "group":
        return group_norm(x, groups, eps=eps)
    found = {"batch": batch_norm, "layer": layer_norm, "instance": instance_norm}.get(method)
    if found is None:
        raise OperationError(f"There is no normalisation named {method!r}: choose {', '.join(METHODS)}.")
    return found(x, eps=eps)


def update(running: Running, step: Normalised, momentum: float | None, *, batches: int = 0) -> Running:
    """The running statistics after this batch: the mean, and the unbiased variance.

    momentum None: the plain average over all batches so far, of which there were `batches` before this one.
    """
    share = 1.0 / (batches + 1) if momentum is None else momentum
    if not 0 <= share <= 1:
        raise OperationError(f"Momentum is a share: {share:g} is not between 0 and 1.")
    return Running(
        (1 - share) * running.mean + share * step.mean, (1 - share) * running.variance + share * step.unbiased
    )


def start(channels: int) -> Running:
    """What a new layer has stored: mean 0, variance 1."""
    return Running(np.zeros(channels), np.ones(channels))


def divisors(channels: int) -> tuple[int, ...]:
    """Into how many equal groups so many channels can go."""
    return tuple(n for n in range(1, channels + 1) if channels % n == 0)


# ------------------------------------------------------------------------------------------------ the one idea
def _normalise(
    x: Array, group: Array, affine: tuple[Array | None, Array | None], eps: float, *, running: Running | None = None
) -> Normalised:
    """Mean and variance a group (or the stored ones), then x̂, then y."""
    number = int(group.max()) + 1
    count = x.size // number
    if running is None:
        mean = np.array([x[group == g].sum() / count for g in range(number)])
        squares = np.array([((x[group == g] - mean[g]) ** 2).sum() for g in range(number)])
        variance = squares / count
        unbiased = squares / (count - 1) if count > 1 else np.full(number, np.nan)
    else:
        mean, variance = np.asarray(running.mean, np.float64), np.asarray(running.variance, np.float64)
        unbiased = np.full(number, np.nan)
    _spread(variance, eps)
    gamma, beta = (_affine(values, x.shape[1], default) for values, default in zip(affine, (1.0, 0.0), strict=True))
    centred = x - mean[group]
    x_hat = centred / np.sqrt(variance + eps)[group]
    y = _column(gamma, x.ndim) * x_hat + _column(beta, x.ndim)
    return Normalised(
        x, group, count, mean, variance, unbiased, centred, x_hat, y, gamma, beta, float(eps), running is None
    )


def _groups(shape: tuple[int, ...], method: str, groups: int = 1) -> Array:
    """Which group each value of [N, C, …] belongs to: int64 of that shape, counted from 0."""
    n, c = np.indices(shape[:2])
    label = {
        "batch": c,
        "layer": n,
        "instance": n * shape[1] + c,
        "group": n * groups + c // (shape[1] // groups),
    }[method]
    return np.broadcast_to(label.reshape(*shape[:2], *[1] * (len(shape) - 2)), shape).copy()


def _batch(x: Array) -> Array:
    x = np.asarray(x, dtype=np.float64)
    if x.ndim < 2 or not x.size:
        raise OperationError(f"A batch has at least the axes [N, C] and a value; found shape {list(x.shape)}.")
    return x


def _spread(variance: Array, eps: float) -> None:
    if eps < 0:
        raise OperationError(f"ε is added to the variance and cannot be negative; found {eps:g}.")
    if (variance < 0).any():
        raise OperationError("A stored variance is negative: type numbers from 0 on.")
    flat = np.flatnonzero(variance + eps == 0)
    if flat.size:
        raise OperationError(
            f"Group {flat[0] + 1} has variance 0; with ε = 0 that divides by zero: choose ε above 0, or change a value."
        )


def _affine(values: Array | None, channels: int, default: float) -> Array:
    if values is None:
        return np.full(channels, default)
    given = np.asarray(values, np.float64)
    if given.shape != (channels,):
        raise OperationError(f"γ and β hold one number a channel: {channels} are needed, found {given.size}.")
    return given


def _column(values: Array, axes: int) -> Array:
    return values.reshape(1, -1, *[1] * (axes - 2))
