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


def numbers(rows: int, columns: int, channel: int = 0) -> Array:
    """[rows, columns], 0 to 3: channel 0 is the worked example as far as it goes, all else is drawn from a seed."""
    if rows <= INPUT.shape[0] and columns <= INPUT.shape[1] and channel == 0:
        return INPUT[:rows, :columns].copy()
    random = np.random.default_rng([rows, columns, channel])
    return random.integers(0, 4, (rows, columns)).astype(np.float64)


def kernel(rows: int, columns: int, output: int = 0, channel: int = 0, *, name: str = EXAMPLE) -> Array:
    """[rows, columns]: a classic kernel by its name, the worked example, or whole numbers from −2 to 2 from a seed.

    Raises OperationError for a classic kernel at a size that it does not have, KeyError for an unknown name.
    """
    if name != EXAMPLE and rows == columns:
        return classic_kernels.kernel(name, rows)
    if (rows, columns, output, channel) == (*KERNEL.shape, 0, 0):
        return KERNEL.copy()
    if rows == columns == 1:
        return np.array([[float((output + 1) * (-1) ** channel)]])
    random = np.random.default_rng([rows, columns, output, channel])
    return random.integers(-2, 3, (rows, columns)).astype(np.float64)


def worked() -> Convolution:
    """The worked example itself."""
    return convolve(INPUT[None], KERNEL[None, None], np.zeros(1))
