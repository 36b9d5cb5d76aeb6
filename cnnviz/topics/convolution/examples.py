"""Numbers to begin with: the worked example of the convolution, and small whole numbers for every other shape."""

from __future__ import annotations

import numpy as np

from cnnviz.operations import classic_kernels
from cnnviz.records.activations import Array
from cnnviz.topics.convolution.convolution import convolve
from cnnviz.topics.convolution.records import Convolution

INPUT = np.array(
    [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]], dtype=np.float64
)
KERNEL = np.array([[0, 1, 2], [2, 2, 0], [0, 1, 2]], dtype=np.float64)
EXAMPLE = "example"
LARGEST_INPUT, LARGEST_KERNEL, MOST_CHANNELS = 32, 7, 4


def numbers(rows: int, columns: int, channel: int = 0) -> Array:
    """[rows, columns], 0 to 3: the upper left of a field of 32 × 32, so that what is seen stays while the input grows.

    Channel 0 begins with the worked example; all else is drawn from a seed.
    """
    found = np.random.default_rng([LARGEST_INPUT, channel]).integers(0, 4, (LARGEST_INPUT, LARGEST_INPUT)).astype(float)
    if channel == 0:
        found[: len(INPUT), : len(INPUT)] = INPUT
    return found[:rows, :columns].copy()


def kernel(rows: int, columns: int, output: int = 0, channel: int = 0, *, name: str = EXAMPLE) -> Array:
    """[rows, columns]: a classic kernel by its name where there is one of that size, else whole numbers from −2 to 2.

    These are the upper left of a field of 7 × 7 from a seed, the worked example in its corner; a 1 × 1 kernel is one
    more for each output, its sign turning from channel to channel. Raises KeyError for an unknown name.
    """
    if name != EXAMPLE and has(name, rows, columns):
        return classic_kernels.kernel(name, rows)
    if rows == columns == 1:
        return np.array([[float((output + 1) * (-1) ** channel)]])
    drawn = np.random.default_rng([LARGEST_KERNEL, output, channel]).integers(-2, 3, (LARGEST_KERNEL, LARGEST_KERNEL))
    found = drawn.astype(np.float64)
    if (output, channel) == (0, 0):
        found[: len(KERNEL), : len(KERNEL)] = KERNEL
    return found[:rows, :columns].copy()


def has(name: str, rows: int, columns: int) -> bool:
    """Whether a classic kernel exists at that size. Raises KeyError for an unknown name."""
    classic_kernels.title(name)
    return rows == columns and name in classic_kernels.names(rows)


def worked() -> Convolution:
    """The worked example itself."""
    return convolve(INPUT[None], KERNEL[None, None], np.zeros(1))
