"""Four images in a square, and one of them is asked about: how much of the map falls on it?

GridPG: the network sees the whole square at once, and a class that only one image shows is explained. DiFull: the
network sees one cell alone, so no pixel of the others can have had any influence, by construction; what a map puts
there is wrong for certain. A layer's maps, too, are those of the four cells side by side, so a method that gives every
cell of a layer one weight a channel fails, though the gradient is zero outside.
Source: M. Böhle, M. Fritz, B. Schiele: Convolutional Dynamic Alignment Networks (2021), https://arxiv.org/abs/2104.00032;
S. Rao, M. Böhle, B. Schiele: Towards Better Understanding Attribution Methods (2022), https://arxiv.org/abs/2205.10435
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from cnnviz import attribution, capture, datasets, tracing
from cnnviz.topics.attribution.contestants import KnownImage

POOL = 24  # images, at least, that the three others are drawn from
CELLS = ((0, 0), (0, 1), (1, 0), (1, 1))  # row and column of each image


def square(images: Sequence[torch.Tensor]) -> torch.Tensor:
    """Four images [1, C, H, W] as one [1, C, 2H, 2W], in the order of `CELLS`."""
    rows = [torch.cat(tuple(images[start : start + 2]), -1) for start in (0, 2)]
    return torch.cat(rows, -2)


def share(values: np.ndarray, cell: int) -> float:
    """How much of what speaks for the class lies on the cell: 0 … 1; 0 where nothing does. A constant map's is 1/4."""
    kept = np.maximum(values, 0)
    total = float(kept.sum())
    return float(_cell(kept, cell).sum()) / total if total > 0 else 0.0


def arranged(mine: KnownImage, some: Sequence[KnownImage], seed: int) -> tuple[torch.Tensor, int]:
    """(the square of an image and three of other classes out of some, its cell), drawn from the seed.

    Raises datasets.DatasetError where there are not three of other classes.
    """
    dice = np.random.default_rng(seed)
    others = [one for one in some if one.label != mine.label]
    if len(others) < len(CELLS) - 1:
        raise datasets.DatasetError(f"a square needs three images of other classes; there are {len(others)}")
    cell = int(dice.integers(len(CELLS)))
    images = [others[i].x for i in dice.choice(len(others), len(CELLS) - 1, replace=False)]
    return square([*images[:cell], mine.x, *images[cell:]]), cell


def refusal(model: nn.Module, x: torch.Tensor) -> str:
    """Why a network cannot look at a square of images like x; "" where it can."""
    try:
        capture.logits(model, torch.cat((torch.cat((x, x), -1),) * 2, -2))
    except Exception as error:  # whatever a forward pass of somebody's network raises
        side = "×".join(map(str, x.shape[-2:]))
        return (
            f"This network takes images of {side} pixels and no larger ones: behind its maps stand linear layers of a "
            f"fixed size ({str(error).splitlines()[0]}). One that ends in global average pooling can."
        )
    return ""


class OneCell(nn.Module):
    """A network that gets a square and looks at one cell of it."""

    def __init__(self, model: nn.Module, cell: int) -> None:
        super().__init__()
        self.model, self.cell = tracing.copied(model, lambda value: value.clone()), cell

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[N, C, 2H, 2W] → what the network makes of the cell."""
        out: torch.Tensor = self.model(_cell(x, self.cell))
        return out


class Apart(attribution.AttributionRequest):
    """Asks a `OneCell`; a layer's maps are those of the four cells side by side, and only the one cell's count."""

    def at_layer(self, key: str) -> tuple[torch.Tensor, torch.Tensor, float]:
        """(values, gradient) [1, C, 2h, 2w] and f; the gradient is zero outside the cell."""
        value, gradient, score = super().at_layer(key)
        mine = self._network.cell
        values, gradients = [], []
        for cell in range(len(CELLS)):
            values.append(value if cell == mine else self._made(cell, key))
            gradients.append(gradient if cell == mine else torch.zeros_like(gradient))
        return square(values), square(gradients), score

    def known_maps(self, key: str) -> None:
        """None: what the first pass made is the one cell's."""

    def seen(self, made: torch.Tensor) -> torch.Tensor:
        """Of a layer's four maps, what the network goes on with."""
        whole = 2 * self.shapes[self.layer][-2]
        return _cell(made, self._network.cell) if made.shape[-2] == whole else made

    @property
    def _network(self) -> OneCell:
        assert isinstance(self.model, OneCell)
        return self.model

    def _made(self, cell: int, key: str) -> torch.Tensor:
        mine, self._network.cell = self._network.cell, cell
        try:
            with torch.no_grad(), self.passed(self.x) as slots:
                return slots[key].value.detach().clone()
        finally:
            self._network.cell = mine


def _cell(values: torch.Tensor | np.ndarray, cell: int):  # type: ignore[no-untyped-def]
    """One cell of what lies in a square: [..., 2H, 2W] → [..., H, W]."""
    row, column = CELLS[cell]
    height, width = values.shape[-2] // 2, values.shape[-1] // 2
    return values[..., row * height : (row + 1) * height, column * width : (column + 1) * width]
