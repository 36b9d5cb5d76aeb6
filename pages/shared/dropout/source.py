"""Snippets that run as they stand, and what each part has to take along."""

from __future__ import annotations

import io

import numpy as np

from cnnviz.operations import dropout, dropout_statistics
from pages.shared.source import source_box
from pages.shared.takeaway import downloads

MASK = """\
import torch
from torch.nn import functional as F

x, p = torch.tensor({x}), 0.5
torch.manual_seed({seed})
mask = torch.rand({count}) >= p                 # keep where the random number reaches p
upscale = x * mask / (1 - p)                  # what F.dropout and nn.Dropout do in training; testing: x
downscale = x * mask                          # the first paper's way; testing: x * (1 - p)
print(upscale, downscale, x * (1 - p))
print(F.dropout(x, p, training=True), F.dropout(x, p, training=False))
print(F.dropout2d(torch.ones(1, 4, 2, 2), p)[0, :, 0, 0])  # whole channels: 0 or 1 / (1 - p)
"""

MEANS = """\
import torch
from torch.nn import functional as F

x, p = torch.tensor({x}), {p}
torch.manual_seed({seed})
for n in (1, 10, 100, 1_000, 10_000):
    outputs = F.dropout(x.expand(n, -1), p, training=True)
    print(n, (outputs.mean(0) - x).square().mean().sqrt())  # falls as 1 / sqrt(n)
print(outputs.var(0), x**2 * p / (1 - p))
"""


def mask(x: np.ndarray, numbers: np.ndarray, *, seed: int) -> None:
    """Source and take-away of the first part."""
    row = np.round(x.ravel()[:8].astype(np.float64), 4).tolist()
    source_box(MASK.format(x=row, seed=seed, count=len(row)), made_by=(dropout.drop, dropout.keep))
    downloads(
        [
            (
                "Numbers and random numbers (NPZ)",
                "dropout-mask.npz",
                "application/zip",
                lambda: npz(x=x, uniform=numbers),
            )
        ],
        key="dropout.take",
    )


def means(x: np.ndarray, p: float, *, seed: int) -> None:
    row = np.round(x.astype(np.float64), 4).tolist()
    source_box(MEANS.format(x=row, p=p, seed=seed), made_by=(dropout_statistics.averages, dropout_statistics.fitted))


def npz(**arrays: np.ndarray) -> bytes:
    target = io.BytesIO()
    np.savez_compressed(target, **arrays)  # type: ignore[arg-type]
    return target.getvalue()
