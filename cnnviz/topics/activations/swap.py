"""A network with another activation function in place of its own: how the layers after it and the answer change.

The shared model is borrowed, never written to: its traced graph is run node by node, and at the chosen nodes another
function answers. Replacing what a network was trained with is no fair comparison of functions, only of their effect:
the weights were never fitted to the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import torch
from torch import fx, nn

from cnnviz import devices, tracing
from cnnviz.capture import borrowed, inplace
from cnnviz.topics.activations.proofs import in_torch
from cnnviz.topics.activations.records import Swapped


class SwapError(ValueError):
    """This network cannot be run with another function; the message says why."""


def swap(model: nn.Module, x: torch.Tensor, keys: Collection[str], name: str, *, p: float | None = None) -> Swapped:
    """The network's answer with the function `name` at the activation nodes `keys`.

    x: [1, C, H, W]. Raises SwapError where the network cannot be traced or a key is no node of it.
    """
    devices.tune_allocator()
    example = next(model.parameters())
    x = x.detach().to(example.device, example.dtype)
    with borrowed(model), torch.inference_mode():
        graph = tracing.trace(model)
        if isinstance(graph, tracing.Untraced):
            raise SwapError(f"This network cannot be traced, so nothing in it can be swapped: {graph.reason}.")
        places = {node.key: place for place, node in enumerate(graph.nodes)}
        if missing := sorted(set(keys) - set(places)):
            raise SwapError(f"There is no node {missing[0]!r} in this network: choose one of its activation layers.")
        program = inplace.program(model, graph)
        recorded = _recorded(program)
        original, before = program(x.clone())
        swapped = {recorded[places[key]].name for key in keys}
        first = min(places[key] for key in keys)
        known = _known(recorded[:first], before)
        answer, after = _Swapping(program, swapped, in_torch(name, p)).run(x.clone(), initial_env=known)
    listed = [(node.key, one, two) for node, one, two in zip(graph.nodes, before, after, strict=True)][first:]
    pairs = [(key, _relative(one, two)) for key, one, two in listed if _is_value(one)]
    return Swapped(
        name, len(swapped), _flat(answer), _flat(original), tuple(key for key, _ in pairs),
        torch.tensor([change for _, change in pairs], dtype=torch.float64).numpy(),
    )  # fmt: skip


class _Swapping(fx.Interpreter):
    """Runs a graph as it is, except at some nodes."""

    def __init__(self, program: fx.GraphModule, swapped: set[str], function: Callable[..., Any]) -> None:
        super().__init__(program)
        self.swapped = swapped
        self.function = function

    def run_node(self, n: fx.Node) -> Any:
        if n.name not in self.swapped:
            return super().run_node(n)
        arguments, keywords = self.fetch_args_kwargs_from_env(n)
        return self.function(arguments[0] if arguments else keywords["input"])


def _recorded(program: fx.GraphModule) -> list[fx.Node]:
    """The nodes that the program records, in the order of the traced graph's nodes."""
    output = next(node for node in program.graph.nodes if node.op == "output")
    kept = output.args[0][1]
    return [node.args[0] if node.target is inplace.keep else node for node in kept]


def _known(recorded: Sequence[fx.Node], before: Sequence[Any]) -> dict[fx.Node, Any]:
    """What stands before the first swap need not be computed again, unless something writes over its input."""
    if any(isinstance(value, inplace.Kept) for value in before):
        return {}
    return dict(zip(recorded, before, strict=False))


def _value(kept: Any) -> Any:
    return kept.value if isinstance(kept, inplace.Kept) else kept


def _is_value(kept: Any) -> bool:
    value = _value(kept)
    return isinstance(value, torch.Tensor) and value.is_floating_point() and value.dim() > 1


def _relative(before: Any, after: Any) -> float:
    """‖after − before‖ / ‖before‖; 0 where both are 0."""
    one, two = _value(before).float(), _value(after).float()
    size, apart = float(torch.linalg.vector_norm(one)), float(torch.linalg.vector_norm(two - one))
    return apart / size if size else float(apart > 0)


def _flat(output: Any) -> Any:
    value = output
    while not isinstance(value, torch.Tensor):
        value = next(iter(value.values() if isinstance(value, dict) else value))
    return value.detach()[0].float().cpu().numpy()
