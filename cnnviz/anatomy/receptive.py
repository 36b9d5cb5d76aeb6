"""Which part of the picture each operation sees: interval arithmetic, one rule for each kind of operation.

A cell i of a map sees the pixels [i·stride − padding, i·stride − padding + size). A window of k cells, dilated by d,
moved by s and padded by p turns that into size + (k − 1)·d·stride, stride·s, padding + p·stride. Branches that meet
(additions, concatenations) see from the leftmost reach of any of them to the rightmost.

Not an interval: global pooling, flattening and statistics over a whole map ("whole"), and what no rule here covers
("unknown", with the reason). Araujo, Norris & Sim, "Computing Receptive Fields of Convolutional Neural Networks"
(2019), https://distill.pub/2019/computing-receptive-fields/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from cnnviz.anatomy import windows
from cnnviz.records import Field, Interval

_POINTWISE = frozenset({"activation", "dropout", "identity"})
_VIEWS = frozenset(
    {"view", "reshape", "permute", "transpose", "squeeze", "unsqueeze", "chunk", "split", "tensor_split", "getitem"}
    | {"movedim", "swapaxes", "unflatten", "unbind", "narrow", "select", "flatten", "Flatten", "Unflatten"}
)
AXES = (2, 3)  # rows and columns of [1, C, H, W]


@dataclass(frozen=True)
class State:
    """What a value's cells see, and which of its axes are the picture's rows and columns."""

    field: Field
    axes: tuple[int, int] = AXES

    @property
    def status(self) -> str:
        return self.field.status


@dataclass(frozen=True)
class Call:
    """One operation as it runs: what is called with what, on which states, and what came out (shapes matter only)."""

    kind: str
    name: str
    module: nn.Module | None
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    states: tuple[State | tuple[State, ...], ...]  # of the arguments that depend on the picture
    output: Any

    @property
    def input(self) -> Any:
        return self.args[0] if self.args else next(iter(self.kwargs.values()))


def start(shape: Sequence[int]) -> State:
    """The picture itself: every pixel sees itself."""
    if len(shape) == 3:
        return State(Field(Interval(1, 1, 0), Interval(1, 1, 0)))
    return State(Field(Interval(1, 0, 0), Interval(1, 0, 0), "whole", "the input is no picture"))


class Reach:
    """Receptive fields of one network on one size of picture: call `after` for each operation in turn."""

    def __init__(self, shape: Sequence[int]) -> None:
        height, width = (shape[1], shape[2]) if len(shape) == 3 else (1, 1)
        self.rows = Interval(height, 0, 0)
        self.columns = Interval(width, 0, 0)
        self.rules: dict[str, Callable[[Call, State], State | tuple[State, ...]]] = {
            "convolution": self._window,
            "pooling": self._pooling,
            "linear": self._linear,
            "normalization": self._normalization,
            "softmax": self._softmax,
            "padding": self._padding,
            "flatten": self._view,
            "reshape": self._view,
        }

    def after(self, call: Call) -> State | tuple[State, ...]:
        """What the cells of an operation's output see; a tuple where it has several outputs."""
        if call.name == "getitem" and isinstance(call.states[0], tuple):
            return call.states[0][call.args[1]]
        states = [state for item in call.states for state in (item if isinstance(item, tuple) else (item,))]
        for status in ("whole", "unknown"):  # what sees everything goes on seeing everything
            for state in states:
                if state.status == status:
                    return self._onward(call, state)
        if call.kind in ("addition", "multiplication", "concatenation"):
            return self._union(call, states)
        if call.kind in _POINTWISE:
            return states[0]
        rule = self.rules.get(call.kind)
        found = rule(call, states[0]) if rule else self._unknown(f"no rule for {call.name} ({call.kind})")
        if isinstance(found, State) and found.status != "exact":
            return replace(found, axes=states[0].axes)
        return found

    def _onward(self, call: Call, state: State) -> State | tuple[State, ...]:
        """The field stays as it is; a view may still move rows and columns to other axes."""
        is_view = call.kind in ("flatten", "reshape") and call.name in _VIEWS
        if not is_view or not isinstance(call.input, torch.Tensor) or call.input.dim() <= max(state.axes):
            return state
        moved = self._view(call, state)
        if isinstance(moved, tuple):
            return tuple(replace(state, axes=item.axes) for item in moved)
        return replace(state, axes=moved.axes)

    def _whole(self, why: str) -> State:
        return State(Field(self.rows, self.columns, "whole", why))

    def _unknown(self, why: str) -> State:
        return State(Field(self.rows, self.columns, "unknown", why))

    # -------------------------------------------------------------------------------------------- windows
    def _window(self, call: Call, state: State) -> State:
        window = windows.of(call.module, call.name, call.args, call.kwargs)
        if window is None or state.axes != AXES or call.input.dim() != 4:
            return self._unknown(f"{call.name} over other axes than a picture's")
        problem = window.wraps()
        return self._unknown(problem) if problem else _grown(state, window)

    def _pooling(self, call: Call, state: State) -> State:
        size, result = call.input.shape, call.output.shape
        if call.name in ("mean", "amax"):
            return self._reduction(call, state)
        if state.axes != AXES or call.input.dim() != 4:
            return self._unknown(f"{call.name} over other axes than a picture's")
        window = windows.of(call.module, call.name, call.args, call.kwargs)
        if window is None:
            window = windows.adaptive(size[2:], result[2:])
        everything = tuple(result[2:]) == (1, 1) and tuple(size[2:]) != (1, 1)
        if everything and (window is None or window.kernel >= tuple(size[2:])):
            return self._whole("pooled over the whole map")
        if window is None:
            return self._unknown(f"adaptive pooling of {size[2]}×{size[3]} to {result[2]}×{result[3]}: uneven windows")
        return _grown(state, window)

    def _reduction(self, call: Call, state: State) -> State:
        dims = call.kwargs.get("dim", call.args[1] if len(call.args) > 1 else None)
        dims = range(call.input.dim()) if dims is None else (dims,) if isinstance(dims, int) else dims
        over = {dim % call.input.dim() for dim in dims}
        if over & set(state.axes):
            return self._whole(f"{call.name} over the map")
        kept = call.output.dim() == call.input.dim()
        return state if kept else replace(state, axes=_shifted(state.axes, over))

    def _padding(self, call: Call, state: State) -> State:
        found = windows.padding(call.module, call.args, call.kwargs)
        if found is None or state.axes != AXES:
            return self._unknown(f"{call.name}: its amounts are not known before it runs, or it pads other axes")
        (top, left), mode = found
        if mode not in ("constant", "zeros"):
            return self._unknown(f"{mode} padding as a layer of its own")
        return _grown(state, windows.Window((1, 1), (1, 1), (top, left), (1, 1)))

    # -------------------------------------------------------------------------------------------- cell by cell, or not
    def _linear(self, call: Call, state: State) -> State:
        last = call.input.dim() - 1
        return self._whole("a linear layer over the map") if last in state.axes or last < 2 else state

    def _normalization(self, call: Call, state: State) -> State:
        module, name = call.module, call.name
        if isinstance(module, _BatchNorm) or name == "batch_norm":
            return state
        if isinstance(module, nn.LocalResponseNorm) or name == "local_response_norm":
            return state
        if name == "LayerNorm2d":  # torchvision's and timm's: over the channels of each cell, whatever it derives from
            return state
        if isinstance(module, nn.LayerNorm) or name in ("layer_norm", "rms_norm"):
            shape = module.normalized_shape if isinstance(module, nn.LayerNorm) else call.args[1]
            over = set(range(call.input.dim() - len(shape), call.input.dim()))
            return self._whole("statistics over the map") if over & set(state.axes) else state
        return self._whole("statistics over the whole map")

    def _softmax(self, call: Call, state: State) -> State:
        dim = getattr(call.module, "dim", call.kwargs.get("dim", call.args[1] if len(call.args) > 1 else None))
        over = None if dim is None else dim % call.input.dim()
        return self._whole("softmax over the map") if over is None or over in state.axes else state

    # -------------------------------------------------------------------------------------------- views, meetings
    def _view(self, call: Call, state: State) -> State | tuple[State, ...]:
        """Where rows and columns went, read from the strides that the view gives to a fresh tensor."""
        if call.name == "index_select" and _dim(call) not in state.axes:
            return state
        if call.name not in _VIEWS:
            return self._unknown(f"no rule for {call.name} ({call.kind})")
        probe = torch.empty(call.input.shape, device="meta")
        result = call.function(probe, *call.args[1:], **call.kwargs)
        if isinstance(result, (tuple, list)):
            return tuple(self._seen(probe, item, state) for item in result)
        return self._seen(probe, result, state)

    def _seen(self, probe: torch.Tensor, result: torch.Tensor, state: State) -> State:
        places = [_place(probe, result, axis) for axis in state.axes]
        if None in places:
            return self._whole("rows and columns were flattened")
        (row, top, down), (column, left, across) = places  # type: ignore[misc]
        rows = _moved(state.field.rows, top, down)
        columns = _moved(state.field.columns, left, across)
        return State(replace(state.field, rows=rows, columns=columns), (row, column))

    def _union(self, call: Call, states: Sequence[State]) -> State:
        """From the leftmost reach to the rightmost; the strides must agree."""
        if call.name == "stack" or len({state.axes for state in states}) > 1:
            return self._unknown("branches meet with their axes in another order")
        if call.kind == "concatenation":
            dim = call.kwargs.get("dim", call.kwargs.get("axis", call.args[1] if len(call.args) > 1 else 0))
            if dim % call.output.dim() in states[0].axes:
                return self._unknown("maps are laid side by side")
        rows = _hull([state.field.rows for state in states])
        columns = _hull([state.field.columns for state in states])
        if rows is None or columns is None:
            return self._unknown("branches of different strides meet")
        return replace(states[0], field=Field(rows, columns))


