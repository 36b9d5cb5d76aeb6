"""What a network is made of, without running it on numbers: shapes, parameters, multiply-accumulates, memory, fields.

The network is copied to the meta device, which has shapes but no data, and walked operation by operation. `fields` can
walk the network itself on a black picture instead: the first use of the meta device imports torch's compiler.

MACs count convolutions and matrix products (linear layers, attention), as torchvision's published `_ops` do: half of
what torch.utils.flop_counter counts. Parameters count once, at the first operation that uses them. Activation bytes are
what recording every operation keeps; what training keeps for its way back is asked of autograd (`memory`).
"""

from __future__ import annotations

import copy
import itertools
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import fx, nn
from torch.utils._python_dispatch import TorchDispatchMode

from cnnviz import capture, tracing
from cnnviz.anatomy import memory, overwrites, receptive
from cnnviz.anatomy.formulas import FORMULAS
from cnnviz.anatomy.proof import prove
from cnnviz.capture import hooks
from cnnviz.records import Field, Row, Totals
from cnnviz.tracing.operation_names import function_name

__all__ = ["fields", "inspect", "prove", "reached", "totals"]
_Key = tuple[int, ...]
_Known = dict[tuple[_Key, bool], tuple[object, tuple[Row, ...]]]
_surveys: weakref.WeakKeyDictionary[nn.Module, _Known] = weakref.WeakKeyDictionary()


def inspect(
    model: nn.Module, input_shape: Sequence[int], *, run: bool = False, training: bool = False
) -> tuple[Row, ...]:
    """One row for each operation, with the keys of `capture.activations`, for one picture of input_shape (C, H, W).

    Parameters that no operation uses (Inception's auxiliary classifier) are in no row, but in `totals`.
    run: on zeros instead of the meta device. The rows are the same; a small network is ready a second sooner, and a
    process that never asks for the meta device is 200 MB smaller.
    training: the rows also say what training keeps for the way back (`Row.kept_bytes`), after a second walk.
    Raises ValueError if the network does not run on such a picture.
    """
    shape = tuple(int(length) for length in input_shape)
    with tracing.borrowed(model):
        graph = tracing.trace(model)
        known = _surveys.setdefault(model, {})
        if (shape, False) not in known or known[shape, False][0] is not graph:
            known[shape, False] = (graph, _survey(model, graph, shape, run=run))
        if training and ((shape, True) not in known or known[shape, True][0] is not graph):
            known[shape, True] = (graph, _with_kept(model, graph, shape, known[shape, False][1]))
        return known[shape, training][1]


def totals(model: nn.Module, input_shape: Sequence[int], *, training: bool = False) -> Totals:
    """Parameters (each once, used or not), multiply-accumulates and activation bytes of the whole network.

    training: and the bytes that training keeps for one picture's way back; None where nobody can tell.
    """
    rows = inspect(model, input_shape, training=training)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    known = [row.kept_bytes for row in rows if row.kept_bytes is not None]
    kept = sum(known) if len(known) == len(rows) else None
    return Totals(parameters, sum(row.macs for row in rows), sum(row.activation_bytes for row in rows), kept)


def fields(model: nn.Module, input_shape: Sequence[int], *, run: bool = False) -> dict[str, Field]:
    """The receptive field of every operation, by its key. run: as `inspect` has it."""
    return {row.name: row.receptive_field for row in inspect(model, input_shape, run=run)}


def reached(
    model: nn.Module, input_shape: Sequence[int], row: int, column: int, *, run: bool = False
) -> dict[str, tuple[int, int, int, int] | None]:
    """The projective field of a pixel: (top, left, bottom, right) of the cells that it reaches, half-open, by key.

    None where an operation has no cell that sees it. Maps [C, H, W] only: vectors have no rows and columns.
    """
    rows = inspect(model, input_shape, run=run)
    return {item.name: item.receptive_field.reached(row, column, item.cells) for item in rows if item.is_map}


