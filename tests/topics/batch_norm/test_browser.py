"""The batch normalisation page in Chromium: pointed at, scrubbed and played it answers there, and draws the truth."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnviz.figures import palettes
from cnnviz.topics.batch_norm import feature_scaling, normalization
from tests.support.browser import begins, changed, idle
from tests.support.gestures import SCRUB, no_rerun, painted, played_on, quick
from tests.support.waiting import until
from tests.topics.batch_norm.gestures import POINT

pytestmark = pytest.mark.browser
VGG = "run:cifar10-vgg_cifar-13de091a"
PIXEL = """(canvas, [x, y]) => {
  const ratio = canvas.width / canvas.clientWidth
  return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3)
}"""
NOT_WIDER = "document.documentElement.scrollWidth <= innerWidth + 1"


@pytest.fixture
def part(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    """part("Feature scaling", ".descent_paths [data-painted]") → the page with that part drawn."""

    def opened(name: str, selector: str, query: str = "", **options: str) -> Any:
        page = open_page(f"{app[0]}/batch_norm?batch_norm.part={name.replace(' ', '+')}{query}", **options)
        painted(page, selector)
        idle(page)
        return page

    return opened


def milliseconds(found: list[float]) -> float:
    return statistics.median(found)


def test_a_hovered_value_shows_its_channel_and_its_formulas(part: Callable[..., Any]) -> None:
    page = part("Step by step", ".norm_steps .grids[data-painted]", "&batch_norm.batch=Table+[3,+3]")
    step = normalization.batch_norm(np.arange(1.0, 10).reshape(3, 3))
    with no_rerun(page):
        page.locator(".norm_steps .grid").nth(3).locator('[data-place="7"]').hover()
        lines = page.locator(".norm_steps .lines").inner_text()
        members = page.locator(".norm_steps .grid").first.locator(".member")
        found = sorted(int(members.nth(i).get_attribute("data-place")) for i in range(members.count()))
        grids = page.locator(".norm_steps .grids")
        grids.focus()
        grids.press("ArrowUp")
        above = page.locator(".norm_steps .lines").get_attribute("data-place")
        grids.press("Enter")
        page.locator(".norm_steps .grid").first.locator('[data-place="0"]').hover()
        pinned = page.locator(".norm_steps .lines").get_attribute("data-place")
    assert found == [1, 4]
    assert "(2 + 5 + 8) / 3 = 5" in lines
    assert f"{step.x_hat[2, 1]:.6f}"[:7] in lines
    assert above == pinned == "4"


def test_the_cells_have_the_colours_of_their_values(part: Callable[..., Any]) -> None:
    page = part("Step by step", ".norm_steps .grids[data-painted]")
    table = palettes.lut("activations", "light")
    for grid, values in ((0, [1, 2, 3, 4]), (1, [-1.5, -0.5, 0.5, 1.5])):
        for place, value in enumerate(values):
            cell = page.locator(".norm_steps .grid").nth(grid).locator(f'[data-place="{place}"]')
            shown = cell.evaluate("node => getComputedStyle(node).backgroundColor")
            colour = table[int(128 + 127 * value / max(map(abs, values)) + 0.5)]
            assert shown == f"rgb({', '.join(str(part) for part in colour)})"


def test_the_momentum_is_scrubbed_and_a_batch_read_off_without_the_server(part: Callable[..., Any]) -> None:
    page = part("Running statistics", ".scrub_chart .stage[data-painted]")
    chart = page.locator(".scrub_chart").first
    with no_rerun(page):
        before = chart.locator(".says").inner_text()
        took = [chart.locator(".scrub").evaluate(SCRUB, str(step % 9)) for step in range(18)]
        expect(chart.locator(".frame")).to_have_text("1", use_inner_text=True)
        assert until(lambda: chart.locator(".says").inner_text() == "only the last batch counts" != before)
        canvas = chart.locator("canvas").first
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 60)
        read = chart.locator(".tip")
        assert until(lambda: len(read.inner_text().splitlines()) > 4)
        lines = read.inner_text().splitlines()
        assert lines[2] == lines[4]  # with momentum 1 the running mean is the batch's own
    before = chart.locator(".stage").get_attribute("data-painted")
    unit = page.get_by_role("spinbutton", name="Unit")
    unit.fill("5")
    unit.press("Enter")
    changed(page, ".scrub_chart .stage", before)
    expect(chart.locator(".frame")).to_have_text(
        "1", use_inner_text=True
    )  # what was scrubbed stays when the data change
    quick(took, 50)


@pytest.mark.timed
def test_a_channel_pointed_at_shows_its_histograms(part: Callable[..., Any]) -> None:
    page = part("In a trained network", ".norm_channels .strips[data-painted]", f"&network={VGG}")
    strips = page.locator(".norm_channels .strips")
    with no_rerun(page):
        took = [strips.evaluate(POINT, (step + 0.5) / 20) for step in range(20)]
        expect(strips).to_have_attribute("data-channel", "62")
        expect(page.locator(".norm_channels .one")).to_have_text("Channel 62 before", use_inner_text=True)
        strips.focus()
        strips.press("Home")
        expect(page.locator(".norm_channels .one")).to_have_text("Channel 0 before", use_inner_text=True)
        shown = page.locator(".compared").nth(1)
        scrubbed = [shown.locator(".scrub").evaluate(SCRUB, str(step % 7)) for step in range(14)]
        expect(shown.locator(".frame")).to_have_text("+0.4", use_inner_text=True)
        expect(shown.locator(".column")).to_have_count(2)
        assert len(set(shown.locator(".photo").evaluate(PIXEL, [40, 40]))) >= 1
    print(f"point at a channel: {milliseconds(took):.1f} ms, brightness: {milliseconds(scrubbed):.1f} ms")
    assert milliseconds(took) < 50
    assert milliseconds(scrubbed) < 50


def test_framed_together_is_what_the_definition_averages(part: Callable[..., Any]) -> None:
    page = part("Batch, layer, instance, group", ".norm_axes .panels[data-painted]")
    panels = page.locator(".norm_axes .panel")
    with no_rerun(page):
        page.locator(".norm_axes .groups").select_option("2")
        panels.nth(0).locator('[data-place="31"]').hover()
        counts = [panels.nth(i).locator(".member").count() + 1 for i in range(4)]
        said = panels.nth(3).locator(".said").inner_text()
        page.locator(".norm_axes .groups").select_option("4")
        alone = panels.nth(3).locator(".member").count() + 1
    assert counts == [3 * 6, 4 * 6, 6, 2 * 6]
    assert said.startswith("12 values")
    assert alone == 6


def test_the_paths_of_descent_are_scrubbed_and_played(part: Callable[..., Any]) -> None:
    page = part("Feature scaling", ".descent_paths .panes[data-painted]")
    now = page.locator(".descent_paths .now")
    with no_rerun(page):
        took = [page.locator(".descent_paths .rate").evaluate(SCRUB, str(step % 22)) for step in range(22)]
        assert until(lambda: "diverges" in now.first.inner_text() or "left every bound" in now.first.inner_text())
        page.locator(".descent_paths .rate").evaluate(SCRUB, str(feature_scaling.SHARES.index(0.9)))
        page.locator(".descent_paths .steps").evaluate(SCRUB, "0")
        played_on(page.get_by_role("button", name="Play"), page.locator(".descent_paths .step"))
        step = int(page.locator(".descent_paths .step").inner_text())
    surface = feature_scaling.surface(*feature_scaling.examples(5.0, 0.0))
    arrived = feature_scaling.arrival(surface)[feature_scaling.SHARES.index(0.9)]
    assert 0 < step < 60
    expect(now.first).to_contain_text(f"at step {arrived}", use_inner_text=True)
    quick(took, 50)


def test_on_a_phone_nothing_leaves_the_page(part: Callable[..., Any]) -> None:
    query = f"&network={VGG}&batch_norm.batch=Maps+[2,+2,+2,+2]"
    page = part("Step by step", ".norm_steps .grids[data-painted]", query, size="phone", scheme="dark")
    assert until(lambda: page.evaluate(NOT_WIDER))
    page.locator(".norm_steps .grid").first.locator('[data-place="6"]').tap()
    expect(page.locator(".norm_steps .where")).to_have_text(
        begins("image 1, row 2, column 1, channel 2: 8 values"), use_inner_text=True
    )
    expect(page.locator(".norm_steps .grid").first.locator(".member")).to_have_count(7)
