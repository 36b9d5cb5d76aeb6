"""What the cells of a map see of an image: sets of pixels, kept for rows and for columns apart.

A cell (i, j) of a map sees rows[i] × columns[j], a rectangle that may have holes (dilation, strides wider than the
kernel). Where branches meet it sees several such rectangles: an `Area` is one of them for every cell of the map, a
`Region` all of them. A set of pixels is an integer whose bit p says whether pixel p is in it, so that a union is one
`|` and a test for a subset one `&`.

Beside its sets an `Axis` keeps the affine rule that holds away from the borders (`Interval`), where there is one:
that is the receptive field as it is published, which knows no borders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from cnnviz.records import Interval

MOST_AREAS = 12  # rectangles a cell; beyond it what a network sees is no longer followed
KEPT = 1 << 14  # results kept of each function below: networks repeat themselves, and rows equal columns


@dataclass(frozen=True, eq=False)
class PixelSets:
    """pixels: one set for each position along an axis of a map, or a single one that holds for all of them."""

    pixels: tuple[int, ...]
    rule: Interval | None  # not clipped to the image; None where no affine rule holds


Area = tuple[PixelSets, PixelSets]  # rows, columns
Region = tuple[Area, ...]


@lru_cache(maxsize=KEPT)
def axis(pixels: tuple[int, ...], rule: Interval | None) -> PixelSets:
    """The axis of these sets; asked twice, the same object, so that results can be kept by identity."""
    return PixelSets(pixels, rule)


def pixels_of(length: int) -> PixelSets:
    """The image's own axis: each position sees itself."""
    return axis(tuple(1 << place for place in range(length)), Interval(1, 1, 0))


def everything(length: int) -> PixelSets:
    """Every position sees all `length` pixels."""
    return axis(((1 << length) - 1,), Interval(length, 0, 0))


NOTHING = axis((0,), None)


def bounds(pixels: int) -> tuple[int, int]:
    """First and one-past-last pixel of a set; (0, 0) for an empty one."""
    return ((pixels & -pixels).bit_length() - 1, pixels.bit_length()) if pixels else (0, 0)


# ------------------------------------------------------------------------------------------------ one axis
@lru_cache(maxsize=KEPT)
def united(seen: PixelSets) -> PixelSets:
    """All positions read together: everything that any of them sees, the same everywhere."""
    return fixed(reduce(or_, seen.pixels))


@lru_cache(maxsize=KEPT)
def stretched(seen: PixelSets) -> PixelSets:
    """A single position that every position of another map reads: no rule of its own moves with them."""
    return seen if len(seen.pixels) > 1 else fixed(seen.pixels[0])


def fixed(pixels: int) -> PixelSets:
    """The same set at every position."""
    first, last = bounds(pixels)
    return axis((pixels,), Interval(last - first, 0, -first) if pixels else None)


@lru_cache(maxsize=KEPT)
def picked(seen: PixelSets, places: tuple[int, ...]) -> PixelSets:
    """What the positions `places` see, in that order; negative: padding, which sees nothing."""
    if len(seen.pixels) == 1 and min(places) >= 0:
        return seen
    every = seen.pixels if len(seen.pixels) > 1 else seen.pixels * (max(places) + 1)
    rule, inside = None, [place for place in places if place >= 0]
    step = places[1] - places[0] if len(places) > 1 else 1
    first = inside[0] - places.index(inside[0]) * step if inside else 0
    even = all(place in (-1, first + index * step) for index, place in enumerate(places))
    if seen.rule is not None and even and step > 0:
        rule = Interval(seen.rule.size, seen.rule.stride * step, seen.rule.padding - first * seen.rule.stride)
    return axis(tuple(every[place] if place >= 0 else 0 for place in places), rule)


