"""A chain of narrow convolutions, ReLUs and poolings as one operation of torch, over the convolutions' parameters."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from cnnviz.training.simd_kernels import machine
from cnnviz.training.simd_kernels.sizes import SINGLE, Maps, StackPlan


class Stack(nn.Module):
    """[B, C, H, W] -> [B, K, h, w], float32: max_pool2d(relu(convolution(x)), 2) for one convolution after the other.

    Images of another size, that want a gradient, or are not float32 on the CPU (as the weights), are computed by torch.
    """

    def __init__(self, convolutions: Sequence[nn.Conv2d], plan: StackPlan) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(convolutions)
        self.plan, self.code = plan, machine.compiled(plan)
        self._free: list[Room] = []

    def forward(self, x: Tensor) -> Tensor:
        """x: [B, C, H, W] float32 -> [B, K, h, w] float32."""
        if not self._takes(x):
            for convolution in self.convolutions:
                x = F.max_pool2d(F.relu(convolution(x)), 2)
            return x
        parameters: list[Tensor] = []
        for convolution in self.convolutions:
            assert isinstance(convolution, nn.Conv2d)
            weight, bias = convolution.weight, convolution.bias
            parameters += [weight, weight.new_zeros(len(weight)) if bias is None else bias]
        out: Tensor = _Stacked.apply(x, self, *parameters)
        return out

    def _takes(self, x: Tensor) -> bool:
        """Whether it is what the kernels, which look at nothing but memory, were written for."""
        one = self.plan.picture()
        plain = all(item.dtype == torch.float32 and item.device.type == "cpu" for item in (x, *self.parameters()))
        plain = plain and not torch.is_autocast_enabled("cpu")
        return plain and not x.requires_grad and len(x) > 0 and x.shape[1:] == (one.channels, one.height, one.width)

    def room(self, pictures: int) -> Room:
        """For a pass over so many; one that an earlier pass has left, where there is such: its memory is at hand."""
        groups = -(-pictures // self.plan.machine.lanes)
        fitting = next((room for room in self._free if room.groups == groups), None)
        if fitting is None:
            return Room(self.plan, self.code, groups)
        self._free.remove(fitting)
        return fitting

    def give_back(self, room: Room) -> None:
        """A buffer whose backward pass is over can be used by another pass."""
        self._free = [kept for kept in self._free if kept.groups != room.groups] + [room]


class _Stacked(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, stack: Stack, *parameters: Tensor) -> Tensor:
        room, out = stack.room(len(x)), stack.plan.result()
        results = x.new_empty(room.pictures, out.channels, out.height, out.width)
        room.forward(x, parameters, results)
        ctx.save_for_backward(*parameters)
        ctx.stack, ctx.room = stack, room
        return results if len(results) == len(x) else results[: len(x)]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        parameters = ctx.saved_tensors  # raises the second time, and where a parameter was changed since
        if ctx.room is None:
            raise RuntimeError("a second backward pass: the feature maps of the first have been overwritten")
        gradients = ctx.room.backward(gradient)
        ctx.stack.give_back(ctx.room)
        ctx.room = None
        shares = gradients.split([item.numel() for item in parameters])
        return (
            None,
            None,
            *(
                share.view(item.shape) if wanted else None
                for share, item, wanted in zip(shares, parameters, ctx.needs_input_grad[2:], strict=True)
            ),
        )


class Room:
    """Memory for one forward and one backward pass over `groups` of images, and what the kernels are told of it."""

    def __init__(self, plan: StackPlan, code: machine.Compiled, groups: int) -> None:
        self.groups, self.pictures, self._code = groups, groups * plan.machine.lanes, code
        self._table = (ctypes.c_int64 * (4 * len(plan.blocks) + 3))()
        self._maps = [self._made(plan.inputs(0), edge=any(plan.blocks[0].padding))]
        self._table[1] = self._maps[0].data_ptr()
        for index in range(len(plan.blocks)):
            self._maps += [self._made(plan.outputs(index), edge=any(plan.edge(index))), self._made(plan.codes(index))]
            self._table[4 * index + 4], self._table[4 * index + 5] = (item.data_ptr() for item in self._maps[-2:])
        shares = machine.shares(groups)
        self._sums = torch.empty(len(shares), plan.parameters, dtype=torch.float32)
        self._scratch = torch.zeros(len(shares), plan.scratch // SINGLE, dtype=torch.float32)
        here, own = ctypes.addressof(self._table), zip(self._scratch, self._sums, shares, strict=True)
        self._task = machine.KernelTask(
            [(here, scratch.data_ptr(), sums.data_ptr(), *share) for scratch, sums, share in own]
        )

    def forward(self, x: Tensor, parameters: Sequence[Tensor], results: Tensor) -> None:
        """x: [B, C, H, W]; parameters: weight and bias of each convolution -> results: [images, K, h, w]"""
        given = self._filled(x)
        self._parameters = [item.contiguous() for item in parameters]  # until the backward pass
        self._table[0], self._table[len(self._table) - 1] = given.data_ptr(), results.data_ptr()
        for index, item in enumerate(self._parameters):
            self._table[4 * (index // 2) + 2 + index % 2] = item.data_ptr()
        self._task.run(self._code.forward)

    def backward(self, gradient: Tensor) -> Tensor:
        """Of the results, [B, K, h, w] -> of all parameters, one after the other: [count]"""
        given = self._filled(gradient)
        self._table[len(self._table) - 1] = given.data_ptr()
        self._task.run(self._code.backward)
        return self._sums.sum(0)

    def _filled(self, x: Tensor) -> Tensor:
        """[B, …] -> [images, …], one after the other in memory; zeros where there is none."""
        if len(x) == self.pictures:
            return x.contiguous()
        return torch.cat([x, x.new_zeros(self.pictures - len(x), *x.shape[1:])])

    def _made(self, maps: Maps, *, edge: bool = False) -> Tensor:
        """For all groups; zeros where there is an edge that nothing is written to."""
        return (torch.zeros if edge else torch.empty)(self.groups * maps.total, dtype=torch.uint8)
