"""Numbers that Python reads off the image (`item`, `float`, `if`, numpy), and the calls that are given them later.

What Python makes of a number, no call tells. But a call that is given another number for another image depends on the
image by more than its tensors; so what each call was given is written down, and compared between images.
"""

from __future__ import annotations

import numbers
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnnviz.tracing.outside import LEAVE

_COUNTED = {"nonzero", "argwhere", "unique", "unique_consecutive", "masked_select", "bincount"}  # as many as it has
READ = LEAVE | _COUNTED | {"item", "__bool__", "__float__", "__int__", "__index__", "__complex__"}
Given = tuple[str, tuple[str, ...]]  # a call's name and the numbers among its arguments, written out: NaN is NaN


class Numbers:
    """What the calls of a run were given. first: the call from which on numbers are known to hang on the image."""

    def __init__(self, first: int | None = None) -> None:
        self.first = first
        self.given: list[Given] = []
        self.are_read = False  # whether Python has read one off the image

    def begin(self) -> None:
        """A run begins."""
        self.given, self.are_read = [], False

    def heard(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], *, depends: bool) -> None:
        """A call is about to be made. depends: on the image, by its tensors."""
        self.are_read = self.are_read or (depends and name in READ)
        self.given.append((name, tuple(map(repr, (*_numbers(args), *_numbers(tuple(kwargs.values())))))))

    @property
    def have_come(self) -> bool:
        """Whether the call that is running now, or an earlier one, was given a number that hangs on the image."""
        return self.first is not None and len(self.given) > self.first


def first_difference(one: Numbers, other: Numbers) -> int | None:
    """The first call that was another, or was given other numbers; None where all are alike."""
    for place, (here, there) in enumerate(zip(one.given, other.given, strict=False)):
        if here != there:
            return place
    return None if len(one.given) == len(other.given) else min(len(one.given), len(other.given))


def _numbers(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, slice):
        yield from _numbers((value.start, value.stop, value.step))
    elif isinstance(value, numbers.Number):
        yield value
