"""A run's events as curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnviz.records import Array, Epoch, Event, Step

STEP_COLUMNS = ("step", "loss", "accuracy", "lr", "seconds", "images_per_second")
EPOCH_COLUMNS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")


def of(events: Sequence[Event]) -> dict[str, Array]:
    """float64 arrays: those of the steps have one length, those of the epochs another; see `runs.Run.history`."""
    steps = [event for event in events if isinstance(event, Step)]
    epochs = [event for event in events if isinstance(event, Epoch)]
    curves = {name: _column(steps, name) for name in STEP_COLUMNS}
    curves |= {name: _column(epochs, name) for name in ("epoch", *EPOCH_COLUMNS)}
    return curves | {"epoch_step": _column(epochs, "step"), "epoch_seconds": _column(epochs, "seconds")}


def _column(events: Sequence[Step] | Sequence[Epoch], name: str) -> Array:
    return np.asarray([getattr(event, name) for event in events], np.float64)
