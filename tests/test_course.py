"""The course: every page once, nothing presumed that comes later, and the way on at the end of every page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import course
from pages.shared.navigation import COURSE, ROWS
from tests.support import ROOT
from tests.support.app import app_at
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.usefixtures("own_runs")


def test_every_page_is_a_stop_and_none_presumes_what_comes_later() -> None:
    stops = [stop.url_path for stop in COURSE]
    assert sorted(stops) == sorted(row.url_path for row in ROWS)
    for at, stop in enumerate(COURSE):
        assert set(stop.presumes) < set(stops[:at]) or not stop.presumes, stop.url_path
        assert stop.sentence.endswith(".")
        assert len(stop.sentence.split()) <= 16, stop.sentence


def test_it_says_where_to_begin_and_what_a_stop_presumes() -> None:
    assert course.words(0) == course.BEGIN
    receptive = next(at for at, stop in enumerate(COURSE) if stop.url_path == "receptive_field")
    assert course.words(receptive).endswith("presumes Convolution, Pooling")


@pytest.mark.parametrize("row", [row for row in ROWS if row.url_path in ("dropout", "experiments", "compare")])
def test_the_end_of_a_page_leads_on_and_counts_what_was_opened(row: object) -> None:
    page = app_at(row.path).run()  # type: ignore[attr-defined]
    assert not page.exception, page.exception
    [whole] = [box for box in page.expander if box.label.startswith(course.ALL)]
    assert whole.label == f"{course.ALL} · 1 of {len(COURSE)} opened"
    links = [link.proto.label for link in page.get("page_link")]
    at = next(at for at, stop in enumerate(COURSE) if stop.url_path == row.url_path)  # type: ignore[attr-defined]
    following = [label for label in links if label.startswith("**Next")]
    assert len(following) == (at + 1 < len(COURSE))
    assert all(COURSE[at + 1].sentence in label for label in following)


def test_opened_pages_are_remembered_through_the_session() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.session_state["explore.begun"] = True
    app.session_state["course.seen"] = {"convolution"}
    app.run()
    assert any(box.label == f"{course.ALL} · 2 of {len(COURSE)} opened" for box in app.expander)
