"""The course: every page once, nothing presumed that comes later, and the way on at the end of every page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from pages.shared import course
from pages.shared.navigation import COURSE, ROWS, PageRow
from tests.support import ROOT
from tests.support.app import app_at
from tests.support.waiting import PATIENCE

ROWS_OF_PARTS = ("dropout.part", "blocks.part", "blocks.mobile")
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
def test_the_end_of_a_page_leads_on_and_counts_what_was_opened(row: PageRow) -> None:
    page = _at_its_end(app_at(row.path).run())
    [whole] = [box for box in page.expander if box.label.startswith(course.ALL)]
    assert whole.label == f"{course.ALL} · 1 of {len(COURSE)} opened"
    links = [link.proto.label for link in page.get("page_link")]
    at = next(at for at, stop in enumerate(COURSE) if stop.url_path == row.url_path)
    following = [label for label in links if label.startswith("**Next")]
    assert len(following) == (at + 1 < len(COURSE))
    assert all(COURSE[at + 1].sentence in label for label in following)


@pytest.mark.parametrize("path", ["pages/layers/dropout/page.py", "pages/networks/blocks/page.py"])
def test_from_part_to_part_the_row_and_the_way_agree(path: str) -> None:
    """Every part once, also those of a row within a part, as they stand in the rows; and the same way back."""
    page = app_at(path).run()
    while (back := _way(page, "back")) is not None:
        back.click().run()
    labels = [name for row in page.segmented_control if str(row.key).endswith(".part") for name in row.options]
    seen = [_open(page)]
    while (onward := _way(page, "next")) is not None:
        said = onward.label
        onward.click().run()
        assert not page.exception, page.exception
        seen.append(_open(page))
        assert said in [f"**Next: {name}**" for name in seen[-1]]
    assert list(dict.fromkeys(parts[0] for parts in seen)) == labels
    assert len(set(seen)) == len(seen)
    for before in reversed(seen[:-1]):
        back = _way(page, "back")
        assert back is not None
        back.click().run()
        assert _open(page) == before


def _way(page: AppTest, where: str) -> Button | None:
    return next((one for one in page.button if one.key == f"course.{where}.part"), None)


def _open(page: AppTest) -> tuple[str, ...]:
    """The open part, and in it the open one of its own row."""
    return tuple(str(row.value) for row in page.segmented_control if row.key in ROWS_OF_PARTS)


def _at_its_end(page: AppTest) -> AppTest:
    while (onward := _way(page, "next")) is not None:
        onward.click().run()
    assert not page.exception, page.exception
    return page


def test_opened_pages_are_remembered_through_the_session() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.session_state["explore.begun"] = True
    app.session_state["course.seen"] = {"convolution"}
    app.run()
    assert any(box.label == f"{course.ALL} · 2 of {len(COURSE)} opened" for box in app.expander)
