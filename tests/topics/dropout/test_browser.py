"""Dropout in Chromium: p scrubbed without a rerun, both conventions read off, what is drawn is what was computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnviz.figures import palettes
from cnnviz.topics.dropout import masks
from pages.layers.dropout import mask
from tests.support.browser import changed, idle, settled
from tests.support.gestures import no_rerun, painted
from tests.support.waiting import until
from tests.topics.dropout import gestures

pytestmark = pytest.mark.browser
X = mask.NUMBERS.ravel()
RUN = "run:mnist-cnn-19abe802"
STAGE = ".dropout .stage[data-painted]"
WIDER = "() => document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def page_of(app: tuple[str, int], keep_page: Callable[..., Any]) -> Callable[..., Any]:
    """page_of("dropout.part=Two+masks", size=…, scheme=…) → the page, once its component is painted."""

    def opened(query: str = "", **options: str) -> Any:
        page = keep_page(f"{app[0]}/dropout?{query}", **options)
        painted(page, STAGE)
        idle(page)
        settled(page)
        return page

    return opened


def scrub(page: Any, p: str) -> None:
    page.locator(".dropout .p").first.evaluate(gestures.SCRUB, p)


def pixel(page: Any, panel: str, x: float, y: float) -> list[int]:
    """RGB of a panel's plate at a CSS position."""
    found: list[int] = page.locator(f"[data-panel={panel}] .base").evaluate(
        """(canvas, [x, y]) => {
            const ratio = canvas.width / canvas.clientWidth
            return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3)
        }""",
        [x, y],
    )
    return found


def numbers_in(text: str) -> list[float]:
    """Every number of a text, in order."""
    words = text.replace("−", "-").replace(",", "").split()
    return [float(word) for word in words if word.lstrip("-").replace(".", "", 1).isdigit()]


