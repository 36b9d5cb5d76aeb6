"""Convolution, pooling, padding and upsampling: what each cell along one axis reads of the axis before.

Windows read rows and columns apart, so that one function for each axis of the map is all there is to say; the channels
that a cell reads are those of its group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from cnnviz.anatomy import regions as sets
from cnnviz.anatomy.regions import PixelSets
from cnnviz.anatomy.rules import loose
from cnnviz.anatomy.rules.reading import alike, numbered, together
from cnnviz.anatomy.states import NotUnderstood, State
from cnnviz.records import Interval

OnAxis = Callable[[PixelSets], PixelSets]


class AxisWindow(NamedTuple):
    """A window along one axis. before: padding ahead of the first cell. mode: what the padding holds."""

    kernel: int
    stride: int
    before: int
    dilation: int
    mode: str = "zeros"


# ------------------------------------------------------------------------------------------------ along one axis
@lru_cache(maxsize=sets.KEPT)
def windowed(seen: PixelSets, window: AxisWindow, length: int, cells: int) -> PixelSets:
    """Cell i reads the cells i·stride − before + t·dilation, t = 0 … kernel − 1, of an axis of `length`."""
    kernel, stride, before, dilation, mode = window
    if kernel == stride == 1 and before == 0 and cells == length:
        return seen
    every = seen.pixels if len(seen.pixels) > 1 else seen.pixels * length
    found = []
    for first in range(-before, cells * stride - before, stride):
        pixels = 0
        for place in range(first, first + kernel * dilation, dilation):
            if 0 <= place < length:
                pixels |= every[place]
            elif mode != "zeros" and (inside := beyond(place, length, mode)) is not None:
                pixels |= every[inside]
        found.append(pixels)
    rule = None if seen.rule is None else _after(seen.rule, window)
    if len(seen.pixels) == 1 and all(pixels == every[0] for pixels in found):
        return sets.axis(seen.pixels, rule)
    return sets.axis(tuple(found), rule)


def _after(cell: Interval, window: AxisWindow) -> Interval:
    """What a window of cells sees, away from the border."""
    size = cell.size + (window.kernel - 1) * window.dilation * cell.stride
    return Interval(size, cell.stride * window.stride, cell.padding + window.before * cell.stride)


def beyond(place: int, length: int, mode: str) -> int | None:
    """Which cell stands at a place outside an axis, by the kind of padding; None for a constant."""
    if 0 <= place < length:
        return place
    if mode == "circular":
        return place % length
    if mode == "replicate":
        return min(max(place, 0), length - 1)
    if mode == "reflect":
        return -place if place < 0 else 2 * (length - 1) - place
    return None


@lru_cache(maxsize=sets.KEPT)
def transposed(seen: PixelSets, window: AxisWindow, length: int, cells: int) -> PixelSets:
    """Transposed convolution: cell i reads each cell j with i = j·stride − before + t·dilation for some t < kernel."""
    kernel, stride, before, dilation, _ = window
    if stride == 1:
        return windowed(seen, AxisWindow(kernel, 1, (kernel - 1) * dilation - before, dilation), length, cells)
    reads: list[list[int]] = [[] for _ in range(cells)]
    for cell in range(length):
        first = cell * stride - before
        for place in range(first, first + kernel * dilation, dilation):
            if 0 <= place < cells:
                reads[place].append(cell)
    return sets.gathered(seen, tuple(map(tuple, reads)))


@lru_cache(maxsize=sets.KEPT)
def adaptive(seen: PixelSets, length: int, cells: int) -> PixelSets:
    """Adaptive pooling: cell i reads ⌊i·n/m⌋ … ⌈(i + 1)·n/m⌉ of n cells, for m cells."""
    if length % cells == 0:
        return pooled(seen, AxisWindow(length // cells, length // cells, 0, 1), length, cells)
    reads = (range(i * length // cells, -(-(i + 1) * length // cells)) for i in range(cells))
    return sets.gathered(seen, tuple(map(tuple, reads)))


def pooled(seen: PixelSets, window: AxisWindow, length: int, cells: int) -> PixelSets:
    """A pooling window; one that holds the whole axis is no window any more: it reads everything."""
    reach = (window.kernel - 1) * window.dilation + 1 - window.before
    if cells == 1 and length > 1 and window.dilation == 1 and reach >= length:
        return sets.united(seen)
    return windowed(seen, window, length, cells)


@lru_cache(maxsize=sets.KEPT)
def padded(seen: PixelSets, before: int, cells: int, mode: str, length: int) -> PixelSets:
    """Padding as a layer of its own (negative: cropping)."""
    if len(seen.pixels) == 1 and len(seen.pixels) < length:
        seen = sets.axis(seen.pixels * length, seen.rule)
    places = []
    for place in range(-before, cells - before):
        inside = beyond(place, length, mode)
        places.append(-1 if inside is None else inside)
    found = tuple(seen.pixels[place] if place >= 0 else 0 for place in places)
    rule = seen.rule
    if rule is not None:
        rule = Interval(rule.size, rule.stride, rule.padding + before * rule.stride)
    return sets.fixed(found[0]) if len(set(found)) == 1 and cells > 1 else sets.axis(found, rule)


def prefix(seen: PixelSets, length: int) -> PixelSets:
    """Running sums: each position reads all positions before it, and itself."""
    every = seen.pixels if len(seen.pixels) > 1 else seen.pixels * length
    return sets.axis(tuple(reduce(or_, every[: place + 1]) for place in range(length)), None)


# ------------------------------------------------------------------------------------------------ a whole map
def over_axes(state: State, on: Mapping[int, OnAxis], shape: Sequence[int], note: str = "") -> State:
    """One function for each axis of the tensor in `on`, which reads along it. shape: the result's."""
    if state.places is not None and state.is_uniform:
        return replace(state, shape=tuple(shape))
    if state.places is not None or (state.which is not None and any(state.which.shape[axis] > 1 for axis in on)):
        return over_loose(state, on, tuple(shape))
    at = _at_least(state, [axis for axis in on if axis not in state.at])
    for axis in set(on) - set(at):
        if not all(on[axis](sets.axis((1,), None)).pixels):
            raise NotUnderstood("cells of another axis than rows and columns that read nothing but padding")
    rows, columns = (on.get(axis) if axis is not None else None for axis in at)
    found, which = alike(tuple(sets.moved(region, rows, columns) for region in state.regions), state.which)
    fixed = all(map(sets.is_fixed, found)) and not all(map(sets.is_fixed, state.regions))
    said = state.note or (note if fixed else "")
    return replace(state, shape=tuple(shape), regions=found, at=at, which=which, note=said)


