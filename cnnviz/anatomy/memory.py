"""What training keeps in memory: the values that autograd saves on the way forward, for the way back.

Not a rule for each operation but autograd's own answer: the network runs in training mode on the meta device, and
`torch.autograd.graph.saved_tensors_hooks` sees every tensor that an operation saves. A memory block counts once, at the
first operation that saves it (a ReLU's output is also the next convolution's input), parameters and buffers not at all.

So a convolution keeps its input, ReLU its output, max pooling its input and the winners' places (8 bytes each), batch
normalisation its input and two numbers a channel, dropout its mask, and an addition nothing. Attention is counted as it
is written down, with its matrix of weights; fused kernels, where a device has them, keep less.
https://docs.pytorch.org/docs/stable/autograd.html#saved-tensors-hooks-for-autograd
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import torch
from torch import fx, nn

from cnnviz import tracing
from cnnviz.capture import hooks

BATCH = 2  # batch normalisation needs two values a channel; one picture's share is half


def kept(model: nn.Module, graph: tracing.Graph | tracing.Untraced, shape: tuple[int, ...]) -> dict[str, int] | None:
    """Bytes for one picture by the operation's key, zeros left out; None where the network does not train like this.

    model: a copy of one's own on the meta device; it is put into training mode. What the trace left out (auxiliary
    classifiers, dropout that is called as a function) is not in it, nor is the loss.
    """
    model.train()
    for parameter in model.parameters():
        parameter.requires_grad_(parameter.is_floating_point())
    example = next((value for value in model.parameters() if value.is_floating_point()), None)
    dtype = torch.float32 if example is None else example.dtype
    for pictures in (BATCH, 1):  # some networks have "one picture" written into them
        ledger = _Ledger(model)
        try:
            with torch.enable_grad():
                found = _walked(model, graph, torch.zeros((pictures, *shape), device="meta", dtype=dtype), ledger)
        except Exception:  # a module that needs numbers, or that cannot be differentiated: there is no answer
            continue
        return {key: size // pictures for key, size in found.items()}
    return None


def _walked(
    model: nn.Module, graph: tracing.Graph | tracing.Untraced, x: torch.Tensor, ledger: _Ledger
) -> dict[str, int]:
    with torch.autograd.graph.saved_tensors_hooks(ledger.saved, ledger.back):
        if isinstance(graph, tracing.Untraced):
            return _by_module(model, x, ledger)
        _Walk(model, graph, ledger).run(x)
    return _by_key(graph, ledger.sizes)


def _by_key(graph: tracing.Graph, sizes: Counter[str]) -> dict[str, int]:
    """What an operation without a key of its own saves counts for the next one that has one."""
    keys = {node.symbol: node.key for node in graph.nodes}
    found: Counter[str] = Counter()
    waiting = 0
    for node in graph.symbols.nodes:
        waiting += sizes[node.name]
        if node.name in keys and waiting:
            found[keys[node.name]] += waiting
            waiting = 0
    return dict(found)


def _by_module(model: nn.Module, x: torch.Tensor, ledger: _Ledger) -> dict[str, int]:
    _, seen = hooks.record(model, x, meter=lambda: ledger.sizes[""])
    marks = [item.meter for item in seen]
    steps = zip(seen, marks, [0, *marks], strict=False)
    return {item.node.key: now - before for item, now, before in steps if now > before}


class _Ledger:
    """Which memory blocks were saved, and under whose name."""

    def __init__(self, model: nn.Module) -> None:
        owned = [*model.parameters(), *model.buffers()]
        self.known = {value.untyped_storage()._cdata for value in owned}
        self.current = ""
        self.sizes: Counter[str] = Counter()

    def saved(self, tensor: torch.Tensor) -> torch.Tensor:
        block = tensor.untyped_storage()
        if block._cdata not in self.known:  # autograd holds what it saved, so that no number comes twice
            self.known.add(block._cdata)
            self.sizes[self.current] += block.nbytes()
        return tensor.detach()  # the tensor itself would be held by its own graph, for ever

    def back(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor


class _Walk(fx.Interpreter):
    """Runs the graph and tells the ledger whose turn it is."""

    def __init__(self, model: nn.Module, graph: tracing.Graph, ledger: _Ledger) -> None:
        super().__init__(model, garbage_collect_values=False, graph=graph.symbols)
        self.ledger = ledger

    def run_node(self, n: fx.Node) -> Any:
        self.ledger.current = n.name
        return super().run_node(n)
