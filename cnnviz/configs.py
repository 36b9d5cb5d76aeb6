"""Checks of a training config, and the limits of any run.

`check` says everything that is wrong, a sentence each, before anything starts; it is quick enough to be asked while a
form is being filled in.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from cnnviz import datasets, limits, models, probes
from cnnviz.records import Steering, TrainConfig
from cnnviz.records.training import AUGMENTATIONS, ORDERS, PUBLISHED
from cnnviz.registry import unknown

OPTIMIZERS = ("sgd", "adam", "adamw")
SCHEDULES = ("constant", "cosine", "onecycle")
PRECISIONS = ("float32", "bfloat16", "auto")
Shape = tuple[int, int, int]


class ConfigError(ValueError):
    """A run that cannot start as it is written: one sentence for each thing that is wrong."""


@dataclass(frozen=True)
class RunLimits:
    """How far a run may go whatever its config says: the user interface has no say in them.

    epochs, seconds, examples (images trained on, all epochs together), snapshot_bytes (on disk, one run).
    """

    epochs: int = limits.RUN_EPOCHS
    seconds: float = limits.RUN_SECONDS
    examples: int = limits.RUN_IMAGES
    snapshot_bytes: int = limits.SNAPSHOTS_MB << 20

    @classmethod
    def from_environment(cls) -> RunLimits:
        """CNNVIZ_MAX_EPOCHS, CNNVIZ_MAX_SECONDS, CNNVIZ_MAX_EXAMPLES, CNNVIZ_MAX_SNAPSHOT_MB. Raises ConfigError."""
        usual = cls()
        return cls(
            epochs=int(_from_environment("CNNVIZ_MAX_EPOCHS", usual.epochs)),
            seconds=_from_environment("CNNVIZ_MAX_SECONDS", usual.seconds),
            examples=int(_from_environment("CNNVIZ_MAX_EXAMPLES", usual.examples)),
            snapshot_bytes=int(_from_environment("CNNVIZ_MAX_SNAPSHOT_MB", usual.snapshot_bytes / 2**20) * 2**20),
        )


def check(config: TrainConfig) -> None:
    """Returns if the run can start. Raises ConfigError: a sentence for each wrong value, with what would work."""
    wrong = [sentence for sentence in _problems(config) if sentence]
    if not wrong:
        wrong = [sentence for sentence in _network_problems(config) if sentence]
    if wrong:
        raise ConfigError("; ".join(wrong))


def check_values(config: TrainConfig) -> None:
    """Returns if every single value is one of those that can be trained with, whether or not its data set is here.

    Raises ConfigError as `check` does.
    """
    if wrong := [sentence for sentence in _value_problems(config) if sentence]:
        raise ConfigError("; ".join(wrong))


def steered(config: TrainConfig, steering: Steering) -> TrainConfig:
    """The config with the values that are wanted instead. Raises ConfigError where that could not be trained."""
    changed = dataclasses.replace(config, **steering.values)  # type: ignore[arg-type]
    check(changed)
    return changed


def _problems(config: TrainConfig) -> Iterator[str]:
    """What is wrong with single values, and with what they name."""
    yield from _value_problems(config)
    yield _start_problem(config)
    yield _dataset_problem(config.dataset)
    if config.model not in models.names():
        yield unknown("network to train", str(config.model), models.trainable())


def _value_problems(config: TrainConfig) -> Iterator[str]:
    """What is wrong with numbers and choices."""
    yield _whole("epochs", config.epochs, 1)
    yield _whole("batch_size", config.batch_size, 1, most=65_536)
    yield _whole("seed", config.seed, 0, most=2**63 - 1)
    yield _whole("snapshots", config.snapshots, 0, most=1000)
    yield "" if config.examples is None else _whole("examples", config.examples, 1)
    yield "" if config.permutation is None else _whole("permutation", config.permutation, 0, most=2**63 - 1)
    yield _whole("permutation_block", config.permutation_block, 1, most=4096)
    share = config.permutation_share
    yield _number("permutation_share", share, lambda value: 0 <= value <= 1, "a number from 0 to 1")
    if config.permutation is None and (share, config.permutation_block, config.permutation_fresh) != (1.0, 1, False):
        yield "permutation is None, so its share, block and freshness say nothing; give it a seed, such as 0"
    yield _number("lr", config.lr, lambda value: 0 < value <= 1000, "a number above 0 and up to 1000")
    yield _number("momentum", config.momentum, lambda value: 0 <= value < 1, "a number from 0 to below 1")
    yield _number("weight_decay", config.weight_decay, lambda value: 0 <= value <= 100, "a number from 0 to 100")
    yield _number("body_lr", config.body_lr, lambda value: 0 < value <= 1, "a share of lr, above 0 and up to 1")
    smoothing, warmup = config.label_smoothing, config.warmup
    yield _number("label_smoothing", smoothing, lambda value: 0 <= value < 1, "a number from 0 to below 1")
    yield _number("warmup", warmup, lambda value: 0 <= value < 1, "a number from 0 to below 1, a share of the run")
    if config.schedule == "onecycle" and warmup:
        yield f"warmup is {warmup!r}; onecycle rises by itself: take constant or cosine, or no warmup"
    if config.seconds is not None:
        yield _number("seconds", config.seconds, lambda value: value > 0, "a number above 0, or None")
    yield _whole("test_shift", config.test_shift, 0, most=4096)
    yield _one_of("order", config.order, ORDERS)
    yield _one_of("optimizer", config.optimizer, OPTIMIZERS)
    yield _one_of("schedule", config.schedule, SCHEDULES)
    yield _one_of("precision", config.precision, PRECISIONS)
    for name in config.augmentation:
        yield _one_of("augmentation", name, AUGMENTATIONS)
    for name in config.probes:
        yield _one_of("probe", name, probes.names())


def _network_problems(config: TrainConfig) -> Iterator[str]:
    """What is wrong with the network for these images; asked only where every single value is right."""
    info = datasets.info(config.dataset)
    if config.permutation_block > min(info.shape[1:]):
        yield f"permutation_block is {config.permutation_block}; {info.title} has {min(info.shape[1:])} pixels a side"
    if config.test_shift >= min(info.shape[1:]):
        yield f"test_shift is {config.test_shift}, which moves all of an image of {min(info.shape[1:])} pixels away"
    channels = len(models.spec(config.model).mean) if config.start == PUBLISHED else info.shape[0]
    if channels != info.shape[0]:
        yield (
            f"the published weights of {models.title(config.model)} see {channels} channels; {info.title} has "
            f"{info.shape[0]}: take a data set of colour images, such as a folder of your photographs"
        )
        return
    try:
        normalises = _tried(config.model, config.options, info.shape, len(info.classes))
    except ConfigError as error:
        yield str(error)
        return
    if normalises and config.batch_size == 1:
        yield (
            f"batch_size is 1 and {config.model} has batch normalisation, which needs the variance of a batch: "
            "take 2 or more"
        )


@functools.lru_cache(maxsize=256)
def _tried(name: str, options: tuple[tuple[str, Any], ...], shape: Shape, classes: int) -> bool:
    """Whether the network has batch normalisation, after two images went through it. Raises ConfigError.

    Networks that are small enough for the lab do so really: the first use of the meta device imports torch's compiler,
    a second and 240 MB. Others go to the meta device, where nothing is computed, and really where they cannot.
    """
    said = ""
    for device in ("cpu",) if name in (*models.trainable(), *models.transferable()) else ("meta", "cpu"):
        try:
            return _pass_through(name, options, shape, classes, device)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            said = (str(error.args[0] if error.args else error).splitlines() or ["no reason given"])[0]
    size = "×".join(map(str, shape))
    raise ConfigError(f"{name} cannot be trained on images of {size} in {classes} classes: {said}")


def _pass_through(name: str, options: tuple[tuple[str, Any], ...], shape: Shape, classes: int, device: str) -> bool:
    with torch.device(device), torch.no_grad():
        model = models.build(name, input_shape=shape, classes=classes, **dict(options)).train()
        outputs = model(torch.zeros(2, *shape))
    if not isinstance(outputs, torch.Tensor) or outputs.shape != (2, classes):
        raise ValueError("in training it does not answer with one row of numbers an image; choose another network")
    return any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in model.modules())


def _start_problem(config: TrainConfig) -> str:
    if config.start == PUBLISHED and config.model in models.names() and config.model not in models.transferable():
        there = ", ".join(models.transferable())
        return f"start is published, and {config.model} has no published weights on board; {there} has"
    if config.frozen and config.start is None:
        return "frozen keeps the weights of start, and there is none: name a run or take published"
    if (config.cut or config.body_lr != 1) and config.start is None:
        return "cut and body_lr are for a run that goes on from other weights, and there is no start: name one"
    if (config.cut or config.body_lr != 1) and config.frozen:
        return "frozen trains the last layer alone, so cut and body_lr would say nothing: leave one of them"
    if config.frozen and config.compiled:
        return "frozen trains one layer, which nobody needs to compile: leave one of them"
    if config.frozen and config.augmentation:
        return "frozen computes what the last layer sees once, so augmentation would change nothing: leave one of them"
    return ""


def _dataset_problem(name: str) -> str:
    try:
        status = datasets.status(name)
    except (KeyError, datasets.DatasetError) as error:
        return str(error.args[0])
    return "" if status.available else status.sentence


def _whole(name: str, value: Any, least: int, *, most: int | None = None) -> str:
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= least and (most is None or value <= most)
    span = f"{least} or more" if most is None else f"{least} to {most}"
    return "" if fits else f"{name} is {value!r}; it must be a whole number, {span}"


def _number(name: str, value: Any, fits: Callable[[float], bool], span: str) -> str:
    real = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return "" if real and fits(value) else f"{name} is {value!r}; it must be {span}"


def _one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    return "" if value in allowed else f"{name} is {value!r}; it can be {', '.join(allowed)}"


def _from_environment(name: str, usual: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        value = float(text) if text else float(usual)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise ConfigError(f"{name} is {text!r}; it must be a number above 0")
    return value
