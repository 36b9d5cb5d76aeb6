"""Values whose rows and columns share their axes: tokens, windows, pairs of tokens as attention weighs them.

There, three small tensors say of each element which region it stands for, at which row and at which column of it
(`states.layout`). Here such elements are read together, meet, and are laid side by side. Rows and columns are numbered
anew each time: the new row "3" may be all rows of a window, or row 5 of one value and row 6 of another at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

import torch

from cnnviz.anatomy import regions as sets
from cnnviz.anatomy.regions import PixelSets, Region
from cnnviz.anatomy.rules.numbering import Numbered, Places, as_one_region, compressed, joint, refuse_many
from cnnviz.anatomy.rules.rearranging import settled
from cnnviz.anatomy.states import NotUnderstood, State, elements, layout

MOST_REGIONS = 256
MOST_TAPS = 25


# ------------------------------------------------------------------------------------------------ read together
def together(state: State, over: Collection[int], shape: tuple[int, ...], note: str) -> State:
    """All elements along the axes `over` read at once. Raises NotUnderstood where they are no rectangle."""
    which, *places = layout(state)
    if not any(part.shape[axis] > 1 for part in (which, *places) for axis in over):
        return replace(state, shape=shape)
    if any(part.shape[axis] > 1 for part in places for axis in over):
        state = replace(state, note=state.note or note)
    if state.which is not None:
        try:
            return _together(_as_one_region(state), over, shape)
        except NotUnderstood:  # each region by itself may be a rectangle
            pass
    return _together(state, over, shape)


def _as_one_region(state: State) -> State:
    region, rows, columns = as_one_region(state.regions, *layout(state))
    blank = _blank(region, 0)[rows.long()] | _blank(region, 1)[columns.long()]
    which = compressed(blank) if bool(blank.any()) else None
    return replace(state, regions=(region,) if which is None else (region, ()), which=which, places=(rows, columns))


def _blank(region: Region, side: int) -> torch.Tensor:
    """Of each row (column), whether it sees nothing in any area. [rows] bool."""
    return torch.tensor([not any(seen) for seen in zip(*(area[side].pixels for area in region), strict=True)])


def _together(state: State, over: Collection[int], shape: tuple[int, ...]) -> State:
    parts = elements(state)
    refuse_many(parts[0].numel())
    gone = [axis for axis, length in enumerate(parts[0].shape) if axis in over and length > 1]
    left = [axis for axis in range(len(shape)) if axis not in gone]
    size = [parts[0].shape[axis] for axis in left]
    which, rows, columns = (part.permute(*left, *gone).reshape(_count(size), -1) for part in parts)
    if bool((which == which[:, :1]).all()):
        down, across = _groups(rows, columns)
        regions, kept = tuple(_grouped(region, down[1], across[1]) for region in state.regions), which[:, 0]
    else:
        regions, kept, down, across = _from_several(state, which, rows, columns)
    back = [part.reshape(size + [1] * len(gone)).permute(_back(left, gone)) for part in (kept, down[0], across[0])]
    return _settled(replace(state, shape=shape, regions=regions, places=None), *back)


def _back(left: Sequence[int], gone: Sequence[int]) -> list[int]:
    order = [*left, *gone]
    return [order.index(axis) for axis in range(len(order))]


def _count(size: Sequence[int]) -> int:
    return int(torch.Size(size).numel())


def _groups(rows: torch.Tensor, columns: torch.Tensor) -> tuple[Numbered, Numbered]:
    """rows, columns: [groups, elements], −1 for none. Raises NotUnderstood where a group is no rectangle."""
    pairs = torch.where(rows < 0, -1, rows.long() * (int(columns.max()) + 1) + columns)
    down, across = _distinct(rows), _distinct(columns)
    if not torch.equal(_counts(pairs), _counts(rows) * _counts(columns)):
        raise NotUnderstood("a part of what was flattened is read together")
    return down, across


def _counts(part: torch.Tensor) -> torch.Tensor:
    """How many different numbers each line holds, −1 not counted."""
    ordered = part.sort(1).values
    return (ordered[:, 1:] != ordered[:, :-1]).sum(1) + 1 - (ordered[:, 0] < 0).int()


def _distinct(part: torch.Tensor) -> Numbered:
    lines, numbers = torch.unique(part.sort(1).values, dim=0, return_inverse=True)
    return numbers, tuple(tuple(place for place in dict.fromkeys(line) if place >= 0) for line in lines.tolist())


def _grouped(region: Region, rows: Places, columns: Places) -> Region:
    return sets.moved(region, partial(_gathered, places=rows), partial(_gathered, places=columns))


def _gathered(seen: PixelSets, places: Places) -> PixelSets:
    """Each new position sees all of one entry; places beyond this axis belong to other regions."""
    if len(seen.pixels) > 1:
        places = tuple(tuple(place for place in read if place < len(seen.pixels)) for read in places)
    return sets.gathered(seen, places)


def _from_several(
    state: State, which: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor
) -> tuple[tuple[Region, ...], torch.Tensor, Numbered, Numbered]:
    """Where one group reads several regions: each by itself, and then all of them at once."""
    found = [index for index in which.unique().tolist() if state.regions[index]]
    if len(found) > MOST_REGIONS:
        raise NotUnderstood("too many ways to see the image")
    down, across, regions = [], [], []
    for index in found:
        there = which == index
        one, other = _groups(torch.where(there, rows, -1), torch.where(there, columns, -1))
        down.append(one[0])
        across.append(other[0])
        regions.append(_grouped(state.regions[index], one[1], other[1]))
    rows_, columns_ = joint(down), joint(across)
    region = sets.union(tuple(_picked(one, rows_[1], columns_[1], k) for k, one in enumerate(regions)))
    return (region,), torch.zeros_like(rows_[0]), rows_, columns_


# ------------------------------------------------------------------------------------------------ cell by cell
def met(states: Sequence[State], shape: tuple[int, ...]) -> State:
    """Each element sees what its elements of all states see. The states: of the result's number of axes."""
    states = [_as_one_region(state) if state.which is not None else state for state in states]
    layouts = [layout(state) for state in states]
    which, rows, columns = (joint([one[part] for one in layouts]) for part in range(3))
    if len(which[1]) > MOST_REGIONS:
        raise NotUnderstood("too many ways to see the image")
    regions = []
    for numbers in which[1]:
        own = [state.regions[number] for state, number in zip(states, numbers, strict=True)]
        regions.append(sets.union(tuple(_picked(one, rows[1], columns[1], k) for k, one in enumerate(own))))
    note = next((state.note for state in states if state.note), "")
    found = replace(states[0], shape=shape, regions=tuple(regions), places=None, note=note)
    return _settled(found, which[0], rows[0], columns[0])