@lru_cache(maxsize=KEPT)
def gathered(seen: PixelSets, places: tuple[tuple[int, ...], ...]) -> PixelSets:
    """Each position reads all positions of one entry of `places`; no affine rule."""
    every = seen.pixels
    if len(every) == 1 and all(places):
        return fixed(every[0])
    every = every * (max(map(max, filter(None, places)), default=0) + 1) if len(every) == 1 else every
    return axis(tuple(reduce(or_, (every[place] for place in read), 0) for read in places), None)


@lru_cache(maxsize=KEPT)
def covers(wide: PixelSets, narrow: PixelSets) -> bool:
    """Whether every position of `wide` sees what it sees in `narrow`."""
    if wide is narrow:
        return True
    return all(not few & ~many for many, few in _beside(wide, narrow))


@lru_cache(maxsize=KEPT)
def joined(one: PixelSets, other: PixelSets) -> PixelSets:
    """Both together; the rule from the leftmost reach to the rightmost, if they move alike."""
    if one is other:
        return one
    return axis(tuple(left | right for left, right in _beside(one, other)), hull(one.rule, other.rule))


@lru_cache(maxsize=KEPT)
def _absorbed(wide: PixelSets, narrow: PixelSets) -> PixelSets:
    """`wide`, which covers `narrow` on the image; beyond its borders the narrow one may reach further."""
    rule = hull(wide.rule, narrow.rule) if len(wide.pixels) > 1 or len(narrow.pixels) == 1 else None
    return wide if rule is None else axis(wide.pixels, rule)


def hull(one: Interval | None, other: Interval | None) -> Interval | None:
    """The smallest interval that holds both; None where their strides differ or one is unknown."""
    if one is None or other is None or one.stride != other.stride:
        return None
    left = max(one.padding, other.padding)
    right = max(one.size - one.padding, other.size - other.padding)
    return Interval(left + right, one.stride, left)


def _beside(one: PixelSets, other: PixelSets) -> Iterable[tuple[int, int]]:
    count = max(len(one.pixels), len(other.pixels))
    left = one.pixels if len(one.pixels) == count else one.pixels * count
    return zip(left, other.pixels if len(other.pixels) == count else other.pixels * count, strict=True)


# ------------------------------------------------------------------------------------------------ regions
@lru_cache(maxsize=KEPT)
def union(regions: tuple[Region, ...]) -> Region:
    """What the cells see in any of them, in as few areas as it takes."""
    found: list[Area] = []
    for region in regions:
        for area in region:
            _add(found, area)
    return tuple(found)


def _add(found: list[Area], area: Area) -> None:
    """Each area that lies in the new one, or the new one in it, or that shares its rows or columns, merges with it."""
    index = 0
    while index < len(found):
        merged = _merged(found[index], area)
        if merged is None:
            index += 1
        elif merged == found[index]:
            return
        else:
            del found[index]
            area, index = merged, 0
    found.append(area)


def _merged(one: Area, other: Area) -> Area | None:
    (rows, columns), (down, across) = one, other
    row_in, column_in = covers(rows, down), covers(columns, across)
    if row_in and column_in:
        return _absorbed(rows, down), _absorbed(columns, across)
    row_out, column_out = covers(down, rows), covers(across, columns)
    if row_out and column_out:
        return _absorbed(down, rows), _absorbed(across, columns)
    if row_in and row_out:
        return _absorbed(rows, down), joined(columns, across)
    if column_in and column_out:
        return joined(rows, down), _absorbed(columns, across)
    return None


def moved(
    region: Region, rows: Callable[[PixelSets], PixelSets] | None, columns: Callable[[PixelSets], PixelSets] | None
) -> Region:
    """An operation that reads rows and columns apart: one function for each; None leaves an axis as it is."""
    found = []
    for down, across in region:
        found.append((rows(down) if rows else down, columns(across) if columns else across))
    return union((tuple(found),))


def is_fixed(region: Region) -> bool:
    """Whether every cell of a map sees the same."""
    return all(len(rows.pixels) == 1 == len(columns.pixels) for rows, columns in region)
