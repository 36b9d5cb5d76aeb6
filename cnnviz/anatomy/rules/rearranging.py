"""Operations that only move elements (views, slices, shuffles): asked of themselves, on tensors of indices.

The operation is run on three tensors that say of each element which row, which column and which region it stands for;
where these come out is where rows and columns went. So no rule here has to know any argument.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import torch

from cnnviz.anatomy import regions
from cnnviz.anatomy.regions import Region
from cnnviz.anatomy.rules.numbering import as_one_region, compressed
from cnnviz.anatomy.states import At, NotUnderstood, State, State_, layout

_MOST_PLACES = 4096  # places along the other axes that are looked at one by one


def rearranged(state: State, function: Callable[[torch.Tensor], Any]) -> State_:
    """What the elements see after `function`, which moves them: several states where it returns several tensors."""
    if state.is_uniform:
        return _followed(state, function)
    found = [function(part.to(torch.float32).expand(state.shape)) for part in layout(state)]
    if isinstance(found[0], torch.Tensor):
        return _read(state, *found)
    return tuple(_read(state, *parts) for parts in zip(*found, strict=True))


def with_blanks(state: State, function: Callable[[torch.Tensor], torch.Tensor]) -> State:
    """What the elements see after `function`, which moves them and puts zeros, which see nothing, beside them."""
    which, rows, columns = (function((part + 1).to(torch.float32).expand(state.shape)) - 1 for part in layout(state))
    shape = tuple(which.shape)
    which = torch.where(which < 0, len(state.regions), which)
    found = replace(state, shape=shape, regions=(*state.regions, ()), which=which, places=None)
    return settled(
        found, len(state.shape), *(compressed(part) for part in (which, rows.clamp(min=0), columns.clamp(min=0)))
    )


def _followed(state: State, function: Callable[[torch.Tensor], Any]) -> State_:
    """Everything sees alike: only where the axes of rows and columns went is asked, by their strides."""
    probe = torch.empty(state.shape, device="meta")
    found = function(probe)
    parts = (found,) if isinstance(found, torch.Tensor) else tuple(found)
    states = []
    for part in parts:
        one, other = (None if axis is None else _same_stride(probe, part, axis) for axis in state.at)
        at = (one, other) if one != other else (None, None)
        states.append(replace(state, shape=tuple(part.shape), at=at, which=None))
    return states[0] if isinstance(found, torch.Tensor) else tuple(states)


def _same_stride(probe: torch.Tensor, result: torch.Tensor, axis: int) -> int | None:
    """The axis of a result, from 1 on, that steps as one of a contiguous tensor did; the same place first."""
    step, length = probe.stride(axis), probe.shape[axis]
    places = sorted(range(1, result.dim()), key=lambda place: (place != axis, place))
    if length == 1:
        return axis if axis < result.dim() == probe.dim() and result.shape[axis] == 1 else None
    return next((place for place in places if result.stride(place) == step and 1 < result.shape[place] <= length), None)


def _read(state: State, *parts: torch.Tensor) -> State:
    shape = tuple(parts[0].shape)
    if 0 in shape:
        raise NotUnderstood("nothing is left of the map")
    which, rows, columns = map(compressed, parts)
    return settled(replace(state, shape=shape, places=None), len(state.shape), which, rows, columns)


# ------------------------------------------------------------------------------------------------ rows and columns
def settled(state: State, rank: int, which: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> State:
    """The state with one axis for rows and one for columns, where elements of this layout allow it."""
    at = _own_axes(state, rank, which, rows, columns)
    if at is None and state.which is None and all(map(regions.is_fixed, state.regions)):
        return replace(state, at=(None, None))
    if at is None and _varying(which):
        region, rows, columns = as_one_region(state.regions, which, rows, columns)
        state, which = replace(state, regions=(region,), which=None), torch.zeros_like(which[(0,) * which.dim()])
        which = which.reshape([1] * rows.dim())
        at = _own_axes(state, rank, which, rows, columns)
    if at is None:
        return replace(state, at=(None, None), which=which if _varying(which) else None, places=(rows, columns))
    return _by_place(state, at, which, rows, columns)


def _own_axes(state: State, rank: int, which: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> At | None:
    """The axes that count rows alone and columns alone; None where there are no such."""
    down, across = _varying(rows), _varying(columns)
    usual = state.at if rank == len(state.shape) else (None, None)
    one = _best(rows, down, usual[0])
    other = _best(columns, [axis for axis in across if axis != one], usual[1])
    if (one is None and down) or (other is None and across) or other in down or one in across:
        return None
    at = _usual((one, other), state)
    return None if {one, other} & set(_varying(which)) else at


def _varying(part: torch.Tensor) -> list[int]:
    return [axis for axis, length in enumerate(part.shape) if length > 1]


def _best(part: torch.Tensor, axes: list[int], usual: int | None) -> int | None:
    """Which of the axes that rows (columns) vary along is called theirs: where they were, else the longest."""
    free = [axis for axis in axes if axis > 0]
    return max(free, key=lambda axis: (axis == usual, axis > 1, part.shape[axis]), default=None)


def _usual(at: At, state: State) -> At:
    """A map of one row has its rows where they were, if no other axis is there now."""
    kept = []
    for was, now in zip(state.at, at, strict=True):
        stays = now is None and was is not None and was not in at and was < len(state.shape) and state.shape[was] == 1
        kept.append(was if stays else now)
    return (kept[0], kept[1]) if kept[0] != kept[1] else at


def _by_place(state: State, at: At, which: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> State:
    """One region for each place along the axes that count neither rows nor columns."""
    others = [axis for axis in range(len(state.shape)) if axis not in at]
    sizes = [max(part.shape[axis] for part in (which, rows, columns)) for axis in others]
    count = 1
    for size in sizes:
        count *= size
    if count > _MOST_PLACES:
        return replace(state, at=(None, None), which=which if _varying(which) else None, places=(rows, columns))
    found: dict[Region, int] = {}
    numbers = []
    for place in itertools.product(*map(range, sizes)):
        parts = [_at(part, others, place) for part in (which, rows, columns)]
        region = chosen(state.regions[parts[0][0]], *(tuple(part) for part in parts[1:]))
        numbers.append(found.setdefault(region, len(found)))
    lengths = [1] * len(state.shape)
    for axis, length in zip(others, sizes, strict=True):
        lengths[axis] = length
    layers = torch.tensor(numbers, dtype=torch.int32).view(lengths) if len(found) > 1 else None
    return as_axes(replace(state, regions=tuple(found), at=at, which=layers, places=None))


def _at(part: torch.Tensor, axes: list[int], place: tuple[int, ...]) -> list[int]:
    for axis, index in zip(axes, place, strict=True):
        part = part.narrow(axis, min(index, part.shape[axis] - 1), 1)
    return list(map(int, part.flatten().tolist()))


@lru_cache(maxsize=regions.KEPT)
def chosen(region: Region, rows: tuple[int, ...], columns: tuple[int, ...]) -> Region:
    """The region of these rows and columns of a map, in this order."""
    return regions.moved(region, lambda seen: _along(seen, rows), lambda seen: _along(seen, columns))


def _along(seen: regions.PixelSets, places: tuple[int, ...]) -> regions.PixelSets:
    if places == tuple(range(len(seen.pixels))):
        return seen
    if len(places) == 1 and len(seen.pixels) > 1:
        return regions.gathered(seen, (places,)) if seen.rule is None else regions.picked(seen, places)
    return seen if len(seen.pixels) == 1 else regions.picked(seen, places)


def as_axes(state: State) -> State:
    """Regions that differ along an axis become rows or columns of one region, where nothing else counts them there."""
    if state.which is None or state.places is not None or len(state.shape) != 4:
        return state
    axes = _varying(state.which)
    for side in (0, 1):
        bare = all(len(area[side].pixels) == 1 for region in state.regions for area in region)
        if len(axes) == 1 and axes[0] > 1 and bare and state.at[side] is None:
            found = _stacked(state, side, state.which.flatten().tolist())
            at = (axes[0], state.at[1]) if side == 0 else (state.at[0], axes[0])
            return replace(state, regions=(found,), which=None, at=at)
    return state


def _stacked(state: State, side: int, order: list[int]) -> Region:
    """The regions `order`, one a position, as one region along that side: each sees nothing at the other positions."""
    areas: list[Region] = []
    for place, index in enumerate(order):
        for area in state.regions[index]:
            pixels = (0,) * place + area[side].pixels + (0,) * (len(order) - place - 1)
            seen, kept = regions.axis(pixels, None), area[1 - side]
            areas.append(((seen, kept) if side == 0 else (kept, seen),))
    return regions.union(tuple(areas))
