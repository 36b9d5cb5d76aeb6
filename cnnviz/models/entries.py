"""What a family file says about each of its networks, and the table in which they all meet."""

from __future__ import annotations

import ast
import functools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import nn

from cnnviz import lazy_imports, limits, own_dice
from cnnviz.plain_text import cut
from cnnviz.records import Provenance, Spec
from cnnviz.registry import Registry

Shape = tuple[int, int, int]
LONGEST_NAME = limits.CLASS_NAME  # characters of a class name of somebody's own

DIGITS = tuple(str(digit) for digit in range(10))
CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
MNIST_MEAN, MNIST_STD = (0.1307,), (0.3081,)
CIFAR10_MEAN, CIFAR10_STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

# What the specs of networks for one data set have in common: Spec(name=…, **ON_MNIST, year=…).
ON_MNIST: dict[str, Any] = {"mean": MNIST_MEAN, "std": MNIST_STD, "classes": DIGITS, "digit": True}
ON_CIFAR10: dict[str, Any] = {
    "input_shape": (3, 32, 32), "mean": CIFAR10_MEAN, "std": CIFAR10_STD, "classes": CIFAR10,
}  # fmt: skip
ON_IMAGENET: dict[str, Any] = {
    "input_shape": (3, 224, 224), "mean": IMAGENET_MEAN, "std": IMAGENET_STD, "crop": 0.875,
}  # fmt: skip


class ModelError(ValueError):
    """A network that cannot be built as asked: what was asked, what was found, what would work."""


@dataclass(frozen=True)
class Entry:
    """One network of a picker.

    build(input_shape: (C, H, W), classes: int, **options) -> nn.Module, drawing its weights from torch's global
    generator (the caller seeds and restores it). weights(download: bool) -> (network, provenance), where weights are
    published. trainable: small enough for the training lab on a CPU. transferable: its published weights come with the
    installation or an optional package, and for any number of classes a new last layer can be trained on them.
    installed: whether the package that holds its weights is here, where that is an optional one. foreign: its code is
    somebody else's, and may trace or convert while it builds: see `own_dice.drawn_for_all`. rank: the order in menus.
    """

    name: str
    title: str
    group: str
    spec: Callable[[], Spec]
    build: Callable[..., nn.Module]
    weights: Callable[[bool], tuple[nn.Module, Provenance]] | None = None
    trainable: bool = False
    transferable: bool = False
    installed: Callable[[], bool] = lambda: True
    foreign: bool = False
    rank: tuple[int, ...] = (1000,)


REGISTRY: Registry[Entry] = Registry("network")


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Weights drawn inside come from `seed`, whatever other threads draw meanwhile; torch's own generator is left as it
    is. On the CPU: networks begin there.
    """
    with own_dice.drawn_from(seed):
        yield


def classes_named(count: int) -> tuple[str, ...]:
    """ "class 0", "class 1", …: the names of classes that nobody named."""
    return tuple(f"class {index}" for index in range(count))


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """The names on one line each, with its number behind one that several outputs have, or in place of an empty one.

    >>> told_apart(["crane", "dog", "crane", " "])
    ('crane (0)', 'dog', 'crane (2)', 'class 3')
    """
    shown = [cut(name, longest=LONGEST_NAME) or f"class {index}" for index, name in enumerate(names)]
    while len(set(shown)) < len(shown):
        often = Counter(shown)
        shown = [f"{name} ({index})" if often[name] > 1 else name for index, name in enumerate(shown)]
    return tuple(shown)


@functools.cache
def imagenet_classes() -> tuple[str, ...]:
    """ImageNet's 1000 class names, in the order of the outputs: "tench", "goldfish", …"""
    try:
        tables = ast.parse(lazy_imports.path("torchvision", "models", "_meta.py").read_text("utf-8")).body
    except FileNotFoundError:  # another torchvision keeps them elsewhere: then it is asked, which costs a second
        from torchvision.models import AlexNet_Weights

        return tuple(AlexNet_Weights.IMAGENET1K_V1.meta["categories"])
    first = next(line for line in tables if isinstance(line, ast.Assign))
    return tuple(ast.literal_eval(first.value))


def at_least(network: str, shape: Shape, least: int) -> None:
    """Raises ModelError where an image is too small for a network's convolutions and pools."""
    if min(shape[1:]) < least:
        raise ModelError(
            f"{network} was asked for images of {shape[1]}×{shape[2]}, but its convolutions and pools use up "
            f"everything below {least}×{least}: enlarge the images, or choose fc2layer, which takes any size"
        )


def choice(option: str, value: object, allowed: tuple[str, ...]) -> str:
    """`value` where it is one of `allowed`. Raises ModelError that lists them."""
    if value not in allowed:
        raise ModelError(f"{option}={value!r} is not known; {option} is one of {', '.join(allowed)}")
    return str(value)
