"""Receptive fields, proved on the network itself: which cells a pixel reaches, against which cells say they see it.

A NaN goes through every sum and product, whatever the weights are, and through maxima: where one is put in a pixel, it
comes out of exactly the cells that read the pixel. Comparisons swallow it, so the pixel is also given other values, and
a cell that changes has seen it too. In float64 on the CPU, where no convolution goes over a transform (Winograd, FFT)
that would carry the NaN to its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from cnnviz import anatomy, capture, tracing
from cnnviz.records import Activations, Layer, Row
from cnnviz.records.fields import FieldProof

_OTHER_VALUES = (30.0, -30.0)
_VALUES = (torch.nan, *_OTHER_VALUES)
# Kernels of torchvision that take a place from the values: a NaN is one outside of all memory, and ends the process.
_READS_ANYWHERE = {"deform_conv2d", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool"}


def prove(
    model: nn.Module, input_shape: Sequence[int], pixels: Iterable[tuple[int, int]] | None = None, *, seed: int = 0
) -> tuple[FieldProof, ...]:
    """For each layer and each pixel (row, column): which cells it reached, and which cells say that they see it.

    input_shape: (C, H, W). pixels: the four corners, the middle and two more if not given. The other pixels are noise
    from `seed`. The model stays as it is: a copy runs. Raises ValueError if the network does not run on such an image.
    """
    shape = tuple(int(length) for length in input_shape)
    if len(shape) != 3:
        raise ValueError(f"fields are proved on images of shape (C, H, W); this input has shape {shape}")
    rows = {row.name: row for row in anatomy.inspect(model, shape)}
    own = tracing.copied(model, _double)
    x = torch.randn(1, *shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    values = _OTHER_VALUES if any(row.operation in _READS_ANYWHERE for row in rows.values()) else _VALUES
    found: list[FieldProof] = []
    with _InDouble():
        before = _first(own, x)
        for pixel in _usual(shape[1], shape[2]) if pixels is None else pixels:
            passes = (_passed(own, _changed(x, pixel, value)) for value in values)
            found += _held(rows, pixel, before, [one for one in passes if one is not None])
    return tuple(found)


def _double(value: torch.Tensor) -> torch.Tensor:
    value = value.detach().cpu()
    return value.double() if value.is_floating_point() else value.clone()


def _first(model: nn.Module, x: torch.Tensor) -> Activations:
    try:
        return capture.activations(model, x)
    except RuntimeError as error:  # TorchScript with constants of 32 bits, layers of 8 bits, …
        name, why = type(model).__name__, str(error).strip().split("\n")[0]
        raise ValueError(f"{name} does not run in float64, in which fields are proved ({why})") from error


def _passed(model: nn.Module, x: torch.Tensor) -> Activations | None:
    """None where the network does not get through: one that counts on its values meets a NaN."""
    try:
        return capture.activations(model, x)
    except (ValueError, RuntimeError, IndexError, OverflowError, ZeroDivisionError):
        return None


class _InDouble(TorchFunctionMode):
    """What a network makes in 32 bits or fewer on its way, constants and casts, is of 64 here, as all the rest is."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and result.is_floating_point() and result.dtype != torch.float64:
            return result.double()
        return result


def _usual(height: int, width: int) -> list[tuple[int, int]]:
    corners = [(row, column) for row in (0, height - 1) for column in (0, width - 1)]
    return list(
        dict.fromkeys([*corners, (height // 2, width // 2), (height // 3, width - 2), (1 % height, width // 3)])
    )


def _changed(x: torch.Tensor, pixel: tuple[int, int], value: float) -> torch.Tensor:
    other = x.clone()
    other[0, :, pixel[0], pixel[1]] = value
    return other


def _held(
    rows: dict[str, Row], pixel: tuple[int, int], before: Activations, others: Sequence[Activations]
) -> list[FieldProof]:
    found = []
    for layer in before:
        row = rows.get(layer.key)
        if row is None or layer.shape != row.output_shape:
            continue
        if any(layer.key not in other.keys or other[layer.key].shape != layer.shape for other in others):
            continue
        reached = np.zeros(row.cells, dtype=bool)
        for other in others:
            reached |= _cells(layer, other[layer.key], row)
        told = _cells_of(~np.isnan(before[layer.key].values), row)  # nothing comes out of a NaN that was there before
        said = row.receptive_field.seeing(pixel, row.cells) & told
        if all(_counts(one[layer.key].values) for one in (before, *others)):
            said &= reached  # an index or a comparison reads the pixel, and need not change with it
        found.append(FieldProof(layer.key, pixel, row.receptive_field.status, reached, said))
    return found


def _counts(values: np.ndarray) -> bool:
    """Whether these are whole numbers, as indices and comparisons are, whatever they read."""
    return bool((np.isfinite(values) & (values == np.round(values))).all())


def _cells(before: Layer, after: Layer, row: Row) -> np.ndarray:
    """Which cells changed, in any of their channels. [rows, columns] bool."""
    return _cells_of((before.values != after.values) & ~np.isnan(before.values), row)


def _cells_of(numbers: np.ndarray, row: Row) -> np.ndarray:
    """Which cells have a true number among their channels. [rows, columns] bool."""
    if not row.is_map:
        return np.asarray(numbers.any()).reshape(1, 1)
    return np.asarray(np.moveaxis(numbers, row.axes, (1, 2)).any(0))
