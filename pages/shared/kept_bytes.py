"""Bounds what is kept by its bytes: entries are recordings of 50 kB and of 200 MB, networks of 20 kB and of 500 MB.

A number of entries held the wrong ones: three recordings, however small, so that a class of thirty recorded anew at
almost every click; and three of the largest for one person who had long gone on.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from streamlit import runtime

from cnnviz import limits

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Clearable(Protocol[P, R_co]):
    """A cached function that can forget one entry: `clear` with its arguments."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...

    def clear(self, *args: Any, **kwargs: Any) -> None:
        """Forget what was kept for these arguments, or everything without any."""
        ...


class Kept(Generic[P, R]):
    """A cached function of which the entries that were asked for last are kept, as many as fit; the last always is.

    most: bytes by now. size: of one result. plain: an argument as it is kept for the key, without what is heavy.
    """

    def __init__(
        self, function: Clearable[P, R], *, most: Callable[[], int], size: Callable[[R], int],
        plain: Callable[[Any], Any] = lambda one: one,
    ) -> None:  # fmt: skip
        self._function, self._most, self._size, self._plain = function, most, size, plain
        self._guard = threading.Lock()
        self._sizes: OrderedDict[tuple[Any, ...], int] = OrderedDict()  # by arguments, the last asked for at the end
        self.__module__, self.__qualname__ = function.__module__, getattr(function, "__qualname__", "")
        self.__doc__, self.__wrapped__ = function.__doc__, function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        found = self._function(*args, **kwargs)
        key = (tuple(map(self._plain, args)), tuple((name, self._plain(kwargs[name])) for name in sorted(kwargs)))
        with self._guard:
            if key not in self._sizes:
                self._sizes[key] = self._size(found)
            self._sizes.move_to_end(key)
            over = sum(self._sizes.values()) - self._most()
            while over > 0 and len(self._sizes) > 1:
                (given, named), freed = self._sizes.popitem(last=False)
                over -= freed
                self._function.clear(*given, **dict(named))
        return found

    def clear(self) -> None:
        """Forget everything that was kept."""
        with self._guard:
            self._sizes.clear()
            self._function.clear()


def within(most: Callable[[], int], size: Callable[[R], int]) -> Callable[[Clearable[P, R]], Kept[P, R]]:
    """Marks a cached function whose entries are bounded by their bytes, and not by their number."""
    return lambda function: Kept(function, most=most, size=size)


def of_recordings() -> int:
    """Bytes that recordings may have: the more, the more people look at something of their own."""
    server = runtime.get_instance() if runtime.exists() else None
    people = getattr(server, "_session_mgr", None)  # a test's stand-in has none
    here = people.num_active_sessions() if people is not None else 1
    return 1_000_000 * min(limits.RECORDINGS_MB, max(2, here + 1) * limits.RECORDING_MB)


def of_networks() -> int:
    """Bytes that the weights of networks may have."""
    return 1_000_000 * limits.NETWORKS_MB
