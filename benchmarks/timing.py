"""Medians from interleaved runs: what is compared takes turns, so that a busy minute falls on both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any


def medians(
    contestants: Mapping[str, Callable[[], Any]], *, repeats: int = 9, warmup: int = 2,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:  # fmt: skip
    """Median seconds, by this clock, of each contestant over `repeats` rounds; in each everybody runs once, in turn."""
    for run in contestants.values():
        for _ in range(warmup):
            run()
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(repeats):
        for name, run in contestants.items():
            begin = clock()
            run()
            seconds[name].append(clock() - begin)
    return {name: statistics.median(values) for name, values in seconds.items()}