def _dim(call: Call) -> int:
    """The axis that an operation along one axis was given."""
    dim = call.kwargs.get("dim", call.args[1] if len(call.args) > 1 else 0)
    return int(dim) % int(call.input.dim())


def _grown(state: State, window: windows.Window) -> State:
    rows = _under(state.field.rows, window, 0)
    columns = _under(state.field.columns, window, 1)
    return replace(state, field=Field(rows, columns))


def _under(cell: Interval, window: windows.Window, axis: int) -> Interval:
    """What a window of cells sees."""
    size = cell.size + (window.kernel[axis] - 1) * window.dilation[axis] * cell.stride
    return Interval(size, cell.stride * window.stride[axis], cell.padding + window.padding[axis] * cell.stride)


def _hull(intervals: Sequence[Interval]) -> Interval | None:
    if len({interval.stride for interval in intervals}) > 1:
        return None
    left = max(interval.padding for interval in intervals)
    right = max(interval.size - interval.padding for interval in intervals)
    return Interval(left + right, intervals[0].stride, left)


def _moved(cell: Interval, first: int, step: int) -> Interval:
    """What the cells first, first + step, … see."""
    return Interval(cell.size, cell.stride * step, cell.padding - first * cell.stride)


def _shifted(axes: tuple[int, int], removed: set[int]) -> tuple[int, int]:
    rows, columns = (axis - sum(other < axis for other in removed) for axis in axes)
    return rows, columns


def _place(probe: torch.Tensor, result: torch.Tensor, axis: int) -> tuple[int, int, int] | None:
    """(axis of the view, first index, step) of one axis of a contiguous tensor; None if it is merged or gone."""
    unit, length = int(probe.stride(axis)), int(probe.shape[axis])
    first = int(result.storage_offset()) // unit % length
    for candidate in reversed(range(1, result.dim())):  # axis 0 counts pictures
        step, rest = divmod(int(result.stride(candidate)), unit)
        if rest or not 1 <= step <= max(1, length - 1):
            continue
        cells = result.shape[candidate]
        if cells == -(-(length - first) // step) or (step == 1 and 1 < cells <= length - first):
            return candidate, first, step
    return None
