"""What a visitor sees first: the canvas alone, and what stands around it once that is painted.

Of the browser's work until the canvas of LeNet-5 was on the screen, a third was for what nobody had looked for yet: the
training form in the folded sidebar, the course below, what waits in closed drawers. On a server that has just started
pandas is imported for them, too. So a session's first run on the front page ends early, and the canvas, which says when
it is painted, asks for the whole.
"""

from __future__ import annotations

import streamlit as st

FRONT = ""  # the address of the page that the app opens with
CANVAS, WHOLE = "explore.begun", "first_paint.whole"  # in the session: the canvas was sent; so was all that is around


def comes_first(url_path: str) -> bool:
    """Whether this run is the session's first, on the front page: it shows what that is about, and nothing else.

    To be asked once a run, before anything is drawn.
    """
    first = WHOLE not in st.session_state and url_path == FRONT and CANVAS not in st.session_state
    st.session_state[WHOLE] = not first
    return first


def is_whole() -> bool:
    """Whether this session's page has all that stands around its subject."""
    return bool(st.session_state.get(WHOLE))


def over() -> None:
    """The canvas is painted, or there is none to wait for: a run that was the first is begun anew as a whole one."""
    if not is_whole():
        st.rerun()
