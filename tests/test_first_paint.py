"""A session's first run on the front page is the canvas; the next one, which the painted canvas asks for, is all."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.support import ROOT
from tests.support.app import turn_to
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.usefixtures("own_runs")
EXPLORE, DATA = "pages/look/explore/page.py", "pages/layers/data/page.py"


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)


def around(app: AppTest) -> tuple[bool, bool]:
    """Whether the training form is there, and whether the course is."""
    assert not app.exception, app.exception
    return bool(app.sidebar.children), any("Begin here" in one.value for one in app.caption)


def test_the_canvas_comes_first_and_the_rest_with_the_next_run(app: AppTest) -> None:
    app.run()
    assert around(app) == (False, False)
    assert any("a drawn digit" in one.value for one in app.caption), "the canvas' caption"
    app.run()
    assert around(app) == (True, True)
    app.run()
    assert around(app) == (True, True)


def test_what_a_link_asked_in_vain_is_said_where_it_stays(app: AppTest) -> None:
    app.query_params["row"] = "many"
    app.run()
    assert not app.warning
    app.run()
    assert any("which is left out" in one.value for one in app.warning)


def test_another_page_is_whole_at_once_and_so_is_explore_after_it(app: AppTest) -> None:
    turn_to(app, DATA).run()
    assert around(app)[0]
    turn_to(app, EXPLORE).run()
    assert around(app) == (True, True)


def test_where_there_is_no_canvas_to_wait_for_the_page_is_whole(app: AppTest) -> None:
    app.query_params["network"] = "run:there-is-none"
    app.run()
    assert any("cannot be opened" in one.value for one in app.error)
    assert around(app)[0]
