"""The sliding window in Chromium: what is drawn, what is linked, stepped, played, pinned and typed, without a rerun."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnviz.figures import palettes
from tests.browser.sliding_window_page import K, X
from tests.support.browser import begins, served
from tests.support.waiting import stays, until

PAGE = Path(__file__).with_name("sliding_window_page.py")
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(chromium: Any) -> Iterator[str]:
    with served(PAGE) as (found, _):
        yield found


@pytest.fixture
def painted(address: str, keep_page: Any) -> Any:
    def opened(show: str, **options: str) -> Any:
        page = keep_page(f"{address}/?show={show}", **options)
        page.wait_for_selector(".stage[data-painted]")
        for _ in range(2):  # of the cell and of the pin that the test before may have left
            page.locator(".stage").press("Escape")
        return page

    return opened


def hover(page: Any, x: float, y: float) -> float:
    """Move the pointer there; milliseconds until everything is drawn, as the page itself measures them."""
    return page.locator(".stage").evaluate(
        """(stage, [x, y]) => {
            const box = stage.getBoundingClientRect(), since = performance.now()
            stage.dispatchEvent(new PointerEvent("pointermove",
                { clientX: box.left + x, clientY: box.top + y, bubbles: true, pointerType: "mouse" }))
            return performance.now() - since
        }""",
        [x, y],
    )


def cell(page: Any, role: str, row: int, column: int) -> tuple[float, float]:
    """The middle of a cell of the first grid of that role, within the stage."""
    grids = json.loads(page.locator(".stage").get_attribute("data-grids"))
    grid = next(grid for grid in grids if grid["role"] == role)
    return grid["x"] + (column + 0.5) * grid["cell"], grid["y"] + (row + 0.5) * grid["cell"]


def target(page: Any) -> str:
    return page.locator(".stage").get_attribute("data-target")


def words(page: Any, selector: str) -> str:
    return page.locator(selector).inner_text().replace("−", "-")


def runs(page: Any) -> str:
    return page.get_by_text("runs ").inner_text()


def test_the_terms_of_every_output_add_up_to_it(painted: Any) -> None:
    page = painted("one")
    stage, before = page.locator(".stage"), runs(page)
    wanted = [[12, 12, 17], [10, 17, 19], [9, 6, 14]]
    stage.press("Home")
    for row in range(3):
        for column in range(3):
            assert target(page) == f"output/{row}/{column}"
            terms = [term.replace("−", "-") for term in page.locator(".term").all_inner_texts()]
            products = [np.prod([float(part.strip("()")) for part in term.split("·")]) for term in terms]
            assert len(products) == 9
            assert until(
                lambda column=column, products=products, row=row: (
                    sum(products) == float(words(page, ".sum")) == wanted[row][column]
                )
            )
            if (row, column) != (2, 2):
                page.get_by_role("button", name="Next").click()
    assert runs(page) == before


def test_input_weight_and_output_are_linked(painted: Any) -> None:
    page = painted("one")
    before = runs(page)
    hover(page, *cell(page, "input", 2, 2))
    assert target(page) == "input/2/2"
    assert until(
        lambda: words(page, ".said").startswith(
            "Input cell (2, 2): 2. It reaches 9 outputs, each time through another of"
        )
    )
    hover(page, *cell(page, "input", 0, 0))
    assert until(lambda: "It reaches 1 output." in words(page, ".said"))
    hover(page, *cell(page, "weights", 1, 0))
    assert until(
        lambda: words(page, ".said").startswith(
            "Kernel (1, 0): 2. The same weight meets 9 cells, one for each of 9 outputs."
        )
    )
    expect(page.locator(".term.on")).to_have_text(["0·2"], use_inner_text=True)
    hover(page, *cell(page, "output", 2, 1))
    assert until(lambda: words(page, ".said") == "Output (2, 1): 6, from 9 cells.")
    page.locator(".term").nth(4).hover()
    assert target(page) == "tap"
    expect(page.locator(".term.on")).to_have_count(1)
    assert until(lambda: words(page, ".said").startswith("This term reads (3, 2) through weight (1, 1): "))
    assert runs(page) == before


def test_a_click_pins_and_escape_frees(painted: Any) -> None:
    page = painted("one")
    box = page.locator(".stage").bounding_box()
    x, y = cell(page, "input", 1, 1)
    page.mouse.click(box["x"] + x, box["y"] + y)
    assert target(page) == "input/1/1"
    hover(page, *cell(page, "input", 4, 4))
    assert target(page) == "input/1/1"
    expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    page.locator(".stage").press("Escape")
    hover(page, *cell(page, "input", 4, 4))
    assert target(page) == "input/4/4"


def test_play_pause_scrub_and_keys(painted: Any) -> None:
    page = painted("one")
    before = runs(page)
    page.get_by_label("Speed").select_option("10")
    page.get_by_role("button", name="Play").click()
    page.locator(".at", has_text=re.compile("[2-9] of 9")).wait_for()
    if page.get_by_role("button", name="Pause").count():  # a busy machine may have come to the end
        page.get_by_role("button", name="Pause").click()
    stopped = words(page, ".at")
    assert stays(lambda: words(page, ".at") == stopped)
    page.locator(".step").evaluate(
        "step => { step.value = 7; step.dispatchEvent(new Event('input', { bubbles: true })) }"
    )
    assert until(lambda: words(page, ".at") == "8 of 9")
    stage = page.locator(".stage")
    stage.press("ArrowUp")
    stage.press("ArrowLeft")
    assert target(page) == "output/1/0"
    stage.press("End")
    assert target(page) == "output/2/2"
    expect(page.locator(".live")).to_have_text(begins("Output (2, 2): 14"), use_inner_text=True)
    stage.press("Home")
    stage.press("ArrowLeft")
    assert target(page).startswith("weights/")  # from grid to grid
    stage.press("Escape")
    assert target(page) == "output/0/0"
    assert runs(page) == before


@pytest.mark.parametrize("scheme", palettes.THEMES)
def test_every_cell_has_the_colour_of_its_number(painted: Any, scheme: str) -> None:
    page = painted("one", scheme=scheme)
    read = """(canvas, [x, y]) => {
        const ratio = canvas.width / canvas.clientWidth
        return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3)
    }"""
    for family, role, values in (("activations", "input", X), ("weights", "weights", K)):
        entries = np.rint(128 + 127 * values / np.abs(values).max()).astype(int)
        for row, column in ((0, 0), (1, 2), (2, 1)):
            x, y = cell(page, role, row, column)
            found = page.locator(".cells").evaluate(read, [x - 14, y - 14])
            assert found == palettes.lut(family, scheme)[entries[row, column]].tolist()


@pytest.mark.timed
@pytest.mark.parametrize("show", ["one", "channels", "large", "max"])
def test_hovering_answers_within_50_ms_without_a_rerun(painted: Any, show: str) -> None:
    page = painted(show)
    before = runs(page)
    hover(page, 30, 60)
    took = [hover(page, 4 + 7 * step, 30 + 9 * (step % 20)) for step in range(60)]
    assert sorted(took)[len(took) // 2] < 50
    assert runs(page) == before


def test_padding_and_dropped_cells_are_said(painted: Any) -> None:
    page = painted("padded")
    hover(page, *cell(page, "input", 0, 0))
    assert until(lambda: words(page, ".said").startswith("This cell is padding: 0."))
    assert until(lambda: "dotted: padding" in words(page, ".key"))
    hover(page, *cell(page, "input", 7, 7))
    assert until(lambda: words(page, ".said").endswith("No window reads it: it is dropped."))


def test_channels_have_maps_that_add_up_with_the_bias(painted: Any) -> None:
    page = painted("channels")
    page.get_by_label("Output channel").select_option("1")
    lines = [line.replace("−", "-") for line in page.locator(".line").all_inner_texts()]
    assert [line.split(":")[0] for line in lines[:3]] == ["channel 0", "channel 1", "channel 2"]
    sums = [float(line.rsplit("= ", 1)[1]) for line in lines]
    assert sum(sums[:3]) + 1 == sums[3]
    assert "+ bias 1 =" in lines[3]


@pytest.mark.parametrize(
    ("show", "line"),
    [
        ("max", "output = max(3, 3, 2, 0, 0, 1, 3, 1, 2) = 3"),
        ("mean", "output = (3 + 3 + 2 + 0 + 0 + 1 + 3 + 1 + 2) / 9 = 1.66667"),
        ("power", "output = (|3|^2 + |3|^2 + |2|^2 + |0|^2 + |0|^2 + |1|^2 + |3|^2 + |1|^2 + |2|^2)^(1/2) = 6.08276"),
    ],
)
def test_pooling_is_written_as_what_it_is(painted: Any, show: str, line: str) -> None:
    page = painted(show)
    assert until(lambda: " ".join(words(page, ".terms").split()) == line)
    if show == "max":
        expect(page.locator(".term.won")).to_have_text(["3"], use_inner_text=True)


@pytest.mark.parametrize(("show", "scheme"), [("padded", "dark"), ("channels", "light"), ("large", "dark")])
def test_on_a_phone_nothing_leaves_the_page_and_a_tap_pins(painted: Any, show: str, scheme: str) -> None:
    page = painted(show, size="phone", scheme=scheme)
    assert until(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"))
    assert until(lambda: page.locator(".cnnviz").evaluate("box => box.scrollWidth <= box.clientWidth + 1"))
    x, y = cell(page, "input", 0, 0)
    page.locator(".stage").tap(position={"x": x, "y": y})
    assert target(page) == "input/0/0"
    expect(page.get_by_role("button", name="Unpin")).to_be_visible()
