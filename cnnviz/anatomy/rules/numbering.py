"""Numbers for rows and columns: of every combination that comes up, and of every different set of pixels."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from cnnviz.anatomy import regions as sets
from cnnviz.anatomy.regions import Region
from cnnviz.anatomy.states import NotUnderstood

MOST_ELEMENTS = 1 << 22  # looked at one by one
Places = tuple[tuple[int, ...], ...]  # of each new number, what it stands for
Numbered = tuple[torch.Tensor, Places]
Seen = tuple[int, ...]  # of one row (column): a set of pixels for each area


def refuse_many(count: int) -> None:
    """Raises NotUnderstood where so many elements would take too long."""
    if count > MOST_ELEMENTS:
        raise NotUnderstood("too many elements to look at one by one")


def joint(parts: Sequence[torch.Tensor]) -> Numbered:
    """Every combination of numbers that comes up, numbered: (each element's, the combinations)."""
    numbers = parts[0].long()
    found: Places = tuple((number,) for number in range(int(numbers.max()) + 1))
    for part in parts[1:]:
        span = int(part.max()) + 1
        wide = torch.broadcast_tensors(numbers, part)
        refuse_many(wide[0].numel())
        codes, numbers = torch.unique(wide[0] * span + wide[1], return_inverse=True)
        found = tuple((*found[code // span], code % span) for code in codes.tolist())
    return numbers, found


def compressed(part: torch.Tensor) -> torch.Tensor:
    """Length 1 along every axis that does not matter."""
    for axis, stride in enumerate(part.stride()):
        if stride == 0 and part.shape[axis] > 1:
            part = part.narrow(axis, 0, 1)
    for axis in range(part.dim()):
        if part.shape[axis] > 1 and bool((part == part.narrow(axis, 0, 1)).all()):
            part = part.narrow(axis, 0, 1)
    return part.to(torch.int32).contiguous()


def as_one_region(
    regions: Sequence[Region], which: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor
) -> tuple[Region, torch.Tensor, torch.Tensor]:
    """The same with a single region: a row's new number says which pixels it sees, and no longer where it stood."""
    count = max(map(len, regions))
    down, across = (_by_pixels(regions, which, part, side, count) for side, part in enumerate((rows, columns)))
    areas = [
        (sets.axis(tuple(seen[k] for seen in down[1]), None), sets.axis(tuple(seen[k] for seen in across[1]), None))
        for k in range(count)
    ]
    return tuple(areas), down[0], across[0]


def _by_pixels(
    regions: Sequence[Region], which: torch.Tensor, part: torch.Tensor, side: int, count: int
) -> tuple[torch.Tensor, list[Seen]]:
    numbers, pairs = joint((which, part))
    found: dict[Seen, int] = {}
    renamed = [found.setdefault(_seen(regions[region], side, place, count), len(found)) for region, place in pairs]
    return compressed(torch.tensor(renamed, dtype=torch.int32)[numbers]), list(found)


def _seen(region: Region, side: int, place: int, count: int) -> Seen:
    axes = [area[side].pixels for area in region]
    return tuple(pixels[place if len(pixels) > 1 else 0] for pixels in axes) + (0,) * (count - len(axes))
