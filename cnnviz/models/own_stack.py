"""A network of one's own, layer by layer: a list of plain tuples that a config can carry and a checkpoint brings back.

    layers = (("conv", 6, 5, 1, 2, 1, 1), ("relu",), ("max_pool", 2, 2, 0), ("flatten",), ("linear", 0))
    models.build("sequence", input_shape=(1, 28, 28), classes=10, layers=layers)

A tuple is a kind and the numbers of its settings, in the order of `KINDS`; a linear layer of 0 units has one a class.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from cnnviz import limits
from cnnviz.models.entries import ON_MNIST, REGISTRY, Entry, ModelError, Shape
from cnnviz.plain_text import whole_number
from cnnviz.records import Spec

Layer = tuple[Any, ...]  # ("conv", 6, 5, 1, 2, 1, 1)
Layers = tuple[Layer, ...]
MOST_LAYERS, MOST_PARAMETERS, MOST_NUMBERS = limits.OWN_LAYERS, limits.OWN_PARAMETERS, limits.OWN_NUMBERS


@dataclass(frozen=True)
class Setting:
    """One number of a layer: from least to most, and what it is where nobody chose."""

    name: str
    least: int
    most: int
    usual: int


@dataclass(frozen=True)
class LayerKind:
    """make(shape without the batch axis, classes, *numbers) -> the layer. short: how its layers are named."""

    title: str
    short: str
    make: Callable[..., nn.Module]
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True, eq=False)
class LayerTrial:
    """One layer as it was tried. module: on the meta device; None, with the reason, where it does not fit."""

    layer: Layer
    name: str
    module: nn.Module | None
    shape: tuple[int, ...]  # after it, without the batch axis; () where there is none
    problem: str = ""


def _convolution(
    shape: Sequence[int], _: int, channels: int, kernel: int, stride: int, pad: int, dilation: int, groups: int
) -> nn.Module:
    return nn.Conv2d(shape[0], channels, kernel, stride, pad, dilation, groups)


def _linear(shape: Sequence[int], classes: int, units: int) -> nn.Module:
    return nn.Linear(shape[-1], units or classes)


def _max_pool(_shape: Sequence[int], _classes: int, kernel: int, stride: int, pad: int) -> nn.Module:
    return nn.MaxPool2d(kernel, stride, pad)


def _average_pool(_shape: Sequence[int], _classes: int, kernel: int, stride: int, pad: int) -> nn.Module:
    return nn.AvgPool2d(kernel, stride, pad)


WINDOW = (Setting("kernel", 1, 15, 2), Setting("stride", 1, 15, 2), Setting("padding", 0, 7, 0))
KINDS: dict[str, LayerKind] = {
    "conv": LayerKind("Convolution", "conv", _convolution, (
        Setting("channels", 1, 1024, 16), Setting("kernel", 1, 15, 3), Setting("stride", 1, 8, 1),
        Setting("padding", 0, 14, 1), Setting("dilation", 1, 8, 1), Setting("groups", 1, 1024, 1),
    )),
    "batch_norm": LayerKind("Batch normalisation", "norm", lambda shape, _: nn.BatchNorm2d(shape[0])),
    "relu": LayerKind("ReLU", "relu", lambda *_: nn.ReLU()),
    "leaky_relu": LayerKind("Leaky ReLU", "leaky", lambda *_: nn.LeakyReLU(0.01)),
    "tanh": LayerKind("tanh", "tanh", lambda *_: nn.Tanh()),
    "sigmoid": LayerKind("Sigmoid", "sigmoid", lambda *_: nn.Sigmoid()),
    "max_pool": LayerKind("Max pooling", "pool", _max_pool, WINDOW),
    "avg_pool": LayerKind("Average pooling", "pool", _average_pool, WINDOW),
    "global_pool": LayerKind("Global average pooling", "pool", lambda *_: nn.AdaptiveAvgPool2d(1)),
    "dropout": LayerKind(
        "Dropout", "dropout", lambda _, __, percent: nn.Dropout(percent / 100), (Setting("percent", 0, 95, 50),)
    ),
    "flatten": LayerKind("Flatten", "flatten", lambda *_: nn.Flatten()),
    "linear": LayerKind("Linear", "fc", _linear, (Setting("units", 0, 8192, 0),)),
}  # fmt: skip

_POOL = ("max_pool", 2, 2, 0)
LENET5: Layers = (
    ("conv", 6, 5, 1, 2, 1, 1), ("relu",), _POOL, ("conv", 16, 5, 1, 0, 1, 1), ("relu",), _POOL,
    ("flatten",), ("linear", 120), ("relu",), ("linear", 84), ("relu",), ("linear", 0),
)  # fmt: skip
SMALL_CNN: Layers = (
    ("conv", 16, 3, 1, 1, 1, 1), ("batch_norm",), ("relu",), _POOL,
    ("conv", 32, 3, 1, 1, 1, 1), ("batch_norm",), ("relu",), _POOL,
    ("conv", 64, 3, 1, 1, 1, 1), ("batch_norm",), ("relu",), ("global_pool",), ("flatten",), ("linear", 0),
)  # fmt: skip
STARTS: dict[str, tuple[str, Layers]] = {
    "lenet5": ("LeNet-5", LENET5),
    "small_cnn": ("Small CNN", SMALL_CNN),
    "linear": ("One linear layer", (("flatten",), ("linear", 0))),
}


# ------------------------------------------------------------------------------------------------ trying it out
def walk(layers: Sequence[Layer], input_shape: Sequence[int], classes: int) -> tuple[LayerTrial, ...]:
    """Every layer tried on the shape before it, as far as it goes: the first that does not fit says why.

    The reason is torch's own sentence where torch refuses. What comes after it has no shape and no reason.
    """
    steps: list[LayerTrial] = []
    calls: Counter[str] = Counter()
    x, broken = torch.empty(2, *input_shape, device="meta"), False
    for layer in layers:
        kind = KINDS.get(layer[0]) if layer else None
        short = kind.short if kind else "layer"
        calls[short] += 1
        name = f"{short}{calls[short]}"
        module: nn.Module | None = None
        problem = ""
        if not broken:
            try:
                module = _made(layer, tuple(x.shape[1:]), classes)
                with torch.no_grad():
                    x = module(x)
                problem = _too_large(module, x)
            except (RuntimeError, ValueError, IndexError, ZeroDivisionError) as error:
                problem = _reason(error, module, x.shape)
        broken = broken or bool(problem)
        steps.append(LayerTrial(layer, name, None if broken else module, () if broken else tuple(x.shape[1:]), problem))
    return tuple(steps)


def ending(steps: Sequence[LayerTrial], classes: int) -> str:
    """Why a network whose layers all fit does not classify, or ""."""
    shape = steps[-1].shape if steps else ()
    if shape == (classes,):
        return ""
    found = f"ends with the shape {list(shape)}" if steps else "has no layer"
    return (
        f"The network {found}; it needs {classes} numbers, one a class: end with Flatten and a Linear layer of 0 units."
    )


def _made(layer: Layer, shape: tuple[int, ...], classes: int) -> nn.Module:
    kind, numbers = _checked(layer)
    with torch.device("meta"):
        return kind.make(shape, classes, *numbers)


def _checked(layer: Layer) -> tuple[LayerKind, tuple[int, ...]]:
    """The kind and its numbers. Raises ModelError: no such kind, too many or too few numbers, or one out of range."""
    if not isinstance(layer, tuple) or not layer or layer[0] not in KINDS:
        raise ModelError(f"{str(layer)[:80]!r} is no layer; it begins with one of {', '.join(KINDS)}")
    kind, numbers = KINDS[layer[0]], layer[1:]
    if len(numbers) != len(kind.settings):
        wanted = ", ".join(setting.name for setting in kind.settings) or "none"
        raise ModelError(f"{layer[0]} has {len(numbers)} numbers; it takes {len(kind.settings)}: {wanted}")
    for setting, number in zip(kind.settings, numbers, strict=True):
        if isinstance(number, bool) or not isinstance(number, int) or not setting.least <= number <= setting.most:
            raise ModelError(f"{setting.name} is {number!r}; {setting.least} to {setting.most} would work")
    return kind, numbers


def _too_large(module: nn.Module, x: torch.Tensor) -> str:
    weights = sum(parameter.numel() for parameter in module.parameters())
    if weights > MOST_PARAMETERS:
        return f"it would have {weights:,} parameters; up to {MOST_PARAMETERS:,} are built here"
    if x[0].numel() > MOST_NUMBERS:
        return f"it would make {x[0].numel():,} numbers of one image; up to {MOST_NUMBERS:,} are made here"
    return "" if min(x.shape) > 0 else f"nothing would be left: its output has the shape {list(x.shape[1:])}"


def _reason(error: Exception, module: nn.Module | None, shape: Sequence[int]) -> str:
    """Torch's sentence. On the meta device pooling is less clear than with numbers: there it is asked again."""
    if module is not None and not any(True for _ in module.parameters()):
        try:
            module(torch.zeros(tuple(shape)))
        except (RuntimeError, ValueError, IndexError) as clearer:
            return _sentence(clearer)
    return _sentence(error)


