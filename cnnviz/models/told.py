"""What somebody says of a network of theirs, on the command line or on a page, where its function does not say it."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from cnnviz.images import bands
from cnnviz.models.entries import ModelError, Shape
from cnnviz.plain_text import cut
from cnnviz.records import Spec
from cnnviz.records.outputs import OUTPUTS

MOST_SIDE, MOST_CHANNELS = 4096, 64
SHAPE = re.compile(r"(\d{1,3})[x×,](\d{1,5})[x×,](\d{1,5})|(\d{1,5})(?:[x×,](\d{1,5}))?", re.ASCII)


@dataclass(frozen=True)
class Told:
    """Each as it is written; "" where nothing is said.

    input: "3x224x224", "224x224" or "224". mean, std: "0.485,0.456,0.406", or one number for all channels.
    channels: a letter a channel, "RGB", "BGR", "L", "RGB0" (`images.bands`). output: one of `records.outputs.OUTPUTS`.
    classes: the names of the outputs, in their order.
    """

    input: str = ""
    mean: str = ""
    std: str = ""
    channels: str = ""
    output: str = ""
    classes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that is said as a link carries it, "input=3x64x64&output=map"; `from_text` reads it."""
        said = {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}
        said["classes"] = "\n".join(self.classes)
        return urlencode({name: value for name, value in said.items() if value}, safe=",×")


def from_text(text: str) -> Told:
    """What such a text says. Raises ModelError where it is none."""
    known = {one.name for one in dataclasses.fields(Told)}
    try:
        said = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=len(known)))
    except ValueError:
        said = {"": text}
    if set(said) - known:
        raise ModelError(
            f"what the link says of the network, {cut(text, longest=60)!r}, cannot be read; say it once more on the "
            f"page Your own model, or open the network without it"
        )
    names = tuple(cut(name, longest=200) for name in said.pop("classes", "").split("\n") if name.strip())
    return Told(**said, classes=names)


def checked(told: Told) -> Told:
    """The same, with its channels in capitals. Raises ModelError where something in it cannot be read."""
    told = dataclasses.replace(told, channels=told.channels.strip().upper(), output=told.output.strip().lower())
    if set(told.channels) - set(bands.LETTERS):
        raise ModelError(
            f"the channels {cut(told.channels, longest=40)!r} are not known; write a letter for each channel, of R, G, "
            f"B, L (grey), 0 and 1: RGB, BGR, L, RGB0"
        )
    if told.output and told.output not in OUTPUTS:
        raise ModelError(f"the output {cut(told.output, longest=40)!r} is not known; it is one of {', '.join(OUTPUTS)}")
    shape(told)
    for name in ("mean", "std"):
        _numbers(name, getattr(told, name))
    return told


def shape(told: Told) -> tuple[int | None, int, int] | None:
    """(channels or None, rows, columns), or None where nothing is said. Raises ModelError."""
    if not told.input.strip():
        return None
    found = SHAPE.fullmatch(told.input.strip())
    if found is None:
        raise ModelError(
            f"the input size {cut(told.input, longest=40)!r} cannot be read; write channels x rows x columns, as "
            f"3x224x224, or 224"
        )
    channels, rows, columns, side, other = found.groups()
    sides = (int(rows), int(columns)) if rows else (int(side), int(other or side))
    count = int(channels) if channels else (len(told.channels) or None)
    if not all(0 < one <= MOST_SIDE for one in sides) or (count is not None and not 0 < count <= MOST_CHANNELS):
        raise ModelError(
            f"the input size {told.input.strip()} is out of bounds; there may be 1 to {MOST_CHANNELS} channels of 1 to "
            f"{MOST_SIDE:,} pixels a side"
        )
    return count, *sides


def applied(spec: Spec, told: Told) -> Spec:
    """The Spec with all that was said in it. Raises ModelError where the two do not fit each other."""
    spec = dataclasses.replace(spec, input_shape=_shape(spec.input_shape, told))
    channels = spec.input_shape[0]
    if told.channels and len(told.channels) != channels:
        raise ModelError(
            f"the channels {told.channels} are {len(told.channels)}, but the network takes {channels}; write a letter "
            f"for each channel"
        )
    mean = _of_channels("mean", told.mean, channels) or spec.mean
    std = _of_channels("std", told.std, channels) or spec.std
    for name, values in (("mean", mean), ("std", std)):
        if len(values) != channels:
            raise ModelError(f"the {name} has {len(values)} numbers for {channels} channels; say --{name}, too")
    return dataclasses.replace(
        spec, mean=mean, std=std, classes=told.classes or spec.classes, bands=told.channels or spec.bands,
        output=told.output or spec.output,
    )  # fmt: skip


def _shape(known: Shape, told: Told) -> Shape:
    found = shape(told)
    if found is None:
        return known
    return (known[0] if found[0] is None else found[0]), found[1], found[2]


def _of_channels(name: str, text: str, channels: int) -> tuple[float, ...]:
    values = _numbers(name, text)
    if values and len(values) not in (1, channels):
        raise ModelError(f"the {name} {text!r} has {len(values)} numbers for {channels} channels; write one for each")
    return values * channels if len(values) == 1 else values


def _numbers(name: str, text: str) -> tuple[float, ...]:
    try:
        found = tuple(float(part) for part in re.split(r"[,\s]+", text.strip()) if part)
    except ValueError:
        found = (float("nan"),)
    if not all(abs(one) < 1e6 for one in found) or (name == "std" and any(one <= 0 for one in found)):
        wanted = "numbers above 0" if name == "std" else "numbers"
        raise ModelError(f"the {name} {cut(text, longest=40)!r} cannot be read; write {wanted}, as 0.485,0.456,0.406")
    if name == "mean" and (trouble := of_bytes(found)):
        raise ModelError(f"the mean {cut(text, longest=40)!r} does not fit; {trouble}")
    return found


def of_bytes(mean: tuple[float, ...]) -> str:
    """What is said of a mean that no pixel from 0 to 1 can have; "" for any other."""
    if not mean or max(mean) <= 1:
        return ""
    return "pixels are numbers from 0 to 1 here: divide a mean and std of pixels from 0 to 255 by 255"


def names_in(text: str) -> tuple[str, ...]:
    """Class names of a file, in the order of the outputs: one a line, or a JSON list or object of index and name.

    Raises ModelError where there are none.
    """
    import json

    try:
        found = json.loads(text)
    except ValueError:
        found = [line.strip() for line in text.splitlines() if line.strip()]
    if isinstance(found, dict):
        found = _by_index(found)
    if not isinstance(found, list) or not found or not all(isinstance(name, (str, int, float)) for name in found):
        raise ModelError(
            "the file of class names cannot be read; write one name a line, in the order of the outputs, or a JSON list"
        )
    return tuple(cut(name, longest=200) for name in found)


def _by_index(found: dict[str, object]) -> list[object]:
    """{"0": "cat"} or {"cat": 0} as a list; ImageNet's {"0": ["n01440764", "tench"]} by its last word."""
    if all(isinstance(value, int) for value in found.values()):
        return [name for name, _ in sorted(found.items(), key=lambda pair: int(str(pair[1])))]
    if not all(key.isascii() and key.isdigit() for key in found):
        return []
    values = [value for _, value in sorted(found.items(), key=lambda pair: int(pair[0]))]
    return [value[-1] if isinstance(value, list) and value else value for value in values]
