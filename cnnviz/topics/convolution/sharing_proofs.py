"""The counts against PyTorch's own modules, the matrix against the convolution."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from cnnviz.records.activations import Array
from cnnviz.records.proofs import Proof
from cnnviz.records.sharing import SharingComparison, Unrolled
from cnnviz.topics.convolution.records import Convolution


def parameters_of_modules(found: SharingComparison) -> Proof:
    """The two of the three that PyTorch has, built without memory (on the meta device) and counted."""
    channels, outputs = found.input[0], found.output[0]
    within = found.convolution.weights // (outputs * found.kernel[0] * found.kernel[1])
    convolution = nn.Conv2d(channels, outputs, found.kernel, groups=channels // within, device="meta")
    linear = nn.Linear(int(np.prod(found.input)), int(np.prod(found.output)), device="meta")
    counted = [sum(parameter.numel() for parameter in module.parameters()) for module in (convolution, linear)]
    wrong = abs(counted[0] - found.convolution.parameters) + abs(counted[1] - found.full.parameters)
    return Proof("the parameters of nn.Conv2d and nn.Linear, counted", float(wrong), 0.0)


def local_is_unfold(found: SharingComparison, seed: int = 0) -> Proof:
    """A locally connected layer given the same kernel at every place computes the convolution. On one channel pair."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn((1, 1, *found.input[1:]), generator=generator, dtype=torch.float64)
    kernel = torch.randn((1, 1, *found.kernel), generator=generator, dtype=torch.float64)
    cells = nn.functional.unfold(x, found.kernel)  # [1, kh·kw, places]: what each place reads
    everywhere = kernel.reshape(1, -1, 1).expand_as(cells)  # a kernel of its own for each place, all alike
    wanted = nn.functional.conv2d(x, kernel).reshape(-1)
    difference = float(((cells * everywhere).sum(dim=1).reshape(-1) - wanted).abs().max())
    return Proof(
        "a locally connected layer with the same kernel at every place equals the convolution", difference, 1e-10
    )


def matrix_is_convolution(unrolled: Unrolled, found: Convolution) -> Proof:
    """nn.Linear with the unrolled matrix against the convolution."""
    matrix, x = torch.from_numpy(unrolled.matrix), torch.from_numpy(found.x.reshape(-1))
    output: Array = nn.functional.linear(x, matrix).numpy()
    difference = float(np.abs(output - found.output.reshape(-1)).max())
    return Proof("a fully connected layer with that matrix equals the convolution", difference, 1e-10)
