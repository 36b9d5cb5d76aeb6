"""Images that differ from one image in a window each, computed only where the window reaches.

A window changes few cells of the first layers. Up to one layer L the network runs on a piece of each image; what comes
of it is put into L's maps of the whole image; from L on everything is computed.

- Which cells a window reaches, and which pixels those read, is what `anatomy` knows; L's fields must be exact and even.
- A piece begins at a multiple of L's stride, and its side leaves the same rest by it as the image's: so strides fall on
  the same pixels, and padding that hangs on the side is the same. It holds a stride more than is read, all around,
  unless the image ends there: what a layer pads at a piece's own edge reaches no cell that is kept.
- L and every module before it are called once, and nothing behind L reads what stands before it.

All of this is tried on the image itself before it is used: pieces at corners, edges and in the middle must give what L
made there, and L's maps alone the network's answer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import nn

from cnnviz import anatomy, tracing
from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.twin import alike
from cnnviz.records import Field, Interval, Row

Window = tuple[int, int, int, int]  # top, bottom, left, right
Span = tuple[int, int]
WORTH = 0.8  # of the whole way's cost: above, the whole way is taken
_VALUE, _WRITTEN = 30, 6  # what a value costs in new memory and where it stands, in multiplications of one core


class _Reached(BaseException):
    """L has run. No Exception: a `forward` may catch those."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class _Ends(nn.Module):
    """A module at which nothing runs any further: behind it, where it is L, and before it, where it reads L."""

    def __init__(self, module: nn.Module, *, reads: bool) -> None:
        super().__init__()
        self.module, self.reads = module, reads

    def forward(self, x: torch.Tensor, *args: Any) -> Any:
        """Raises _Reached with L's maps."""
        raise _Reached(x if self.reads else self.module(x, *args))


class _Given(nn.Module):
    """L with the maps that it is given, or the module that reads L, with these."""

    def __init__(self, module: nn.Module, *, reads: bool) -> None:
        super().__init__()
        self.module, self.reads = module, reads
        self.maps: torch.Tensor | None = None

    def forward(self, x: torch.Tensor, *args: Any) -> Any:
        """What comes of the maps; what it is called with is not looked at."""
        return self.module(self.maps, *args) if self.reads else self.maps


class _Nothing(nn.Module):
    """In the place of a module before L: memory of the right shape, whatever lies in it."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: torch.Tensor, *args: Any) -> torch.Tensor:
        """[N, …]."""
        return x.new_empty((len(x), *self.shape))


class _Cut(NamedTuple):
    """L's key, the path of the module at which the network is cut, and whether that one reads L or is L."""

    layer: str
    path: str
    reads: bool


@dataclass(frozen=True, eq=False)
class _Axis:
    """Along one axis: what each window's piece is (all are as long), and which cells of L it changes."""

    length: int
    starts: tuple[int, ...]
    cells: tuple[Span, ...]
    stride: int

    def of(self, window: int) -> tuple[slice, slice, slice]:
        """(the piece's pixels, the changed cells among L's, the same among the piece's)."""
        start, (first, last) = self.starts[window], self.cells[window]
        moved = start // self.stride
        return slice(start, start + self.length), slice(first, last), slice(first - moved, last - moved)


