"""Vanishing gradients in Chromium: the step is scrubbed and played, a layer read off, and what is drawn is true."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnviz import experiments
from cnnviz.figures import gradient_norms as figures
from cnnviz.figures import looks
from cnnviz.figures.numbers import number
from cnnviz.records.gradient_norms import GradientNorms, gradient_norms
from tests.support.browser import begins, changed, idle
from tests.support.gestures import no_rerun, painted
from tests.support.waiting import stays, until
from tests.topics.vanishing_gradients.gestures import SCRUB, STAGE

pytestmark = pytest.mark.browser
ROWS = """([canvas, share]) => {
  const { width, height } = canvas, column = Math.round(share * width)
  const pixels = canvas.getContext("2d").getImageData(column, 0, 1, height).data
  return [...Array(height).keys()].map(row => [...pixels.slice(4 * row, 4 * row + 4)])
}"""
NOT_WIDER = "document.documentElement.scrollWidth <= innerWidth + 1"
EDGE = {"left": 40, "right": 6, "top": 8, "bottom": 20}


@pytest.fixture
def part(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    """part("LeNet-5") → the page with that part drawn."""

    def opened(name: str, **options: str) -> Any:
        page = open_page(f"{app[0]}/vanishing_gradients?vanishing.part={name.replace(' ', '+')}", **options)
        painted(page, STAGE)
        idle(page)
        return page

    return opened


def norms_of(label: str) -> GradientNorms:
    found = gradient_norms(experiments.results("vanishing_lenet")[label])
    assert found is not None
    return found


def heights(page: Any, which: int, layers: int) -> list[float]:
    """CSS pixels from the top at which the curve's colour is met in the middle of each layer."""
    canvas = page.locator(".layer_norms canvas").nth(which)
    width, ratio = canvas.evaluate("node => [node.clientWidth, node.width / node.clientWidth]")
    colour = np.array([int(looks.SERIES[which][i : i + 2], 16) for i in (1, 3, 5)])
    found = []
    for layer in range(layers):
        x = EDGE["left"] + (layer + 0.5) / layers * (width - EDGE["left"] - EDGE["right"])
        column = np.array(canvas.evaluate("(node, share) => (" + ROWS + ")([node, share])", x / width))
        same = np.flatnonzero((np.abs(column[:, :3] - colour).sum(axis=1) < 40) & (column[:, 3] > 200))
        found.append(float(same.mean()) / ratio)
    return found


@pytest.mark.timed
def test_the_step_is_scrubbed_without_the_server_and_drawn_on_one_logarithmic_scale(part: Callable[..., Any]) -> None:
    page = part("LeNet-5")
    norms, tanh = norms_of("sigmoid"), norms_of("tanh")
    with no_rerun(page):
        scrub = page.locator(".layer_norms .scrub")
        took = [scrub.evaluate(SCRUB, str(step % len(norms.steps))) for step in range(26)]
        scrub.evaluate(SCRUB, "12")
        expect(page.locator(".layer_norms .at")).to_have_text(
            f"{norms.steps[12]} of {norms.steps[-1]}", use_inner_text=True
        )
        share = page.locator(".layer_norms .share").first.inner_text()
        assert share == f"first/last {number(float(norms.share[12]))}"
        found = heights(page, 0, 5) + heights(page, 1, 5)
    logs = np.log10([*norms.values[12], *tanh.values[12]])
    slope, start = np.polyfit(logs, found, 1)
    assert slope < 0, "larger is higher"
    assert np.abs(np.polyval([slope, start], logs) - found).max() < 1.5, (
        "both charts lie on one straight scale of powers"
    )
    print(f"scrub a step: {statistics.median(took):.1f} ms")
    assert statistics.median(took) < 50


def test_a_layer_is_read_off_by_pointer_and_keys(part: Callable[..., Any]) -> None:
    page = part("LeNet-5")
    norms = norms_of("sigmoid")
    with no_rerun(page):
        page.locator(".layer_norms .scrub").evaluate(SCRUB, "0")
        stage = page.locator(".layer_norms .stage")
        stage.focus()
        stage.press("ArrowRight")
        tip = page.locator(".layer_norms .tip")
        lines = tip.inner_text().splitlines()
        assert lines[0] == "sigmoid · layer 1, conv1"
        assert "0.25⁴" in lines
        assert "0.00391" in lines
        share = lines[lines.index("of the last layer's") + 1].replace("−", "-")
        assert float(share) == pytest.approx(norms.share[0], rel=0.01)
        stage.press("ArrowDown")
        assert until(lambda: tip.inner_text().splitlines()[0].startswith("tanh · layer 1"))
        stage.press("Escape")
        expect(tip).to_be_hidden()
        page.locator(".layer_norms canvas").nth(2).hover()
        expect(tip).to_have_text(begins("ReLU · layer 3"), use_inner_text=True)


def test_it_plays_and_pauses(part: Callable[..., Any]) -> None:
    page = part("LeNet-5")
    with no_rerun(page):
        page.locator(".layer_norms .scrub").evaluate(SCRUB, "0")
        before = page.locator(STAGE).get_attribute("data-painted")
        button = page.locator(".layer_norms .play")
        button.click()
        changed(page, STAGE, before)
        expect(button).to_have_text("Pause", use_inner_text=True)
        button.click()
        expect(button).to_have_text("Play", use_inner_text=True)
        still = page.locator(STAGE).get_attribute("data-painted")
        assert still != before
        assert stays(lambda: page.locator(STAGE).get_attribute("data-painted") == still)


def test_cells_are_chosen_and_a_phone_shows_two_in_a_row(part: Callable[..., Any]) -> None:
    page = part("Sixteen convolutions", size="phone", scheme="dark")
    labels = [cell.label for cell in experiments.get("vanishing_deep").cells]
    there = figures.packet(experiments.results("vanishing_deep"), labels)["cells"]
    expect(page.locator(".layer_norms canvas")).to_have_count(len(there))
    boxes = [page.locator(".layer_norms figure").nth(i).bounding_box() for i in range(3)]
    assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"]
    assert until(lambda: page.evaluate(NOT_WIDER))
    before = page.locator(STAGE).get_attribute("data-painted")
    page.get_by_test_id("stButtonGroup").get_by_role("button", name="tanh").click()
    changed(page, STAGE, before)
    expect(page.locator(".layer_norms canvas")).to_have_count(sum(not one["name"].startswith("tanh") for one in there))
