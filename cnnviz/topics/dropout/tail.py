"""A network run on from one of its layers, whose recorded output was multiplied by something first.

By its graph where it has one: what does not depend on the layer is taken from the recording, the rest runs. Else, or
where a network writes over what it shares, by a forward hook on the layer's module, and the whole network runs.
"""

from __future__ import annotations

import operator
import threading
import weakref
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from cnnviz import tracing
from cnnviz.capture import inplace
from cnnviz.records import Activations, Array


class TailError(ValueError):
    """The network cannot be run on from that layer; the message says what to choose instead."""


@dataclass(frozen=True, eq=False)
class Passed:
    """logits: [B, classes]; following: [B, …] of the layer that was asked for, or [B, 0]. float32."""

    logits: Array
    following: Array


@dataclass(frozen=True, eq=False)
class _Program:
    """A graph module that works out of place where it can, and its symbol for each recorded node's key."""

    graph: tracing.Graph
    module: fx.GraphModule
    symbols: dict[str, fx.Node]


_programs: weakref.WeakKeyDictionary[nn.Module, _Program] = weakref.WeakKeyDictionary()


# ------------------------------------------------------------------------------------------------ by the graph
def by_graph(model: nn.Module, recording: Activations, key: str, factors: Array, following: str) -> Passed | None:
    """None where the network has no graph, or its graph cannot be run on from there."""
    with tracing.borrowed(model), torch.inference_mode():
        program = _program(model)
        if program is None or key not in program.symbols:
            return None
        start = program.symbols[key]
        tail = _Tail(program.module, program.symbols.get(following))
        try:
            output = tail.run(initial_env=_known(program, recording, start, _batch(model, recording, key, factors)))
        except (RuntimeError, TypeError, ValueError, IndexError):
            return None  # a reshape that counts on one image, say: the network itself can still run
        seen = tail.seen if tail.seen is not None else torch.zeros(len(factors), 0)
        return Passed(_numbers(first_tensor(output)), _numbers(seen))


class _Tail(fx.Interpreter):
    """Runs what is not known yet, and keeps one node's value as it was produced."""

    def __init__(self, module: fx.GraphModule, wanted: fx.Node | None) -> None:
        super().__init__(module)
        self.wanted = wanted
        self.seen: torch.Tensor | None = None

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if n is self.wanted:
            self.seen = value.clone()
        return value


def _program(model: nn.Module) -> _Program | None:
    graph = tracing.trace(model)
    if isinstance(graph, tracing.Untraced):
        return None
    found = _programs.get(model)
    if found is None or found.graph is not graph:
        found = _programs[model] = _build(model, graph)
    return found


def _build(model: nn.Module, graph: tracing.Graph) -> _Program:
    """capture's program, without what it does only to record: it returns the network's output alone."""
    module = inplace.program(model, graph)
    result = module.graph.output_node()
    output, recorded = result.args[0]  # type: ignore[misc, str-unpack]
    symbols = {}
    for node, value in zip(graph.nodes, recorded, strict=True):  # type: ignore[arg-type]
        symbols[node.key] = value.args[0] if value.target is inplace.keep else value
    result.args = (output,)
    for node in [node for node in module.graph.nodes if node.target is inplace.keep]:
        module.graph.erase_node(node)
    return _Program(graph, module, symbols)


def _known(program: _Program, recording: Activations, start: fx.Node, batch: torch.Tensor) -> dict[fx.Node, Any]:
    """The masked layer, and every recorded value that does not depend on it; as many rows where the tail reads it."""
    dependent = _dependent(start)
    known: dict[fx.Node, Any] = {start: batch}
    for key, symbol in program.symbols.items():
        if symbol in dependent or key not in recording:
            continue
        read = symbol.op != "placeholder" and any(user in dependent for user in symbol.users)
        value = torch.tensor(recording[key].values)[None].to(batch)
        known[symbol] = value.repeat(len(batch), *(1,) * (value.dim() - 1)) if read else value
    return known


def _dependent(start: fx.Node) -> set[fx.Node]:
    found = {start}
    for node in start.graph.nodes:
        if any(source in found for source in node.all_input_nodes):
            found.add(node)
    return found


# ------------------------------------------------------------------------------------------------ by a hook
def by_hook(model: nn.Module, recording: Activations, key: str, factors: Array, following: str) -> Passed:
    """The network itself on as many copies of the image, the layer's module multiplying its output. No hook stays.

    Raises: TailError where the layer is no module, or the one to be watched is none.
    """
    for wanted in (key, following):
        if wanted and not recording[wanted].module:
            raise TailError(f"{wanted} is no module of its own: choose a layer that is one.")
    with tracing.borrowed(model), torch.inference_mode():
        seen: list[torch.Tensor] = []
        scale = torch.from_numpy(factors)
        picture = torch.tensor(recording["input"].values)[None]
        example = next(model.parameters(), picture)
        picture = picture.repeat(len(factors), *(1,) * (picture.dim() - 1)).to(example)
        handles = [_hook(model, recording, key, lambda value: value * scale.to(value))]
        try:
            if following:
                handles.append(_hook(model, recording, following, lambda value: seen.append(value.clone())))
            output = first_tensor(model(picture))
        finally:
            for handle in handles:
                handle.remove()
    return Passed(_numbers(output), _numbers(seen[0] if seen else torch.zeros(len(factors), 0)))


def _hook(model: nn.Module, recording: Activations, key: str, work: Any) -> Any:
    """`work` on the module's output in the call that was recorded, in this thread alone."""
    layer, thread, calls = recording[key], threading.get_ident(), [0]

    def hook(module: nn.Module, inputs: Any, output: Any) -> Any:
        if threading.get_ident() != thread:
            return None
        calls[0] += 1
        return work(output) if calls[0] == layer.call + 1 else None

    found: nn.Module = operator.attrgetter(layer.module)(model)
    return found.register_forward_hook(hook)


# ------------------------------------------------------------------------------------------------ small things
def first_tensor(output: Any) -> torch.Tensor:
    """The network's main output: the first tensor of a tuple, a list or a dict."""
    while not isinstance(output, torch.Tensor):
        output = next(iter(output.values() if isinstance(output, dict) else output))
    return output


def _batch(model: nn.Module, recording: Activations, key: str, factors: Array) -> torch.Tensor:
    """The layer's recorded output times each factor, on the model's device and in its type."""
    values = torch.from_numpy(recording[key].values * factors)
    example = next((value for value in model.parameters() if value.is_floating_point()), values)
    return values.to(example.device, example.dtype)


def _numbers(value: torch.Tensor) -> Array:
    array: Array = value.detach().to("cpu", torch.float32).numpy()
    return array