def _picked(region: Region, rows: Places, columns: Places, k: int) -> Region:
    """The region at new rows and columns, which are combinations: this one's own is their k-th."""
    down, across = tuple((one[k],) for one in rows), tuple((one[k],) for one in columns)
    return _grouped(region, down, across)


# ------------------------------------------------------------------------------------------------ along one axis
def picked(state: State, axis: int, places: Sequence[int]) -> State:
    """The elements at these places along an axis, one behind the other; −1: something new, which sees nothing."""
    index = torch.tensor(places)
    parts = [part.index_select(axis, index.clamp(min=0)) if part.shape[axis] > 1 else part for part in layout(state)]
    shape = tuple(len(places) if other == axis else length for other, length in enumerate(state.shape))
    new = (index < 0).view([-1 if other == axis else 1 for other in range(len(shape))])
    which = torch.where(new, len(state.regions), parts[0]) if bool(new.any()) else parts[0]
    found = replace(state, shape=shape, at=(None, None), regions=(*state.regions, ()), places=(parts[1], parts[2]))
    return replace(found, which=compressed(which))


def read_along(state: State, axis: int, reads: Sequence[Sequence[int]]) -> State:
    """Each new place along an axis reads several of the old ones. Raises NotUnderstood where they are too many."""
    most = max(map(len, reads))
    length = state.shape[axis]
    if most > MOST_TAPS:
        if all(len(places) == length for places in reads):
            one = tuple(1 if other == axis else length for other, length in enumerate(state.shape))
            return picked(together(state, {axis}, one, ""), axis, [0] * len(reads))
        raise NotUnderstood("a window of many cells over what was flattened")
    filled = [list(places) + list(places[-1:]) * most + [-1] * max(most, 1) for places in reads]
    taps = [[places[tap] for places in filled] for tap in range(max(most, 1))]
    parts = [picked(state, axis, tap) for tap in taps]
    return parts[0] if len(parts) == 1 else met(parts, parts[0].shape)


# ------------------------------------------------------------------------------------------------ side by side
def side_by_side(parts: Sequence[State], dim: int, shape: tuple[int, ...]) -> State:
    """Values laid one behind the other along an axis: each element keeps what it sees."""
    layouts: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []
    regions: list[Region] = []
    for part in parts:
        which, rows, columns = layout(part)
        layouts.append((which + len(regions), rows, columns))
        regions += part.regions
    joined = [_behind([one[k] for one in layouts], parts, dim) for k in range(3)]
    at = next((part.at for part in parts if not part.is_uniform), parts[0].at)
    found = replace(parts[0], shape=shape, at=at, regions=tuple(regions), places=None, note="")
    return _settled(found, *joined)


def _behind(pieces: Sequence[torch.Tensor], parts: Sequence[State], dim: int) -> torch.Tensor:
    size = [max(piece.shape[axis] for piece in pieces) for axis in range(pieces[0].dim())]
    wide = [[part.shape[dim] if axis == dim else length for axis, length in enumerate(size)] for part in parts]
    return torch.cat([piece.expand(one) for piece, one in zip(pieces, wide, strict=True)], dim)


def _settled(state: State, which: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> State:
    """With axes of their own for rows and columns where there are such; regions that are the same, as one."""
    different = tuple(dict.fromkeys(state.regions))
    which = torch.tensor([different.index(region) for region in state.regions], dtype=torch.int32)[which.long()]
    parts = [compressed(part) for part in (which, rows, columns)]
    one = replace(state, regions=different, which=parts[0] if len(different) > 1 else None)
    return settled(one, len(state.shape), *parts)
