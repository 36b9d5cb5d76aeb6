"""What a value's cells see of the image, while a network is walked: the state of a tensor, and the field it gives.

Two cells of one map may see differently by their row, by their column, and by their channel (after a concatenation,
channels come from different branches). So a state has some regions; `which` says for each place along the other axes
which of them holds, and `at` which axes of the tensor count the image's rows and columns. Where the two are mixed
(flattened, cut into windows) `places` says of each element which row, column and region it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import torch
from torch import nn

from cnnviz.anatomy import regions as sets
from cnnviz.anatomy.regions import PixelSets, Region
from cnnviz.records import Field, Interval
from cnnviz.records.fields import FLATTENED

AXES = (2, 3)  # rows and columns of [1, C, H, W]
At = tuple[int | None, int | None]


@dataclass(frozen=True, eq=False)
class State:
    """What a value's cells see.

    image: (height, width) of the input. which: int32, of the tensor's number of axes, length 1 along those axes that
    do not matter; None where one region holds everywhere. at: None where no axis, or more than one, tells rows
    (columns) apart. fixed: what is said where nothing is known of this value (its layout is followed all the same).
    """

    image: tuple[int, int]
    shape: tuple[int, ...]
    regions: tuple[Region, ...]
    at: At = AXES
    which: torch.Tensor | None = None
    places: tuple[torch.Tensor, torch.Tensor] | None = None
    note: str = ""
    fixed: Field | None = None

    @cached_property
    def field(self) -> Field:
        """What one cell of this value sees of the image, as the layer table says it."""
        found = self.fixed if self.fixed is not None else _field(self)
        axes = (self.axes[0] - self.gone, self.axes[1] - self.gone)
        return found if not self.is_map or axes == found.axes else replace(found, axes=axes)

    @property
    def gone(self) -> int:
        """How many axes the layer table leaves out: that of a batch of one (`capture.values.without_batch`)."""
        return int(len(self.shape) >= 2 and self.shape[0] == 1)

    @property
    def is_map(self) -> bool:
        """Whether the layer table shows it as rows and columns of cells."""
        return len(self.shape) - self.gone == 3

    @property
    def status(self) -> str:
        """ "exact", "bound" or "unknown", as the field has it."""
        return self.field.status

    @property
    def axes(self) -> tuple[int, int]:
        """The axes that count rows and columns; of a map that tells none apart, the usual ones."""
        rows, columns = self.at
        usual = (1, 2, 0) if len(self.shape) == 3 == len(self.shape) - self.gone else (2, 3, 1)
        free = [axis for axis in usual if axis not in self.at]
        rows = free.pop(0) if rows is None else rows
        return rows, free.pop(0) if columns is None else columns

    @property
    def is_known(self) -> bool:
        """Whether every operation so far was understood."""
        return self.fixed is None

    @property
    def is_uniform(self) -> bool:
        """Whether every element of the value sees the same."""
        return self.which is None and self.places is None and all(map(sets.is_fixed, self.regions))

    @property
    def sees_all(self) -> bool:
        """Whether every element is known to see the whole image."""
        if not (self.is_known and self.is_uniform and len(self.regions[0]) == 1):
            return False
        return all(axis.pixels[0] == (1 << n) - 1 for axis, n in zip(self.regions[0][0], self.image, strict=True))


State_ = State | tuple[State, ...]


@dataclass(frozen=True)
class RuleCall:
    """One operation as it runs: what is called with what, on which states, and what came out (shapes matter only)."""

    kind: str
    name: str
    module: nn.Module | None
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    states: tuple[State_, ...]  # of the arguments that depend on the image
    output: Any
    given: tuple[bool, ...] = ()  # of each tensor among the arguments, in order: whether it depends on the image

    @property
    def input(self) -> Any:
        """The call's first argument."""
        return self.args[0] if self.args else next(iter(self.kwargs.values()))


class NotUnderstood(Exception):
    """Why nothing is known about what an operation's cells see."""


