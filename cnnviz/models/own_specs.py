"""Whether what somebody says of a network of theirs, its Spec, is so: held against the network when it is opened."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from cnnviz.images import bands
from cnnviz.models import own_guesses, told
from cnnviz.models.entries import ModelError
from cnnviz.outputs import guessing, tensors
from cnnviz.plain_text import cut
from cnnviz.records import Spec
from cnnviz.records.outputs import OUTPUTS

NAMED = ("classes", "labels", "numbers", "map")  # kinds of which each output has a name


def normalised(place: str, spec: Spec) -> Spec:
    """The Spec with tuples for lists. Raises ModelError where its shape, mean, std or names cannot be anybody's."""
    shape = _items(spec.input_shape)
    if len(shape) != 3 or not all(isinstance(side, int) and side > 0 for side in shape):
        raise ModelError(
            f"the Spec of {place} has input_shape {spec.input_shape!r}; it is (channels, height, width), "
            f"e.g. (3, 224, 224)"
        )
    channels, height, width = shape
    mean, std = (_numbers(place, name, getattr(spec, name), channels) for name in ("mean", "std"))
    if min(std) <= 0:
        raise ModelError(f"the Spec of {place} has std {std}; each value divides a channel and is above 0")
    classes = _items(spec.classes)
    if isinstance(spec.classes, (str, int, type(None))) or not all(isinstance(name, str) for name in classes):
        raise ModelError(f'the classes in the Spec of {place} are no list of names; write ("cat", "dog")')
    if spec.output not in ("", *OUTPUTS):
        raise ModelError(f"the Spec of {place} has output {spec.output!r}; it is one of {', '.join(OUTPUTS)}")
    if spec.bands and (len(spec.bands) != channels or set(spec.bands) - set(bands.LETTERS)):
        raise ModelError(
            f"the Spec of {place} has bands {spec.bands!r} for {channels} channels; write a letter for each, of R, G, "
            f"B, L (grey), 0 and 1"
        )
    return dataclasses.replace(
        spec, input_shape=(channels, height, width), mean=mean, std=std, classes=classes, notes=_items(spec.notes)
    )


def hold(place: str, spec: Spec, output: Any) -> None:
    """Raises ModelError where the names are more or fewer than the network's outputs, for the kind that these are."""
    parts = tensors.arrays(output)
    if not parts:
        raise ModelError(
            f"the forward of {place} returned {type(output).__name__} without a tensor in it; let it return a tensor, "
            f"or a tuple or dict of tensors"
        )
    main = parts[tensors.main_key(parts)]
    guess = guessing.guess(parts, tensors.main_key(parts), spec)
    kind = spec.output or guess.kind
    outputs = own_guesses.counted(main.shape, kind)
    if kind in NAMED and len(spec.classes) != outputs:
        raise ModelError(
            f"the Spec of {place} has {_counted(len(spec.classes), 'class name')} for "
            f"{_counted(outputs, 'output')}; each output needs its name"
        )


def renamed(given: Sequence[str], shown: Sequence[str]) -> tuple[str, ...]:
    """A sentence where names are shown otherwise than they were given: empty, too long, or of several outputs."""
    changed = [(old, new) for old, new in zip(given, shown, strict=True) if old != new]
    if not changed:
        return ()
    old, new = changed[0]
    count = _counted(len(changed), "class name")
    verb = "is" if len(changed) == 1 else "are"
    return (
        f"{count} {verb} shown in another way, so that the outputs can be told apart: "
        f'"{cut(old, longest=40)}" as "{cut(new, longest=40)}".',
    )


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _items(value: Any) -> tuple[Any, ...]:
    """Of a tuple, a list, an array, a tensor, and a dictionary from each index to its item; () for anything else."""
    if isinstance(value, (np.ndarray, torch.Tensor)) and value.ndim == 1:
        value = value.tolist()
    if isinstance(value, dict):
        value = [value[index] for index in range(len(value))] if set(value) == set(range(len(value))) else ()
    return tuple(value) if isinstance(value, (tuple, list)) else ()


def _numbers(place: str, name: str, value: Any, channels: int) -> tuple[float, ...]:
    numbers = _items(value)
    if len(numbers) != channels or not all(isinstance(one, (int, float)) and math.isfinite(one) for one in numbers):
        raise ModelError(
            f"the Spec of {place} has {name} {value!r}; its {channels} channels need {channels} finite numbers"
        )
    if name == "mean" and (trouble := told.of_bytes(numbers)):
        raise ModelError(f"the Spec of {place} has mean {numbers}; {trouble}")
    return numbers
