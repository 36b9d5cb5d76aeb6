"""Steering: pausing a run, single steps, other hyperparameters; and replaying the changes of an earlier run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import torch

from cnnviz.configs import steered
from cnnviz.records import Steering, TrainConfig
from cnnviz.training.augmentation import Batches
from cnnviz.training.transfer import SHARE

Wanted = Callable[[int], Steering]  # of the number of steps taken so far
AS_PLANNED = Steering()


def unsteered(step: int) -> Steering:
    """No request: the config's own values."""
    return AS_PLANNED


def replay(changes: Mapping[int, Steering]) -> Wanted:
    """What `training.train(config, steering=…)` takes to make a steered run again, without its pauses.

    changes: number of steps taken → what holds from then on, as `runs.Run.changes()` has it.
    """
    moments = sorted(changes)

    def wanted(step: int) -> Steering:
        return next((changes[moment] for moment in reversed(moments) if moment <= step), AS_PLANNED)

    return wanted


class SteeringController:
    """Applies steering requests to a run's optimiser and batches. config: with the values that hold now."""

    def __init__(self, config: TrainConfig, wanted: Wanted, optimizer: torch.optim.Optimizer, batches: Batches) -> None:
        self._planned, self.config, self.held = config, config, False
        self._wanted, self._request = wanted, AS_PLANNED
        self._optimizer, self._batches = optimizer, batches

    def called(self, step: int) -> bool:
        """Whether a request has not been carried out yet; asked before every step, so it takes a microsecond."""
        request = self._wanted(step)
        return request.holds(step) != self.held or (
            request is not self._request and request.values != self._request.values
        )

    def turn(self, step: int) -> bool:
        """Carries out the request; returns whether there was one. Raises ConfigError."""
        if not self.called(step):
            return False
        before, self._request = self._request, self._wanted(step)
        self.held = self._request.holds(step)
        if self._request.values != before.values:
            self.config = steered(self._planned, self._request)
            self._apply()
        return True

    def _apply(self) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = self.config.lr * group.get(SHARE, 1.0)
            group["weight_decay"] = self.config.weight_decay
            if "momentum" in group:
                group["momentum"] = self.config.momentum
        if not self.config.momentum:  # else an outdated momentum buffer would be used again later
            for state in self._optimizer.state.values():
                state.pop("momentum_buffer", None)
        self._batches.resize(self.config.batch_size)

    @property
    def request(self) -> Steering:
        """The request that was carried out last."""
        return self._request

    def restore(self, request: Steering) -> None:
        """Applies the values of an earlier request; a pause is over. Raises ConfigError."""
        self._request, self.held = dataclasses.replace(request, paused=False, until=None), False
        self.config = steered(self._planned, self._request)
        if self._request.values:
            self._apply()
