"""A named family: models, data sets, samples. Refuses duplicates; answers a wrong name with the right ones."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


def unknown(what: str, name: str, names: Iterable[str]) -> str:
    """One sentence: what was asked, and what would work."""
    names = sorted(names)
    close = difflib.get_close_matches(name, names, n=5, cutoff=0.5)
    if close:
        return f"there is no {what} named {name!r}; close: {', '.join(close)}"
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"there is no {what} named {name!r}; there are: {shown or 'none'}"


class Registry(Generic[T]):
    """Members by name, in the order of registration.

    >>> greetings = Registry("greeting")
    >>> greetings.add("hello", lambda: "hi")      # doctest: +ELLIPSIS
    <function ...>
    >>> greetings["hello"]()
    'hi'
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._members: dict[str, T] = {}

    def add(self, name: str, member: T) -> T:
        """Puts a member under a name. Raises ValueError where the name is taken."""
        if name in self._members:
            raise ValueError(f"two {self.what}s are named {name!r}")
        self._members[name] = member
        return member

    def register(self, name: str) -> Callable[[T], T]:
        """As a decorator: `@models.register("cnn")`."""
        return lambda member: self.add(name, member)

    def __getitem__(self, name: str) -> T:
        if name not in self._members:
            raise KeyError(unknown(self.what, name, self._members))
        return self._members[name]

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def names(self) -> tuple[str, ...]:
        """All names, in the order of registration."""
        return tuple(self._members)
