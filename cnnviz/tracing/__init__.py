"""The graph of a network, read by running its `forward` once on symbols (torch.fx): every operation, named.

A module call is named by its path ("layer1.0.conv1"), a function by the enclosing module's path and its own name
("layer1.0.add", "flatten"). So additions, concatenations and functional ReLUs, which no module hook sees, are there.

Nodes fold into groups: everything inside the outermost block (a module with a `forward` of its own: "layer1.0",
"inception3a") is one group; outside blocks a group begins at each convolution or linear layer, and the normalization,
activation, pooling, dropout and flattening that follow join it.

Reed, DeVito, He, Ussery & Ansel, "torch.fx: Practical Program Capture and Transformation for Deep Learning in Python"
(2022), https://arxiv.org/abs/2112.08429
"""

from __future__ import annotations

import threading
import weakref
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import fx, nn

from cnnviz.tracing import operation_names

STARTS = frozenset({"input", "convolution", "transposed_convolution", "linear"})
_WEIGHTED = STARTS - {"input"} | {"attention"}
_SHAPE_METHODS = frozenset({"size", "dim", "numel", "nelement", "item", "tolist", "stride", "ndimension", "get_device"})
_TENSOR_ATTRIBUTES = frozenset({"T", "mT", "H", "mH", "data", "real", "imag"})
_OPAQUE_MODULES = 4  # a part that cannot be traced becomes one node if it holds at most so many modules
_tracing = threading.Lock()  # torch.fx patches nn.Module for the whole process while it traces
_guard = threading.Lock()
_locks: weakref.WeakKeyDictionary[nn.Module, threading.RLock] = weakref.WeakKeyDictionary()
_traces: weakref.WeakKeyDictionary[nn.Module, tuple[Signature, Graph | Untraced]] = weakref.WeakKeyDictionary()
Signature = tuple[object, ...]


# ------------------------------------------------------------------------------------------------ what one gets
@dataclass(frozen=True)
class Node:
    """One operation whose value depends on the picture. `symbol` is its name in the `torch.fx` graph."""

    name: str
    call: int
    kind: str
    operation: str
    module: str
    inputs: tuple[str, ...]
    group: str
    symbol: str

    @property
    def key(self) -> str:
        return self.name if self.call == 0 else f"{self.name}:{self.call}"


@dataclass(frozen=True, eq=False)
class Graph:
    """A network's operations in the order in which they run, and the `torch.fx` graph that they come from."""

    nodes: tuple[Node, ...]
    symbols: fx.Graph

    def shown(self, visible: Collection[str]) -> tuple[Node, ...]:
        """The nodes whose symbols are in `visible`; inputs that are not visible are replaced by their own inputs."""
        feeds: dict[str, tuple[str, ...]] = {}
        result = []
        for node in self.nodes:
            inputs = tuple(key for name in node.inputs for key in feeds.get(name, ()))
            feeds[node.key] = (node.key,) if node.symbol in visible else inputs
            if node.symbol in visible:
                result.append(replace(node, inputs=inputs))
        return tuple(result)


@dataclass(frozen=True)
class Untraced:
    """The network's `forward` cannot be run on symbols; `reason` says what stood in the way."""

    reason: str


@dataclass(frozen=True)
class Place:
    """Where an operation stands: its key, its kind, and the modules around it, outermost first."""

    key: str
    kind: str
    around: tuple[str, ...]


# ------------------------------------------------------------------------------------------------ borrowing a model
@contextmanager
def borrowed(model: nn.Module) -> Iterator[nn.Module]:
    """The model for oneself and in eval mode; given back as it was, also after an exception.

    One lock a model: a second thread waits. The lock may be taken again by the thread that holds it.
    """
    with _guard:
        lock = _locks.setdefault(model, threading.RLock())
    with lock:
        training = [module for module in model.modules() if module.training]
        for module in training:
            module.training = False
        try:
            yield model
        finally:
            for module in training:
                module.training = True


# ------------------------------------------------------------------------------------------------ tracing
class _Tracer(fx.Tracer):
    """Remembers the scope of every node; leaves other threads' modules alone while it traces."""

    def __init__(self, opaque: Collection[nn.Module]) -> None:
        super().__init__(param_shapes_constant=True)
        self.opaque = opaque
        self.thread = threading.get_ident()
        self.failed: nn.Module | None = None

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        primitive = not any(m.children()) and operation_names.module_kind(m) != "other"
        return m in self.opaque or primitive or super().is_leaf_module(m, module_qualified_name)

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if threading.get_ident() != self.thread:
            return forward(*args, **kwargs)
        try:
            return super().call_module(m, forward, args, kwargs)
        except Exception:
            self.failed = self.failed or m  # the innermost one comes first
            raise

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, fx.Proxy]) -> Any:
        if threading.get_ident() != self.thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def create_args_for_root(
        self, root_fn: Any, is_module: bool, concrete_args: dict[str, Any] | tuple[Any, ...] | None = None
    ) -> tuple[Any, list[Any]]:
        """One symbol, the picture; further parameters of `forward` keep their defaults."""
        return root_fn, [self.root, self.create_proxy("placeholder", "input", (), {})]

    def create_node(self, *args: Any, **kwargs: Any) -> fx.Node:
        node = super().create_node(*args, **kwargs)
        node.meta["scope"] = self.scope.module_path
        return node


