"""Milliseconds of every operation on this machine: each call of the network timed, in several passes."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Collection

import torch
from torch import nn

from cnnviz import devices, footprint, models, networks, tracing
from cnnviz.records.architectures import Architecture, LayerTimes

HEAVY_WEIGHTS, HEAVY_WORK = 1_300 * 2**20, 100e9  # bytes, MACs: above them it is refused
LEAST, MOST, BUDGET = 3, 25, 4.0  # passes, passes, seconds
_alone = threading.Lock()  # two measurements at once would measure each other


def refusal(network: Architecture) -> str:
    """Why a network is not measured here, or ""."""
    if network.weight_bytes > HEAVY_WEIGHTS:
        return f"Its weights take {network.weight_bytes / 2**30:.1f} GiB of memory, too much to measure it here."
    if network.macs > HEAVY_WORK:
        return f"One image takes {network.macs / 1e9:,.0f} billion multiply-adds, too many to measure it here."
    return ""


def measure(network: Architecture, *, heard: Callable[[float], object] = lambda share: None) -> LayerTimes:
    """Times of the network's rows with random weights, in eval mode, on the CPU, for one image in float32.

    heard(share): told from 0 to 1. As many passes as fit four seconds, three at least, after one that does not count.
    """
    begin = time.perf_counter()
    model = _built(network)
    with _alone, tracing.borrowed(model), torch.no_grad():
        x = torch.randn(1, *network.input_shape, generator=torch.Generator().manual_seed(0))
        clock = _Clock(model, {row.name for row in network.rows})
        passes, plain = _passes(clock, model, x, heard)
    columns = [[one.get(row.name, 0.0) for one in passes] for row in network.rows]
    quartiles = [statistics.quantiles(column, n=4, method="inclusive") for column in columns]
    return LayerTimes(
        tuple(middle for _, middle, _ in quartiles),
        tuple(low for low, _, _ in quartiles),
        tuple(high for _, _, high in quartiles),
        whole=statistics.median(plain),
        summed=statistics.median([sum(one.values()) for one in passes]),
        runs=len(passes),
        threads=torch.get_num_threads(),
        device=devices.processor(),
        seconds=time.perf_counter() - begin,
    )


def _built(network: Architecture) -> nn.Module:
    if networks.by_itself(network.choice):
        return networks.open_network(network.choice).model
    channels, height, width = network.input_shape
    with footprint.admitted(network.choice):
        return models.build(network.choice, input_shape=(channels, height, width))


def _passes(
    clock: _Clock, model: nn.Module, x: torch.Tensor, heard: Callable[[float], object]
) -> tuple[list[dict[str, float]], list[float]]:
    """Milliseconds of each pass by key, and of the plain forward passes between them."""
    clock.timed(x)
    begin = time.perf_counter()
    passes: list[dict[str, float]] = []
    plain: list[float] = []
    while len(passes) < LEAST or (len(passes) < MOST and time.perf_counter() - begin < BUDGET):
        passes.append(clock.timed(x))
        since = time.perf_counter()
        model(x)
        plain.append(1e3 * (time.perf_counter() - since))
        done = max(len(passes) / MOST, min(len(passes) / LEAST, (time.perf_counter() - begin) / BUDGET))
        heard(min(1.0, done))
    return passes, plain


class _Clock:
    """Runs the network and notes how long each call took."""

    def __init__(self, model: nn.Module, rows: Collection[str]) -> None:
        self.model, self.rows = model, rows

    def timed(self, x: torch.Tensor) -> dict[str, float]:
        """Milliseconds by row. What is in no row (a shape, a constant) counts for the next one that is."""
        taken: dict[str, float] = {}
        waiting = 0.0
        with tracing.watched(self.model, x, tracing.Options(meter=time.perf_counter)) as (_, run):
            for step in run.steps:
                waiting += 1e3 * step.cost
                if step.node.key in self.rows:
                    taken[step.node.key], waiting = waiting, 0.0
        return taken
