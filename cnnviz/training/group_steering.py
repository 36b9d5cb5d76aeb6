"""Rank 0's clock, its reason to end and what is asked of the run hold for every process that trains it.

Only rank 0 reads the run directory. What it found is broadcast between two groups of steps, so that all processes hold,
go on, take other values and end after the same step.
"""

from __future__ import annotations

import dataclasses
import math

import torch

from cnnviz.records import STEERED, Steering
from cnnviz.training.process_group import ProcessGroup
from cnnviz.training.steering import Wanted

NONE = math.nan  # for a value that is left as the config has it


class GroupSteering:
    """Called like any other source of steering, with the number of steps taken; between two calls of `agree` it answers
    the same on every rank. wanted: rank 0's source; those of the others are not asked.

    least: images that a batch must have (two in each process for batch normalisation); a request for fewer is ignored.
    """

    def __init__(self, group: ProcessGroup, wanted: Wanted, device: torch.device, *, least: int = 1) -> None:
        self._group, self._wanted, self._device, self._least = group, wanted, device, least
        self._request, self._refused = Steering(), Steering()

    def __call__(self, step: int) -> Steering:
        """What holds, after any number of steps."""
        return self._request

    def agree(self, step: int, seconds: float, reason: int) -> tuple[float, int]:
        """Rank 0's seconds and reason; what it was asked for holds from now on. All ranks must call it together."""
        asked = self._fitting(self._wanted(step)) if self._group.rank == 0 else self._request
        said = self._group.of_rank_0([seconds, float(reason), *_numbers(asked)], self._device)
        found = _request(said[2:])
        if found != self._request:
            self._request = found
        return said[0], int(said[1])

    def _fitting(self, asked: Steering) -> Steering:
        if asked.batch_size is None or asked.batch_size >= self._least:
            return asked
        if asked != self._refused:
            self._refused = asked
            print(
                f"ignored: batch_size {asked.batch_size} shared by {self._group.size} processes, and batch "
                f"normalisation needs two images in each: take {self._least} or more",
                flush=True,
            )
        return dataclasses.replace(asked, batch_size=self._request.batch_size)


def _numbers(request: Steering) -> list[float]:
    values = [getattr(request, name) for name in STEERED]
    return [
        float(request.paused), *(NONE if one is None else float(one) for one in (request.until, *values))
    ]  # fmt: skip


def _request(numbers: list[float]) -> Steering:
    paused, until, *values = numbers
    named = {name: one for name, one in zip(STEERED, values, strict=True) if not math.isnan(one)}
    if "batch_size" in named:
        named["batch_size"] = int(named["batch_size"])
    return Steering(bool(paused), None if math.isnan(until) else int(until), **named)  # type: ignore[arg-type]
