"""What training keeps in memory: the values that autograd saves in the forward pass, for the backward pass.

Not a rule for each operation but autograd's own answer: the network runs in training mode on the meta device, and
`torch.autograd.graph.saved_tensors_hooks` sees every tensor that an operation saves. A memory block counts once, at the
first operation that saves it (a ReLU's output is also the next convolution's input), parameters and buffers not at all.

So a convolution keeps its input, ReLU its output, max pooling its input and the winners' places (8 bytes each), batch
normalisation its input and two numbers a channel, dropout its mask, and an addition nothing. Attention is counted as it
is written down, with its matrix of weights; fused kernels, where a device has them, keep less.
https://docs.pytorch.org/docs/stable/autograd.html#saved-tensors-hooks-for-autograd
"""

from __future__ import annotations

import torch
from torch import nn

from cnnviz import tracing
from cnnviz.tracing.calls import is_leaf

BATCH = 2  # batch normalisation needs two values a channel; one image's share is half


def kept(model: nn.Module, shape: tuple[int, ...]) -> dict[str, int] | None:
    """Bytes for one image by the call's key, in order; None where the network does not train like this.

    model: a copy of one's own on the meta device; its layers are put into training mode. What only runs where the whole
    network is in training mode (auxiliary classifiers, dropout called as a function) is not in it, nor is the loss.
    """
    for module in model.modules():
        module.training = is_leaf(module)
    for parameter in model.parameters():
        parameter.requires_grad_(parameter.is_floating_point())
    example = next((value for value in model.parameters() if value.is_floating_point()), None)
    dtype = torch.float32 if example is None else example.dtype
    for pictures in (BATCH, 1):  # some networks have "one image" written into them
        ledger = _Ledger(model)
        x = torch.zeros((pictures, *shape), device="meta", dtype=dtype)
        options = tracing.Options(meter=lambda: ledger.size)  # noqa: B023  # used up before the next turn
        try:
            with (
                torch.enable_grad(),
                torch.autograd.graph.saved_tensors_hooks(ledger.saved, ledger.back),
                tracing.watched(model, x, options) as (_, run),
            ):
                return {step.node.key: int(step.cost) // pictures for step in run.steps}
        except Exception:  # a module that needs numbers, or that cannot be differentiated: there is no answer
            continue
    return None


class _Ledger:
    """How many bytes autograd has saved, each memory block once."""

    def __init__(self, model: nn.Module) -> None:
        owned = [*model.parameters(), *model.buffers()]
        self.known = {value.untyped_storage()._cdata for value in owned}
        self.size = 0

    def saved(self, tensor: torch.Tensor) -> torch.Tensor:
        block = tensor.untyped_storage()
        if block._cdata not in self.known:  # autograd holds what it saved, so that no number comes twice
            self.known.add(block._cdata)
            self.size += block.nbytes()
        return tensor.detach()  # the tensor itself would be held by its own graph, for ever

    def back(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor
