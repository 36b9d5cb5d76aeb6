"""What crosses from the torch side to the picture side: frozen records of numpy arrays and plain values.

Nothing here imports torch or Streamlit, so a figure, a page or a test can hold a record without either.
Arrays are read-only views: a record that was handed out cannot be changed behind a cache's back.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray

# The kinds of a recorded node, in the field's terms. `other` is honest: an operation that none of these names.
KINDS = (
    "input", "convolution", "transposed_convolution", "linear", "normalization", "activation", "pooling", "dropout",
    "addition", "multiplication", "concatenation", "flatten", "reshape", "softmax", "attention", "padding",
    "upsampling", "identity", "other",
)  # fmt: skip


# --------------------------------------------------------------------------------------------- receptive fields
@dataclass(frozen=True)
class Interval:
    """The receptive field along one axis: cell i sees input pixels [i·stride − padding, i·stride − padding + size)."""

    size: int
    stride: int
    padding: int

    def span(self, index: int) -> tuple[int, int]:
        """First and one-past-last input pixel that cell `index` sees, not clipped to the picture."""
        first = index * self.stride - self.padding
        return first, first + self.size


@dataclass(frozen=True)
class Field:
    """A node's theoretical receptive field on the input.

    status: "exact"; "whole" (every cell sees the whole input: global pooling, flatten, squeeze-and-excitation);
    or "unknown", with the reason in `note`. For "whole" and "unknown" the intervals cover the whole input.
    """

    rows: Interval
    columns: Interval
    status: str = "exact"
    note: str = ""

    @property
    def size(self) -> int:
        return max(self.rows.size, self.columns.size)

    @property
    def stride(self) -> int:
        return max(self.rows.stride, self.columns.stride)

    @property
    def padding(self) -> int:
        return max(self.rows.padding, self.columns.padding)

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """(top, left, bottom, right) in input pixels, half-open, not clipped."""
        top, bottom = self.rows.span(row)
        left, right = self.columns.span(column)
        return top, left, bottom, right


@dataclass(frozen=True)
class Row:
    """One line of a layer table, for a batch of one."""

    name: str
    kind: str
    operation: str  # "Conv2d 7×7, 3 → 64, stride 2, padding 3"
    output_shape: tuple[int, ...]  # without the batch axis
    parameters: int
    macs: int
    activation_bytes: int
    receptive_field: Field
    module: str = ""
    group: str = ""
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Totals:
    parameters: int
    macs: int
    activation_bytes: int


# --------------------------------------------------------------------------------------------- activations
@dataclass(frozen=True, eq=False)
class Layer:
    """One recorded node of a network on one picture.

    values: [C, H, W] for maps, [K] for vectors, float32, without the batch axis, read-only.
    name: module path ("layer1.0.conv1") or path of the enclosing module and the function ("layer1.0.add").
    call: 0 for the first time that the module ran, 1 for the second, …
    inputs: the keys of the recorded nodes that feed it, in argument order.
    group: the block it folds into ("layer1.0"), see `tracing`.
    """

    name: str
    call: int
    kind: str
    operation: str
    module: str
    inputs: tuple[str, ...]
    group: str
    values: Array

    @property
    def key(self) -> str:
        """The name, with ":1", ":2", … from the second call on: unique in a recording."""
        return self.name if self.call == 0 else f"{self.name}:{self.call}"

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.values.shape)


@dataclass(frozen=True, eq=False)
class Activations:
    """Every node of one forward pass, in the order in which they ran.

    `recording[name]` is the first call of that node, `recording[name, 1]` the second; keys ("name:1") work too.
    method: "graph" (traced: sees functions, additions, concatenations) or "hooks" (modules only); `note` says why.
    logits: [classes] float32, the network's output. seconds: the forward pass with recording.
    """

    layers: tuple[Layer, ...]
    logits: Array
    method: str = "graph"
    note: str = ""
    seconds: float = 0.0
    _by_key: Mapping[str, Layer] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {layer.key: layer for layer in self.layers})

    def __getitem__(self, which: str | tuple[str, int]) -> Layer:
        name, call = which if isinstance(which, tuple) else (which, 0)
        key = name if call == 0 else f"{name}:{call}"
        if key not in self._by_key:
            from cnnviz.registry import unknown  # a message shared with every named family

            raise KeyError(unknown("layer", key, self._by_key))
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._by_key)


# --------------------------------------------------------------------------------------------- one unit, explained
@dataclass(frozen=True, eq=False)
class Term:
    """One addend of a unit's value: input[channel, row, column] · weight. For a linear layer row = column = 0."""

    channel: int
    row: int
    column: int
    input: float
    weight: float

    @property
    def product(self) -> float:
        return self.input * self.weight


@dataclass(frozen=True)
class Stage:
    """What follows the sum inside the unit's group: "batch norm", "relu", "add", … with the recorded value after it."""

    key: str
    kind: str
    operation: str
    value: float
    formula: str  # with the numbers put in: "(0.314 − 0.021) / √(0.0043 + 1e-05) · 1.20 + 0.11"
    computed: float | None = None  # the formula's own result, where the stage can be computed from one number


