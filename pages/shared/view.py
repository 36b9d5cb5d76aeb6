"""What a page looks at, one image through one network: the one key of everything that is computed from the two."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

import streamlit as st
from PIL import Image

from cnnviz import networks
from pages.shared.kept_bytes import Kept, of_recordings, so_many

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")
NOTHING = Image.new("L", (1, 1))


@dataclass(frozen=True)
class View:
    """choice: of a network. digest: of the image. fit: how it is fitted to the network's input.

    These three are the key. The image travels along for whoever has to compute; it takes no part in comparisons.
    """

    choice: str
    digest: str
    fit: str
    image: Image.Image = field(compare=False, repr=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """Plain values: what stands for the view in a cache and in the session."""
        return self.choice, self.digest, self.fit


def _without_image(given: Any) -> Any:
    """An argument that is kept for its key: a view's image is not."""
    return replace(given, image=NOTHING) if isinstance(given, View) else given


def _plain(view: View) -> tuple[str, str, str]:
    return view.key


class Cached(Protocol[P, R_co]):
    """A function whose results are kept until `clear`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...

    def clear(self) -> None:
        """Forget everything that was kept."""
        ...


class _Guarded(Generic[P, R]):
    """A cached function that refuses another visitor's network before it looks into what everybody shares."""

    def __init__(self, function: Cached[P, R]) -> None:
        self._function = function
        functools.update_wrapper(self, function, updated=())  # what the other has in its own attributes stays there

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        given = (*args, *kwargs.values())
        choices: list[object] = [one.choice for one in given if isinstance(one, View)] or list(given[:1])
        for choice in choices:
            if isinstance(choice, str):
                networks.refuse_others(choice)
        return self._function(*args, **kwargs)

    def clear(self) -> None:
        self._function.clear()


# Networks that somebody has at hand, by choice: one that is no longer kept is not built a second time beside itself.
IN_USE: weakref.WeakValueDictionary[str, networks.Network] = weakref.WeakValueDictionary()
_of_networks: dict[str, Cached[..., object]] = {}  # by module and name, which a reloaded module writes over


def of_networks(function: Cached[P, R]) -> Cached[P, R]:
    """Marks a cached function whose results depend on a network's weights, which its first argument names.

    `forget` empties it, and where the app is shared, nobody gets what came of another visitor's network.
    """
    guarded = _Guarded(function)
    _of_networks[f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"] = guarded
    return guarded


def by_view(
    *,
    max_entries: int | None = None,
    size: Callable[[Any], int] | None = None,
    most: Callable[[], int] = of_recordings,
    show_spinner: bool | str = False,
    show_time: bool = False,
) -> Callable[[Callable[P, R]], Cached[P, R]]:
    """`st.cache_resource` for functions of a View: hashed by its three plain values, emptied by `forget`.

    Streamlit by itself would copy and hash the image, pixel by pixel, at every call. size: bytes of one result; then
    results are bounded by their bytes together, `most` by now (`kept_bytes`), and max_entries is None.
    """

    cached: Any = st.cache_resource(
        max_entries=max_entries, show_spinner=show_spinner, show_time=show_time, hash_funcs={View: _plain}
    )

    def decorated(function: Callable[P, R]) -> Cached[P, R]:
        kept: Any = cached(function)
        if max_entries is not None:
            return of_networks(so_many(max_entries, plain=_without_image)(kept))
        return of_networks(kept if size is None else Kept(kept, most=most, size=size, plain=_without_image))

    return decorated


def forget() -> None:
    """After a run ended, was trained again or deleted: nothing of its old network must be served."""
    drop()
    IN_USE.clear()


def drop() -> None:
    """Where memory is short: nothing is kept of networks any more but what somebody looks at just now."""
    for function in _of_networks.values():
        function.clear()
