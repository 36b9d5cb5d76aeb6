"""The effective receptive field: how strongly each pixel moves one cell, by its gradient; and blanking as its proof.

The theoretical field says which pixels can matter. How much they do is another matter: a central pixel reaches the cell
on many more paths than one at the edge, so that the gradient falls off like a Gaussian and fills the box only partly.
Luo, Li, Urtasun & Zemel, "Understanding the Effective Receptive Field in Deep Convolutional Neural Networks" (2016),
https://arxiv.org/abs/1701.04128
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.autograd.graph import allow_mutation_on_saved_tensors

from cnnviz import anatomy, tracing
from cnnviz.models.first_forward import floating_type
from cnnviz.records import Field, Row
from cnnviz.records.proofs import Proof
from cnnviz.topics.receptive_field.records import BlankedCell, EffectiveField, FieldCell

SHARES = (0.5, 0.95)
TOLERANCE = 1e-5  # of the cell's largest channel: float32 sums in another order


class CellError(ValueError):
    """A cell that the layer does not have, or a layer that cannot be reached alone."""


def row_of(model: nn.Module, shape: Sequence[int], key: str) -> Row:
    """The layer's row of the table. Raises CellError."""
    rows = {row.name: row for row in anatomy.inspect(model, shape, run=True)}
    if key not in rows:
        raise CellError(f"the network has no layer {key!r}; choose one of its {len(rows)} layers")
    return rows[key]


def first_layer(rows: Sequence[Row]) -> str:
    """Where there is most to see: the last map whose boxes fill at most half the image, else the second row."""
    side = max(rows[0].cells)
    fitting = [row.name for row in rows[1:] if row.is_map and row.receptive_field.status == "exact"
               and row.receptive_field.size <= side / 2]  # fmt: skip
    return fitting[-1] if fitting else rows[min(1, len(rows) - 1)].name


def effective(model: nn.Module, pictures: Sequence[torch.Tensor], cell: FieldCell) -> EffectiveField:
    """The gradient of the cell (the sum of its channels, or one channel) by each image, absolute, averaged.

    pictures: [1, C, H, W] each, as the network wants them. Raises CellError.
    """
    row = row_of(model, tuple(pictures[0].shape[1:]), cell.layer)
    found = []
    for picture in pictures:
        x = picture.detach().clone().requires_grad_()
        # a network that writes into its buffers as it runs gets them back before its gradient is asked for
        with tracing.borrowed(model), torch.enable_grad(), allow_mutation_on_saved_tensors():
            value = cell_values(run_to(model, x, cell.layer), row, cell)[0].sum()
            moves = value.requires_grad  # not where the network computes in 8 bits, or by numpy
            gradient = torch.autograd.grad(value, x, allow_unused=True)[0] if moves else None
        found.append(np.zeros(x.shape[2:]) if gradient is None else gradient[0].abs().sum(0).double().cpu().numpy())
    mean = np.mean(found, axis=0)
    silent = sum(not one.any() for one in found)
    inside, squares = spread(mean, row.receptive_field, cell)
    return EffectiveField(mean, len(found), inside, squares, silent)


def spread(gradient: np.ndarray, field: Field, cell: FieldCell) -> tuple[float, tuple[tuple[float, int], ...]]:
    """The share of the gradient within the box, and the sides of the squares that hold half and 95 % of it."""
    total = float(gradient.sum())
    if not total > 0:
        return 0.0, ()
    height, width = gradient.shape
    top, left, bottom, right = field.clipped(cell.row, cell.column, height, width)
    inside = float(gradient[top:bottom, left:right].sum()) / total
    middle = field.centre(cell.row, cell.column)
    away = _away(gradient.shape, middle)
    order = np.argsort(away, axis=None, kind="stable")
    held = np.cumsum(gradient.ravel()[order]) / total
    distances = away.ravel()[order]
    reach = [float(distances[min(int(np.searchsorted(held, share)), len(held) - 1)]) for share in SHARES]
    return inside, tuple((share, int(2 * far + 1)) for share, far in zip(SHARES, reach, strict=True))


def _away(shape: tuple[int, ...], middle: tuple[float, float]) -> np.ndarray:
    """How far each pixel lies from the middle, the larger of rows and columns. [H, W]."""
    rows, columns = np.arange(shape[0])[:, None] - middle[0], np.arange(shape[1])[None] - middle[1]
    return np.maximum(np.abs(rows), np.abs(columns))


def blanked(model: nn.Module, x: torch.Tensor, cell: FieldCell) -> BlankedCell:
    """The cell on the image x [1, C, H, W] as it is, with all but its box blank (zero: the mean colour), and with its
    box blank. Raises CellError."""
    row = row_of(model, tuple(x.shape[1:]), cell.layer)
    height, width = x.shape[2:]
    top, left, bottom, right = row.receptive_field.clipped(cell.row, cell.column, height, width)
    outside, inside = torch.zeros_like(x), x.clone()
    outside[..., top:bottom, left:right] = x[..., top:bottom, left:right]
    inside[..., top:bottom, left:right] = 0
    with tracing.borrowed(model), torch.no_grad():
        three = [cell_values(run_to(model, one.clone(), cell.layer), row, cell)[0] for one in (x, outside, inside)]
    values = torch.stack(three).double().cpu().numpy()
    pixels = ((bottom - top) * (right - left), height * width - (bottom - top) * (right - left))
    changed = float(np.abs(values[2] - values[0]).max())
    proof = None
    if pixels[1] and row.receptive_field.status == "exact":
        difference = float(np.abs(values[1] - values[0]).max())
        claim = f"All {pixels[1]:,} pixels outside the box blank, the cell stays as it was"
        proof = Proof(claim, difference, TOLERANCE * max(1.0, float(np.abs(values[0]).max())))
    return BlankedCell(values, proof, changed, pixels)


def cell_values(value: torch.Tensor, row: Row, cell: FieldCell) -> torch.Tensor:
    """The cell's channels [N, C] (or [N, 1]: one of them) of a node's value [N, …], or […] without an axis of images
    (windows, where N is 1). Raises CellError."""
    rows, columns = row.cells
    if value.dim() == len(row.output_shape):
        value = value[None]
    if not (0 <= cell.row < rows and 0 <= cell.column < columns):
        raise CellError(f"{cell.layer} has {rows} × {columns} cells; there is no row {cell.row}, column {cell.column}")
    if row.is_map:
        down, across = (axis + 1 for axis in row.axes)
        value = value.select(max(down, across), (cell.column, cell.row)[down > across])
        value = value.select(min(down, across), (cell.row, cell.column)[down > across])
    numbers = value.reshape(len(value), -1)
    if cell.channel is None:
        return numbers
    if not 0 <= cell.channel < numbers.shape[1]:
        raise CellError(f"{cell.layer} has {numbers.shape[1]} channels; there is no channel {cell.channel}")
    return numbers[:, cell.channel : cell.channel + 1]


def run_to(model: nn.Module, x: torch.Tensor, key: str) -> torch.Tensor:
    """What the node of this key makes of x, in the type of x; the network runs no further, in its own type.

    Call it with the model borrowed.

    Raises CellError where the network has no such layer, or did not run it on this image.
    """
    found = tracing.until(model, (x * 1.0).to(floating_type(model)), key)
    if found is None:
        raise CellError(f"the network has no layer {key!r}")
    found = found.dequantize() if found.is_quantized else found
    return found.to(x.dtype) if found.is_floating_point() else found
