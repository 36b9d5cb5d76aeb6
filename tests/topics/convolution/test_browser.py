"""The convolution page in Chromium: gestures without a rerun, bad input as a sentence, what is drawn is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import begins, idle, settled
from tests.support.gestures import no_rerun, painted
from tests.support.waiting import until
from tests.topics.convolution import gestures

pytestmark = pytest.mark.browser


@pytest.fixture
def part(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    """part("Weight sharing", …) → the page, open at that part."""

    def opened(name: str = "", link: str = "", **options: str) -> Any:
        page = open_page(f"{app[0]}/{gestures.PATH}?convolution.part={name.replace(' ', '+')}{link}", **options)
        idle(page)
        return page

    return opened


@pytest.mark.timed
def test_hover_and_a_dragged_slider_stay_in_the_browser_and_a_picture_needs_the_server(part: Any) -> None:
    page = part("Step by step")
    painted(page, ".sliding_window .stage[data-painted]")
    settled(page)
    with no_rerun(page):
        took = gestures.in_browser(page)
        assert sorted(took)[len(took) // 2] < 0.05
        moved = gestures.slid(page, "Input", [*range(5, 33), *range(31, 5, -1)])
    assert sorted(moved)[len(moved) // 2] < 0.05
    expect(page.locator(".sizes")).to_contain_text("⌊(6 + 2·0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 4", use_inner_text=True)
    took = gestures.by_server(page)
    assert len(took) >= 9
    assert sorted(took)[len(took) // 2] < 2  # machines differ: the table of `benchmarks.pages` has the bar of 0.4 s


def test_the_drawing_is_whole_on_a_projector_and_numbers_are_typed_over_where_they_stand(part: Any) -> None:
    page = part("Step by step")
    painted(page, ".sliding_window .stage[data-painted]")
    settled(page)
    before = page.locator(gestures.STAGE).bounding_box()["height"]
    page.set_viewport_size({"width": 1280, "height": 720})
    changes = "([before, stage]) => stage.clientHeight < before"
    page.wait_for_function(changes, arg=[before, page.locator(gestures.STAGE).element_handle()])
    for seen in (gestures.STAGE, ".sliding_window .controls", ".sliding_window .terms .sum"):
        box = page.locator(seen).first.bounding_box()
        assert box["y"] + box["height"] <= 720, seen
    assert until(lambda: page.locator(gestures.STAGE).bounding_box()["height"] >= 350)
    with no_rerun(page):
        page.mouse.click(*gestures.place(page, "input", 0, 1))
        page.keyboard.type("7")
        expect(page.locator(".sliding_window .term").nth(1)).to_have_text(
            "7·1", use_inner_text=True
        )  # while it is typed
        page.keyboard.press("ArrowRight")
        page.keyboard.type("-2,5")
        page.keyboard.press("Escape")  # gives back the 2
        page.keyboard.press("ArrowDown")
        page.keyboard.type("4")  # a key alone opens the number at hand
        page.keyboard.press("Enter")
        expect(page.locator(".sliding_window .typing")).to_be_hidden()
    page.wait_for_url("**x.0.0.1~7_x.0.1.2~4**pin=input.0.1.2**")
    expect(page).not_to_have_url(re.compile(re.escape("x.0.0.2")))
    again = part("Step by step", "&" + page.url.split("?")[1].replace("convolution.part", "unused"))
    painted(again, ".sliding_window .stage[data-painted]")
    settled(again)
    terms = again.locator(".sliding_window .term")  # of the first output that reads the cell which the link pins
    expect(terms.first).to_have_text("7·0", use_inner_text=True)
    expect(terms.nth(4)).to_have_text("4·2", use_inner_text=True)


def test_the_formula_follows_every_cell_stamps_and_turned_weights_included(part: Any) -> None:
    page = part("Step by step")
    painted(page, ".sliding_window .stage[data-painted]")
    settled(page)
    terms = page.locator(".sliding_window .terms")
    page.mouse.move(*gestures.place(page, "input", 2, 2))
    expect(terms).to_have_text(begins("output (1, 1) = 0·0 + 1·1 + 3·2"), use_inner_text=True)
    expect(terms.locator(".term.on")).to_have_text(["2·2"], use_inner_text=True)
    expect(terms).to_contain_text("(2, 2) goes into: 2·2 → (0, 0), 2·1 → (0, 1)", use_inner_text=True)
    page.get_by_label("Flip the kernel").check()
    page.mouse.move(*gestures.place(page, "weights", 0, 0))
    expect(page.locator(".sliding_window .said")).to_have_text(
        begins("Kernel turned 180° (0, 0): 2."), use_inner_text=True
    )
    page.get_by_text("weight.flip(2, 3)").first.wait_for()
    page.get_by_label("Begin with").select_option("Transposed")
    page.mouse.move(*gestures.place(page, "input", 0, 2))
    expect(terms).to_contain_text(
        "(0, 2) stamps 2·kernel: 2·0 → (0, 4), 2·1 → (0, 5), 2·2 → (0, 6)", use_inner_text=True
    )
    page.mouse.move(*gestures.place(page, "output", 2, 2))
    expect(terms).to_have_text(begins("output (2, 2) = "), use_inner_text=True)
    expect(terms.locator(".term")).to_have_count(4)
    page.get_by_text("the checkerboard seen in generated images").first.wait_for()
    page.locator(gestures.STAGE).press("End")
    expect(page.locator(".sliding_window .at")).to_have_text("9 of 9", use_inner_text=True)


def test_what_has_no_result_is_said_and_the_last_drawing_stays(part: Any) -> None:
    page = part("Step by step", "&convolution.kernel=7")
    painted(page, ".sliding_window .stage[data-painted]")
    settled(page)
    expect(page.get_by_role("alert")).to_contain_text(
        "spans 7 rows and the padded input has only 5", use_inner_text=True
    )
    expect(page.locator(".sliding_window .term")).to_have_count(9)
    gestures.slid(page, "Padding", [1])
    expect(page.get_by_role("alert")).to_have_count(0)
    gestures.slid(page, "Input", [32])
    expect(page.locator(".sliding_window .limit")).to_have_text("Input: 32 is the most.", use_inner_text=True)


def test_on_a_phone_a_tap_looks_and_a_second_one_types(part: Any) -> None:
    page = part("Step by step", size="phone", scheme="dark")
    painted(page, ".sliding_window .stage[data-painted]")
    settled(page)
    assert until(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"))
    page.locator(gestures.STAGE).scroll_into_view_if_needed()
    page.touchscreen.tap(*gestures.place(page, "weights", 1, 1))
    expect(page.locator(gestures.STAGE)).to_have_attribute("data-target", "weights/1/1")
    expect(page.locator(".sliding_window .typing")).to_be_hidden()
    page.touchscreen.tap(*gestures.place(page, "weights", 1, 1))
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.wait_for_url("**w.0.0.1.1~5**")


@pytest.mark.timed
def test_pointing_at_the_picture_reads_the_patch_without_a_rerun(part: Any) -> None:
    page = part("On your image")
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
