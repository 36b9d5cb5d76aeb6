"""The user's own network, by the name under which Python finds it: "package.module:function"."""

from __future__ import annotations

import importlib
import re
from typing import Any

import torch
from torch import nn

from cnnviz.models.entries import IMAGENET_MEAN, IMAGENET_STD, Entry, ModelError, Shape, classes_named
from cnnviz.records import Spec

OWN: dict[str, Entry] = {}
PLACE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
# What is tried, in this order, where a function does not say what its network expects.
TRIED: tuple[Shape, ...] = ((3, 224, 224), (3, 32, 32), (1, 28, 28))


def own(place: str) -> str:
    """Registers the network that `place` makes, for this process, and returns its name: the place itself.

    place: "package.module:function"; the function takes nothing and returns an nn.Module, or (nn.Module, Spec).
    The module is imported, that is: run. Name only code that you trust.
    Raises ModelError: nothing there, not a function that makes a network, or nobody can tell what it expects.
    """
    made, spec = _made(place)
    if spec is None:
        spec = _guessed(place, made)
    fixed = spec

    def build(input_shape: Shape, classes: int) -> nn.Module:
        if (input_shape, classes) != (fixed.input_shape, len(fixed.classes)):
            raise ModelError(
                f"{place} was asked for {input_shape} and {classes} classes; the function makes a network for "
                f"{fixed.input_shape} and {len(fixed.classes)} classes, and takes no others"
            )
        return _made(place)[0]

    OWN[place] = Entry(place, spec.title, "Your own networks", lambda: fixed, build)
    return place


def _made(place: str) -> tuple[nn.Module, Spec | None]:
    made = _call(place)
    parts = made if isinstance(made, tuple) and len(made) == 2 else (made, None)
    module, spec = parts
    if not isinstance(module, nn.Module) or not (spec is None or isinstance(spec, Spec)):
        raise ModelError(f"{place} returned {_kind(made)}; it should return an nn.Module, or (nn.Module, cnnviz Spec)")
    return module, spec


def _call(place: str) -> Any:
    if not PLACE.fullmatch(place):
        raise ModelError(f"{place!r} names no function; write it as package.module:function, e.g. my_nets:tiny")
    module_name, function_name = place.split(":")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise ModelError(
            f"{module_name} cannot be imported ({type(error).__name__}: {error}); start the app in the folder that "
            f"holds it, or put that folder on PYTHONPATH"
        ) from error
    function = getattr(module, function_name, None)
    if not callable(function):
        there = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        raise ModelError(f"{module_name} has no function {function_name}; it has {', '.join(there[:8]) or 'none'}")
    try:
        return function()
    except Exception as error:
        raise ModelError(
            f"{place} was called without arguments and raised {type(error).__name__}: {error}; "
            f"give every parameter a default"
        ) from error


def _guessed(place: str, module: nn.Module) -> Spec:
    for shape in TRIED:
        classes = _outputs(module, shape)
        if classes:
            mean, std = (IMAGENET_MEAN, IMAGENET_STD) if shape[0] == 3 else ((0.5,), (0.5,))
            note = f"input shape {shape} found by trying; return (module, Spec) to say it yourself"
            title = place.split(":")[1]
            return Spec(place, title, shape, mean, std, classes_named(classes), family="own", notes=(note,))
    tried = ", ".join(str(shape) for shape in TRIED)
    raise ModelError(
        f"{place} takes none of the input shapes {tried}, or does not return [N, classes]; "
        f"let the function return (module, Spec) with input_shape and classes"
    )


def _outputs(module: nn.Module, shape: Shape) -> int:
    """How many classes the network gives for a picture of this shape; 0 where it does not take it."""
    mode = {child: child.training for child in module.modules()}
    try:
        with torch.no_grad():
            output = module.eval()(torch.zeros(1, *shape))
    except (RuntimeError, ValueError, TypeError, AssertionError, IndexError):
        return 0
    finally:
        for child, training in mode.items():
            child.training = training
    return output.shape[1] if isinstance(output, torch.Tensor) and output.ndim == 2 else 0


def _kind(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(type(item).__name__ for item in value)})"
    return type(value).__name__
