"""What the board of the convolution draws and moves: numbers to begin with, classic kernels, presets and limits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypedDict

import numpy as np

from cnnviz.figures.packets import Sealed, digest
from cnnviz.operations import classic_kernels
from cnnviz.records.activations import Array
from cnnviz.topics.convolution import board_settings, captions, examples
from cnnviz.topics.convolution.records import MODES


class ClassicKernel(TypedDict):
    """name: as the link says it. sizes: its numbers, row after row, by the size that they are for."""

    name: str
    title: str
    sizes: dict[str, list[float]]


class BoardContent(TypedDict):
    """first, presets: settings to begin with. bounds: the least and the most of each number. colours: the channels
    that the image brings, 0 where the input is numbers. hints: what the switches do.
    """

    first: dict[str, Any]
    presets: dict[str, dict[str, Any]]
    bounds: dict[str, list[int]]
    modes: list[str]
    kernels: list[ClassicKernel]
    colours: int
    hints: dict[str, str]


class ConvolutionBoardMeta(BoardContent, Sealed):
    """With its digest."""


class ConvolutionBoardPacket(TypedDict):
    """For the component convolution_board. blobs, little endian: field [C, 32, 32] and kernels [O, C, 7, 7] float64,
    ones [O, C] float64; pictures uint8, hundredths, [colours, n, n] of every size one after the other.
    """

    meta: ConvolutionBoardMeta
    blobs: dict[str, bytes]


def board_data(pictures: Mapping[int, Array] | None = None) -> ConvolutionBoardPacket:
    """pictures: the image at each size from the least to the most, [1 or 3, n, n] in hundredths; None: numbers."""
    sized = [pictures[size] for size in sorted(pictures)] if pictures else []
    blobs = {
        **_numbers(),
        "pictures": b"".join(np.rint(100 * values).astype(np.uint8).tobytes() for values in sized),
    }
    content: BoardContent = {
        "first": board_settings.FIRST,
        "presets": board_settings.PRESETS,
        "bounds": {name: list(bounds) for name, bounds in board_settings.BOUNDS.items()},
        "modes": list(MODES),
        "kernels": [_classic(name) for name in classic_kernels.names(examples.LARGEST_KERNEL)],
        "colours": len(sized[0]) if sized else 0,
        "hints": captions.HINTS,
    }
    return {"meta": {**content, "digest": digest(content, *blobs.values())}, "blobs": blobs}


@cache
def _numbers() -> dict[str, bytes]:
    channels = range(examples.MOST_CHANNELS)
    size, kernel = examples.LARGEST_INPUT, examples.LARGEST_KERNEL
    field = np.stack([examples.numbers(size, size, channel) for channel in channels])
    kernels = np.array([[examples.kernel(kernel, kernel, o, c) for c in channels] for o in channels])
    ones = np.array([[examples.kernel(1, 1, o, c)[0, 0] for c in channels] for o in channels])
    parts = {"field": field, "kernels": kernels, "ones": ones}
    return {name: part.astype("<f8").tobytes() for name, part in parts.items()}


@cache
def _classic(name: str) -> ClassicKernel:
    sizes = {
        str(size): classic_kernels.kernel(name, size).ravel().tolist()
        for size in range(1, examples.LARGEST_KERNEL + 1)
        if examples.has(name, size, size)
    }
    return {"name": name, "title": classic_kernels.title(name), "sizes": sizes}
