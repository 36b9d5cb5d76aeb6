"""Training choices in Chromium: the race is played, scrubbed, read off without a rerun, and grows while it trains."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz import experiments
from cnnviz.figures import race
from tests.support.browser import idle, reads
from tests.support.gestures import no_rerun, painted, played_on
from tests.support.waiting import stays, until
from tests.topics.training_choices import gestures

pytestmark = pytest.mark.browser

LIVE = gestures.STAGE + '[data-live="true"]'


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def part(name: str, **options: str) -> Any:
        page = open_page(f"{app[0]}/training_choices?choices.part={name}", **options)
        painted(page, gestures.STAGE)
        idle(page)
        return page

    return part


def place(page: Any) -> float:
    """Where the race stands, in [0, 1]."""
    return float(page.locator(gestures.STAGE).first.get_attribute("data-painted").rpartition("-")[2])


def says(page: Any) -> str:
    return reads(page.locator(".race .says").first)


def scrub(page: Any, notch: int) -> None:
    page.locator(".race .scrub").first.evaluate(gestures.SCRUB, str(notch))


def test_it_plays_once_and_stops_at_the_end(opened: Callable[..., Any]) -> None:
    page = opened("Optimisers")
    with no_rerun(page):
        page.locator(".race .play", has_text="Play").first.wait_for()
        assert until(lambda: place(page) == 1)
        played_on(page.locator(".race .play").first, page.locator(gestures.STAGE).first)
        stopped = place(page)
        assert 0 < stopped < 0.9
        assert stays(lambda: place(page) == stopped)


def test_scrubbing_and_choices_say_who_leads(opened: Callable[..., Any]) -> None:
    """The words at half of the images are those of the shipped curves, computed here a second time."""
    page = opened("Batch size")
    lanes = race.race(experiments.results("batch_sizes"))["lanes"]
    with no_rerun(page):
        scrub(page, 200)
        half = max(lane["ends"]["pictures"] for lane in lanes) / 2
        values = {
            lane["name"]: max(
                ((x, y) for x, y in zip(lane["x"]["pictures"], lane["accuracy"], strict=True) if x <= half)
            )[1]
            for lane in lanes
        }
        best = max(values, key=lambda name: values[name])
        assert f"“{best}” leads with {100 * values[best]:.1f} %" in says(page)
        page.get_by_role("radio", name="Equal steps").click()
        scrub(page, 6)
        words = says(page)
        assert re.match(r"After \d+ steps: ", words), words
        page.get_by_role("radio", name="Equal seconds").click()
        assert re.match(r"After \d+\.\d s: ", says(page))
        page.get_by_role("radio", name="Training loss").click()
        assert "more)" in says(page)


def test_pointer_and_keys_read_values(opened: Callable[..., Any]) -> None:
    page = opened("Optimisers")
    with no_rerun(page):
        scrub(page, 400)
        canvas = page.locator(".race .stage canvas").first
        canvas.evaluate(gestures.POINT, 0.5)
        tip = page.locator(".race .tip").first
        assert until(lambda: len(re.findall(r"\d+\.\d %", reads(tip))) == 3)
        canvas.focus()
        page.keyboard.press("ArrowLeft")
        assert until(lambda: place(page) == pytest.approx(0.99, abs=0.002))
        page.keyboard.press("Home")
        assert until(lambda: place(page) == 0)
        assert says(page) == "At the start."
        page.keyboard.press("Escape")
        expect(tip).to_be_hidden()
        page.keyboard.press("End")
        page.keyboard.press(" ")
        expect(page.locator(".race .play").first).to_have_text("Pause", use_inner_text=True)


def test_a_live_race_grows_and_stop_ends_it(opened: Callable[..., Any]) -> None:
    """Started from the page, all three curves grow on the canvas; stopped, what ships can be shown again."""
    page = opened("Optimisers")
    page.get_by_role("button", name="Run it again here").click()
    page.get_by_text("3 cells side by side").first.wait_for()
    page.locator(LIVE).wait_for()
    first = place(page)
    page.locator(f'{LIVE}:not([data-painted$="-{first:.3f}"])').wait_for()
    assert until(lambda: place(page) > first)
    expect(page.locator(".race .lane")).to_have_count(3)
    page.get_by_role("button", name="Stop").last.click()
    page.get_by_text("cells are left; start again and only these run").first.wait_for()


@pytest.mark.timed
@pytest.mark.exhaustive  # as `benchmarks.pages` measures it
def test_a_gesture_is_answered_at_once(opened: Callable[..., Any]) -> None:
    page = opened("Optimisers")
    with no_rerun(page):
        assert sorted(gestures.in_browser(page))[15] < 0.05
