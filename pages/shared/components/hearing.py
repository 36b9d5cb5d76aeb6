"""A component's message that is no JSON, or none that Python follows, counts as none.

Streamlit (1.67) reads what a browser sends for a component at the beginning of a run, which ends with the reader's
error: on a text that is no JSON, on a number of more digits than Python reads, on lists deeper than its stack.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

DEEPEST = 32  # levels of lists and objects; ours send four


def or_nothing(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same reader, None where it fails on a text or finds lists and objects deeper than `DEEPEST`."""

    @functools.wraps(read)
    def answer(sent: Any) -> Any:
        try:
            found = read(sent)
        except (ValueError, RecursionError):
            return None
        return found if is_shallow(found) else None

    return answer


def is_shallow(value: Any) -> bool:
    """Whether no list or object in it lies deeper than `DEEPEST`: so it can be compared, copied and written.

    >>> is_shallow({"layer": ["conv", 3]}), is_shallow(functools.reduce(lambda inner, _: [inner], range(40), 0))
    (True, False)
    """
    level = [value]
    for _ in range(DEEPEST):
        level = [one for box in level if isinstance(box, list | dict) for one in _inside(box)]
        if not level:
            return True
    return False


def _inside(box: list[Any] | dict[str, Any]) -> list[Any]:
    return [one for one in (box.values() if isinstance(box, dict) else box) if isinstance(one, list | dict)]


def bear_any_text() -> bool:
    """Have Streamlit read so; True where that was possible. A second time changes nothing."""
    from streamlit.components.v2.bidi_component import serialization
    from streamlit.runtime.state import session_state

    places: tuple[tuple[Any, str], ...] = (
        (session_state, "unpack_widget_state_value"), (serialization, "handle_deserialize"),
    )  # fmt: skip
    for module, name in places:
        read = getattr(module, name, None)
        if read is None:
            return False
        if not hasattr(read, "__wrapped__"):
            setattr(module, name, or_nothing(read))
    return True
