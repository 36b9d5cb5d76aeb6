"""What several rules need: elements read together along axes of a tensor, and states that meet cell by cell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import torch

from cnnviz.anatomy import regions as sets
from cnnviz.anatomy.regions import Region
from cnnviz.anatomy.rules import loose
from cnnviz.anatomy.rules.rearranging import as_axes
from cnnviz.anatomy.states import At, NotUnderstood, State, unknown, whole


def axes_of(dims: object, count: int) -> tuple[int, ...]:
    """Axes as numbers from 0; all of them for None or ()."""
    if dims is None or dims == () or dims == []:
        return tuple(range(count))
    listed = (dims,) if isinstance(dims, int) else dims
    if not isinstance(listed, (tuple, list)) or not all(isinstance(dim, int) for dim in listed):
        raise NotUnderstood(f"axes given as {dims!r}")
    return tuple(int(dim) % count for dim in listed)


# ------------------------------------------------------------------------------------------------ along axes
def together(state: State, over: Collection[int], note: str = "") -> State:
    """All elements along the axes `over` read at once; those axes stay, of length 1."""
    shape = tuple(1 if axis in over else length for axis, length in enumerate(state.shape))
    if state.is_uniform:
        return replace(state, shape=shape)
    if state.places is not None:
        return loose.together(state, over, shape, note)
    regions, which = _layers(state, over)
    rows, columns = (axis is not None and axis in over and state.shape[axis] > 1 for axis in state.at)
    down, across = (sets.united if yes else None for yes in (rows, columns))
    found, which = alike(tuple(sets.moved(region, down, across) for region in regions), which)
    said = state.note or (note if rows or columns else "")
    return replace(state, shape=shape, regions=found, which=which, note=said)


def _layers(state: State, over: Collection[int]) -> tuple[tuple[Region, ...], torch.Tensor | None]:
    """The regions that remain, and which, after those along the axes `over` were united."""
    which = state.which
    if which is None or not any(which.shape[axis] > 1 for axis in over):
        return state.regions, which
    if all(length == 1 or axis in over for axis, length in enumerate(which.shape)):
        return (sets.union(state.regions),), None
    gone = [axis for axis in range(which.dim()) if axis in over]
    left = [axis for axis in range(which.dim()) if axis not in over]
    size = [1 if axis in over else which.shape[axis] for axis in range(which.dim())]
    width = 1
    for axis in gone:
        width *= which.shape[axis]
    lists = which.permute(*left, *gone).reshape(-1, width).tolist()
    return numbered([sets.union(tuple(state.regions[index] for index in dict.fromkeys(line))) for line in lists], size)


def numbered(regions: Sequence[Region], size: Sequence[int]) -> tuple[tuple[Region, ...], torch.Tensor | None]:
    """Regions, one a place, as the different ones and their numbers."""
    found: dict[Region, int] = {}
    numbers = [found.setdefault(region, len(found)) for region in regions]
    if len(found) == 1:
        return tuple(found), None
    return tuple(found), torch.tensor(numbers, dtype=torch.int32).view(*size)


def alike(regions: tuple[Region, ...], which: torch.Tensor | None) -> tuple[tuple[Region, ...], torch.Tensor | None]:
    """Regions that have become the same, as one."""
    different = tuple(dict.fromkeys(regions))
    if which is None or len(different) == len(regions):
        return regions, which
    if len(different) == 1:
        return different, None
    return different, torch.tensor([different.index(region) for region in regions], dtype=torch.int32)[which]


def spread(state: State, over: Collection[int], note: str = "") -> State:
    """Every element depends on all elements along the axes `over` (statistics, softmax)."""
    return replace(together(state, over, note), shape=state.shape)


def without(state: State, axes: Collection[int]) -> State:
    """The axes `axes`, of length 1, taken away."""
    left = [axis for axis in range(len(state.shape)) if axis not in axes]
    at = tuple(left.index(axis) if axis in left else None for axis in state.at)
    shape = tuple(state.shape[axis] for axis in left)
    which, places = state.which, state.places
    which = which.reshape([which.shape[axis] for axis in left]) if which is not None else None
    if places is not None:
        places = tuple(part.reshape([part.shape[axis] for axis in left]) for part in places)  # type: ignore[assignment]
    return as_axes(replace(state, shape=shape, at=(at[0], at[1]), which=which, places=places))


# ------------------------------------------------------------------------------------------------ cell by cell
def met(states: Sequence[State], shape: Sequence[int]) -> State:
    """Each element sees what its elements of all states see. shape: the result's; broadcast as torch does."""
    shape = tuple(shape)
    for state in states:
        if state.sees_all:
            return replace(whole(state, shape, state.note), at=_axes_of(states, shape))
    for state in states:
        if not state.is_known:
            return (
                replace(state, shape=shape)
                if len(shape) == len(state.shape)
                else unknown(state, shape, state.field.note)
            )
    wide = [_broadcast(state, shape) for state in states]
    first = wide[0]
    if all(_same(one, first) for one in wide):
        return first
    at = None if any(one.places is not None for one in wide) else _common(wide)
    if at is None:
        return loose.met(wide, shape)
    if all(one.which is None for one in wide):
        return replace(first, regions=(sets.union(tuple(one.regions[0] for one in wide)),), at=at, note="")
    return _met_layers(wide, at)


