"""Bounds what is kept by its bytes: entries are recordings of 50 kB and of 200 MB, networks of 20 kB and of 500 MB.

A number of entries held the wrong ones: three recordings, however small, so that a class of thirty recorded anew at
almost every click; and three of the largest for one person who had long gone on.
"""

from __future__ import annotations

import functools
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from streamlit import runtime

from cnnviz import limits, memory

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

    What is kept is found by one look into a dictionary: Streamlit's own cache asks for the function's signature and
    hashes every argument, which was a tenth of what a click costs. What is not kept is asked of that one, so that of
    all who want the same at once one computes.

    most: bytes by now. size: of one result. plain: an argument as it is kept for the key, without what is heavy.
    heavy: whether it takes part where all that is large is to shrink.
    """

    def __init__(
        self, function: Clearable[P, R], *, most: Callable[[], int], size: Callable[[R], int],
        plain: Callable[[Any], Any] = lambda one: one, heavy: bool = True,
    ) -> None:  # fmt: skip
        self._function, self._most, self._size, self._plain = function, most, size, plain
        self._guard = threading.Lock()
        self._entries: OrderedDict[Key, tuple[R, int]] = OrderedDict()  # the last asked for at the end
        self._bytes = self._cleared = 0
        if heavy:
            _kept.add(self)
        self.__module__, self.__qualname__ = function.__module__, getattr(function, "__qualname__", "")
        self.__doc__, self.__wrapped__ = function.__doc__, function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        key = Key(tuple(map(self._plain, args)), {name: self._plain(one) for name, one in kwargs.items()})
        if not key.can_be_kept:
            return self._function(*args, **kwargs)
        with self._guard:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key][0]
            cleared = self._cleared
        found = self._function(*args, **kwargs)
        size = self._size(found)  # not in there: it reads all layers of a recording
        with self._guard:
            if cleared == self._cleared:  # else it may be of what is no longer so
                self._bytes += size - self._entries.get(key, (found, 0))[1]
                self._entries[key] = found, size
                self._entries.move_to_end(key)
                self._keep(self._most())
        return found

    def shrink(self, share: float) -> int:
        """Forget what was asked for longest ago, until this share of the bytes is left; returns how many went."""
        with self._guard:
            return self._keep(int(share * self._bytes), last=share > 0)

    def _keep(self, most: int, *, last: bool = True) -> int:
        """Bytes that went. last: whether the one that was asked for last stays, however large it is."""
        before = self._bytes
        while self._bytes > most and len(self._entries) > last:
            key, (_, size) = self._entries.popitem(last=False)
            self._bytes -= size
            self._function.clear(*key.args, **key.named)
        return before - self._bytes

    def clear(self) -> None:
        """Forget everything that was kept."""
        with self._guard:
            self._entries.clear()
            self._bytes, self._cleared = 0, self._cleared + 1
            self._function.clear()


class Key:
    """What a function was called with, to be found again by. Names that begin with "_" are no part of it, as Streamlit
    has it; numbers of different types are different."""

    def __init__(self, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.args, self.named = args, {name: one for name, one in sorted(named.items()) if name[0] != "_"}
        self._all = *((type(one), one) for one in args), *((name, type(one), one) for name, one in self.named.items())
        try:
            self._hash = hash(self._all)
        except TypeError:
            self._hash = 0
            self._all = ()

    @property
    def can_be_kept(self) -> bool:
        """Whether it can stand in a dictionary: lists and arrays cannot."""
        return bool(self._all) or not (self.args or self.named)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self._all == other._all


_kept: weakref.WeakSet[Kept[Any, Any]] = weakref.WeakSet()


def shrink(share: float) -> int:
    """Of all that is kept by its bytes this share stays, what was asked for last; returns how many bytes went."""
    return sum(one.shrink(share) for one in list(_kept))


def within(
    most: Callable[[], int], size: Callable[[R], int], *, plain: Callable[[Any], Any] = lambda one: one
) -> Callable[[Clearable[P, R]], Kept[P, R]]:
    """Marks a cached function whose entries are bounded by their bytes, and not by their number."""
    return lambda function: Kept(function, most=most, size=size, plain=plain)


def so_many(entries: int, *, plain: Callable[[Any], Any] = lambda one: one) -> Callable[[Clearable[P, R]], Kept[P, R]]:
    """Marks a cached function with so many small entries."""
    return lambda function: Kept(function, most=lambda: entries, size=lambda _: 1, plain=plain, heavy=False)


def without_bytes(given: Any) -> Any:
    """A file's content as it is kept for a key: not at all."""
    return b"" if isinstance(given, bytes) else given


def bound() -> int:
    """Bytes that this process may have before what is kept is given back."""
    there = memory.now()
    most = limits.CACHE_MB * 1_000_000
    return most if there is None else min(most, int(there.limit * limits.CACHE_SHARE))


@functools.cache
def room() -> int:
    """Bytes that all that is kept may have together: within these nothing has to be given back at once."""
    return max(0, bound() - limits.BARE_MB * 1_000_000)


def is_full() -> bool:
    """Whether this process has all the memory that it may have. To be asked often: it reads one file."""
    return memory.resident() > room() + limits.BARE_MB * 1_000_000


def of_recordings() -> int:
    """Bytes that recordings may have: the more, the more people look at something of their own."""
    return min(_for_people(limits.RECORDING_MB, limits.RECORDINGS_MB), int(limits.RECORDINGS_SHARE * room()))


def of_drawings() -> int:
    """Bytes that canvases may have, which are drawn from recordings, likewise."""
    return min(_for_people(limits.DRAWING_MB, limits.DRAWINGS_MB), int(limits.DRAWINGS_SHARE * room()))


def of_pictures() -> int:
    """Bytes that decoded images may have, likewise."""
    return min(_for_people(limits.PICTURE_MB, limits.PICTURES_MB), int(limits.PICTURES_SHARE * room()))


def of_packets() -> int:
    """Bytes that layers may have as the browser gets them, likewise."""
    return min(_for_people(limits.PACKET_MB, limits.PACKETS_MB), int(limits.PACKETS_SHARE * room()))


def _for_people(each: int, together: int) -> int:
    """Bytes. each: MB for every session and one more; together: MB that all of them have at most."""
    server = runtime.get_instance() if runtime.exists() else None
    people = getattr(server, "_session_mgr", None)  # a test's stand-in has none
    here = people.num_active_sessions() if people is not None else 1
    return 1_000_000 * min(together, max(2, here + 1) * each)


def of_networks() -> int:
    """Bytes that the weights of networks may have."""
    return min(1_000_000 * limits.NETWORKS_MB, int(limits.NETWORKS_SHARE * room()))
