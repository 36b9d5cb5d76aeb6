"""Batch normalisation over the whole batch that several processes share, on any device; PyTorch's wants a GPU.

Each process sums its own images' values and squares, the sums are added over the processes, and the mean and variance
of all follow; in the backward pass the gradients of those sums are added the same way. So the network is one process's,
to rounding. One process that is asked for the same normalises by this, too: PyTorch's own norm on a CPU rounds more,
which over an epoch of small batches made most of the difference between one process and several.
The idea is that of https://docs.pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html
"""

from __future__ import annotations

from typing import Any

import torch
from torch import distributed, nn
from torch.autograd.function import once_differentiable
from torch.nn.modules.batchnorm import _BatchNorm


class Share:
    """Whether this process's images are of the batch: with fewer images than processes some lend one to be in step."""

    counts = True


class _Summed(torch.autograd.Function):
    """The sum over all processes; of its gradients, too, since every process's loss depends on it."""

    @staticmethod
    def forward(ctx: Any, values: torch.Tensor) -> torch.Tensor:
        return _over_processes(values)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: torch.Tensor) -> torch.Tensor:
        return _over_processes(gradients[0])


def _over_processes(values: torch.Tensor) -> torch.Tensor:
    total = values.contiguous().clone()
    if distributed.is_available() and distributed.is_initialized():  # a single process is all there are
        distributed.all_reduce(total)
    return total


class SharedBatchNorm(_BatchNorm):
    """A batch norm whose mean and variance are of all processes' images; [N, C, …] -> the same shape."""

    def __init__(self, like: _BatchNorm, share: Share) -> None:
        """Takes the parameters and buffers of `like` over, by their own names."""
        super().__init__(like.num_features, like.eps, like.momentum, like.affine, like.track_running_stats)
        self._parameters, self._buffers, self.training = like._parameters, like._buffers, like.training
        self.share = share

    def _check_input_dim(self, input: torch.Tensor) -> None:
        """Any with channels: the norm that it replaces has been asked before."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Each channel minus its mean over all processes, over the root of its variance; then scaled and moved."""
        if not self.training:
            return super().forward(input)
        values, shape = input.to(torch.promote_types(input.dtype, torch.float32)), (1, -1, *[1] * (input.dim() - 2))
        mean, variance, count = self._statistics(values)
        with torch.no_grad():
            self._follow(mean, variance * count / (count - 1))
        scale = torch.rsqrt(variance + self.eps).to(values)
        scale = scale if self.weight is None else scale * self.weight
        shift = -mean.to(values) * scale
        shift = shift if self.bias is None else shift + self.bias
        return torch.addcmul(shift.view(shape), values, scale.view(shape)).to(input.dtype)

    def _statistics(self, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(mean [C], variance [C], values a channel) of all processes, float64.

        Squares are of distances from this process's own mean: those of the values alone would lose digits.
        """
        axes, here = [0, *range(2, values.dim())], values.numel() / self.num_features
        centre = values.detach().mean(axes)
        apart = values - centre.view(1, -1, *[1] * (values.dim() - 2))
        first, second = apart.sum(axes, dtype=torch.float64), apart.square().sum(axes, dtype=torch.float64)
        middle = centre.double()
        count = torch.full((1,), here, dtype=torch.float64, device=values.device)
        squares = second + 2 * middle * first + here * middle.square()
        own = torch.cat([first + here * middle, squares, count]) * float(self.share.counts)
        sums, squares, count = _Summed.apply(own).split([self.num_features, self.num_features, 1])
        mean = sums / count
        return mean, (squares / count - mean.square()).clamp_min(0), count

    def _follow(self, mean: torch.Tensor, unbiased: torch.Tensor) -> None:
        """Moves the running statistics towards these, as PyTorch's own norms do."""
        if self.num_batches_tracked is None or self.running_mean is None or self.running_var is None:
            return
        self.num_batches_tracked.add_(1)
        step = self.momentum if self.momentum is not None else 1.0 / float(self.num_batches_tracked)
        self.running_mean.lerp_(mean.to(self.running_mean), step)
        self.running_var.lerp_(unbiased.to(self.running_var), step)


def share_norms(model: nn.Module, share: Share) -> int:
    """Puts a shared norm in place of each batch norm of the network; returns how many there were."""
    norms = {name: module for name, module in model.named_modules() if isinstance(module, _BatchNorm)}
    for name, norm in norms.items():
        model.set_submodule(name, SharedBatchNorm(norm, share))
    return len(norms)