@dataclass(frozen=True, eq=False)
class Unit:
    """Why one cell of one channel has its value.

    patch, kernel, products: [Cin, kh, kw] float64 for a convolution ([Cin] for a linear layer): what the unit reads
    (zeros where padding was read), its weights, and their elementwise product. bias: float.
    computed = products.sum() + bias, in float64 from the definition; recorded is what the network computed.
    For kinds without weights patch holds the window that was read and kernel is None.
    box: (top, left, bottom, right) of the receptive field on the network's input, half-open, not clipped.
    origin: (row, column) of the patch's top-left cell in the input map, negative inside the padding.
    """

    key: str
    kind: str
    operation: str
    channel: int
    row: int
    column: int
    recorded: float
    computed: float | None
    bias: float
    patch: Array | None
    kernel: Array | None
    products: Array | None
    input_channels: tuple[int, ...]  # which input channels the patch's first axis counts (groups!)
    origin: tuple[int, int]
    box: tuple[int, int, int, int] | None
    field: Field | None
    stages: tuple[Stage, ...] = ()
    note: str = ""

    @property
    def difference(self) -> float | None:
        return None if self.computed is None else abs(self.computed - self.recorded)


@dataclass(frozen=True)
class Blanked:
    """The receptive field, proved: the unit's value with everything outside (and inside) its box blanked."""

    before: float
    outside_blanked: float
    inside_blanked: float

    @property
    def difference(self) -> float:
        return abs(self.before - self.outside_blanked)


# --------------------------------------------------------------------------------------------- predictions
@dataclass(frozen=True)
class Score:
    index: int
    label: str
    logit: float
    probability: float


# --------------------------------------------------------------------------------------------- networks
@dataclass(frozen=True)
class Spec:
    """What a network expects and what is published about it.

    input_shape: (C, H, W). mean, std: per channel, on pictures scaled to [0, 1].
    crop: fraction of the resized picture that the centre crop keeps (0.875: resize 256, crop 224).
    interpolation: "bilinear" or "bicubic". classes: names, or "class 0", … where nobody named them.
    digit: the picture is prepared as MNIST's were (grey, white on black, centred by mass).
    parameters, macs: the published counts that a test holds the built network to; None where none is published.
    weights: "" (none known), "package" (in an installed package), "download" (cached or from the publisher's host).
    """

    name: str
    title: str
    input_shape: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    classes: tuple[str, ...]
    year: int | None = None
    paper: str = ""
    link: str = ""
    idea: str = ""
    family: str = "cnnviz"
    crop: float = 1.0
    interpolation: str = "bilinear"
    digit: bool = False
    parameters: int | None = None
    macs: int | None = None
    weights: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Provenance:
    """Where a network's weights come from: shown beside every result.

    kind: "trained" (by this project or its user: a run), "pretrained" (published weights), "random".
    """

    kind: str
    label: str  # "ImageNet weights (timm tf_efficientnet_lite0)", "random weights, seed 0: not trained"
    detail: str = ""


# --------------------------------------------------------------------------------------------- training
@dataclass(frozen=True)
class TrainConfig:
    """One training run, as plain values: the same config and seed on one device give the same events.

    lr: step size. momentum: SGD only. seconds: stop training after so many seconds (None: run all epochs).
    examples: train on the first so many pictures of a seeded shuffle (None: all).
    augmentation: any of "crop" (random crop after 4 pixels of padding), "flip" (horizontal).
    permutation: seed of one fixed permutation of the pixels, applied to every picture (None: pictures as they are).
    precision: "float32", "bfloat16" (autocast), or "auto" (whichever is faster on this device).
    schedule: "constant", "cosine" (to zero), "onecycle" (up for 30 % of the steps, then down).
    snapshots: how many times the weights are saved along the way, besides the last one.
    options: keyword arguments of the model's builder, as pairs, so that the config can be hashed.
    start: run id whose weights are the starting point.
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
    examples: int | None = None
    seconds: float | None = None
    snapshots: int = 0
    options: tuple[tuple[str, Any], ...] = ()
    start: str | None = None
    probes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """8 hex digits over the fields that differ from their defaults: a field added later changes no old id."""
        text = json.dumps(self.to_json(defaults=False), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def run_id(self) -> str:
        return f"{self.dataset}-{self.model}-{self.digest}"

    def to_json(self, *, defaults: bool = True) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            if defaults or item.default is dataclasses.MISSING or value != item.default:
                values[item.name] = _plain(value)
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TrainConfig:
        known = {item.name for item in dataclasses.fields(cls)}
        strange = sorted(set(values) - known)
        if strange:
            raise ValueError(f"a training config has no field {', '.join(strange)}; it has {', '.join(sorted(known))}")
        return cls(**{name: _hashable(value) for name, value in values.items()})


@dataclass(frozen=True)
class Started:
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
    """After a pass over the training pictures. Accuracies in [0, 1]; train values are running means of the epoch."""

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float


@dataclass(frozen=True)
class Finished:
    """reason: "completed", "stopped" (asked to), "time" (seconds ran out), "budget" (a limit outside the config)."""

    reason: str
    step: int
    epoch: int
    test_loss: float
    test_accuracy: float
    confusion: tuple[tuple[int, ...], ...]  # [true class][predicted class], test pictures
    seconds: float
    examples_seen: int


Event = Started | Step | Epoch | Finished


@dataclass(frozen=True)
class RunStatus:
    """state: "queued", "starting", "running", "finished", "stopped", "failed", "interrupted"."""

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
        return self.state in ("queued", "starting", "running")


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _hashable(value: Any) -> Any:
    return tuple(_hashable(item) for item in value) if isinstance(value, list) else value