# ------------------------------------------------------------------------------------------------ the walk
@dataclass(frozen=True, eq=False)
class _Found:
    """What the walk learned at one operation."""

    value: Any  # a tensor whose shape and type count
    macs: int
    parameters: int
    field: Field
    axes: tuple[int, int] = receptive.AXES


class _Meter(TorchDispatchMode):
    """Counts multiply-accumulates; unlike FlopCounterMode it sees this thread only and puts no hooks on modules."""

    macs = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No: nothing is compiled here, and telling the compiler so would import it (1.1 s, 160 MB)."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        formula = FORMULAS.get(func._overloadpacket)
        if formula is not None:
            self.macs += formula(*args, **(kwargs or {}), out_val=result) // 2
        return result


def _survey(model: nn.Module, graph: tracing.Graph | tracing.Untraced, shape: _Key, *, run: bool) -> tuple[Row, ...]:
    with torch.no_grad():
        try:
            if not run:
                return _rows(_on_meta(model), graph, shape)
        except Exception:  # something in it needs data: run the network itself, on zeros
            pass
        try:
            return _rows(model, graph, shape)
        except Exception as error:
            first = str(error).strip().split("\n")[0]
            problem = f"{type(model).__name__} does not run on a picture of shape {shape} ({first}); "
            raise ValueError(problem + "another size, or another number of channels, may work") from error


def _with_kept(
    model: nn.Module, graph: tracing.Graph | tracing.Untraced, shape: _Key, rows: tuple[Row, ...]
) -> tuple[Row, ...]:
    kept = memory.kept(_on_meta(model), graph, shape)
    if kept is None:
        return rows
    shown = {row.name for row in rows}
    parts = graph.nodes if isinstance(graph, tracing.Graph) else ()
    waiting, found = 0, {}
    for key in [node.key for node in parts] or [row.name for row in rows]:
        waiting += kept.get(key, 0)
        if key in shown:
            found[key], waiting = waiting, 0
    return tuple(replace(row, kept_bytes=found.get(row.name, 0)) for row in rows)


def _on_meta(model: nn.Module) -> nn.Module:
    """A copy of the network without data: shared parameters stay shared, nothing of the weights is copied."""
    memo: dict[int, Any] = {}
    for parameter in model.parameters():
        memo[id(parameter)] = nn.Parameter(torch.empty_like(parameter, device="meta"), parameter.requires_grad)
    for buffer in model.buffers():
        memo[id(buffer)] = torch.empty_like(buffer, device="meta")
    return copy.deepcopy(model, memo)


def _rows(model: nn.Module, graph: tracing.Graph | tracing.Untraced, shape: _Key) -> tuple[Row, ...]:
    example = next(itertools.chain(model.parameters(), model.buffers()), torch.empty(0, device="meta"))
    dtype = example.dtype if example.is_floating_point() else torch.float32
    x = torch.zeros((1, *shape), device=example.device, dtype=dtype)
    if isinstance(graph, tracing.Untraced):
        return _rows_from_hooks(model, x, graph.reason)
    walk = _Walk(model, graph, shape)
    with walk.meter:
        walk.run(x)
    return tuple(_row(node, walk.found[node.symbol]) for node in graph.shown(walk.found))


def _row(node: tracing.Node, found: _Found) -> Row:
    value = found.value
    size = value.numel() * value.element_size()
    shape = tuple(value.shape[1:])
    numbers = (shape, found.parameters, found.macs, size, found.field)
    axes = (found.axes[0] - 1, found.axes[1] - 1)
    return Row(node.key, node.kind, node.operation, *numbers, node.module, node.group, node.inputs, axes=axes)


def _rows_from_hooks(model: nn.Module, x: torch.Tensor, reason: str) -> tuple[Row, ...]:
    """Modules only, in the order in which they ran; work between two modules counts for the second."""
    meter = _Meter()
    with meter:
        _, seen = hooks.record(model, x, meter=lambda: meter.macs)
    whole = receptive.Reach(tuple(x.shape[1:]))
    unknown = Field(whole.rows, whole.columns, "unknown", reason)
    modules = dict(model.named_modules())
    count = _Once()
    rows, before = [], seen[0].meter  # the picture comes first, and costs nothing
    for item in seen:
        module = modules.get(item.node.module) if item.node.module else None
        parameters = count(module.parameters()) if module is not None else 0
        field = receptive.start(tuple(x.shape[1:])).field if item.node.kind == "input" else unknown
        found = _Found(item.value, item.meter - before, parameters, field)
        before = item.meter
        if capture.is_recorded(item.value):
            rows.append(_row(item.node, found))
    return tuple(rows)