def _sentence(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


# ------------------------------------------------------------------------------------------------ the network
def build(input_shape: Shape, classes: int, *, layers: Layers = LENET5) -> nn.Module:
    """layers: as above. forward: [N, C, H, W] -> logits [N, classes]. Raises ModelError that names the layer."""
    if not isinstance(layers, tuple) or len(layers) > MOST_LAYERS:
        raise ModelError(f"layers is a tuple of up to {MOST_LAYERS} tuples; here are {len(layers)} of {type(layers)}")
    steps = walk(layers, input_shape, classes)
    for number, step in enumerate(steps, start=1):
        if step.problem:
            raise ModelError(f"layer {number} ({step.name}) does not fit {list(input_shape)}: {step.problem}")
    if problem := ending(steps, classes):
        raise ModelError(problem)
    shapes = [tuple(input_shape), *(step.shape for step in steps)]
    made = ((step.name, _real(step, shape, classes)) for step, shape in zip(steps, shapes, strict=False))
    network = nn.Sequential(OrderedDict(made))
    total = sum(parameter.numel() for parameter in network.parameters())
    if total > MOST_PARAMETERS:
        raise ModelError(f"these layers have {total:,} parameters; up to {MOST_PARAMETERS:,} are built here")
    return network


def _real(step: LayerTrial, shape: tuple[int, ...], classes: int) -> nn.Module:
    kind, numbers = _checked(step.layer)
    return kind.make(shape, classes, *numbers)


# ------------------------------------------------------------------------------------------------ as text
def to_text(layers: Sequence[Layer]) -> str:
    """ "conv 6 5 1 2 1 1, relu": what a link carries."""
    return ", ".join(" ".join(map(str, layer)) for layer in layers)


def from_text(text: str) -> Layers:
    """The layers of such a text. Raises ModelError."""
    words = [part.split() for part in text.split(",") if part.strip()]
    if len(words) > MOST_LAYERS:
        raise ModelError(f"{len(words)} layers are too many; up to {MOST_LAYERS} are built here")
    if any(whole_number(number.removeprefix("-")) is None for word in words for number in word[1:]):
        raise ModelError(f"{text[:80]!r} is no list of layers; one looks like {to_text(LENET5[:3])}")
    layers = tuple((word[0], *map(int, word[1:])) for word in words)
    for layer in layers:
        _checked(layer)
    return layers


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="sequence",
        title="Your own layers",
        input_shape=(1, 28, 28),
        **ON_MNIST,
        paper="PyTorch documentation: torch.nn.Sequential",
        link="https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html",
        idea="Whatever was chosen on the page of one's own model; LeNet-5's layers where nothing was.",
        parameters=61_706,
        macs=416_520,
        notes=("built layer by layer from a list; without one it has LeNet-5's layers",),
    )


REGISTRY.add(
    "sequence", Entry("sequence", "Your own layers", "Your own networks", spec, build, trainable=True, rank=(900,))
)
