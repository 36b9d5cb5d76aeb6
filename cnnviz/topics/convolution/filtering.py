"""Kernels on images: normalised kernels, noise, and the filters that remove it.

Normalising divides a kernel by its sum, so that a flat area keeps its brightness; where the sum is 0 (edges), by
the sum of its positive weights, so that the result stays between −1 and 1.

    PSNR = 10 · log₁₀(1 / mean((a − b)²)) dB, for values from 0 to 1

The median is no convolution: it sorts. Source: Gonzalez and Woods, Digital Image Processing (2018), chapters 3 and 5.
"""

from __future__ import annotations

import math

import numpy as np

from cnnviz.operations import OperationError, classic_kernels
from cnnviz.records.activations import Array
from cnnviz.topics.convolution.convolution import convolve
from cnnviz.topics.convolution.filter_records import Denoising, Filtered, FilterResult
from cnnviz.topics.convolution.padding import pad
from cnnviz.topics.convolution.records import ConvolutionSetting

NOISES = {"gaussian": "Gaussian", "salt": "Salt and pepper"}
LINEAR = (("box", 3), ("box", 5), ("gaussian", 3), ("gaussian", 5), ("gaussian", 7))
MEDIANS = (3, 5)


def apply(x: Array, kernel: Array, *, normalise: bool = False) -> Filtered:
    """The same kernel on every channel of an image, [C, H, W] → [C, H, W]; beyond its edge the edge is repeated.

    Raises OperationError for a kernel of zeros that is to be normalised.
    """
    kernel = np.asarray(kernel, np.float64)
    by = divisor(kernel) if normalise else 1.0
    weights = np.broadcast_to(kernel / by, (len(x), 1, *kernel.shape)).copy()
    setting = ConvolutionSetting(padding="same", mode="replicate", groups=len(x))
    return Filtered(kernel, by, convolve(x, weights, setting=setting))


def divisor(kernel: Array) -> float:
    """By what normalising divides: the sum, or the sum of the positive weights where the sum is 0."""
    total = float(kernel.sum())
    if abs(total) > 1e-9 * float(np.abs(kernel).max(initial=0)):
        return total
    positive = float(kernel[kernel > 0].sum())
    if positive == 0:
        raise OperationError("A kernel of zeros cannot be normalised: type a weight other than 0, or switch it off.")
    return positive


def noisy(x: Array, kind: str, amount: float, seed: int = 0) -> Array:
    """The image with noise, clipped to 0 … 1. amount: the standard deviation, or the share of cells set to 0 or 1."""
    random = np.random.default_rng(seed)
    if kind == "gaussian":
        return np.clip(x + random.normal(scale=amount, size=x.shape), 0, 1)
    if kind != "salt":
        raise OperationError(f"There is no noise {kind!r}: choose {' or '.join(NOISES)}.")
    hit = random.random(x.shape[1:]) < amount
    return np.where(hit, random.integers(0, 2, x.shape[1:]).astype(np.float64), x)


def median(x: Array, size: int) -> Array:
    """The middle value of the size × size cells around each, [C, H, W]; beyond the edge the edge is repeated."""
    before = (size - 1) // 2
    padded = pad(x, (before, before, size - 1 - before, size - 1 - before), "replicate").values
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    return np.asarray(np.median(windows.reshape(*x.shape, size * size), axis=-1))


def psnr(one: Array, other: Array) -> float:
    """Peak signal-to-noise ratio in dB, infinite for equal images."""
    error = float(np.mean((one - other) ** 2))
    return math.inf if error == 0 else 10 * math.log10(1 / error)


def denoise(clean: Array, kind: str, amount: float, seed: int = 0) -> Denoising:
    """Every smoothing kernel and the medians on the same noisy image, the best first."""
    given = noisy(clean, kind, amount, seed)
    found = [
        _restored(f"{classic_kernels.title(name)} {size} × {size}", clean, _smoothed(given, name, size))
        for name, size in LINEAR
    ]
    found += [_restored(f"Median {size} × {size}", clean, median(given, size)) for size in MEDIANS]
    ordered = sorted(found, key=lambda item: item.error)
    return Denoising(clean, _restored("Noisy", clean, given), tuple(ordered))


def by_kernel(found: Denoising, kernel: Array, *, normalise: bool = False) -> FilterResult:
    """What a kernel of your own makes of the same noisy image."""
    high, wide = kernel.shape
    values = apply(found.noisy.values, kernel, normalise=normalise).convolution.output
    return _restored(f"Your kernel {high} × {wide}", found.clean, values)


def _smoothed(x: Array, name: str, size: int) -> Array:
    return apply(x, classic_kernels.kernel(name, size)).convolution.output


def _restored(name: str, clean: Array, values: Array) -> FilterResult:
    return FilterResult(name, values, float(np.mean((clean - values) ** 2)), psnr(clean, values))
