"""Channel shuffle: channels written as a grid of groups, the grid turned, and read off again.

    [g · n] → [g, n] → transposed [n, g] → [n · g]:    place k holds channel (k mod g) · n + k div g

Source: X. Zhang et al., ShuffleNet (2018), figure 1 and section 3.1, https://arxiv.org/abs/1707.01083
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records.activations import Array


def permutation(channels: int, groups: int) -> Array:
    """[C] int: which channel stands at each place after the shuffle, so that `after = before[permutation]`.

    Raises OperationError where the groups do not come out even.
    """
    if channels < 1 or groups < 1:
        raise OperationError(f"{channels} channels in {groups} groups: both must be 1 or more.")
    if channels % groups:
        raise OperationError(
            f"{channels} channels cannot be put into {groups} equal groups: choose a divisor of {channels}, such as "
            f"{_nearest(channels, groups)}."
        )
    order: Array = np.arange(channels).reshape(groups, channels // groups).T.reshape(-1)
    return order


def inverse_groups(channels: int, groups: int) -> int:
    """The number of groups whose shuffle undoes this one: channels / groups."""
    permutation(channels, groups)
    return channels // groups


def round_trip(channels: int, groups: int) -> Array:
    """[C]: the channels after the shuffle and then its inverse, which must be 0, 1, 2, …"""
    there = permutation(channels, groups)
    back: Array = there[permutation(channels, inverse_groups(channels, groups))]
    return back


def reached(channels: int, groups: int, layers: int, *, shuffle: bool) -> Array:
    """[layers + 1]: of how many input channels an output channel knows after 0, 1, … grouped 1×1 convolutions.

    The mean over output channels. shuffle: after every convolution but the last.
    """
    order, size = permutation(channels, groups), channels // groups
    knows = np.eye(channels, dtype=bool)
    counts = [1.0]
    for layer in range(layers):
        if shuffle and layer:
            knows = knows[order]
        whole = knows.reshape(groups, size, channels).any(axis=1)
        knows = np.repeat(whole, size, axis=0)
        counts.append(float(knows.sum(axis=1).mean()))
    return np.array(counts)


def _nearest(channels: int, groups: int) -> int:
    divisors = [number for number in range(1, channels + 1) if channels % number == 0]
    return min(divisors, key=lambda number: abs(number - groups))
