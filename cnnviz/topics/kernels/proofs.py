"""What was read off a kernel, computed again by PyTorch."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import nn
from torch.func import functional_call

from cnnviz.operations import classic_kernels
from cnnviz.outputs.tensors import main
from cnnviz.records import Array
from cnnviz.records.proofs import Proof
from cnnviz.topics.kernels.records import Analysis, Bank


def response(weights: Array, analysis: Analysis, which: int) -> Proof:
    """One kernel's frequency response against torch.fft.fft2 of the zero-padded kernel, in float64."""
    size = analysis.responses.shape[1]
    kernel = torch.tensor(weights[which], dtype=torch.float64)
    if max(kernel.shape[1:]) > size:  # a transform of that size would cut it: sum at each frequency instead
        found = _summed(kernel, size)
    else:
        found = torch.fft.fftshift(torch.fft.fft2(kernel, s=(size, size)).abs().square().sum(0).sqrt()).numpy()
    away = float(np.abs(analysis.responses[which] - found).max())
    return Proof("frequency response, from the autocorrelation and by torch.fft", away, 1e-6 * (1 + float(found.max())))


def _summed(kernel: torch.Tensor, size: int) -> Array:
    at = (torch.arange(size) - size // 2).double() / size
    rows, columns = (torch.exp(-2j * torch.pi * torch.outer(at, torch.arange(n).double())) for n in kernel.shape[1:])
    whole: Array = (rows @ kernel.to(rows.dtype) @ columns.T).abs().square().sum(0).sqrt().numpy()
    return whole


def cosine(weights: Array, analysis: Analysis, which: int) -> Proof | None:
    """The likeness to the nearest classic kernel against torch's cosine_similarity; None where there is none.

    Over several inputs: against the classic kernel mixed by the weights that least squares finds.
    """
    if not analysis.classics[which]:
        return None
    kernel = torch.tensor(weights[which], dtype=torch.float64).flatten(1)
    classic = torch.from_numpy(classic_kernels.kernel(analysis.classics[which], weights.shape[-1])).flatten()
    mixture = torch.linalg.lstsq(classic[:, None], kernel.T).solution.flatten()
    if len(mixture) == 1:
        mixture = mixture.abs()
    found = nn.functional.cosine_similarity(torch.outer(mixture, classic).flatten(), kernel.flatten(), dim=0)
    away = abs(abs(float(analysis.cosines[which])) - abs(float(found)))
    return Proof("cosine with the nearest classic kernel, and by torch", away, 1e-10)


def answer(module: nn.Module, bank: Bank, source: Array, recorded: Array) -> Proof:
    """The map that these kernels give on what the layer read, in float64, against the map that was recorded.

    source: [C, H, W], recorded: [O, H, W], as recorded in float32.
    """
    exact = copy.deepcopy(module).double()
    weights = torch.tensor(bank.weights, dtype=torch.float64).reshape(exact.get_parameter("weight").shape)
    with torch.no_grad():
        found = functional_call(exact, {"weight": weights}, (torch.tensor(source, dtype=torch.float64)[None],))[0]
    away, size = np.abs(found.numpy() - recorded).max(), np.abs(recorded).max()
    return Proof("the layer's map from these kernels, and as it was recorded", float(away), float(1e-5 * (1 + size)))


def gradient(model: nn.Module, x: torch.Tensor, module: str, *, target: int, found: Array) -> Proof:
    """The score's gradient against a central difference along it, on a float64 copy of the network.

    found: d score / d weight in the weight's own layout. The difference is relative to the gradient's length.
    """
    exact = copy.deepcopy(model).double().eval()
    name = f"{module}.weight"
    weight = exact.get_parameter(name).detach()
    direction = torch.tensor(found, dtype=torch.float64).reshape(weight.shape)
    length = float(direction.norm())
    if not length:
        return Proof("the gradient is zero: nothing to compare", 0.0, 0.0)
    step = 1e-5 * max(float(weight.norm()), 1e-3)
    with torch.no_grad():
        values = [float(_said(exact, {name: weight + side * step * direction / length}, x)[target]) for side in (1, -1)]
    slope = (values[0] - values[1]) / (2 * step)
    return Proof("the gradient's length, and a central difference along it", abs(slope / length - 1), 1e-3)


def _said(exact: nn.Module, weights: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """The main output with these weights, as one row of numbers."""
    return main(functional_call(exact, weights, (x.double(),))).reshape(-1)
