"""The bowl over nine weights against torch: its loss, its slopes, and the way down."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.nn import functional

from cnnviz.records.proofs import Proof
from cnnviz.topics.convolution import kernel_search
from cnnviz.topics.convolution.search_records import KernelSearch

TIGHT = 1e-10
STEPS, MOMENTUM = 20, 0.9


def against_torch(found: KernelSearch) -> tuple[Proof, ...]:
    """Loss, gradient and twenty steps with momentum from the bowl equal conv2d, autograd and torch.optim.SGD."""
    start = np.linspace(-1.0, 1.0, 9).reshape(3, 3)
    rate = kernel_search.SAFE * found.largest_rate if math.isfinite(found.largest_rate) else 0.1
    kernel, losses, slopes = torch.tensor(start[None, None], requires_grad=True), [], []
    optimiser = torch.optim.SGD([kernel], lr=rate, momentum=MOMENTUM)
    x, target = torch.from_numpy(found.x.copy())[None, None], torch.from_numpy(found.target.copy())
    for _ in range(STEPS):
        optimiser.zero_grad()
        value = ((functional.conv2d(x, kernel)[0, 0] - target) ** 2).mean()
        value.backward()
        if kernel.grad is not None:
            losses.append(float(value.detach()))
            slopes.append(kernel.grad[0, 0].numpy().copy())
        optimiser.step()
    path = kernel_search.descend(found, start, rate=rate, momentum=MOMENTUM, steps=STEPS)
    of_losses = [kernel_search.loss(found, kernel) for kernel in path[:-1]]
    of_slopes = np.stack([kernel_search.gradient(found, kernel) for kernel in path[:-1]])
    size = max(1.0, *map(abs, losses))
    return (
        _proof("the loss from the nine weights equals the mean squared difference of both maps by conv2d",
               np.subtract(of_losses, losses), size),
        _proof("the nine slopes equal autograd's", of_slopes - np.stack(slopes), max(1.0, float(np.abs(slopes).max()))),
        _proof(f"{STEPS} steps with momentum {MOMENTUM} end where torch.optim.SGD does",
               path[-1] - kernel.detach()[0, 0].numpy(), max(1.0, float(np.abs(path).max()))),
    )  # fmt: skip


def _proof(claim: str, differences: np.ndarray, size: float) -> Proof:
    return Proof(claim, float(np.abs(differences).max()), TIGHT * size)
