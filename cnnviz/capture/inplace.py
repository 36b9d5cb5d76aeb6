"""A traced graph whose recorded values stay as they were produced, although some layers write over their input.

`ReLU(inplace=True)` after a convolution leaves the convolution's own output overwritten; recorded without care, bn1 of
ResNet-18 shows a minimum of 0.0 where the truth is −1.49. Two remedies, each only where it is needed:

* the layer works out of place, which is the same arithmetic at the same cost, and whatever read the overwritten value
  later reads its result instead;
* where other nodes share the overwritten memory (views) and are read later, everything stays as it is, and what is
  recorded of those nodes is a copy, taken before anything writes.
"""

from __future__ import annotations

import copy
import inspect
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn
from torch.autograd.graph import GradientEdge, get_gradient_edge
from torch.nn import functional as F

from cnnviz import tracing
from cnnviz.tracing import operation_names

_FRESH = frozenset(
    {"convolution", "transposed_convolution", "linear", "normalization", "activation", "pooling", "addition"}
    | {"multiplication", "concatenation", "softmax", "padding", "upsampling", "attention"}
)
_OPERATORS: dict[Any, Any] = {
    getattr(operator, f"i{name}"): getattr(operator, name)
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor")
    if hasattr(operator, f"i{name}")
}
_TRUSTED = ("torch", "torchvision", "timm", "_operator", "operator", "math", "builtins")


@dataclass(frozen=True, eq=False)
class Kept:
    """A copy of a value that was about to be overwritten, and where it stood in the gradient's graph."""

    value: torch.Tensor
    edge: GradientEdge | None


def keep(value: Any) -> Any:
    """A copy, if it is a tensor."""
    if not isinstance(value, torch.Tensor):
        return value
    return Kept(value.detach().clone(), get_gradient_edge(value) if value.requires_grad else None)


def program(model: nn.Module, graph: tracing.Graph) -> fx.GraphModule:
    """x -> (the network's output, every node's value in the order of `graph.nodes`); shares the model's modules.

    A value is a tensor as its node produced it, or `Kept`.
    """
    symbols = fx.Graph()
    symbols_of: dict[fx.Node, fx.Node] = {}
    output = symbols.graph_copy(graph.symbols, symbols_of)
    parts = _share(model, symbols)
    recorded = [symbols_of[node] for node in _carriers(graph)]
    result = symbols.output((output, tuple(recorded)))
    copies = _Separation(symbols, parts).run()
    values = tuple(_record(symbols, node) if node in copies else node for node in recorded)
    result.args = ((result.args[0][0], values),)
    return fx.GraphModule(parts, symbols)


def _carriers(graph: tracing.Graph) -> list[fx.Node]:
    by_name = {node.name: node for node in graph.symbols.nodes}
    return [by_name[node.symbol] for node in graph.nodes]


def _record(symbols: fx.Graph, node: fx.Node) -> fx.Node:
    with symbols.inserting_after(node):
        return symbols.call_function(keep, (node,))


def _share(model: nn.Module, symbols: fx.Graph) -> dict[str, Any]:
    """Point every module and parameter of the graph to a flat name, so that building it writes into no module."""
    parts: dict[str, Any] = {}
    flat: dict[str, str] = {}
    for node in symbols.nodes:
        if node.op in ("call_module", "get_attr"):
            target = str(node.target)
            if target not in flat:
                flat[target] = f"part_{len(flat)}"
                parts[flat[target]] = operator.attrgetter(target)(model)
            node.target = flat[target]
    return parts


