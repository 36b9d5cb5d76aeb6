"""What a closed tab left: Streamlit keeps its session and its uploads for two minutes, and then until the next visit.

A browser that lost its connection comes back within seconds and finds all as it was. After that the session goes, at
once where it holds large uploads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LINGER, LARGE = 20.0, 16_000_000  # seconds that a session with so many bytes of uploads is kept
KEPT = 100.0  # seconds that any other is: Streamlit would hide it after 120 and free it some time later


class ClosedTabs:
    """Which sessions wait for their tab to come back, and since when."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def look(self, instance: Any, now: float, *, in_loop: Callable[[Callable[[], None]], object]) -> int:
        """End the sessions that have waited long enough; returns how many.

        instance: Streamlit's runtime. now: seconds by a clock that never goes back. in_loop: has a function called by
        the thread that answers connections, so that none is ended while its tab is coming back.
        """
        storage, files = instance._session_mgr._session_storage, instance._uploaded_file_mgr
        waiting = {info.session.id: info.session for info in storage.list()}
        self._since = {number: self._since.get(number, now) for number in waiting}
        over = [number for number in waiting if now - self._since[number] > _seconds(files, number)]
        for number in over:
            in_loop(lambda number=number: _end(storage, number))  # type: ignore[misc]
        return len(over)


def _seconds(files: Any, number: str) -> float:
    held = sum(len(file.data) for file in list(files.file_storage.get(number, {}).values()))
    return LINGER if held > LARGE else KEPT


def _end(storage: Any, number: str) -> None:
    """Its state and its files go now, not when Python finds the circle of references that holds them."""
    found = storage.get(number)
    if found is not None:  # else its tab has come back
        storage.delete(number)
        found.session.shutdown()
        found.session.session_state.clear()
