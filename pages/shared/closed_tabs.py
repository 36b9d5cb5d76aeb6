"""What a closed tab left: Streamlit hides its session after `server.disconnectedSessionTTL` and frees it at some visit.

A browser that lost its connection comes back within those seconds and finds all as it was. Then its uploads and its
state go at once: 600 MB would else wait for the next visitor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class ClosedTabs:
    """The sessions that wait for their tab to come back, as they were seen last."""

    def __init__(self) -> None:
        self._waiting: dict[str, Any] = {}

    def look(self, instance: Any, *, in_loop: Callable[[Callable[[], None]], object]) -> int:
        """End the sessions whose seconds are over; returns how many. Look more often than sessions are hidden.

        instance: Streamlit's runtime. in_loop: has a function called by the thread that answers connections, so that
        none is ended while its tab is coming back.
        """
        manager = instance._session_mgr
        waiting = {info.session.id: info.session for info in manager._session_storage.list()}
        over = [session for number, session in self._waiting.items() if number not in waiting]
        self._waiting = waiting
        for session in over:
            in_loop(lambda session=session: _end(manager, session))  # type: ignore[misc]
        return len(over)


def _end(manager: Any, session: Any) -> None:
    """Its files and its state go now, not when somebody's visit makes Streamlit look through what it hides."""
    if manager.is_active_session(session.id) or manager._session_storage.get(session.id) is not None:
        return  # its tab has come back
    session.shutdown()
    session.session_state.clear()
