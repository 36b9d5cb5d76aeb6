"""A training run as plain values: its config, its events, its status."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnviz.records.typed import checked

AUGMENTATIONS = ("crop", "flip")
PUBLISHED = "published"  # as a run's start: the network's own published weights
ORDERS = ("shuffled", "fixed", "by class")  # of the training images


@dataclass(frozen=True)
class TrainConfig:
    """One training run, as plain values: the same config and seed on one device give the same events.

    lr: step size. momentum: SGD only. seconds: stop training after so many seconds (None: run all epochs).
    examples: train on the first so many images of a seeded shuffle (None: all).
    augmentation: any of "crop" (random crop after 4 pixels of padding), "flip" (horizontal).
    permutation: seed of one fixed permutation of the pixels, applied to every image (None: images as they are).
    permutation_share: how much of the image takes part in it, in [0, 1]; the rest stays where it is.
    permutation_block: side in pixels of the squares that move as wholes (1: single pixels).
    permutation_fresh: a new permutation for every image, in training and in testing, instead of one for all.
    test_shift: every test image is moved by so many pixels, in one of eight directions by its place in the data set;
    what moves in is black. Training images stay where they are.
    order: of the training images: "shuffled" (anew for each epoch), "fixed" (as the data set has them, every time),
    "by class" (all of one class, then all of the next).
    precision: "float32", "bfloat16" (autocast), or "auto" (whichever is faster on this device).
    compiled: by torch.compile before the first step, if asked: pays on a GPU, and needs a C++ compiler.
    schedule: "constant", "cosine" (to zero), "onecycle" (up for 30 % of the steps, then down).
    snapshots: how many times the weights are saved along the way, besides the last one.
    options: keyword arguments of the model's builder, as pairs, so that the config can be hashed.
    start: run id whose weights are the starting point, or "published": the network's own published weights.
    frozen: only the last layer is trained, anew where its classes differ; all others keep the weights of `start`.
    cut: name of the first layer that is trained; those before it keep the weights of `start` ("": all are trained).
    body_lr: the learning rate of all layers but the last linear one, as a share of lr.
    label_smoothing: share of the target that is spread evenly over all classes, in [0, 1): Szegedy et al. 2016,
    https://arxiv.org/abs/1512.00567, section 7; training loss alone, the test loss is of the plain target.
    warmup: share of the run over which the learning rate rises to its full size; with "constant" and "cosine".
    sync_batch_norm: several processes normalise by the whole batch's mean and variance, as one does, instead of each by
    its own images'. One process does so anyway, and sums as they do then: slower, and the same weights to 1e-6.
    """

    dataset: str
    model: str
    epochs: int = 1
    batch_size: int = 64
    optimizer: str = "sgd"
    lr: float = 0.01
    momentum: float = 0.0
    seed: int = 0
    weight_decay: float = 0.0
    schedule: str = "constant"
    augmentation: tuple[str, ...] = ()
    permutation: int | None = None
    precision: str = "float32"
    compiled: bool = False
    examples: int | None = None
    seconds: float | None = None
    snapshots: int = 0
    options: tuple[tuple[str, Any], ...] = ()
    start: str | None = None
    probes: tuple[str, ...] = ()
    permutation_share: float = 1.0
    permutation_block: int = 1
    permutation_fresh: bool = False
    order: str = "shuffled"
    test_shift: int = 0
    label_smoothing: float = 0.0
    warmup: float = 0.0
    frozen: bool = False
    cut: str = ""
    body_lr: float = 1.0
    sync_batch_norm: bool = False

    @property
    def transfers(self) -> bool:
        """Whether the last layer begins anew where its classes differ from those of `start`."""
        return self.start is not None and (
            self.start == PUBLISHED or self.frozen or bool(self.cut) or self.body_lr != 1
        )

    @property
    def digest(self) -> str:
        """8 hex digits over the fields that differ from their defaults: a field added later changes no old id."""
        text = json.dumps(self.to_json(defaults=False), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def run_id(self) -> str:
        """ "<dataset>-<model>-<digest>": the same question has the same id."""
        return f"{self.dataset}-{self.model}-{self.digest}"

    def to_json(self, *, defaults: bool = True) -> dict[str, Any]:
        """The fields as JSON values. defaults: also those that have their default."""
        values: dict[str, Any] = {}
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            if defaults or item.default is dataclasses.MISSING or value != item.default:
                values[item.name] = _plain(value)
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TrainConfig:
        """The config of `to_json`'s values. Raises ValueError: a field that is unknown, missing, or of another type."""
        return checked(cls, values)


