"""Max-sensitivity: how far a map moves when the image moves by less than an eye would see.

Formula: max over x′ with ‖x′ − x‖∞ ≤ r of ‖Φ(x′) − Φ(x)‖ / ‖Φ(x)‖, by a few draws: a lower bound of the maximum.
A map that never changes has 0 and may still be wrong: little is asked here, and only a large number says something.
Source: C.-K. Yeh et al.: On the (In)fidelity and Sensitivity of Explanations (2019), https://arxiv.org/abs/1901.09392
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

RADIUS = 0.02  # of the way from black to white
DRAWS = 4


def nearby(x: torch.Tensor, radius: torch.Tensor, draws: int, seed: int) -> Iterator[torch.Tensor]:
    """Images evenly drawn around x [1, C, H, W]; radius: [C] in the network's units."""
    dice = torch.Generator().manual_seed(seed)
    for _ in range(draws):
        drawn = 2 * torch.rand(x.shape, generator=dice, dtype=torch.float64) - 1
        yield x + drawn.to(x) * radius.to(x).view(1, -1, 1, 1)


def moved(first: np.ndarray, other: np.ndarray) -> float:
    """How far a map lies from the first one, by the first one's size; 0 where both are zero."""
    size, way = float(np.linalg.norm(first)), float(np.linalg.norm(other - first))
    return way / size if size else (0.0 if not way else float("inf"))
