"""Learned kernels in Chromium: pointed at, chosen, typed, scrubbed; what is drawn is what was computed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnviz import networks
from cnnviz.figures import palettes
from cnnviz.topics.kernels import analysis, network
from tests.support.browser import begins, idle, rerun, settled
from tests.support.gestures import no_rerun, painted, played_on
from tests.support.waiting import until
from tests.topics.kernels import gestures

pytestmark = pytest.mark.browser
RUN = "mnist-lenet5-df3d2154"


@pytest.fixture
def kernels(app: tuple[str, int], open_page: Callable[..., Any], keep_page: Callable[..., Any]) -> Callable[..., Any]:
    """kernels("network=…", part="While training") → the page, once its grid is painted; one for all parts."""

    def opened(query: str = "", part: str = "", **options: str) -> Any:
        page = (keep_page if part else open_page)(f"{app[0]}/{gestures.PATH}?{query}", **options)
        if part:
            chosen = page.get_by_role("radio", name=part)
            if not chosen.is_checked():
                with rerun(page):
                    chosen.click()
        painted(page, "[data-painted]")
        settled(page)
        return page

    return opened


def pixel(page: Any, selector: str, x: float, y: float) -> list[int]:
    """RGB of a canvas at a CSS position."""
    found: list[int] = page.locator(selector).first.evaluate(
        """(canvas, [x, y]) => {
            const ratio = canvas.width / canvas.clientWidth
            return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3)
        }""",
        [x, y],
    )
    return found


def stem() -> np.ndarray:
    opened = networks.open_network("efficientnet_lite0")
    return network.bank(opened.model, "stem.conv", opened.spec).weights


@pytest.mark.timed
def test_pointing_answers_within_50_ms_without_a_rerun(kernels: Callable[..., Any]) -> None:
    page = kernels()
    with no_rerun(page):
        took = gestures.in_browser(page)
    assert sorted(took)[len(took) // 2] < 0.05


def test_a_weight_is_read_exactly_and_its_kernel_with_it(kernels: Callable[..., Any]) -> None:
    page, weights = kernels(), stem()
    read = analysis.analyse(weights)
    page.locator(".tiles").first.hover(position={"x": 4 + 42, "y": 20 + 42})
    tip = page.locator(".kernel_grid .tip").first
    expect(tip).to_have_attribute("data-cell", "0/1/1")
    said = tip.inner_text().replace("−", "-")
    for plane, colour in enumerate(("red", "green", "blue")):
        assert np.float32(re.search(rf"{colour}\s*(\S+)", said)[1]) == weights[0, plane, 1, 1]  # type: ignore[index]
    numbers = page.locator(".kernel_grid .numbers").first.inner_text()
    assert f"{read.frequencies[0]:.3f} cycles per pixel" in numbers
    expect(page.locator(".kernel_grid .name").first).to_have_text("kernel 0", use_inner_text=True)


@pytest.mark.parametrize("scheme", palettes.THEMES)
def test_a_kernel_of_three_inputs_is_drawn_in_colour_and_by_input(kernels: Callable[..., Any], scheme: str) -> None:
    page, weights = kernels(scheme=scheme), stem()
    limit = np.abs(weights).max()
    wanted = np.rint(127.5 + 127.5 * weights[0, :, 0, 1] / limit)
    assert np.abs(np.array(pixel(page, ".tiles", 4 + 42, 20 + 14)) - wanted).max() <= 1
    page.get_by_label("Inputs").first.select_option("1")
    entry = int(np.rint(128 + 127 * weights[0, 1, 0, 1] / limit))
    near = palettes.lut("weights", scheme)[entry - 1 : entry + 2].astype(int)
    assert np.abs(near - pixel(page, ".tiles", 4 + 42, 20 + 14)).max(axis=1).min() == 0


def test_keys_choose_a_kernel_and_its_slices_follow(kernels: Callable[..., Any]) -> None:
    page = kernels("network=run:" + RUN + "&layer=conv2")
    grid = page.locator(".grid").first
    grid.press("Home")
    grid.press("ArrowRight")
    grid.press("Enter")
    page.get_by_text("Kernel 1 by input channel").first.wait_for()
    idle(page)
    expect(page.locator(".kernel_grid").nth(1).locator(".name")).to_have_text(begins("input "), use_inner_text=True)
    page.wait_for_url("**channel=1**")
    grid.press("Escape")
    expect(page.locator(".kernel_grid .name").first).not_to_contain_text("chosen", use_inner_text=True)


def test_more_than_128_kernels_are_paged(kernels: Callable[..., Any]) -> None:
    page = kernels("layer=stage2.1.depthwise.conv")
    ranged = page.locator(".kernel_grid .range").first
    expect(ranged).to_have_text("1–128 of 144", use_inner_text=True)
    page.locator(".kernel_grid").get_by_role("button", name="Next").click()
    expect(ranged).to_have_text("129–144 of 144", use_inner_text=True)
    page.locator(".tiles").first.hover(position={"x": 30, "y": 40})
    expect(page.locator(".kernel_grid .name").first).to_have_text(begins("kernel 128"), use_inner_text=True)


def test_snapshots_are_scrubbed_and_played_in_the_browser(kernels: Callable[..., Any]) -> None:
    page, history = kernels(part="While training"), network.history(RUN, "conv1")
    with no_rerun(page):
        for frame in (0, 5, len(history.steps) - 1):
            page.locator(".scrub").evaluate(
                "(scrub, at) => { scrub.value = at; scrub.dispatchEvent(new Event('input')) }", frame
            )
            expect(page.locator("div.said")).to_contain_text(f"step {history.steps[frame]:,}", use_inner_text=True)
            page.locator(".tiles").hover(position={"x": 4 + 11, "y": 20 + 11})
            said = page.locator(".kernel_grid .tip").inner_text().replace("−", "-")
            assert np.float32(re.search(r"value\s*(\S+)", said)[1]) == history.weights[frame, 0, 0, 0, 0]  # type: ignore[index]
        page.get_by_label("Speed").select_option("4")
        played_on(page.get_by_role("button", name="Play"), page.locator(".kernel_grid"))
    assert until(lambda: 0 < int(page.locator(".kernel_grid").get_attribute("data-frame")) < len(history.steps) - 1)


def test_the_threshold_counts_pairs_in_the_browser(kernels: Callable[..., Any]) -> None:
    page = kernels(part="Duplicates and dead")
    matrix = analysis.similarity(stem())
    sizes = np.abs(matrix[np.triu_indices(len(matrix), 1)])
    with no_rerun(page):
        for place in (0, 30, 45):
            page.locator(".threshold").evaluate(
                "(range, at) => { range.value = at; range.dispatchEvent(new Event('input')) }", place
            )
            wanted = int((sizes >= 0.5 + place / 100).sum())
            expect(page.locator(".counted")).to_have_text(
                begins(f"{wanted} of {len(sizes)} pairs"), use_inner_text=True
            )
        page.get_by_label("like beside like").check()
        expect(page.locator(".kernel_pairs .about")).to_contain_text("like beside like", use_inner_text=True)
        page.locator(".matrix .cells").hover(position={"x": 3, "y": 20})
    expect(page.locator(".kernel_pairs .tip")).to_contain_text("cosine", use_inner_text=True)


def test_a_bar_lights_its_kernels_up_and_a_dot_names_its_own(kernels: Callable[..., Any]) -> None:
    page = kernels(part="Frequency and orientation")
    read = analysis.analyse(stem())
    fastest = int(read.frequencies.argmax())
    with no_rerun(page):
        before = pixel(page, ".kernel_grid .over", 30, 40)
        page.locator(".directions .entry").last.hover()
        assert pixel(page, ".kernel_grid .over", 30, 40) != before
        across, down = read.peaks[fastest]
        page.locator(".field canvas").first.hover(
            position={"x": 22 + (0.5 + across) * 220, "y": 22 + (0.5 + down) * 220}
        )
        shown = int(page.locator(".kernel_grid .grid").first.get_attribute("data-shown"))
    assert np.abs(read.peaks[shown] - read.peaks[fastest]).max() < 0.01