def _same(one: State, other: State) -> bool:
    return (one.regions is other.regions and one.which is other.which and one.at == other.at
            and one.places is other.places)  # fmt: skip


def _axes_of(states: Sequence[State], shape: tuple[int, ...]) -> At:
    """The axes of rows and columns, from the state that has most of them."""
    known = [one for one in states if len(one.shape) == len(shape)]
    best = max(
        known, key=lambda one: [axis is not None and one.shape[axis] > 1 for axis in one.at].count(True), default=None
    )
    return best.at if best is not None else (None, None)


def _broadcast(state: State, shape: tuple[int, ...]) -> State:
    """The state at the result's shape: new axes in front, and what has one row gives it to every row."""
    if state.shape == shape:
        return state
    ahead = len(shape) - len(state.shape)
    at: At = tuple(None if axis is None else axis + ahead for axis in state.at)  # type: ignore[assignment]
    which, places = state.which, state.places
    which = which[(None,) * ahead] if which is not None and ahead else which
    if places is not None and ahead:
        places = (places[0][(None,) * ahead], places[1][(None,) * ahead])
    rows, columns = (axis is not None and state.shape[axis - ahead] < shape[axis] for axis in at)
    down, across = (sets.stretched if yes else None for yes in (rows, columns))
    found = tuple(sets.moved(region, down, across) for region in state.regions) if rows or columns else state.regions
    return replace(state, shape=shape, regions=found, at=at, which=which, places=places)


def _common(states: Sequence[State]) -> At | None:
    """The axes of rows and columns, if all agree on them whose rows and columns differ; else None."""
    found: list[int | None] = [None, None]
    for side in (0, 1):
        firm = {one.at[side] for one in states
                if any(len(area[side].pixels) > 1 for region in one.regions for area in region)}  # fmt: skip
        loosely = [one.at[side] for one in states if one.at[side] is not None]
        if len(firm) > 1:
            return None
        found[side] = firm.pop() if firm else next(iter(loosely), None)
    if found[0] is not None and found[0] == found[1]:
        return None
    for one in states:
        if one.which is not None and any(axis is not None and one.which.shape[axis] > 1 for axis in found):
            return None
    return found[0], found[1]


def _met_layers(states: Sequence[State], at: At) -> State:
    ones = (1,) * len(states[0].shape)
    parts = [one.which if one.which is not None else torch.zeros(ones, dtype=torch.int32) for one in states]
    wide = torch.broadcast_tensors(*parts)
    lines = list(zip(*(part.flatten().tolist() for part in wide), strict=True))
    regions = [sets.union(tuple(one.regions[index] for one, index in zip(states, line, strict=True))) for line in lines]
    found, which = numbered(regions, tuple(wide[0].shape))
    return replace(states[0], regions=found, which=which, at=at, note="")
