"""The receptive field page in Chromium: boxes and reached cells follow the pointer, sliders answer, clicks ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz import anatomy, networks
from cnnviz.records import Row
from cnnviz.topics.receptive_field import figures, stack
from tests.support.browser import changed, idle, reads, rerun, settled
from tests.support.gestures import no_rerun, painted
from tests.topics.receptive_field import gestures

pytestmark = pytest.mark.browser
RUN = "run:mnist-lenet5-df3d2154"


@pytest.fixture
def page_of(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def opened(query: str = "", component: str = ".field-map", **options: str) -> Any:
        page = open_page(f"{app[0]}/{gestures.PATH}?{query}", **options)
        painted(page, f"{component}[data-painted]")
        idle(page)
        page.keyboard.press("Escape")
        settled(page)
        return page

    return opened


def conv2() -> Row:
    opened = networks.open_network(RUN)
    rows = anatomy.inspect(opened.model, opened.spec.input_shape, run=True)
    return next(row for row in rows if row.name == "conv2")


def at(page: Any, canvas: str, row: int, column: int, cells: int) -> None:
    """The pointer on the middle of a cell or of a pixel."""
    box = page.locator(f".field-map canvas.{canvas}").bounding_box()
    page.locator(f".field-map canvas.{canvas}").hover(
        position={"x": box["width"] * (column + 0.5) / cells, "y": box["height"] * (row + 0.5) / cells}
    )


def facts(page: Any) -> dict[str, str]:
    lines = page.locator(".field-map .numbers tr").all()
    return {reads(line.locator("td").first): reads(line.locator("td").last) for line in lines}


@pytest.mark.timed
@pytest.mark.exhaustive  # as `benchmarks.pages` measures it
def test_pointing_answers_within_50_ms_without_a_rerun(page_of: Callable[..., Any]) -> None:
    page = page_of()
    with no_rerun(page):
        took = gestures.in_browser(page)
    assert sorted(took)[len(took) // 2] < 0.05


def test_the_box_of_the_cell_pointed_at_is_the_librarys(page_of: Callable[..., Any]) -> None:
    page, field = page_of(f"network={RUN}&layer=conv2"), conv2().receptive_field
    with no_rerun(page):
        for row, column in [(0, 0), (4, 7), (9, 9)]:
            at(page, "map", row, column, 10)
            top, left, bottom, right = field.box(row, column)
            found = {name: text.replace("−", "-") for name, text in facts(page).items()}
            assert (found["Rows"], found["Columns"]) == (f"{top} … {bottom - 1}", f"{left} … {right - 1}")
            clipped = field.clipped(row, column, 28, 28)
            whole = clipped == field.box(row, column)
            wanted = "all of it" if whole else f"{clipped[2] - clipped[0]} × {clipped[3] - clipped[1]} px"
            assert found["On the image"] == wanted
            assert [float(part) for part in found["Centre"].split(", ")] == list(field.centre(row, column))


def test_the_cells_that_a_pixel_reaches_are_the_librarys(page_of: Callable[..., Any]) -> None:
    page, row = page_of(f"network={RUN}&layer=conv2"), conv2()
    with no_rerun(page):
        for pixel in [(0, 0), (13, 20), (27, 27)]:
            at(page, "picture", *pixel, 28)
            reached = row.receptive_field.reached(*pixel, row.cells)
            assert reached is not None
            top, left, bottom, right = reached
            reach = page.locator(".field-map .reach")
            expect(reach).to_contain_text(f"reaches {bottom - top} × {right - left} cells", use_inner_text=True)
            where = f"(rows {top} … {bottom - 1}, columns {left} … {right - 1})"
            expect(reach).to_contain_text(where, use_inner_text=True)
        page.locator(".field-map canvas.picture").click(position={"x": 60, "y": 60})
        page.locator(".field-map summary").click()
        page.locator(".field-map .lines tbody tr").first.wait_for()
        expect(page.locator(".field-map .lines tbody tr")).to_have_count(7)  # the image and LeNet's six maps
        expect(page.locator(".field-map .lines tr.here")).to_contain_text("conv2", use_inner_text=True)


def test_a_click_asks_for_that_cells_gradient_and_the_link_keeps_it(page_of: Callable[..., Any]) -> None:
    page = page_of(f"network={RUN}&layer=conv2")
    before = page.locator(gestures.MAP).get_attribute("data-painted")
    canvas = page.locator(".field-map canvas.map")
    canvas.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft"):
        canvas.press(key)
    expect(page.locator(".field-map")).to_have_attribute("data-cell", "3/4")
    canvas.press("Enter")
    changed(page, gestures.MAP, before)
    page.wait_for_url("**row=3**")
    page.wait_for_url("**column=4**")
    page.get_by_label("whole box, unclipped").check()
    expect(page.locator(".field-map")).to_have_attribute("data-shown", "whole")


def test_the_stacks_sliders_put_the_numbers_in_without_a_rerun(page_of: Callable[..., Any]) -> None:
    page = page_of("receptive_field.part=A+stack+of+your+own", ".field-stack")
    with no_rerun(page):
        for settings in [(5, 1, 2, 0, 4), (3, 3, 1, 1, 5), (2, 2, 3, 4, 2)]:
            for name, value in zip(("kernel", "stride", "dilation", "padding", "depth"), settings, strict=True):
                page.locator(f".field-stack input[name={name}]").evaluate(
                    "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')) }", value
                )
            lines = figures.recursion(stack.build(*settings))
            for index, line in enumerate(lines):
                shown = page.locator(".field-stack tbody tr").nth(index).locator("td").all_inner_texts()
                assert shown == [*list(line.values())[:4], line["cells"] if line["cells"] != "0" else "none"]
    page.locator(".field-stack input[name=kernel]").focus()
    with rerun(page):
        page.keyboard.press("ArrowRight")  # let go of: the server proves it
    expect(page.get_by_text("largest difference")).to_have_count(2)
