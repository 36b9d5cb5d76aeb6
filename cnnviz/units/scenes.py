"""One cell of one recorded operation, with everything that its value may be computed from a second time."""

from __future__ import annotations

import copy
import operator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import fx, nn

from cnnviz import tracing
from cnnviz.records import Activations, Array, Layer
from cnnviz.tracing.operation_names import function_name

Cell = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Scene:
    """One cell of one recorded operation, with everything that its value may be computed from."""

    model: nn.Module
    recording: Activations
    layer: Layer
    cell: Cell

    @cached_property
    def module(self) -> nn.Module | None:
        return operator.attrgetter(self.layer.module)(self.model) if self.layer.module else None

    @property
    def is_readable(self) -> bool:
        """Whether it is known what feeds the operation."""
        return self.layer.kind != "input" and (self.node is not None or bool(self.layer.inputs))

    @cached_property
    def node(self) -> fx.Node | None:
        """The operation in the traced graph; None in a recording by hooks."""
        return self._nodes.get(self.layer.key)

    @cached_property
    def _nodes(self) -> dict[str, fx.Node]:
        graph = tracing.trace(self.model)
        if isinstance(graph, tracing.Untraced) or self.recording.method != "graph":
            return {}
        by_name = {node.name: node for node in graph.symbols.nodes}
        return {node.key: by_name[node.symbol] for node in graph.nodes}

    @cached_property
    def _keys(self) -> dict[fx.Node, str]:
        return {node: key for key, node in self._nodes.items() if key in self.recording}

    @property
    def function(self) -> str:
        """The name of the function that runs here; "" for a module."""
        return "" if self.node is None or self.layer.module else function_name(self.node.target)

    @property
    def name(self) -> str:
        """The module's class, or the function's name."""
        return self.function or type(self.module).__name__

    def named(self, *names: str) -> dict[str, Any]:
        """The operands by name, the positional ones called by `names` in turn."""
        args, kwargs = self.operands
        return {**dict(zip(names, args, strict=False)), **kwargs}

    @cached_property
    def operands(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What the operation was called with: recorded arrays [C, H, W] as they are, parameters, numbers."""
        if self.node is None:
            return tuple(self.recording[key].values for key in self.layer.inputs), {}
        args, kwargs = fx.map_arg((self.node.args, self.node.kwargs), self._operand)
        return args, kwargs

    @cached_property
    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The same, to compute with: float64 tensors [1, C, H, W]."""
        if self.node is None:
            return tuple(self._recorded(key) for key in self.layer.inputs), {}
        args, kwargs = fx.map_arg((self.node.args, self.node.kwargs), self.value_of)
        return args, kwargs

    @cached_property
    def input(self) -> Array | None:
        """The first operand [C, H, W]; None where it is not known which layer feeds this one."""
        args, kwargs = self.operands
        first = args[0] if args else next(iter(kwargs.values()), None)
        return first if isinstance(first, np.ndarray) else None

    def _operand(self, node: fx.Node) -> Any:
        if node in self._keys:
            return self.recording[self._keys[node]].values
        if node.op == "get_attr":
            return operator.attrgetter(str(node.target))(self.model)
        value = self.value_of(node)
        depends = node in self._nodes.values()
        return value[0].numpy() if depends and isinstance(value, torch.Tensor) else value

    def value_of(self, node: fx.Node) -> Any:
        """What a node of the graph made: as recorded, or computed from what was recorded."""
        if node in self._keys:
            return self._recorded(self._keys[node])
        if node.op == "get_attr":
            return _double(operator.attrgetter(str(node.target))(self.model))
        args, kwargs = fx.map_arg((node.args, node.kwargs), self.value_of)
        if node.op == "call_module":
            return in_double(operator.attrgetter(str(node.target))(self.model))(*args, **kwargs)
        if node.op == "call_method":
            return getattr(args[0], str(node.target))(*args[1:], **kwargs)
        return node.target(*args, **kwargs)  # type: ignore[operator]

    def _recorded(self, key: str) -> torch.Tensor:
        return torch.from_numpy(self.recording[key].values.astype(np.float64))[None]


def cell_of(layer: Layer, channel: int, row: int = 0, column: int = 0) -> Cell:
    """The index of a cell in the layer's values; ValueError if it lies outside."""
    cell = (channel, row, column)[: layer.values.ndim]
    if not all(0 <= index < length for index, length in zip(cell, layer.shape, strict=True)):
        raise ValueError(f"{layer.key} has no cell {list(cell)}: its shape is {list(layer.shape)}")
    return cell


def in_double(module: nn.Module) -> nn.Module:
    """A copy of a module that computes in float64 on the CPU, out of place, in eval mode."""
    twin = copy.deepcopy(module).cpu().double().eval()
    for part in twin.modules():
        if "inplace" in vars(part):
            part.inplace = False  # type: ignore[assignment]
    return twin


def _double(value: Any) -> Any:
    return value.detach().cpu().double() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