@pytest.mark.timed
@pytest.mark.exhaustive  # as `benchmarks.pages` measures it
def test_scrubbing_and_pointing_answer_within_50_ms_without_a_rerun(page_of: Callable[..., Any]) -> None:
    page = page_of(gestures.PATH.partition("?")[2])
    with no_rerun(page):
        took = gestures.in_browser(page)
    assert sorted(took)[len(took) // 2] < 0.05


@pytest.mark.parametrize("scheme", palettes.THEMES)
def test_each_unit_has_the_colour_of_its_value_at_every_p(page_of: Callable[..., Any], scheme: str) -> None:
    page = page_of(scheme=scheme)
    u, colours = masks.uniform(X.shape, seed=1), palettes.lut("activations", scheme)
    for p in (0.0, 0.3, 0.5, 1.0):
        scrub(page, f"{p:.2f}")
        ours = masks.drop(X, masks.keep(u, p), p)
        for panel, values in (("upTrain", ours.upscale.train), ("downTrain", ours.downscale.train),
                              ("downEval", ours.downscale.evaluated)):  # fmt: skip
            for unit in (0, 3, 6):
                entry = int(np.clip(np.floor(128 + 127 * values[unit] / 6 + 0.5), 1, 255))
                width = page.locator(f"[data-panel={panel}] .base").evaluate("c => (c.clientWidth - 6 + 2) / 8")
                assert pixel(page, panel, 3 + unit * width + 4, 3 + 5) == colours[entry].tolist(), (p, panel, unit)


def test_a_unit_is_written_out_under_both_conventions(page_of: Callable[..., Any]) -> None:
    page = page_of()
    scrub(page, "0.25")
    stage = page.locator(STAGE)
    stage.press("Home")
    for _ in range(4):
        stage.press("ArrowRight")
    u = float(masks.uniform(X.shape, seed=1)[4])
    said = page.locator(".dropout .readout").inner_text()
    m = 1 if u >= 0.25 else 0
    assert f"m = {m}" in said
    assert "unit 4" in said
    assert f"x·m/(1−p) = (−1.000) · {m} / (1 − 0.25) = {'−1.333' if m else '0'}" in said
    assert "x·(1−p) = (−1.000) · (1 − 0.25) = −0.7500" in said
    stage.press("Enter")
    stage.press("ArrowRight")
    expect(page.locator(".dropout .readout")).to_contain_text("unit 5", use_inner_text=True)
    stage.press("Escape")
    expect(page.locator(".dropout .readout")).to_contain_text("Point at a unit", use_inner_text=True)


def test_the_ends_are_said(page_of: Callable[..., Any]) -> None:
    page = page_of()
    scrub(page, "1")
    expect(page.locator(".dropout .said")).to_contain_text("PyTorch answers with zeros", use_inner_text=True)
    expect(page.locator(".dropout .counts")).to_contain_text("kept: 0 of 8 units", use_inner_text=True)
    scrub(page, "0")
    expect(page.locator(".dropout .said")).to_contain_text("the identity", use_inner_text=True)
    expect(page.locator(".dropout .counts")).to_contain_text("kept: 8 of 8 units", use_inner_text=True)


def test_another_mask_keeps_p(page_of: Callable[..., Any]) -> None:
    page = page_of("dropout.seed=1")  # a page of its own, which the next tests do not find with another mask
    scrub(page, "0.80")
    before = page.locator(STAGE).get_attribute("data-painted")
    page.get_by_role("button", name="Another mask").click()
    changed(page, STAGE, before)
    expect(page.locator(STAGE)).to_have_attribute("data-p", "0.80")
    kept = int((masks.uniform(X.shape, seed=2) >= 0.8).sum())
    expect(page.locator(".dropout .counts")).to_contain_text(f"kept: {kept} of 8", use_inner_text=True)


def test_a_network_is_scrubbed_over_what_was_computed(page_of: Callable[..., Any]) -> None:
    page = page_of(f"dropout.part=In+a+network&network={RUN}&layer=conv1&picture=digit-3")
    with no_rerun(page):
        for at, p in enumerate(("0.00", "0.10", "0.25", "0.50", "0.75", "0.90", "1.00")):
            scrub(page, str(at))
            expect(page.locator(STAGE)).to_have_attribute("data-p", p)
            if at == 0:  # without and with are the same
                rows = [numbers_in(row.inner_text().replace("%", "")) for row in page.locator(".dropout .class").all()]
                assert rows
                assert all(row[-2] == row[-1] for row in rows)
        box = page.locator(".dropout .row.second .canvases").nth(2)
        at_cell = {"clientX": box.bounding_box()["x"] + 9, "clientY": box.bounding_box()["y"] + 9}
        box.dispatch_event("pointermove", at_cell)
    without, masked, difference = numbers_in(page.locator(".dropout .readout").inner_text().split(":", 1)[1])
    assert masked - without == pytest.approx(difference, abs=0.02 * max(1, abs(without)))


def test_two_masks_are_counted(page_of: Callable[..., Any]) -> None:
    page = page_of("dropout.part=Two+masks&dropout.units=200&dropout.seed=5")
    first, second = (masks.uniform((200,), seed=10 + which) for which in (0, 1))
    with no_rerun(page):
        for p in (0.0, 0.3, 0.5, 1.0):
            scrub(page, f"{p:.2f}")
            one, other = masks.keep(first, p), masks.keep(second, p)
            stage = page.locator(STAGE)
            assert until(
                lambda one=one, other=other, stage=stage: (
                    int(stage.get_attribute("data-both")) == int((one & other).sum())
                )
            )
            jaccard = stage.get_attribute("data-jaccard")
            if p == 1:
                assert jaccard == ""
                expect(page.locator(".dropout .readout")).to_contain_text("nothing to share", use_inner_text=True)
            else:
                assert float(jaccard) == pytest.approx((one & other).sum() / (one | other).sum(), abs=1e-6)


def test_on_a_phone_nothing_leaves_the_page(page_of: Callable[..., Any]) -> None:
    page = page_of(f"network={RUN}", size="phone", scheme="dark")
    parts = {"The mask": ":not(.network):not(.pair)", "In a network": ".network", "Two masks": ".pair"}
    for part, kind in parts.items():
        page.get_by_role("radio", name=part).click()
        page.locator(f".cnnviz.dropout{kind} .stage[data-painted]").wait_for()
        idle(page)
        assert until(lambda: page.evaluate(WIDER) <= 1)
        box = page.locator(".cnnviz.dropout").bounding_box()
        assert box["x"] + box["width"] <= 391
        page.locator(".dropout .stage canvas").first.tap(position={"x": 20, "y": 15})
        assert until(lambda: page.locator(".dropout .readout").inner_text())