def over_loose(state: State, on: Mapping[int, OnAxis], shape: tuple[int, ...]) -> State:
    """Where rows and columns have no axes of their own: which cells a cell reads is asked, one axis after the other."""
    for axis, function in on.items():
        found = function(sets.pixels_of(state.shape[axis])).pixels
        reads = [[place for place in range(pixels.bit_length()) if pixels >> place & 1] for pixels in found]
        state = loose.read_along(state, axis, reads * (shape[axis] // len(reads)))
    return replace(state, shape=shape)


def _at_least(state: State, missing: Sequence[int]) -> tuple[int | None, int | None]:
    """An axis over which windows run counts rows (columns) again, where nothing else does."""
    rows, columns = state.at
    free = [axis for axis in missing if axis >= 2 == len(state.shape) - 2]
    if rows is None and free:
        rows = free.pop(0)
    return rows, free.pop(0) if columns is None and free else columns


def channels(state: State, groups: int, outputs: int) -> State:
    """Each output channel (axis 1) reads all input channels of its group. outputs: how many channels come out."""
    mixed = state.places is not None and any(part.shape[1] > 1 for part in state.places)
    if (mixed or 1 in state.at) and groups == 1:
        state = together(state, {1})
    elif mixed and groups == state.shape[1] == outputs:
        return state
    elif mixed or 1 in state.at:
        raise NotUnderstood("rows or columns lie on the axis of the channels")
    if state.which is None or state.which.shape[1] == 1:
        return state
    if groups == 1:
        return together(state, {1})
    if any(length > 1 for axis, length in enumerate(state.which.shape) if axis != 1):
        raise NotUnderstood("groups of channels over branches that lie side by side")
    order = state.which.flatten().tolist()
    width, each = len(order) // groups, outputs // groups
    lines = [order[group * width : (group + 1) * width] for group in range(groups)]
    regions = [sets.union(tuple(state.regions[i] for i in dict.fromkeys(line))) for line in lines for _ in range(each)]
    size = [1] * len(state.shape)
    size[1] = outputs
    found, which = numbered(regions, size)
    return replace(state, regions=found, which=which)
