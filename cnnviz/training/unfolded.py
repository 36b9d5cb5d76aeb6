"""Wide convolutions of small maps on a CPU, as one matrix product each.

Where a map has few positions, a convolution of hundreds of channels is for most of its time occupied with the order of
its weights. The patches under its kernel laid out as rows, [positions, taps · channels], one matrix product gives the
map and two more its gradients: the 3×3 convolutions of 512 channels at 2×2 and 4×4 of the CIFAR VGG then take a fifth
and a third of their time in bfloat16, half and nine tenths in float32 (2 cores, no GPU). From 8×8 on it is slower.
Chellapilla, Puri and Simard 2006, "High Performance Convolutional Neural Networks for Document Processing",
https://inria.hal.science/inria-00112631.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.training import rewriting

POSITIONS = 16  # of a map, at most
CHANNELS = 64  # on either side, at least


def network(model: nn.Module, shape: tuple[int, int, int]) -> nn.Module | None:
    """The same network over the same parameters, [B, *shape] -> [B, classes]; None where nothing is to be gained.

    Its outputs and gradients were compared with the model's own on made images. shape: (C, H, W).
    """
    graph = rewriting.graph_of(model)
    if graph is None:
        return None
    small = _small(model, shape)
    replaced = {str(node.target): Unfolded(small[str(node.target)]) for node in graph.nodes if node.target in small}
    if not replaced:
        return None
    rewritten = rewriting.replaced(model, graph, replaced)
    return rewritten if rewriting.agree(model, rewritten, shape) else None


class Unfolded(nn.Module):
    """nn.Conv2d's map over its own weight and bias, [B, C, H, W] -> [B, K, H', W'] (channels last in memory)."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.weight, self.bias = convolution.weight, convolution.bias
        self.stride, self.padding, self.dilation = (
            _pair(each) for each in (convolution.stride, convolution.padding, convolution.dilation)
        )

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, C, H, W] float32 or, under autocast, bfloat16 -> [B, K, H', W'] in the same precision."""
        dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else self.weight.dtype
        with torch.autocast("cpu", enabled=False):
            out: Tensor = _Product.apply(x.to(dtype), self.weight, self.stride, self.padding, self.dilation)
            return out if self.bias is None else out + self.bias.to(dtype).view(-1, 1, 1)


class _Product(torch.autograd.Function):
    """x: [B, C, H, W]; weight: [K, C, h, w], computed with in x's precision. -> [B, K, H', W']"""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        stride: tuple[int, int],
        padding: tuple[int, int],
        dilation: tuple[int, int],
    ) -> Tensor:
        (top, left), kernel = padding, weight.shape[2:]
        padded = F.pad(x.permute(0, 2, 3, 1), (0, 0, left, left, top, top))
        taps = _taps(padded.shape[1:3], kernel, stride, dilation)
        patches = torch.stack([padded[:, rows, columns] for rows, columns in taps], dim=3)  # [B, H', W', taps, C]
        matrix = weight.to(x.dtype).permute(0, 2, 3, 1).flatten(1)  # [K, taps · C]
        ctx.save_for_backward(patches, matrix)
        ctx.taps, ctx.padded, ctx.kernel, ctx.corner = taps, padded.shape, kernel, (top, left, *x.shape[2:])
        ctx.precision = weight.dtype
        return (patches.flatten(3).flatten(0, 2) @ matrix.T).view(*patches.shape[:3], -1).permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor, None, None, None]:
        patches, matrix = ctx.saved_tensors
        rows = gradient.permute(0, 2, 3, 1).flatten(0, 2)  # [positions, K]
        weight = (rows.T @ patches.flatten(3).flatten(0, 2)).view(-1, *ctx.kernel, patches.shape[-1])
        inputs = _folded(ctx, (rows @ matrix).view_as(patches)) if ctx.needs_input_grad[0] else None
        return inputs, weight.permute(0, 3, 1, 2).to(ctx.precision), None, None, None


def _folded(ctx: Any, patches: Tensor) -> Tensor:
    """Every patch's gradient added where it was taken from, as the weights are stored; the padding cut away."""
    padded = torch.zeros(ctx.padded, dtype=ctx.precision)
    for index, (rows, columns) in enumerate(ctx.taps):
        padded[:, rows, columns] += patches[:, :, :, index]
    top, left, height, width = ctx.corner
    return padded[:, top : top + height, left : left + width].to(patches.dtype).permute(0, 3, 1, 2)


def _taps(
    padded: tuple[int, ...], kernel: tuple[int, ...], stride: tuple[int, int], dilation: tuple[int, int]
) -> list[tuple[slice, slice]]:
    """For every tap, in the kernel's order, the rows and columns of the padded map that it meets."""
    rows, columns = (
        [slice(tap * gap, tap * gap + side - gap * (taps - 1), step) for tap in range(taps)]
        for side, taps, step, gap in zip(padded, kernel, stride, dilation, strict=True)
    )
    return [(row, column) for row in rows for column in columns]


def _small(model: nn.Module, shape: tuple[int, int, int]) -> dict[str, nn.Conv2d]:
    """The convolutions to which it applies, by name: wide, ungrouped, zero-padded, of a small map."""
    wide = {
        name: module
        for name, module in model.named_modules()
        if type(module) is nn.Conv2d
        and module.groups == 1
        and module.padding_mode == "zeros"
        and not isinstance(module.padding, str)
        and max(module.kernel_size) > 1
        and min(module.weight.shape[:2]) >= CHANNELS
    }
    positions = rewriting.positions(model, list(wide), shape) if wide else {}
    return {name: wide[name] for name, count in positions.items() if count <= POSITIONS}


def _pair(sizes: tuple[int, ...] | str) -> tuple[int, int]:
    assert isinstance(sizes, tuple)  # `_small` takes no other
    return sizes[0], sizes[1]
