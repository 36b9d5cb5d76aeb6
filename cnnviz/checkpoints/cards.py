"""run.json: what a run was trained on, where, with what, and how well it does; written by training."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from cnnviz import __version__, datasets, models
from cnnviz.checkpoints import settled
from cnnviz.checkpoints.weights import CheckpointError, replacing
from cnnviz.records import TrainConfig
from cnnviz.records.training import PUBLISHED

CONFIG, CARD = "config.json", "run.json"
LARGEST_JSON = 4_000_000
LARGEST_PICTURE = 4096 * 4096
LARGEST_CLASSES = 100_000


@dataclass(frozen=True)
class Card:
    """What is said about one run.

    input_shape, classes, mean, std: of the data set, so that the network opens on a machine without it.
    digit: its images are handwritten digits, which an uploaded image is to be made like.
    source: where the images came from, in words. test_accuracy in [0, 1], None until it was measured.
    seconds: of training. reason: why it ended, as in `records.Finished`. steered: how many times the config's values
    were changed on the way; `runs.Run.changes` says which, and when.
    """

    config: TrainConfig
    input_shape: tuple[int, int, int]
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    digit: bool = False
    dataset_title: str = ""
    source: str = ""
    parameters: int = 0
    device: str = ""
    test_accuracy: float | None = None
    seconds: float = 0.0
    steps: int = 0
    reason: str = ""
    steered: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """ "LeNet-5 on MNIST", and what was unusual about it."""
        network = models.title(self.config.model)
        data = self.dataset_title or self.config.dataset
        permuted = ", permuted pixels" if self.config.permutation is not None else ""
        return f"{network} on {data}{permuted}{', changed on the way' if self.steered else ''}"


def normalisation(config: TrainConfig) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(mean, std) of the images as the network gets them: the data set's, or what published weights want."""
    info = datasets.info(config.dataset)
    if config.start == PUBLISHED:
        spec = models.spec(config.model)
        return (spec.mean, spec.std) if len(spec.mean) == len(info.mean) else (info.mean, info.std)
    return info.mean, info.std


def describe(config: TrainConfig, model: nn.Module, *, source: str = "", device: str = "") -> Card:
    """The card of a run that begins: fill in test_accuracy, seconds, steps and reason with `dataclasses.replace`."""
    info, (mean, std) = datasets.info(config.dataset), normalisation(config)
    return Card(
        config=config,
        input_shape=info.shape,
        classes=info.classes,
        mean=mean,
        std=std,
        digit=info.digit,
        dataset_title=info.title,
        source=source,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        device=device,
        versions=versions(),
    )


def versions() -> dict[str, str]:
    """What produced a result: cnnviz, torch and Python."""
    return {"cnnviz": __version__, "torch": str(torch.__version__), "python": platform.python_version()}


def write_run(folder: Path, card: Card) -> Path:
    """Writes run.json, replacing it in one step: a reader sees the old one or the new one. Returns its path."""
    values = {item.name: getattr(card, item.name) for item in dataclasses.fields(card)}
    values |= {"config": card.config.to_json(), "versions": dict(card.versions)}
    path = folder / CARD
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def read_card(folder: Path) -> Card:
    """run.json; where a run ended before it was written: config.json and what is known of the data set.

    Raises CheckpointError that names the file and what is wrong with it.
    """
    written = _written(folder / CARD)
    named = CONFIG if written is None else CARD
    values = _json(folder / CONFIG) if written is None else {}
    try:
        card = _without_card(values) if written is None else _card_of(folder / CARD, written)
        models.title(card.config.model)  # a KeyError that lists the close names
    except CheckpointError:
        raise
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        said = f"no {error}" if isinstance(error, KeyError) and " " not in str(error) else str(error).strip("\"'")
        raise CheckpointError(f"{folder.name}/{named} does not describe a run: {said}") from error
    return card


def _written(path: Path) -> os.stat_result | None:
    """What the system says of a file; None where there is none."""
    try:
        return path.stat() if path.is_file() else None
    except FileNotFoundError:  # it went in between
        return None


def _card_of(path: Path, written: os.stat_result) -> Card:
    """The card in a file, which is not read again while it is the same file: every page lists all runs."""
    stamp = settled.stamp(written)
    return _card(_json(path)) if stamp is None else _settled_card(path, stamp)


@functools.lru_cache(maxsize=1024)
def _settled_card(path: Path, stamp: tuple[int, ...]) -> Card:
    return _card(_json(path))


def _without_card(values: dict[str, Any]) -> Card:
    config = TrainConfig.from_json(values)
    info, (mean, std) = datasets.info(config.dataset), normalisation(config)
    return Card(config, info.shape, info.classes, mean, std, info.digit, info.title)


def _card(values: dict[str, Any]) -> Card:
    """A card from JSON, its types and ranges checked: shapes and counts decide how much memory a network takes."""
    channels, height, width = (int(side) for side in values["input_shape"])
    classes = tuple(str(name) for name in values["classes"])
    mean, std = (tuple(float(number) for number in values[name]) for name in ("mean", "std"))
    accuracy = values.get("test_accuracy")
    if not (1 <= channels <= 16 and min(height, width) >= 1 and height * width <= LARGEST_PICTURE):
        raise ValueError(f"input_shape is {values['input_shape']}; (1 to 16 channels, height, width) would work")
    if not 1 <= len(classes) <= LARGEST_CLASSES:
        raise ValueError(f"it names {len(classes)} classes; 1 to {LARGEST_CLASSES:,} would work")
    if not (len(mean) == len(std) == channels and all(map(math.isfinite, mean + std)) and min(std) > 0):
        raise ValueError(f"mean {mean} and std {std} are not {channels} finite numbers each, with std above 0")
    if accuracy is not None and not 0 <= float(accuracy) <= 1:
        raise ValueError(f"test_accuracy is {accuracy}; a number from 0 to 1 would work")
    return Card(
        config=TrainConfig.from_json(values["config"]),
        input_shape=(channels, height, width),
        classes=classes,
        mean=mean,
        std=std,
        test_accuracy=None if accuracy is None else float(accuracy),
        versions={str(name): str(version) for name, version in dict(values.get("versions", {})).items()},
        **{name: kind(values[name]) for name, kind in PLAIN.items() if name in values},
    )


PLAIN = {
    "digit": bool,
    "dataset_title": str,
    "source": str,
    "parameters": int,
    "device": str,
    "seconds": float,
    "steered": int,
    "steps": int,
    "reason": str,
}


def _json(path: Path) -> dict[str, Any]:
    """A JSON object. Raises CheckpointError: not there, too large, or cut off."""
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise CheckpointError(f"{path.parent.name}/{path.name} is larger than {LARGEST_JSON:,} bytes")
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CheckpointError(f"{path.parent.name}/{path.name} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path.parent.name}/{path.name} is not JSON, or was cut off: {error}") from error
    if not isinstance(values, dict):
        raise CheckpointError(f"{path.parent.name}/{path.name} holds a {type(values).__name__} instead of an object")
    return values
