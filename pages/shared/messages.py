"""What a component says comes from a browser, and so from anyone: believed only where it is of the type that is read.

The components' values are read here alone (a test looks for others). What is not of the type, or beyond its bounds,
counts as not said: the page stays as it was.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from cnnviz.records import typed

T = TypeVar("T")
MOST = 999_999  # of an index: more than any layer has channels, rows or columns
LONGEST = 4000  # characters of a name


@dataclass(frozen=True)
class Place:
    """What was clicked: a layer, a channel of it, a cell of that, as far as the component says so. at: when, in ms."""

    layer: str = ""
    channel: int | None = None
    row: int | None = None
    column: int | None = None
    at: int = 0

    def __post_init__(self) -> None:
        if len(self.layer) > LONGEST:
            raise ValueError(f"a layer's name has {LONGEST} characters at most")
        if any(one is not None and not 0 <= one <= MOST for one in (self.channel, self.row, self.column)):
            raise ValueError(f"channel, row and column are 0 to {MOST}")


def heard(key: str, name: str, kind: type[T], *, among: Container[T] | None = None) -> T | None:
    """What the component of that key said last under that name; None for nothing, or nothing that could be meant.

    kind: a type, or a dataclass whose fields come as an object. among: the values that are possible.
    """
    state = st.session_state.get(key)
    return believed(state.get(name), kind, among=among) if isinstance(state, dict) else None


def believed(value: object, kind: type[T], *, among: Container[T] | None = None) -> T | None:
    """The value where it is of that type, and one of those that are possible; else None."""
    try:
        found = typed.of_type(kind, value)
    except ValueError:
        return None
    return found if among is None or found in among else None
