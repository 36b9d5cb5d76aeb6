"""Every network that can be looked into: the course's own, torchvision's classifiers, timm's, and the user's.

    models.names()                         # "fc2layer", "cnn", "lenet5", "net", …, "alexnet", "resnet18", …
    model = models.build("resnet18")       # eval mode, random weights from a seed
    model, said = models.pretrained("efficientnet_lite0")
    spec = models.spec("resnet18")         # input_shape, mean, std, classes, published counts

One file is one family: it defines its networks and registers an `Entry` for each (`entries.REGISTRY`); every file of
this folder is imported here, so a new family needs no other line. A spec is made when it is asked for, a network when
it is built: importing this package does neither.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from cnnviz import own_dice
from cnnviz.models import timm_zoo
from cnnviz.models.entries import REGISTRY, Entry, ModelError, Shape, seeded
from cnnviz.models.meta import EmptyOnMeta
from cnnviz.models.own_networks import OWN, own
from cnnviz.modes import to_eval
from cnnviz.records import Provenance, Spec
from cnnviz.registry import unknown

for _file in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_file.name}")

__all__ = [
    "Group",
    "ModelError",
    "build",
    "groups",
    "installed",
    "names",
    "options",
    "own",
    "pretrained",
    "shadow",
    "spec",
    "title",
    "trainable",
    "transferable",
]


@dataclass(frozen=True)
class Group:
    """A heading of the picker and the networks under it, in order."""

    title: str
    names: tuple[str, ...]


def names() -> tuple[str, ...]:
    """Names of all networks: the course's first, then other own ones, then torchvision's classifiers, then the user's.

    Networks of timm are not listed (there are more than a thousand): any "timm/<name>" works.
    """
    return _ranked(len(REGISTRY)) + tuple(OWN)


@functools.lru_cache(maxsize=1)
def _ranked(count: int) -> tuple[str, ...]:
    """Names in the registry, of so many members, in the order of their ranks: none is taken out or put elsewhere."""
    return tuple(entry.name for entry in sorted((REGISTRY[name] for name in REGISTRY), key=lambda entry: entry.rank))


def groups() -> tuple[Group, ...]:
    """The same names by heading, the course's networks first."""
    found: dict[str, list[str]] = {}
    for name in names():
        found.setdefault(_entry(name).group, []).append(name)
    return tuple(Group(heading, tuple(members)) for heading, members in found.items())


def trainable() -> tuple[str, ...]:
    """Networks small enough for the training lab; they take any input shape and number of classes."""
    return tuple(name for name in names() if _entry(name).trainable)


def transferable() -> tuple[str, ...]:
    """Networks with published weights on board, on which a new last layer can be trained."""
    return tuple(name for name in names() if _entry(name).transferable and _entry(name).installed())


def installed(name: str) -> bool:
    """Whether what its published weights come from is installed; downloads may still be needed. Raises KeyError."""
    entry = _entry(name)
    return entry.weights is not None and entry.installed()


def options(name: str) -> tuple[str, ...]:
    """What its builder can be asked for besides shape and classes. Raises KeyError for an unknown name."""
    return _options(_entry(name))


def title(name: str) -> str:
    """A network's name for people: "ResNet-18". Raises KeyError as `build` does."""
    return _entry(name).title


def spec(name: str) -> Spec:
    """What the network expects and what is published about it. Raises KeyError as `build` does."""
    return _entry(name).spec()


def build(
    name: str, *, seed: int = 0, input_shape: Shape | None = None, classes: int | None = None, **options: Any
) -> nn.Module:
    """The network in eval mode with random weights drawn from `seed`; torch's own generator is left as it was.

    input_shape: (C, H, W); default: the spec's. classes: number of outputs; default: the spec's.
    options: the family's own, e.g. lenet5's activation="tanh".
    Raises KeyError (an unknown name; the close ones are listed) and ModelError (what was asked cannot be built).
    """
    entry = _entry(name)
    if input_shape is None or classes is None:
        standard = entry.spec()
        input_shape = standard.input_shape if input_shape is None else input_shape
        classes = len(standard.classes) if classes is None else classes
    input_shape = _checked(name, tuple(input_shape), classes)
    _check_options(entry, options)
    with (own_dice.drawn_for_all if entry.foreign else seeded)(seed):
        return to_eval(entry.build(input_shape, classes, **options))


def shadow(name: str, *, input_shape: Sequence[int] | None = None) -> nn.Module:
    """The network on the meta device: shapes without numbers, ready in a fraction of a second at any size.

    Raises KeyError and ModelError as `build` does.
    """
    shape = None if input_shape is None else (int(input_shape[0]), int(input_shape[1]), int(input_shape[2]))
    try:
        with torch.device("meta"):
            return build(name, input_shape=shape)
    except NotImplementedError:
        with EmptyOnMeta():
            return build(name, input_shape=shape)


def pretrained(name: str, *, download: bool = False) -> tuple[nn.Module, Provenance]:
    """The network with its published weights, or with random ones and a Provenance that says so, and why.

    Published weights come from an installed package or a cache on this machine; with `download` also from their
    publisher's host. They are checked (hash, names, shapes) and never unpickled as code.
    Raises KeyError as `build` does.
    """
    entry = _entry(name)
    if entry.weights is None:
        return build(name), _random("no weights are published for it: train it, or open a checkpoint of a run")
    try:
        model, provenance = entry.weights(download)
    except ModelError as error:
        return build(name), _random(str(error))
    return to_eval(model), provenance


def _entry(name: str) -> Entry:
    if name.startswith(timm_zoo.PREFIX):
        return timm_zoo.entry(name)
    if name in OWN:
        return OWN[name]
    if name not in REGISTRY:
        raise KeyError(unknown("network", name, (*REGISTRY.names(), *OWN)))
    return REGISTRY[name]


def _checked(name: str, shape: tuple[int, ...], classes: int) -> Shape:
    if len(shape) != 3 or not all(isinstance(side, int) and side > 0 for side in shape):
        raise ModelError(f"{name} was asked for input_shape={shape}; it is (channels, height, width), e.g. (3, 32, 32)")
    if classes < 1 and name not in OWN:  # whose output may be of no classes
        raise ModelError(f"{name} was asked for classes={classes}; one class or more would work")
    return shape[0], shape[1], shape[2]


def _check_options(entry: Entry, options: dict[str, Any]) -> None:
    parameters = inspect.signature(entry.build).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return
    known = _options(entry)
    strange = sorted(set(options) - set(known))
    if strange:
        raise ModelError(f"{entry.name} has no option {', '.join(strange)}; it has {', '.join(known) or 'none'}")


def _options(entry: Entry) -> tuple[str, ...]:
    parameters = inspect.signature(entry.build).parameters.values()
    return tuple(parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY)


def _random(reason: str, seed: int = 0) -> Provenance:
    return Provenance("random", f"random weights, seed {seed}: not trained", reason)
