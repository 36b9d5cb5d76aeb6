"""Where a page has nothing more to show, it ends; what stands around every page is still drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from streamlit.runtime.scriptrunner_utils.exceptions import StopException

from pages.shared import url_state


class PageEnds(StopException):
    """Raised by `end`. A kind of `st.stop()`, so that it leaves a fragment unseen, and ends one that runs alone."""


def end() -> NoReturn:
    """Ends the page here, whose address is written first. To be called once the page has said why."""
    url_state.publish()
    raise PageEnds


def run(page: Callable[[], None]) -> None:
    """Runs the page, to its end or to where it ended itself."""
    try:
        page()
    except PageEnds:
        return
