"""The number of a dictionary's state: Python gives it another at every change, also at one that is taken back.

So whether a hundred layers hold what they held is asked of as many numbers, not of the thousands of objects in them.
CPython keeps the number up to 3.11 (PEP 509), and torch, whose compiler reads it, shows it. Where there is none,
`of` is None, and whoever asks compares object by object.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import torch

Version = Callable[[dict[Any, Any]], int]


def _found() -> Version | None:
    guards = getattr(getattr(torch._C, "_dynamo", None), "guards", None)
    shown: Version | None = getattr(guards, "dict_version", None)
    if shown is None or sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return None
    return shown if _tells_changes(shown) else None


def _tells_changes(version: Version) -> bool:
    """Whether every way to change a dictionary changes its number, and to read it does not."""
    one: dict[Any, Any] = {"a": 1}
    changes: list[Callable[[], Any]] = [
        lambda: one.update(a=2), lambda: one.update(b=3), lambda: one.pop("b"), lambda: one.setdefault("c", 4),
        lambda: one.__setitem__("a", 5), lambda: one.__delitem__("c"), one.popitem, one.clear,
    ]  # fmt: skip
    for change in changes:
        before = version(one)
        if version(one) != before or (change(), version(one))[1] == before:
            return False
    return version({}) != version({})


of: Version | None = _found()
