"""Dropout from its definition: each unit is kept with probability 1 − p, and a scale repairs the mean.

    upscale_in_train (PyTorch's)   training x·m/(1−p)   testing x
    downscale_in_infer             training x·m         testing x·(1−p)

m = 1 where a random number u, uniform in [0, 1), is at least p. The gradient passes through the same mask and the same
scale: d(x·m·s)/dx = m·s. Over whole channels (Dropout2d) one u decides for all cells of a channel.

Sources: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout (2014),
https://jmlr.org/papers/v15/srivastava14a.html; channels: Tompson et al. (2015), https://arxiv.org/abs/1411.4280
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.topics.dropout.records import Convention, MaskedInput

Array = np.ndarray


def checked(p: float) -> float:
    """p itself. Raises: OperationError where it is no probability."""
    if not 0 <= p <= 1:
        raise OperationError(f"p is the share of units to drop, found {p:g}: choose a number from 0 to 1.")
    return float(p)


def uniform(shape: tuple[int, ...], *, seed: int, channelwise: bool = False) -> Array:
    """The random numbers behind a mask, uniform in [0, 1). shape: [K] or [C, H, W]; channelwise: [C] of them."""
    return np.random.default_rng(seed).random(shape[:1] if channelwise else shape, dtype=np.float32)


def keep(numbers: Array, p: float, shape: tuple[int, ...] | None = None) -> Array:
    """Which units stay: u ≥ p, so that none does at p = 1 and all do at p = 0. bool.

    shape: of what is masked; one number a channel ([C]) is written out over [C, H, W].
    """
    kept: Array = np.asarray(numbers, dtype=np.float64) >= checked(p)
    if shape is None or kept.shape == shape:
        return kept
    if kept.shape != shape[:1]:
        raise OperationError(
            f"{kept.shape} random numbers do not fit {shape} values: give one a value or one a channel."
        )
    return np.broadcast_to(kept.reshape(-1, *(1,) * (len(shape) - 1)), shape)


def train_scale(p: float) -> float:
    """1 / (1 − p), what a kept value grows by; 0 at p = 1, where nothing is kept and PyTorch returns zeros."""
    return 0.0 if checked(p) == 1 else 1.0 / (1.0 - p)


def drop(x: Array, kept: Array, p: float) -> MaskedInput:
    """Both conventions under one and the same mask, in training and when testing, with the gradients.

    x: any shape, finite. kept: bool, the shape of x. Returns values in float64.
    Raises: OperationError for a p outside [0, 1] and for values that are not finite.
    """
    x = np.asarray(x, dtype=np.float64)
    if not np.isfinite(x).all():
        raise OperationError("A value is not finite, and 0 times it is no number: replace it by a number.")
    mask = np.broadcast_to(kept, x.shape).astype(np.float64)
    up = _convention("upscale_in_train", x, mask, (train_scale(p), 1.0))
    down = _convention("downscale_in_infer", x, mask, (1.0, 1.0 - checked(p)))
    return MaskedInput(x, float(p), mask > 0, up, down)


def _convention(name: str, x: Array, mask: Array, scales: tuple[float, float]) -> Convention:
    train, evaluated = scales
    passed, always = mask * train, np.full(x.shape, evaluated)
    return Convention(name, train, evaluated, x * passed, x * always, passed, always)
