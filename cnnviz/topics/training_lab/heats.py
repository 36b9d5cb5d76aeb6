"""A race: one setting takes several values, all others stay, and each may be trained with several seeds."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from cnnviz import limits, models, training
from cnnviz.records import TrainConfig
from cnnviz.records.training import AUGMENTATIONS

MOST = limits.RACE_RUNS  # runs of one race: as many as may wait
NUMBERS = ("lr", "batch_size", "momentum", "weight_decay", "label_smoothing", "warmup")
CHOICES: dict[str, tuple[Any, ...]] = {
    "optimizer": training.OPTIMIZERS,
    "schedule": training.SCHEDULES,
    "augmentation": ((), *((name,) for name in AUGMENTATIONS), AUGMENTATIONS),
    "batch_norm": (False, True),
}
FIRST = {"lr": "0.001, 0.01, 0.1", "batch_size": "16, 64, 256", "momentum": "0, 0.5, 0.9"}
FIRST |= {"weight_decay": "0, 0.0005, 0.005", "label_smoothing": "0, 0.1", "warmup": "0, 0.1"}


class HeatError(ValueError):
    """A race that cannot start as it is written: what was asked, what would work."""


def raced(model: str) -> tuple[str, ...]:
    """Settings that can race with this network; batch_norm only where it can be built with and without."""
    names: tuple[str, ...] = (
        "lr",
        "optimizer",
        "batch_size",
        "model",
        "batch_norm",
        "momentum",
        "schedule",
        "augmentation",
    )
    names += ("weight_decay", "label_smoothing", "warmup", "seed")
    fields = {field.name for field in dataclasses.fields(TrainConfig)} | {"batch_norm"}
    return tuple(name for name in names if name in fields and (name != "batch_norm" or normalisable(model)))


def normalisable(model: str) -> bool:
    """Whether the network's builder takes `batch_norm`."""
    return "batch_norm" in models.options(model)


def numbers(name: str, text: str) -> tuple[float | int, ...]:
    """ "0.001, 0.01; 0.1" → (0.001, 0.01, 0.1), each once, in this order. Raises HeatError."""
    kind = int if name in ("batch_size", "seed") else float
    found: list[float | int] = []
    for word in text.replace(";", ",").split(","):
        if not word.strip():
            continue
        try:
            found.append(kind(word))
        except ValueError as error:
            wanted = "whole numbers" if kind is int else "numbers"
            raise HeatError(f"“{word.strip()[:40]}” is none of them: write {wanted} with commas between") from error
    return tuple(dict.fromkeys(found))


def configs(base: TrainConfig, name: str, values: Sequence[Any], *, seeds: int = 1) -> list[TrainConfig]:
    """A config a value and seed, seeds base.seed, base.seed + 1, …; for the setting "seed" the values are the seeds.

    Raises HeatError: fewer than two runs, more than MOST, or one that could not be trained.
    """
    wanted = [_with(base, name, value) for value in values]
    if name != "seed":
        wanted = [dataclasses.replace(one, seed=base.seed + more) for one in wanted for more in range(seeds)]
    wanted = list(dict.fromkeys(wanted))
    if not 2 <= len(wanted) <= MOST:
        raise HeatError(f"a race has 2 to {MOST} runs, and this one has {len(wanted)}: choose other values or seeds")
    for one in wanted:
        try:
            training.check(one)
        except training.ConfigError as error:
            raise HeatError(str(error)) from error
    return wanted


def _with(base: TrainConfig, name: str, value: Any) -> TrainConfig:
    if name == "batch_norm":
        options = dict(base.options) | {"batch_norm": value}
        return dataclasses.replace(base, options=tuple(sorted(options.items())))
    changed: dict[str, Any] = {name: value}
    if name == "optimizer" and value != "sgd":
        changed["momentum"] = 0.0  # of SGD alone
    return dataclasses.replace(base, **changed)
