"""The way through: at the end of every page what comes next, what the page presumes, and the whole course."""

from __future__ import annotations

import streamlit as st

from pages.shared.navigation import COURSE, ROWS, Row, Stop

BEGIN = "Begin here: the first stop of the course."
ALL = "The whole course"
SEEN, UNSEEN, HERE = ":material/check_circle:", ":material/radio_button_unchecked:", ":material/arrow_right_alt:"


def footer(url_path: str) -> None:
    """Below the page at this address. That it was opened is remembered as long as the session."""
    opened = st.session_state.setdefault("course.seen", set())
    opened.add(url_path)
    at = next((index for index, stop in enumerate(COURSE) if stop.url_path == url_path), None)
    if at is None:
        return
    st.divider()
    with st.container(horizontal=True, vertical_alignment="center", key="course.way"):
        st.caption(words(at))
        if at + 1 < len(COURSE):
            following = COURSE[at + 1]
            row = _row(following)
            st.page_link(
                row.path, label=f"**Next: {row.title}.** {following.sentence}", icon=":material/arrow_forward:",
                icon_position="right",
            )  # fmt: skip
    with st.expander(f"{ALL} · {len(opened & _known())} of {len(COURSE)} opened", icon=":material/route:"):
        for index, stop in enumerate(COURSE):
            _line(index, stop, here=index == at, seen=stop.url_path in opened)


def words(at: int) -> str:
    """Which stop this is and what it presumes."""
    stop = COURSE[at]
    if not at:
        return BEGIN
    presumed = ", ".join(_row(_stop(name)).title for name in stop.presumes)
    return f"Stop {at + 1} of {len(COURSE)} · presumes {presumed}" if presumed else f"Stop {at + 1} of {len(COURSE)}"


def _line(index: int, stop: Stop, *, here: bool, seen: bool) -> None:
    row = _row(stop)
    icon = HERE if here else SEEN if seen else UNSEEN
    st.page_link(row.path, label=f"{index + 1}. **{row.title}** · {stop.sentence}", icon=icon, disabled=here)


def _stop(url_path: str) -> Stop:
    return next(stop for stop in COURSE if stop.url_path == url_path)


def _row(stop: Stop) -> Row:
    return next(row for row in ROWS if row.url_path == stop.url_path)


def _known() -> set[str]:
    return {stop.url_path for stop in COURSE}
