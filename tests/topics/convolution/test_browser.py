"""The convolution page in Chromium: gestures without a rerun, bad input as a sentence, what is drawn is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browser import changed, idle
from tests.support.gestures import no_rerun, painted
from tests.topics.convolution import gestures

pytestmark = pytest.mark.browser


@pytest.fixture
def part(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    """part("Weight sharing", …) → the page, open at that part."""

    def opened(name: str = "", link: str = "", **options: str) -> Any:
        page = open_page(f"{app[0]}/{gestures.PATH}?convolution.part={name.replace(' ', '+')}{link}", **options)
        idle(page)
        gestures.close_dialog(page)
        return page

    return opened


@pytest.mark.timed
def test_hover_and_scrub_stay_in_the_browser_and_a_stride_needs_the_server(part: Any) -> None:
    page = part("Step by step")
    painted(page, ".sliding_window .stage[data-painted]")
    with no_rerun(page):
        took = gestures.in_browser(page)
    assert sorted(took)[len(took) // 2] < 0.05
    took = gestures.by_server(page)
    assert len(took) >= 9
    assert sorted(took)[len(took) // 2] < 2  # machines differ: the table of `benchmarks.pages` has the bar of 0.4 s


def test_a_number_typed_over_changes_the_output(part: Any) -> None:
    page = part("Step by step")
    painted(page, ".sliding_window .stage[data-painted]")
    before = page.locator(".sliding_window .stage").get_attribute("data-painted")
    table = page.locator('[data-testid="stDataFrame"]').first
    table.scroll_into_view_if_needed()
    table.click(position={"x": 30, "y": 52})
    page.wait_for_timeout(400)  # the table opens its own editor on the first key
    page.keyboard.type("7")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    changed(page, gestures.STAGE, before)
    assert page.locator(".sliding_window .term").first.inner_text() == "7·0"


def test_a_kernel_that_is_too_large_is_said_and_the_picture_stays(part: Any) -> None:
    page = part("Step by step", "&convolution.kernel=7")
    painted(page, ".sliding_window .stage[data-painted]")
    assert "spans 7 rows and the padded input has only 5" in page.get_by_role("alert").inner_text()
    assert page.locator(".sliding_window .term").count() == 9


def test_a_preset_opens_a_transposed_convolution_with_its_coverage(part: Any) -> None:
    page = part("Step by step")
    painted(page, ".sliding_window .stage[data-painted]")
    page.get_by_role("radio", name="Transposed", exact=True).click()
    page.get_by_text("the checkerboard seen in generated images").first.wait_for()
    page.locator(".sliding_window .stage").press("End")
    assert page.locator(".sliding_window .at").inner_text() == "49 of 49"


@pytest.mark.timed
def test_pointing_at_the_picture_reads_the_patch_without_a_rerun(part: Any) -> None:
    page = part("On your picture")
    painted(page, ".filter_lens .pair[data-painted]")
    with no_rerun(page):
        took = gestures.on_the_picture(page)
        pair = page.locator(".filter_lens .pair")
        pair.press("ArrowRight")
        said = page.locator(".filter_lens .said").inner_text().replace("−", "-")
        terms = [term.replace("−", "-") for term in page.locator(".filter_lens .term").all_inner_texts()]
        products = [[float(part.strip("()")) for part in term.split("·")] for term in terms]
        value = float(said.split(": ")[1].split()[0].rstrip(".,"))
        assert sum(one * other for one, other in products) == pytest.approx(value, abs=2e-3)
    assert sorted(took)[len(took) // 2] < 0.05
