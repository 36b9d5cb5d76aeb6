"""Which module is running: `nn.Module._call_impl`, behind every call, tells the run of the thread that calls.

The class is patched only while something is recorded, by whichever thread begins first, and put back by the one that
ends last. (Not `__call__` itself: to exchange that one, Python goes through every subclass, and torch.fx does it too.)
Calls of other threads, and of modules that are not the recorded model's, go on as they are; that a module of a recorded
model was called in another thread is told to its listener.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from torch import nn

PLAIN_CALL: Callable[..., Any] = nn.Module._call_impl  # as torch defines it, whatever patches it later
_guard = threading.Lock()
_local = threading.local()
_state: dict[str, Any] = {"users": 0, "before": None}
_listening: list[ModuleListener] = []  # of all threads


class ModuleListener(Protocol):
    """Who runs every module's call while it listens."""

    def module(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run this call, and give what it returned."""
        ...

    def away(self, module: nn.Module) -> None:
        """A module is called in a thread in which nobody listens."""


@contextmanager
def listening(listener: ModuleListener) -> Iterator[None]:
    """Every call of a module in this thread is the listener's to make."""
    with _guard:
        _state["users"] += 1
        if _state["users"] == 1:
            _state["before"] = nn.Module._call_impl
            nn.Module._call_impl = _call  # type: ignore[method-assign]
        _listening.append(listener)
    outer = getattr(_local, "listener", None)
    _local.listener = listener
    try:
        yield
    finally:
        _local.listener = outer
        with _guard:
            _state["users"] -= 1
            _listening.remove(listener)
            if _state["users"] == 0 and nn.Module._call_impl is _call:
                nn.Module._call_impl = _state["before"]  # type: ignore[method-assign]


def _call(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
    listener = getattr(_local, "listener", None)
    if listener is not None:
        return listener.module(self, args, kwargs)
    for other in tuple(_listening):
        other.away(self)
    before = _state["before"]
    return (PLAIN_CALL if before is None or before is _call else before)(self, *args, **kwargs)


HEARD: Callable[..., Any] = _call  # what stands in its place while something is recorded
