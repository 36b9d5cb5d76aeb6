"""Who is sent to another page gets there, also where a timer's request takes the place of the first one's."""

from __future__ import annotations

import pytest
import streamlit as st

from cnnviz.topics.explore import captions as explore
from cnnviz.topics.own_model import captions as own_model
from pages.shared import turning
from tests.support.app import app_at

FROM = "pages/networks/own_model/page.py"


def opened_at(lost: int, monkeypatch: pytest.MonkeyPatch) -> tuple[str, object]:
    """The title of the page that stands there, and what is still wanted; so many requests for the page are lost."""
    app = app_at(FROM).run()
    left, turn = [lost], st.switch_page

    def switch_page(page: str, **options: object) -> None:
        if left[0]:
            left[0] -= 1
            st.rerun()  # of the same page: what both requests together come to
        turn(page, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(turning.st, "switch_page", switch_page)
    app.session_state["own_model.go"] = True
    app.run()
    assert not app.exception, app.exception
    return app.title[0].value, app.session_state.get(turning.WANTED)


@pytest.mark.usefixtures("own_runs")
@pytest.mark.parametrize("lost", [0, 1, turning.TRIES])
def test_a_page_that_is_wanted_comes(lost: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened_at(lost, monkeypatch) == (explore.TITLE, None)


@pytest.mark.usefixtures("own_runs")
def test_what_is_lost_again_and_again_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened_at(turning.TRIES + 1, monkeypatch) == (own_model.TITLE, None)