@dataclass(frozen=True)
class Started:
    """Before the first step."""

    run_id: str
    device: str
    precision: str
    steps: int  # planned, all epochs
    epochs: int
    examples: int
    test_examples: int
    parameters: int
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """After an optimiser step. loss and accuracy are of this batch, before the step. seconds since Started."""

    step: int  # 1-based, over all epochs
    epoch: int  # 1-based
    loss: float
    accuracy: float
    lr: float
    seconds: float
    images_per_second: float
    probes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Epoch:
    """After a pass over the training images. Accuracies in [0, 1]; train values are running means of the epoch."""

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float


@dataclass(frozen=True)
class Finished:
    """reason: "completed", "stopped" (asked to), "time" (seconds ran out), "budget" (a limit outside the config),
    "diverged" (the loss of this step is not finite; the weights are the last ones whose loss was).

    probes: what the config's probes measure at the very end, of a run of one process that was completed.
    """

    reason: str
    step: int
    epoch: int
    test_loss: float
    test_accuracy: float
    confusion: tuple[tuple[int, ...], ...]  # [true class][predicted class], test images
    seconds: float
    examples_seen: int
    probes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Steering:
    """What somebody wants of a run under way; None leaves a value as the config has it.

    paused: hold before the next step. until: hold only when so many steps have been taken; before, go on.
    lr: the schedule still multiplies it. momentum: SGD only. batch_size: from the next epoch on.
    """

    paused: bool = False
    until: int | None = None
    lr: float | None = None
    momentum: float | None = None
    weight_decay: float | None = None
    batch_size: int | None = None

    def holds(self, step: int) -> bool:
        """Whether a run that has taken so many steps is to wait."""
        return self.paused and (self.until is None or step >= self.until)

    @property
    def values(self) -> dict[str, float | int]:
        """The values that are not to be the config's, by the config's names."""
        asked = {name: getattr(self, name) for name in STEERED}
        return {name: value for name, value in asked.items() if value is not None}


STEERED = ("lr", "momentum", "weight_decay", "batch_size")  # what can be changed on the way, by the config's names


@dataclass(frozen=True)
class Steered:
    """Between two steps: the run is held or goes on, and with which values. seconds: of training."""

    step: int  # taken so far
    epoch: int
    steps: int  # planned by now, all epochs
    paused: bool
    lr: float
    momentum: float
    weight_decay: float
    batch_size: int
    seconds: float

    @property
    def values(self) -> dict[str, float | int]:
        """By the config's names."""
        return {name: getattr(self, name) for name in STEERED}


Event = Started | Step | Epoch | Finished | Steered


@dataclass(frozen=True)
class RunStatus:
    """state: "queued", "starting", "running", "paused", "finished", "diverged", "stopped", "failed",
    "interrupted"."""

    state: str
    message: str = ""
    step: int = 0
    steps: int = 0
    epoch: int = 0
    epochs: int = 0
    loss: float | None = None
    accuracy: float | None = None
    test_accuracy: float | None = None
    seconds: float = 0.0
    seconds_left: float | None = None
    images_per_second: float | None = None

    @property
    def alive(self) -> bool:
        """Whether it waits, trains or is paused."""
        return self.state in ("queued", "starting", "running", "paused")


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
