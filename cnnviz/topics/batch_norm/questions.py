"""What can be asked about statistics, layers, relatives and features at hand, as plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.records.activations import Array
from cnnviz.topics.batch_norm.records import BatchNormLayer, Folded, Surface, Trace

Wanted = tuple[str, dict[str, Any]]
MOMENTUM = 0.1  # PyTorch's
BATCHES = (0, 1, 2, 4, 8, 16)  # after which the running mean is asked for
CHANNELS = 12  # that a question is drawn from


def running(found: Trace) -> Wanted:
    """The running mean before some of the batches, and the batch's own."""
    kept = found.mean[found.momenta.index(MOMENTUM)]
    steps = [(float(kept[at]), float(found.batch_mean[at])) for at in BATCHES if at < len(found.batch_mean)]
    return "running_mean", {"steps": steps, "momentum": MOMENTUM}


def stored(found: BatchNormLayer) -> Wanted:
    """What the layer keeps of the channels whose mean on this image lies farthest from the kept one."""
    channels = np.argsort(-np.abs(found.shift), kind="stable")[:CHANNELS]
    numbers = (found.stored_mean, found.stored_variance, found.gamma, found.beta, found.before_mean)
    listed = [(str(channel), *(float(one[channel]) for one in numbers)) for channel in channels]
    return "eval_mean", {"channels": listed, "eps": found.eps}


def folded(found: Folded, mean: Array, beta: Array) -> Wanted:
    """The channels with the largest scales. mean, beta: [Cout], of the BatchNorm."""
    channels = np.argsort(-np.abs(found.scale), kind="stable")[:CHANNELS]
    numbers = (found.bias, mean, found.scale, beta)
    return "folded_bias", {"channels": [tuple(float(one[channel]) for one in numbers) for channel in channels]}


def relatives(images: int, channels: int) -> Wanted:
    """How many means each of the four takes."""
    return "norm_means", {"images": images, "channels": channels, "groups": 2}


def curvature(found: Surface) -> Wanted:
    """The features' mean squares."""
    first, second = (float(one) for one in (np.asarray(found.features) ** 2).mean(axis=0))
    return "curvature_ratio", {"first": first, "second": second}
