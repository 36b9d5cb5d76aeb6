"""Pooling and upsampling by torch.nn.functional in float64, and the gradient by autograd."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from cnnviz.operations import pooling
from cnnviz.records.pooling import Comparison, Pair, Pooled, Upsampled
from cnnviz.records.proofs import Proof
from cnnviz.topics.pooling import upsampling

Array = np.ndarray
TOLERANCE = 1e-10
BY = {
    "max": "F.max_pool2d",
    "average": "F.avg_pool2d",
    "lp": "F.lp_pool2d",
    "convolution": "F.conv2d with one group a channel",
    "global_average": "F.adaptive_avg_pool2d to 1 × 1",
    "global_max": "F.adaptive_max_pool2d to 1 × 1",
    "adaptive_average": "F.adaptive_avg_pool2d",
    "adaptive_max": "F.adaptive_max_pool2d",
}


def proofs(pooled: Pooled) -> tuple[Proof, ...]:
    """The values and the gradient of the sum of the values, each computed by PyTorch."""
    x = torch.tensor(pooled.x, dtype=torch.float64, requires_grad=True)
    found = by_torch(x, pooled)
    (slope,) = torch.autograd.grad(found.sum(), x)
    span = max(1.0, float(np.abs(pooled.x).max()))
    name = BY.get(pooled.setting.kind) or _stochastic_name(pooled)
    return (
        Proof(f"every value, against {name}", _apart(found, pooled.values), TOLERANCE * span),
        Proof("where the gradient goes, against autograd", _apart(slope, pooling.gradient(pooled)), TOLERANCE * span),
    )


def by_torch(x: torch.Tensor, pooled: Pooled) -> torch.Tensor:
    """[C, OH, OW]: what PyTorch makes of x [C, H, W] under the same setting."""
    s = pooled.setting
    if s.kind == "max":
        return functional.max_pool2d(x[None], s.kernel, s.stride, s.padding, s.dilation, s.ceil_mode)[0]
    if s.kind == "average":
        found = functional.avg_pool2d(x[None], s.kernel, s.stride, s.padding, s.ceil_mode, s.include_pad)
        return found[0]
    if s.kind == "lp":
        return functional.lp_pool2d(x[None], s.norm, s.kernel, s.stride, s.ceil_mode)[0]
    if s.kind == "stochastic":
        return _stochastic(x, pooled)
    if pooled.weights is not None:
        own = torch.tensor(pooled.weights, dtype=torch.float64).expand(len(x), 1, *s.kernel)
        return functional.conv2d(x[None], own, None, s.stride, s.padding, s.dilation, len(x))[0]
    size = (1, 1) if s.kind.startswith("global") else s.output
    if s.kind.endswith("average"):
        return functional.adaptive_avg_pool2d(x[None], size)[0]
    return functional.adaptive_max_pool2d(x[None], size)[0]


def _stochastic_name(pooled: Pooled) -> str:
    return "the cells gathered by PyTorch" if pooled.setting.training else "F.avg_pool2d(x²) / F.avg_pool2d(x)"


def _stochastic(x: torch.Tensor, pooled: Pooled) -> torch.Tensor:
    """PyTorch has no such layer: the drawn cells gathered, or Σx² / Σx by two averages."""
    s = pooled.setting
    if pooled.switches is not None:
        flat = x.reshape(len(x), -1)
        return flat.gather(1, torch.tensor(pooled.switches).reshape(len(x), -1)).reshape(pooled.switches.shape)
    squares, sums = (functional.avg_pool2d(v[None], s.kernel, s.stride, 0, s.ceil_mode, False)[0] for v in (x * x, x))
    return torch.where(sums > 0, squares / torch.where(sums > 0, sums, 1.0), 0.0)


# ------------------------------------------------------------------------------------------------ upsampling
def nearest(made: Upsampled, scale: int) -> Proof:
    """Nearest neighbour against F.interpolate."""
    found = functional.interpolate(_batch(made.x), scale_factor=scale, mode="nearest")[0]
    return _proof(made, found, f'F.interpolate(scale_factor={scale}, mode="nearest")')


def bilinear(made: Upsampled, *, align_corners: bool) -> Proof:
    """Bilinear interpolation against F.interpolate."""
    size = made.values.shape[1:]
    found = functional.interpolate(_batch(made.x), size=size, mode="bilinear", align_corners=align_corners)[0]
    return _proof(made, found, f'F.interpolate(mode="bilinear", align_corners={align_corners})')


def transposed(made: Upsampled, kernel: Array, *, stride: Pair, padding: Pair, output_padding: Pair) -> Proof:
    """Transposed convolution against F.conv_transpose2d, the same kernel [kh, kw] on every channel."""
    channels = len(made.x)
    own = torch.tensor(kernel, dtype=torch.float64).expand(channels, 1, *kernel.shape)
    found = functional.conv_transpose2d(_batch(made.x), own, None, stride, padding, output_padding, channels)[0]
    return _proof(made, found, "F.conv_transpose2d")


def unpool(made: Upsampled, pooled: Pooled) -> Proof:
    """PyTorch pools by itself, keeps its own switches and puts the maxima back."""
    s = pooled.setting
    if s.kind == "max" and s.dilation == (1, 1):
        values, own = functional.max_pool2d(
            _batch(pooled.x), s.kernel, s.stride, s.padding, 1, s.ceil_mode, return_indices=True
        )
        size = list(pooled.x.shape[1:])
        found = functional.max_unpool2d(values, own, s.kernel, s.stride, s.padding, size)[0]
        return _proof(made, found, "F.max_unpool2d with PyTorch's own indices")
    flat = torch.zeros(len(pooled.x), pooled.x[0].size, dtype=torch.float64)
    switches = torch.tensor(pooled.switches).reshape(len(pooled.x), -1)
    flat.scatter_(1, switches, torch.tensor(pooled.values).reshape(len(pooled.x), -1))
    return _proof(made, flat.reshape(made.values.shape), "Tensor.scatter_ at the switches")


def loss(found: Comparison) -> tuple[Proof, ...]:
    """What was pooled, by PyTorch; and its maxima put back, where it kept switches."""
    pooled, s = found.pooled, found.pooled.setting
    values = by_torch(torch.tensor(pooled.x), pooled)
    name = BY.get(s.kind) or _stochastic_name(pooled)
    span = max(1.0, float(np.abs(pooled.x).max()))
    said = [Proof(f"the pooled values, against {name}", _apart(values, pooled.values), TOLERANCE * span)]
    if pooled.switches is not None:
        said.append(unpool(upsampling.unpool(pooled), pooled))
    return tuple(said)


def shuffle(made: Upsampled, factor: int) -> Proof:
    """Pixel shuffle against F.pixel_shuffle."""
    return _proof(made, functional.pixel_shuffle(_batch(made.x), factor)[0], f"F.pixel_shuffle(x, {factor})")


def _proof(made: Upsampled, found: torch.Tensor, by: str) -> Proof:
    span = max(1.0, float(np.abs(made.x).max()))
    return Proof(f"every value, against {by}", _apart(found, made.values), TOLERANCE * span)


def _batch(x: Array) -> torch.Tensor:
    return torch.tensor(x, dtype=torch.float64)[None]


def _apart(found: torch.Tensor, own: Array) -> float:
    theirs = found.detach().numpy()
    return float(np.abs(theirs - own).max()) if theirs.shape == own.shape else float("nan")
