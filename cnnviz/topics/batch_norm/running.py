"""Running statistics over many batches, and the noise of one batch's statistics.

A batch's mean is one draw from a distribution of width σ/√n: the smaller the batch, the more the same value's x̂ depends
on its neighbours. The running statistics average that noise away, the slower the smaller the momentum.
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.topics.batch_norm.normalization import EPS
from cnnviz.topics.batch_norm.records import Noise, Trace

Array = np.ndarray

MOMENTA = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
SIZES = (2, 4, 8, 16, 32, 64, 128, 256)


def trace(
    values: Array, *, batch_size: int, batches: int = 120, momenta: tuple[float, ...] = MOMENTA, seed: int = 0
) -> Trace:
    """One feature's running mean and variance as shuffled batches go by, for every momentum at once.

    values: [P]. Batches are cut from one shuffle after the other, as epochs do; a last incomplete one is dropped.
    Raises OperationError for a batch of one (it has no unbiased variance), or one larger than the data.
    """
    values = np.asarray(values, np.float64)
    if not 2 <= batch_size <= len(values):
        raise OperationError(f"A batch of {batch_size} cannot be cut from {len(values)} values: choose 2 or more.")
    cut = cut_batches(values, batch_size, batches=batches, seed=seed)
    batch_mean, unbiased = cut.mean(axis=1), cut.var(axis=1, ddof=1)
    share = np.array(momenta)
    mean, variance = np.zeros((len(share), batches + 1)), np.ones((len(share), batches + 1))
    gap = np.zeros((len(share), batches))
    for t in range(batches):
        trained = (cut[t] - batch_mean[t]) / np.sqrt(cut[t].var() + EPS)
        stored = (cut[t] - mean[:, t, None]) / np.sqrt(variance[:, t, None] + EPS)
        gap[:, t] = np.sqrt(((stored - trained) ** 2).mean(axis=1))
        mean[:, t + 1] = (1 - share) * mean[:, t] + share * batch_mean[t]
        variance[:, t + 1] = (1 - share) * variance[:, t] + share * unbiased[t]
    return Trace(
        tuple(momenta), batch_size, batch_mean, unbiased, mean, variance, gap,
        float(values.mean()), float(values.var(ddof=1)),
    )  # fmt: skip


def noise(values: Array, *, batches: int = 1000, sizes: tuple[int, ...] = SIZES, seed: int = 0) -> Noise:
    """Mean, variance and one value's x̂ in `batches` random batches of every size. values: [P].

    The value that is normalised is the data's 84th percentile, about one standard deviation above the mean. It joins
    each batch as its first member, as an image does whose prediction is asked for.
    """
    values = np.asarray(values, np.float64)
    sizes = tuple(size for size in sizes if size <= len(values))
    if not sizes:
        raise OperationError(f"{len(values)} values make no batch of two: use more data.")
    random = np.random.default_rng(seed)
    drawn = [values[random.permuted(np.tile(np.arange(len(values)), (batches, 1)), axis=1)[:, :n]] for n in sizes]
    value = float(np.percentile(values, 84))
    fourth, second = float(((values - values.mean()) ** 4).mean()), float(values.var())
    n = np.array(sizes, np.float64)
    return Noise(
        sizes,
        np.stack([cut.mean(axis=1) for cut in drawn]),
        np.stack([cut.var(axis=1) for cut in drawn]),
        np.stack([cut.var(axis=1, ddof=1) for cut in drawn]),
        np.stack([_one_of(cut, value) for cut in drawn]),
        np.sqrt(second / n),
        np.sqrt((fourth - second**2 * (n - 3) / (n - 1)) / n),
        np.sqrt((len(values) - n) / (len(values) - 1)),
        value,
        len(values),
        float(values.mean()),
        second,
    )


def _one_of(cut: Array, value: float) -> Array:
    """x̂ of `value` where it takes the first place in each batch. cut: [R, n] -> [R]."""
    with_it = cut.copy()
    with_it[:, 0] = value
    found: Array = (value - with_it.mean(axis=1)) / np.sqrt(with_it.var(axis=1) + EPS)
    return found


def cut_batches(values: Array, size: int, *, batches: int, seed: int = 0) -> Array:
    """[T, size]: shuffle, cut, and shuffle again when the epoch is over."""
    random = np.random.default_rng(seed)
    each = len(values) // size
    epochs = [random.permutation(values)[: each * size].reshape(each, size) for _ in range(-(-batches // each))]
    return np.concatenate(epochs)[:batches]
