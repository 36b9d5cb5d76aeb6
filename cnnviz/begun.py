"""What has finished of a work of many parts that may be ended on its way: whoever asks for it again goes on there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(eq=False)
class Begun(Generic[T]):
    """parts: by number, what has finished. seconds: by number, what each took.

    Two who do the same work at once may fill one: a part is the same whoever made it.
    """

    parts: dict[int, T] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.parts)

    def __contains__(self, number: int) -> bool:
        return number in self.parts

    def keep(self, number: int, part: T, seconds: float = 0.0) -> None:
        """A part has finished."""
        self.seconds[number], self.parts[number] = seconds, part

    @property
    def took(self) -> float:
        """Seconds of all parts that have finished."""
        return sum(self.seconds.copy().values())

    def first(self, count: int) -> list[T]:
        """The first parts in order. Raises KeyError where one of them has not finished."""
        return [self.parts[number] for number in range(count)]