def start(shape: Sequence[int]) -> State:
    """The image itself: every pixel sees itself. shape: (C, H, W); of an input of other axes nothing is known."""
    if len(shape) == 3:
        image = (int(shape[1]), int(shape[2]))
        region = ((sets.pixels_of(image[0]), sets.pixels_of(image[1])),)
        return State(image, (1, *map(int, shape)), (region,))
    field = Field(Interval(1, 0, 0), Interval(1, 0, 0), "whole", "the input is no image")
    return State((1, 1), (1, *map(int, shape)), (whole_region((1, 1)),), (None, None), fixed=field)


def unknown(state: State, shape: Sequence[int], why: str) -> State:
    """Nothing is known but where rows and columns are, if the shape is as before."""
    rows, columns = (Interval(length, 0, 0) for length in state.image)
    at = state.at if len(shape) == len(state.shape) else (None, None)
    region = (whole_region(state.image),)
    return State(state.image, tuple(shape), region, at, fixed=Field(rows, columns, "unknown", why))


def whole_region(image: tuple[int, int]) -> Region:
    """The region that is the whole image."""
    return ((sets.everything(image[0]), sets.everything(image[1])),)


def whole(state: State, shape: Sequence[int], note: str) -> State:
    """Every element sees everything."""
    at = state.at if len(shape) == len(state.shape) else (None, None)
    return State(state.image, tuple(shape), (whole_region(state.image),), at, note=note)


def sized(value: Any) -> tuple[int, ...]:
    """The shape of an operation's output, or of the first of several."""
    value = value[0] if isinstance(value, (tuple, list)) and value else value
    if not isinstance(value, torch.Tensor):
        return ()
    return tuple((torch.nested.to_padded_tensor(value, 0.0) if value.is_nested else value).shape)


# ------------------------------------------------------------------------------------------------ the field
def _field(state: State) -> Field:
    """Every channel of a cell together; every element together where the value is no map."""
    if state.is_map and state.which is not None and any(state.which.shape[axis] > 1 for axis in state.axes):
        return unknown(state, state.shape, "branches lie side by side along rows or columns").field
    if state.is_map and state.places is None:
        return _map_field(sets.union(state.regions), _lengths(state), state.image, state.note)
    if state.is_map and not state.is_uniform:
        return unknown(state, state.shape, "rows and columns are no axes of their own here").field
    found = everything_of(state)
    if found is None:
        return unknown(state, state.shape, "what was flattened here is no box").field
    note = state.note or FLATTENED
    return _map_field(found, (1, 1), state.image, note)


def _lengths(state: State) -> tuple[int, int]:
    rows, columns = (1 if axis is None else state.shape[axis] for axis in state.at)
    return rows, columns


@lru_cache(maxsize=sets.KEPT)
def _map_field(region: Region, cells: tuple[int, int], image: tuple[int, int], note: str) -> Field:
    if not region:  # made of numbers of its own, or of padding alone
        return Field(Interval(0, 0, 0), Interval(0, 0, 0), "exact")
    down = _interval(tuple(area[0] for area in region), cells[0], image[0])
    across = _interval(tuple(area[1] for area in region), cells[1], image[1])
    if not _is_box(region, cells):
        sides = (Interval(image[0], 0, 0), Interval(image[1], 0, 0))
        return Field(*sides, "unknown", "which columns a cell sees depends on its row")
    areas = tuple((rows.pixels, columns.pixels) for rows, columns in region)
    full = down == Interval(image[0], 0, 0) and across == Interval(image[1], 0, 0)
    if full and all(one.rule is not None and one.rule.stride == 0 for area in region for one in area):
        return Field(down, across, "whole", note, areas)
    return Field(down, across, "exact", "", areas)


def _is_box(region: Region, cells: tuple[int, int]) -> bool:
    """Whether the box of cell (i, j) has rows by i and columns by j alone: not if an area is empty at some cells."""
    if len(region) < 2 or all(all(rows.pixels) and all(columns.pixels) for rows, columns in region):
        return True
    spans = [[_table((area[side],), cells[side]) for side in (0, 1)] for area in region]
    whole_spans = [_table(tuple(area[side] for area in region), cells[side]) for side in (0, 1)]
    for i in range(cells[0]):
        for j in range(cells[1]):
            present = [(r[i], c[j]) for r, c in spans if r[i] != (0, 0) and c[j] != (0, 0)]
            if not present:
                if whole_spans[0][i] != (0, 0) and whole_spans[1][j] != (0, 0):
                    return False
                continue
            for side, place in ((0, i), (1, j)):
                found = (min(one[side][0] for one in present), max(one[side][1] for one in present))
                if found != whole_spans[side][place]:
                    return False
    return True


