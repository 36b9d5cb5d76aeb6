"""What a network of one's own expects, where nobody said it: its input by trying, the rest as is usual; all is said."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from torch import nn

from cnnviz.images import bands
from cnnviz.models import first_forward, told
from cnnviz.models.entries import IMAGENET_MEAN, IMAGENET_STD, ModelError, Shape, classes_named
from cnnviz.models.first_forward import ForeignError
from cnnviz.models.own_failures import forward_failed
from cnnviz.models.told import Told
from cnnviz.modes import is_compiled
from cnnviz.outputs import guessing
from cnnviz.outputs.tensors import arrays, main_key
from cnnviz.records import Spec

USUAL: tuple[Shape, ...] = ((3, 224, 224), (3, 32, 32), (1, 28, 28))
SIDES = (224, 32, 28, 64, 96, 128, 256, 299, 384, 512)


def spec(place: str, module: nn.Module, said: Told) -> tuple[Spec, Any]:
    """(the Spec, the output for an image of zeros). Raises ModelError where no image goes through the network."""
    failed: dict[Shape, str] = {}
    for shape in shapes(module, said):
        try:
            output = first_forward.output(module, shape)
        except ForeignError as error:
            failed[shape] = str(error)
            continue
        return _of(place, shape, said, output), output
    raise ModelError(forward_failed(place, module, failed))


def shapes(module: nn.Module, said: Told) -> Iterator[Shape]:
    """What is tried, in this order: what was said, or the usual shapes with the channels of the first convolution."""
    known = told.shape(said)
    channels = first_channels(module)
    if known is not None:
        counts = [known[0]] if known[0] is not None else [channels, 3, 1]
        tried = [(count, known[1], known[2]) for count in counts if count]
    elif said.channels:
        tried = [(len(said.channels), side, side) for side in SIDES]
    else:
        tried = [*(shape for shape in USUAL if channels in (shape[0], None)), *_squares(channels or 3)]
    yield from dict.fromkeys(tried)


def _squares(channels: int) -> list[Shape]:
    return [(channels, side, side) for side in SIDES]


def first_channels(module: nn.Module) -> int | None:
    """How many channels its first convolution takes; None where it has none, or their number is not known yet."""
    kinds = (nn.Conv2d, nn.ConvTranspose2d)
    first = next((part for part in module.modules() if isinstance(part, kinds)), None)
    return int(first.in_channels) if first is not None and first.in_channels else None


def _of(place: str, shape: Shape, said: Told, output: Any) -> Spec:
    channels = shape[0]
    mean, std = (IMAGENET_MEAN, IMAGENET_STD) if channels == 3 else ((0.5,) * channels, (0.5,) * channels)
    found = Spec(place, place.split(":")[1], shape, mean, std, (), family="own", notes=tuple(_notes(shape, said)))
    return named(told.applied(found, said), output)


def notes(module: nn.Module) -> tuple[str, ...]:
    """What one should know of the module itself, a sentence each."""
    if first_forward.is_script(module):
        return (
            "It is TorchScript, which runs as one step: to open its layers, bring the module that it was made from.",
        )
    if first_forward.needs_numbers(module):
        return (
            "Some of it computes in 8 bits: each value is shown as the number that it stands for, and there are no "
            "gradients, because PyTorch computes none through whole numbers.",
        )
    if is_compiled(module.modules()):
        return ("It is compiled (`torch.compile`): what is shown here is the module as it runs without the compiler.",)
    return ()


def named(spec: Spec, output: Any) -> Spec:
    """The Spec with a name for each output, where nobody gave names."""
    parts = arrays(output)
    if spec.classes or not parts:
        return spec
    found = guessing.guess(parts, main_key(parts), spec)
    count = counted(parts[main_key(parts)].shape, spec.output) if spec.output else found.names
    return dataclasses.replace(spec, classes=classes_named(count))


def counted(shape: tuple[int, ...], kind: str) -> int:
    """How many names an output of that shape, without its batch axis, needs if it is of that kind."""
    if kind == "map":
        return shape[0] if len(shape) == 3 else 1
    size = 1
    for length in shape:
        size *= length
    return size if kind in ("classes", "labels", "numbers") else 0


def _notes(shape: Shape, said: Told) -> Iterator[str]:
    """Everything that was guessed, a sentence each."""
    if not said.input:
        yield f"The input shape {shape} was found by trying; --input says another."
    if not said.mean and not said.std:
        usual = "ImageNet's" if shape[0] == 3 else "0.5 for each channel, as"
        yield f"Mean and deviation are {usual} usual ones; --mean and --std say others."
    if not said.channels and shape[0] not in (1, 3):
        yield f"Its {shape[0]} channels get {bands.words(bands.usual(shape[0]))}; --channels says others."
    if not said.classes:
        yield "Nobody named its outputs, so they are numbered; --classes names a file."