class _Once:
    """Counts the elements of parameters, each parameter the first time only."""

    def __init__(self) -> None:
        self.seen: set[int] = set()

    def __call__(self, parameters: Any) -> int:
        fresh = {id(parameter): parameter for parameter in parameters if id(parameter) not in self.seen}
        self.seen |= set(fresh)
        return sum(parameter.numel() for parameter in fresh.values())


class _Walk(fx.Interpreter):
    """Runs the graph on a tensor without data and notes, for each operation, what it made and what it cost."""

    def __init__(self, model: nn.Module, graph: tracing.Graph, shape: _Key) -> None:
        super().__init__(model, garbage_collect_values=False, graph=graph.symbols)
        self.kinds = {node.symbol: node.kind for node in graph.nodes}
        self.shape = shape
        self.meter = _Meter()
        self.reach = receptive.Reach(shape)
        self.states: dict[fx.Node, Any] = {}
        self.overwrites = overwrites.Overwrites()
        self.found: dict[str, _Found] = {}
        self.count = _Once()
        self.macs = self.parameters = 0

    def run_node(self, n: fx.Node) -> Any:
        args, kwargs = self.fetch_args_kwargs_from_env(n)
        before, writes = self.meter.macs, overwrites.counted(args, kwargs)
        value = super().run_node(n)
        self.macs += self.meter.macs - before
        self.parameters += self._parameters(n)
        if n.name in self.kinds:
            state = self.states[n] = self._state(n, (args, kwargs), value)
            self.states |= self.overwrites.written(writes, value, state)
            self.overwrites.keep(n, value)
            if capture.is_recorded(value):
                self._note(n.name, value, state)
        return value

    def call_module(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """As it is; but batch normalisation in eval mode keeps a shape, and torch takes 2 ms to say so on meta."""
        module = self.fetch_attr(target)
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and not module.training and not kwargs:
            x = args[0]
            if isinstance(x, torch.Tensor) and x.is_meta and x.ndim > 2 and x.shape[1] == module.num_features:
                return torch.empty_like(x)
        return super().call_module(target, args, kwargs)

    def _note(self, name: str, value: Any, state: receptive.State) -> None:
        """What went before unseen (a bias computed from parameters, a tuple's parts) counts for the next value."""
        self.found[name] = _Found(value, self.macs, self.parameters, state.field, state.axes)
        self.macs = self.parameters = 0

    def _state(self, node: fx.Node, arguments: tuple[Any, Any], value: Any) -> Any:
        if node.op == "placeholder":
            return receptive.start(self.shape)
        module = self.fetch_attr(str(node.target)) if node.op == "call_module" else None
        name = type(module).__name__ if module is not None else function_name(node.target)
        function = module if module is not None else _callable(node.target)
        states = tuple(self.states[source] for source in tracing.sources(node) if source in self.states)
        call = receptive.Call(self.kinds[node.name], name, module, function, *arguments, states, value)
        return self.reach.after(call)

    def _parameters(self, node: fx.Node) -> int:
        """Elements of the parameters that a module owns or that a function is given, not counted before."""
        if node.op == "call_module":
            return self.count(self.fetch_attr(str(node.target)).parameters())
        given = [self.fetch_attr(str(source.target)) for source in tracing.sources(node) if source.op == "get_attr"]
        return self.count(value for value in given if isinstance(value, nn.Parameter))


def _callable(target: Any) -> Callable[..., Any]:
    """A function, or a tensor's method by its name."""
    return getattr(torch.Tensor, target) if isinstance(target, str) else target
