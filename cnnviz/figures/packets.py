"""The digest that a packet for a component carries: by it the browser knows whether it has painted the same before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, TypedDict

import numpy as np

from cnnviz.records import Array


class Sealed(TypedDict):
    """What every packet has beside its content."""

    digest: str


def digest(*parts: object) -> str:
    """16 hex digits over all parts, in this order; the same content gives the same digits in every process.

    parts: bytes and arrays by what they hold (an array by its dtype and shape too), everything else as JSON: strings,
    numbers, None, and mappings and sequences of them, a mapping's keys in any order. Where one part ends and the next
    begins counts, so ("ab", "c") and ("a", "bc") differ. Raises TypeError for what JSON does not know, such as a set.

    >>> digest({"a": 1, "b": [2.5, None]}) == digest({"b": [2.5, None], "a": 1})
    True
    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    found = hashlib.blake2b(digest_size=8)
    for part in parts:
        for kind, content in _contents(part):
            found.update(f"{kind} {len(content)}\n".encode())
            found.update(content)
    return found.hexdigest()


def _contents(part: object) -> Iterator[tuple[str, bytes | memoryview]]:
    """(kind, content) pieces of one part; large ones are not copied."""
    if isinstance(part, np.ndarray):
        yield f"array {part.dtype.str} {part.shape}", _memory(part)
    elif isinstance(part, bytes | bytearray | memoryview):
        yield "bytes", memoryview(part).cast("B")
    else:
        yield "plain", json.dumps(part, sort_keys=True, separators=(",", ":"), default=_plain).encode()


def _memory(array: Array) -> bytes | memoryview:
    return np.ascontiguousarray(array).data.cast("B") if array.size else b""


def _plain(value: object) -> Any:
    """An array or a number of numpy's within a mapping, as the plain values that it holds."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"a packet holds plain values, arrays and bytes, found {type(value).__name__}: {value!r:.80}")