class _Separation:
    """Walks the graph once and keeps, for each node, which pieces of memory its value may lie in."""

    def __init__(self, symbols: fx.Graph, parts: dict[str, Any]) -> None:
        self.symbols = symbols
        self.parts = parts
        self.memory: dict[fx.Node, frozenset[int]] = {}
        self.copies: set[fx.Node] = set()

    def run(self) -> set[fx.Node]:
        """The nodes that must be copied to be recorded; in-place work that can be done out of place is changed."""
        order = {node: index for index, node in enumerate(self.symbols.nodes)}
        for index, node in enumerate(list(self.symbols.nodes)):
            victims = self._overwritten(node)
            shared = self._sharing(victims)
            later = [user for member in shared for user in member.users if order[user] > index]
            if len(victims) == 1 and (not later or shared == victims) and self._out_of_place(node):
                for user in later:
                    user.replace_input_with(victims[0], node)
                self.memory[node] = frozenset({index})
                continue
            self.copies.update(shared)
            self.memory[node] = self._memory(node, index, written=bool(victims))
        return self.copies

    def _sharing(self, victims: list[fx.Node]) -> list[fx.Node]:
        places = frozenset().union(*(self.memory[victim] for victim in victims))
        return [node for node, memory in self.memory.items() if memory & places]

    def _memory(self, node: fx.Node, index: int, *, written: bool) -> frozenset[int]:
        """A piece of memory of its own, or, where the value may be a view, the pieces of everything it reads."""
        sources = [source for source in node.all_input_nodes if source in self.memory]
        if not sources or (self._kind(node) in _FRESH and not written):
            return frozenset({index})
        return frozenset().union(*(self.memory[source] for source in sources))

    def _kind(self, node: fx.Node) -> str:
        if node.op == "call_module":
            return operation_names.module_kind(self.parts[str(node.target)])
        return operation_names.function_kind(node.target) if node.op.startswith("call") else "other"

    def _overwritten(self, node: fx.Node) -> list[fx.Node]:
        """The arguments that a node writes over, or may write over, if nothing is known about it."""
        if isinstance(node.kwargs.get("out"), fx.Node):
            return [node.kwargs["out"]]  # type: ignore[list-item]
        if self._is_opaque(node):
            return [source for source in node.all_input_nodes if source.op != "get_attr"]
        return [node.args[0]] if self._writes(node) and isinstance(node.args[0], fx.Node) else []

    def _is_opaque(self, node: fx.Node) -> bool:
        if node.op == "call_module":
            return operation_names.module_kind(self.parts[str(node.target)]) == "other"
        package = str(getattr(node.target, "__module__", None) or "torch").partition(".")[0]
        return node.op == "call_function" and package not in _TRUSTED

    def _writes(self, node: fx.Node) -> bool:
        if node.op == "call_module":
            return bool(getattr(self.parts[str(node.target)], "inplace", False))
        name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", "")
        in_place_name = name.endswith("_") and not name.endswith("__")
        if node.op == "call_method":
            return in_place_name
        return node.op == "call_function" and (node.target in _OPERATORS or in_place_name or _inplace_argument(node))

    def _out_of_place(self, node: fx.Node) -> bool:
        """Change a node that writes over its input into one that does not; False if there is no such twin."""
        if node.op == "call_module":
            return self._twin(node)
        if node.op == "call_method":
            twin = str(node.target)[:-1]
            if not hasattr(torch.Tensor, twin) or twin in ("requires_grad", "data"):
                return False
            node.target = twin
            return True
        function = _out_of_place_function(node)
        if function is None:
            return False
        if _inplace_argument(node):
            bound = inspect.signature(function).bind(*node.args, **node.kwargs)
            bound.arguments["inplace"] = False
            node.args, node.kwargs = bound.args, bound.kwargs
        node.target = function
        return True

    def _twin(self, node: fx.Node) -> bool:
        """A shallow copy of the module with inplace=False: it shares parameters, buffers and hooks."""
        original = self.parts[str(node.target)]
        if "inplace" not in vars(original):
            return False
        twin = copy.copy(original)
        twin.inplace = False
        node.target = f"{node.target}_out_of_place"
        self.parts[node.target] = twin
        return True


def _inplace_argument(node: fx.Node) -> bool:
    """Whether a function is called with inplace=True, by name or by position."""
    if node.kwargs.get("inplace") is True:
        return True
    if not inspect.isfunction(node.target) or True not in node.args:
        return False
    try:
        arguments = inspect.signature(node.target).bind(*node.args, **node.kwargs).arguments
    except (TypeError, ValueError):
        return False
    return arguments.get("inplace") is True


def _out_of_place_function(node: fx.Node) -> Callable[..., Any] | None:
    if node.target in _OPERATORS:
        return _OPERATORS[node.target]
    if _inplace_argument(node):
        return node.target if inspect.isfunction(node.target) else None
    name = getattr(node.target, "__name__", "")[:-1]
    return getattr(torch, name, None) or getattr(F, name, None)