class Pieces:
    """f of images that differ from the asked one in one window each; make one by `of`."""

    def __init__(self, asked: AttributionRequest, cut: _Cut, rows: _Axis, columns: _Axis) -> None:
        made = asked.twin
        assert made is not None
        self._asked, self._made, self._axes = asked, made, (rows, columns)
        self._head, self._tail = (tracing.copied(made.model, lambda value: value) for _ in range(2))
        _put(self._head, cut.path, _Ends(self._head.get_submodule(cut.path), reads=cut.reads))
        keys = list(asked.nodes)
        for key in keys[1 : keys.index(cut.layer) + cut.reads]:
            if asked.nodes[key].module:  # a function does what it does with nothing
                _put(self._tail, asked.nodes[key].module, _Nothing(asked.shapes[key][1:]))
        self._given = _Given(self._tail.get_submodule(cut.path), reads=cut.reads)
        _put(self._tail, cut.path, self._given)
        self._whole = self._first(made.laid_out(asked.x))

    def values(self, windows: Sequence[int], covered: torch.Tensor) -> torch.Tensor:
        """f of each image [N]: covered [N, C, H, W], each different from the asked one in its window alone."""
        places = [[axis.of(window) for axis in self._axes] for window in windows]
        pieces = [image[:, rows[0], columns[0]] for image, (rows, columns) in zip(covered, places, strict=True)]
        with torch.no_grad(), tracing.borrowed(self._asked.model):
            changed = self._first(self._made.laid_out(torch.stack(pieces)))
            maps = self._whole.repeat(len(windows), 1, 1, 1).to(memory_format=_format(self._whole))
            for map_, new, (rows, columns) in zip(maps, changed, places, strict=True):
                map_[:, rows[1], columns[1]] = new[:, rows[2], columns[2]]
            return self._asked.of_value(self._rest(covered, maps)).clone()

    def holds(self, windows: Sequence[int]) -> bool:
        """Whether pieces of the image itself, at these windows, say what L made of it, and the rest what was said."""
        places = [[axis.of(window) for axis in self._axes] for window in windows]
        pieces = torch.stack([self._asked.x[0, :, rows[0], columns[0]] for rows, columns in places])
        with torch.no_grad(), tracing.borrowed(self._asked.model):
            made = self._first(self._made.laid_out(pieces))
            for new, (rows, columns) in zip(made, places, strict=True):
                if not alike(new[:, rows[2], columns[2]], self._whole[0, :, rows[1], columns[1]]):
                    return False
            return alike(self._rest(self._asked.x, self._whole.clone()), self._asked.end)

    def _first(self, images: torch.Tensor) -> torch.Tensor:
        with tracing.untouched(self._head):
            try:
                self._head(images)
            except _Reached as reached:
                found: torch.Tensor = reached.value
                return found.clone()
        raise RuntimeError("the layer did not run")

    def _rest(self, images: torch.Tensor, maps: torch.Tensor) -> Any:
        with tracing.untouched(self._tail):
            self._given.maps = maps
            try:
                return self._tail(images[:, :, :1, :1].expand(images.shape))
            finally:
                self._given.maps = None


def of(asked: AttributionRequest, windows: Sequence[Window], worth: float = WORTH) -> Pieces | None:
    """The quickest way by pieces; None where there is none that is right and costs less than `worth` of the whole."""
    with tracing.borrowed(asked.model):
        if not asked.is_plain or asked.twin is None:
            return None
        for cut, axes in _ways(asked, windows, worth):
            with suppress(RuntimeError, TypeError, ValueError, AttributeError):
                found = Pieces(asked, cut, *axes)
                if found.holds(_some(windows)):
                    return found
    return None


def _ways(asked: AttributionRequest, windows: Sequence[Window], worth: float) -> list[tuple[_Cut, tuple[_Axis, _Axis]]]:
    """(where to cut, the pieces) that cost less than `worth` of the whole, the cheapest first, three at most."""
    try:
        rows = {row.name: row for row in anatomy.inspect(asked.model, asked.x.shape[1:], run=True)}
    except ValueError:
        return []
    keys = list(asked.nodes)
    if any(key not in rows for key in keys):
        return []
    every, before, found = sum(_cost(rows[key]) for key in keys), 0.0, []
    cuts = {cut.layer: cut for cut in _cuts(asked)}
    for key in keys:
        before += _cost(rows[key])
        field = rows[key].receptive_field
        if not rows[key].is_map or rows[key].axes != (1, 2) or field.status != "exact":
            break
        axes = _axes(field, windows, rows[key].cells, asked.x.shape[-2:]) if key in cuts else None
        if axes is None:
            continue
        share = axes[0].length * axes[1].length / (asked.x.shape[-2] * asked.x.shape[-1])
        kept = 3 * _VALUE * math.prod(rows[key].output_shape)  # L's maps are copied, written to and fetched again
        cost = (share * before + kept + every - before) / max(every, 1.0)
        if cost < worth:
            found.append((cost, cuts[key], axes))
    return [(cut, axes) for _, cut, axes in sorted(found, key=lambda one: one[0])[:3]]