def _table(seen: tuple[PixelSets, ...], cells: int) -> tuple[tuple[int, int], ...]:
    """The smallest [start, stop) around what each cell sees."""
    together = seen[0].pixels
    for one in seen[1:]:
        count = max(len(together), len(one.pixels))
        left, right = (side * (count // len(side)) for side in (together, one.pixels))
        together = tuple(a | b for a, b in zip(left, right, strict=True))
    return tuple(map(sets.bounds, together)) * (cells // len(together))


@lru_cache(maxsize=sets.KEPT)
def _interval(seen: tuple[PixelSets, ...], cells: int, length: int) -> Interval:
    """The affine rule where it holds, with a table of all cells if it does not hold at some of them."""
    rule = seen[0].rule
    for one in seen[1:]:
        rule = sets.hull(rule, one.rule)
    table = _table(seen, cells)
    if not table:
        return rule or Interval(0, 0, 0)
    if rule is not None:
        spans = [rule.span(index) for index in range(len(table))]
        pairs = list(zip(spans, table, strict=True))
        if all(_cut(span, length) == true for span, true in pairs):
            return rule
        if any(span[0] <= true[0] and true[1] <= span[1] for span, true in pairs) and all(
            true == (0, 0) or (span[0] <= true[0] and true[1] <= span[1]) for span, true in pairs
        ):
            kept = tuple(span if _cut(span, length) == true else true for span, true in pairs)
            return Interval(rule.size, rule.stride, rule.padding, kept) if rule.stride else _uneven(kept)
    return _uneven(table) if len(set(table)) > 1 else Interval(table[0][1] - table[0][0], 0, -table[0][0])


def _uneven(table: tuple[tuple[int, int], ...]) -> Interval:
    return Interval(max(stop - first for first, stop in table), 0, -table[0][0], table)


def _cut(span: tuple[int, int], length: int) -> tuple[int, int]:
    first, last = max(0, span[0]), min(length, span[1])
    return (first, last) if first < last else (0, 0)


# ------------------------------------------------------------------------------------------------ elements
def everything_of(state: State) -> Region | None:
    """What all elements of a value see together; None where that is not known to be a few rectangles."""
    if state.places is None:
        return sets.union(tuple(sets.moved(region, sets.united, sets.united) for region in state.regions))
    which, rows, columns = elements(state)
    found = []
    for index, region in enumerate(state.regions):
        chosen = which == index
        pairs = set(zip(rows[chosen].tolist(), columns[chosen].tolist(), strict=True))
        down, across = {row for row, _ in pairs}, {column for _, column in pairs}
        if len(pairs) < len(down) * len(across):
            return None
        if pairs:
            kept = ((tuple(sorted(down)),), (tuple(sorted(across)),))
            found.append(tuple((sets.gathered(r, kept[0]), sets.gathered(c, kept[1])) for r, c in region))
    return sets.union(tuple(sets.moved(region, sets.united, sets.united) for region in found))


def elements(state: State) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Of each element the region, the row and the column, int32; length 1 along axes that do not matter."""
    parts = torch.broadcast_tensors(*layout(state))
    return parts[0], parts[1], parts[2]


def layout(state: State) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The same, each of the three with its own axes only."""
    ones = (1,) * len(state.shape)
    which = state.which if state.which is not None else torch.zeros(ones, dtype=torch.int32)
    if state.places is not None:
        return (which, *state.places)
    counts = []
    for axis in state.at:
        if axis is None:
            counts.append(torch.zeros(ones, dtype=torch.int32))
        else:
            size = [-1 if other == axis else 1 for other in range(len(ones))]
            counts.append(torch.arange(state.shape[axis], dtype=torch.int32).view(size))
    return which, counts[0], counts[1]


def mapped(state: State, change: Callable[[Region], Region], **changes: Any) -> State:
    """Every region changed in the same way."""
    return replace(state, regions=tuple(map(change, state.regions)), **changes)