def trace(model: nn.Module) -> Graph | Untraced:
    """The network's operations, or why they cannot be had. Kept as long as the model lives and keeps its modules."""
    with borrowed(model):
        signature = _signature(model)
        found = _traces.get(model)
        if found is None or found[0] != signature:
            found = (signature, _trace(model))
            _traces[model] = found
        return found[1]


def _signature(model: nn.Module) -> Signature:
    """What a trace depends on: the modules, their parameters and buffers by identity, and who works in place."""
    parts: list[object] = []
    for module in model.modules():
        state = module.__dict__
        parts += [id(module), state.get("inplace")]
        parts += map(id, state["_parameters"].values())
        parts += map(id, state["_buffers"].values())
    return tuple(parts)


def _trace(model: nn.Module) -> Graph | Untraced:
    opaque: set[nn.Module] = set()
    while True:
        tracer = _Tracer(opaque)
        try:
            with _tracing:
                graph = tracer.trace(model)
            graph.owning_module = None
            return Graph(_nodes(model, graph), graph)
        except Exception as error:  # whatever a forward does with a symbol that it does not understand
            culprit = tracer.failed
            if culprit is None or culprit in opaque or sum(1 for _ in culprit.modules()) > _OPAQUE_MODULES:
                where = type(culprit if culprit is not None else model).__name__
                sentence = str(error).strip().split("\n")[0]
                return Untraced(f"{where}.forward cannot be traced ({type(error).__name__}: {sentence})")
            opaque.add(culprit)


def carries(node: fx.Node, carriers: Collection[fx.Node]) -> bool:
    """Whether a node's value comes from the picture's values, and not only from its shape or from parameters."""
    if node.op == "placeholder":
        return True
    if node.op in ("get_attr", "output") or not any(source in carriers for source in node.all_input_nodes):
        return False
    if node.op == "call_method":
        return node.target not in _SHAPE_METHODS
    if node.op == "call_function" and node.target is getattr:
        return node.args[1] in _TENSOR_ATTRIBUTES
    return node.target not in (torch._assert, len, int, float, bool)


def _nodes(model: nn.Module, graph: fx.Graph) -> tuple[Node, ...]:
    modules = dict(model.named_modules())
    carriers: dict[fx.Node, str] = {}
    nodes: list[Node] = []
    places: list[Place] = []
    names = _Names(modules)
    for node in graph.nodes:
        if not carries(node, carriers):
            continue
        name, call = names.of(node)
        module = modules[str(node.target)] if node.op == "call_module" else None
        kind, operation = operation_names.describe(node, module)
        inputs = tuple(carriers[source] for source in sources(node) if source in carriers)
        scope = node.meta.get("scope", "")
        item = Node(name, call, kind, operation, str(node.target) if module is not None else "", inputs, "", node.name)
        nodes.append(item)
        carriers[node] = item.key
        places.append(Place(item.key, kind, prefixes(scope, proper=module is not None)))
    return tuple(replace(node, group=group) for node, group in zip(nodes, groups(modules, places), strict=True))


def sources(node: fx.Node) -> list[fx.Node]:
    """Every node among the arguments, in order; one that is used twice comes twice."""
    found: list[fx.Node] = []
    fx.map_arg((node.args, node.kwargs), found.append)
    return found


class _Names:
    """Gives each node its name: a module's path and how often it has run, or the scope and a function's name."""

    def __init__(self, modules: Collection[str]) -> None:
        self.taken = set(modules)
        self.calls: Counter[str] = Counter()

    def of(self, node: fx.Node) -> tuple[str, int]:
        if node.op == "placeholder":
            return self._unique("input"), 0
        if node.op == "call_module":
            name = str(node.target)
            self.calls[name] += 1
            return name, self.calls[name] - 1
        scope = node.meta.get("scope", "")
        function = operation_names.function_name(node.target)
        return self._unique(f"{scope}.{function}" if scope else function), 0

    def _unique(self, name: str) -> str:
        candidate, count = name, 0
        while candidate in self.taken:
            count += 1
            candidate = f"{name}_{count}"
        self.taken.add(candidate)
        return candidate


# ------------------------------------------------------------------------------------------------ groups
def prefixes(path: str, *, proper: bool) -> tuple[str, ...]:
    """("a", "a.b", "a.b.c") for "a.b.c"; without the last one if `proper`."""
    atoms = path.split(".") if path else []
    return tuple(".".join(atoms[: count + 1]) for count in range(len(atoms) - proper))


def groups(modules: dict[str, nn.Module], places: Sequence[Place]) -> list[str]:
    """The block that each place folds into: see the module's docstring.

    A block computes with weights (a norm with its activation is none), has a `forward` of its own, and does not
    hold more than half of the network's weighted layers unless nothing inside it is a block.
    """
    inside: Counter[str] = Counter(path for place in places if place.kind in _WEIGHTED for path in place.around)
    weighted = sum(place.kind in _WEIGHTED for place in places)
    blocks = {path for path, count in inside.items() if count and not _is_container(modules[path])}
    parents = {outer for path in blocks for outer in prefixes(path, proper=True)}
    wide = {path for path in blocks & parents if 2 * inside[path] > weighted}
    blocks -= wide
    result: list[str] = []
    current = ""
    for place in places:
        block = next((path for path in place.around if path in blocks), "")
        if block:
            result.append(block)
            current = ""
            continue
        if not current or place.kind in STARTS:
            current = place.key
        result.append(current)
    return result


def _is_container(module: nn.Module) -> bool:
    forward = type(module).forward
    return forward is nn.Sequential.forward or forward is nn.Module.forward