def _cost(row: Row) -> float:
    return row.macs + (_VALUE if row.macs else _WRITTEN) * math.prod(row.output_shape)


def _cuts(asked: AttributionRequest) -> Iterator[_Cut]:
    """Layers behind which nothing reads what stands before them, where every module so far is called once; each is a
    module, or one alone reads it."""
    keys, nodes = list(asked.nodes), asked.nodes
    calls = Counter(node.module for node in nodes.values())
    for place, key in enumerate(keys[1:], 1):
        node = nodes[key]
        if (node.module and calls[node.module] != 1) or key not in asked.whole:
            return
        before = set(keys[:place])
        if any(before & set(nodes[one].inputs) for one in keys[place + 1 :]):
            continue
        readers = [nodes[one] for one in keys[place + 1 :] if key in nodes[one].inputs]
        if node.module:
            yield _Cut(key, node.module, reads=False)
        elif len(readers) == 1 and calls[readers[0].module] == 1 and readers[0].module and readers[0].inputs == (key,):
            yield _Cut(key, readers[0].module, reads=True)


def _axes(
    field: Field, windows: Sequence[Window], cells: Sequence[int], sides: Sequence[int]
) -> tuple[_Axis, _Axis] | None:
    rows = _axis(field.rows, [(top, bottom) for top, bottom, _, _ in windows], cells[0], sides[0])
    columns = _axis(field.columns, [(left, right) for _, _, left, right in windows], cells[1], sides[1])
    return None if rows is None or columns is None else (rows, columns)


def _axis(interval: Interval, spans: Sequence[Span], cells: int, side: int) -> _Axis | None:
    """None where the fields follow no even rule, or no piece is shorter than the image."""
    stride = interval.stride
    if interval.table is not None or stride < 1:
        return None
    reached, needed = [], []
    for first, last in spans:
        low, high = interval.reached(first, cells)[0], interval.reached(last - 1, cells)[1]
        if low >= high:
            return None
        start = max(0, interval.span(low)[0] - stride) // stride * stride
        reached.append((low, high))
        needed.append((start, min(side, interval.span(high - 1)[1] + stride)))
    longest = max(stop - start for start, stop in needed)
    length = longest + (side - longest) % stride
    if length > side:
        return None
    return _Axis(length, tuple(min(start, side - length) for start, _ in needed), tuple(reached), stride)


def _some(windows: Sequence[Window]) -> list[int]:
    """The windows at the corners, in the middle of the edges and in the middle."""
    tops, lefts = (sorted({window[axis] for window in windows}) for axis in (0, 2))
    wanted = {(one[place], two[other]) for one, two in [(tops, lefts)]
              for place in (0, len(one) // 2, -1) for other in (0, len(two) // 2, -1)}  # fmt: skip
    found = {(window[0], window[2]): place for place, window in enumerate(windows)}
    return [found[place] for place in sorted(wanted & set(found))]


def _put(model: nn.Module, path: str, module: nn.Module) -> None:
    parent, _, name = path.rpartition(".")
    setattr(model.get_submodule(parent), name, module)


def _format(value: torch.Tensor) -> torch.memory_format:
    laid_out = value.is_contiguous(memory_format=torch.channels_last) and not value.is_contiguous()
    return torch.channels_last if laid_out else torch.contiguous_format
