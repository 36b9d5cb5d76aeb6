"""The canvas and the mosaic in Chromium: painted, hovered, clicked, typed, tapped, in both themes and both widths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnviz.figures import maps, palettes
from pages.shared.components import pack
from tests.support.browser import IDLE, begins, served, settled
from tests.support.waiting import until

PAGE = Path(__file__).with_name("components_page.py")
browser_test = pytest.mark.browser


@pytest.fixture(scope="module")
def address(chromium: Any) -> Iterator[str]:
    with served(PAGE) as (found, _):
        yield found


@pytest.fixture
def painted(address: str, open_page: Any) -> Any:
    """painted("width=6&show=mosaic", size=…, scheme=…) → the page, once the image is there."""

    def opened(query: str, **options: str) -> Any:
        page = open_page(f"{address}/?{query}", **options)
        page.wait_for_selector("[data-painted]")
        if "mosaic" not in query:  # the canvas says that it is painted, which is a second run
            page.get_by_text("runs 2").first.wait_for()
        return page

    return opened


def conv(width: int = 6) -> np.ndarray:
    """The convolution that components_page.py makes, made again."""
    values = np.random.default_rng(0).normal(size=(width, 14, 14)).astype(np.float32)
    values[1] = -1.0
    return values


def pixel(page: Any, selector: str, x: float, y: float) -> list[int]:
    """RGB of a canvas at a CSS position."""
    return page.locator(selector).evaluate(
        """(canvas, [x, y]) => {
            const ratio = canvas.width / canvas.clientWidth
            return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3)
        }""",
        [x, y],
    )


def runs(page: Any) -> str:
    return page.get_by_text("runs ").inner_text()


def hover(page: Any, selector: str, x: float, y: float) -> float:
    """Move the pointer there; milliseconds until the card is shown, as the page itself measures them."""
    return page.locator(selector).evaluate(
        """(target, [x, y]) => {
            const box = target.getBoundingClientRect(), since = performance.now()
            target.dispatchEvent(new PointerEvent("pointermove",
                { clientX: box.left + x, clientY: box.top + y, bubbles: true, pointerType: "mouse" }))
            return performance.now() - since
        }""",
        [x, y],
    )


# ------------------------------------------------------------------------------------------------------------ packets
def test_a_packet_holds_its_header_and_its_blobs_at_multiples_of_eight() -> None:
    packet = pack({"words": "größer"}, one=b"abc", two=bytes(range(9)))
    length = int.from_bytes(packet[:4], "little")
    header = json.loads(packet[4 : 4 + length])
    base = -(-(4 + length) // 8) * 8
    assert header["words"] == "größer"
    for name, wanted in (("one", b"abc"), ("two", bytes(range(9)))):
        start, size = header["blobs"][name]
        assert start % 8 == 0
        assert packet[base + start : base + start + size] == wanted
    assert len(packet) % 8 == 0


# --------------------------------------------------------------------------------------------------------- the canvas
@pytest.mark.timed
@browser_test
def test_hovering_answers_within_50_ms_without_a_rerun(painted: Any) -> None:
    page = painted("width=6")
    before = runs(page)
    page.locator(".stage").press("ArrowRight")  # warm: the first paint of the overlay
    took = []
    for step in range(40):
        took.append(hover(page, ".stage", 200 + 4 * step, 150))
    assert sorted(took)[len(took) // 2] < 50
    assert runs(page) == before


@browser_test
def test_keys_move_pick_and_are_read_out(painted: Any) -> None:
    page = painted("width=6")
    stage = page.locator(".stage")
    stage.press("ArrowRight")
    stage.press("Home")
    stage.press("ArrowRight")
    stage.press("ArrowDown")
    tip = page.locator(".tip")
    expect(tip).to_have_attribute("data-tile", begins("conv/"))
    channel = int(tip.get_attribute("data-tile").split("/")[1])
    expect(page.locator(".live")).to_contain_text(f"conv · channel {channel} of 6", use_inner_text=True)
    expect(tip).to_contain_text("[6, 14, 14]", use_inner_text=True)
    stage.press("Enter")
    page.get_by_text(f"canvas channel={channel} layer=conv").first.wait_for()
    expect(page.locator(".legend.chosen .name")).to_have_text("block", use_inner_text=True)


@browser_test
def test_a_folded_block_opens_by_its_legend_and_by_enter_and_closes_by_escape(painted: Any) -> None:
    page = painted("width=120")
    stage, names, before = page.locator(".stage"), page.locator(".column-name"), runs(page)
    expect(names).to_have_text(["ReLU"], use_inner_text=True)  # what the tiles of the folded block are
    legend = page.locator("button.legend").first
    legend.click()
    expect(names).to_have_text(["conv", "ReLU"], use_inner_text=True)
    expect(legend).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="Fold all blocks").click()
    expect(names).to_have_text(["ReLU"], use_inner_text=True)
    stage.press("Home")
    stage.press("ArrowRight")
    stage.press("Enter")
    expect(names).to_have_count(2)
    stage.press("Escape")
    expect(names).to_have_text(["ReLU"], use_inner_text=True)
    assert runs(page) == before


@browser_test
def test_a_click_picks_the_tile_and_the_picture_is_not_sent_again(painted: Any) -> None:
    page = painted("width=6")
    stage, received = page.locator(".stage"), []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.reload()
    page.wait_for_selector("[data-painted]")
    page.wait_for_selector(IDLE)
    first = sum(received)
    stage.press("Home")
    stage.press("ArrowRight")
    place = page.locator(".tip").bounding_box()
    page.mouse.click(place["x"] - 16, place["y"] - 16)  # the card stands beside the tile's lower right corner
    page.get_by_text("canvas channel=").first.wait_for()
    expect(page.get_by_text("canvas channel=")).to_contain_text("layer=conv", use_inner_text=True)
    page.wait_for_selector(IDLE)
    assert sum(received) - first < first / 3


@browser_test
def test_text_from_outside_stays_text(painted: Any) -> None:
    page = painted("width=6")
    asked = []
    page.on("dialog", lambda dialog: asked.append(dialog.dismiss()))
    page.locator(".stage").press("End")
    expect(page.locator(".tip-title")).to_contain_text("<img src=x", use_inner_text=True)
    expect(page.locator(".tip img")).to_have_count(0)
    assert not asked


# --------------------------------------------------------------------------------------------------------- the mosaic
@browser_test
@pytest.mark.parametrize("scheme", palettes.THEMES)
def test_every_cell_has_the_colour_of_its_value(painted: Any, scheme: str) -> None:
    page = painted("width=6&show=mosaic", scheme=scheme)
    values = conv()
    entries = maps.quantise(values, maps.limits(values))
    colours = palettes.lut("activations", scheme)
    zoom = 128 // 14
    for row, column in ((0, 0), (3, 7), (13, 13)):
        found = pixel(page, ".maps", 4 + (column + 0.5) * zoom, 18 + (row + 0.5) * zoom)
        assert found == colours[entries[0, row, column]].tolist()


@pytest.mark.timed
@browser_test
def test_hovering_reads_the_value_exactly_and_draws_the_field(painted: Any) -> None:
    page = painted("width=6&show=mosaic")
    before, values, zoom = runs(page), conv(), 128 // 14
    hover(page, ".grid", 4 + 7.5 * zoom, 18 + 3.5 * zoom)
    tip = page.locator(".tip")
    expect(tip).to_have_attribute("data-cell", "0/3/7")
    said = tip.inner_text().replace("−", "-")
    assert np.float32(said.split("value")[1].split()[0]) == values[0, 3, 7]
    expect(page.locator(".photo figcaption")).to_have_text(
        "the cell sees 3 × 3 pixels: rows 5–7, columns 13–15", use_inner_text=True
    )
    took = [hover(page, ".grid", 10 + 3 * step, 60) for step in range(40)]
    assert sorted(took)[len(took) // 2] < 50
    assert runs(page) == before


@browser_test
def test_sorting_hiding_and_scaling_stay_in_the_browser(painted: Any) -> None:
    page = painted("width=6&show=mosaic&layer=relu")
    before, values = runs(page), np.maximum(conv(), 0)
    page.get_by_label("Sort by").select_option("mean")
    hover(page, ".grid", 30, 60)
    assert until(
        lambda: page.locator(".tip").get_attribute("data-cell").split("/")[0] == str(values.mean(axis=(1, 2)).argmax())
    )
    expect(page.locator(".about")).to_contain_text("1 of 6 dead", use_inner_text=True)
    page.get_by_label("hide dead").check()
    page.get_by_label("Sort by").select_option("variance")
    page.get_by_label("Scale by").select_option("network")
    expect(page.locator(".high")).to_have_text("9.000", use_inner_text=True)
    page.get_by_label("Scale by").select_option("map")
    best = values.var(axis=(1, 2)).argmax()
    assert until(lambda: float(page.locator(".high").inner_text()) == pytest.approx(values[best].max(), rel=1e-3))
    assert runs(page) == before


@browser_test
def test_contributions_are_asked_for_when_somebody_sorts_by_them(painted: Any) -> None:
    page = painted("width=6&show=mosaic")
    page.get_by_label("Sort by").select_option("contribution")
    page.get_by_text("runs 2").first.wait_for()
    page.wait_for_function("true")
    page.locator("option", has_text="contribution to the class").wait_for(state="attached")
    hover(page, ".grid", 30, 60)
    assert until(lambda: page.locator(".tip").get_attribute("data-cell").split("/")[0] == "5")


@browser_test
def test_pages_of_128_and_keys_inside_a_map(painted: Any) -> None:
    page = painted("width=200&show=mosaic")
    expect(page.locator(".range")).to_have_text("1–128 of 200", use_inner_text=True)
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".range")).to_have_text("129–200 of 200", use_inner_text=True)
    grid = page.locator(".grid")
    for key in ("Home", "ArrowRight", "Shift+ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight"):
        grid.press(key)
    expect(page.locator(".tip")).to_have_attribute("data-cell", "129/1/2")
    grid.press("Enter")
    page.get_by_text("mosaic channel=129 column=2 layer=conv row=1").first.wait_for()
    expect(page.locator(".range")).to_have_text("129–200 of 200", use_inner_text=True)


@browser_test
@pytest.mark.parametrize(
    ("query", "scheme"), [("width=6", "light"), ("width=120", "dark"), ("width=20&show=mosaic", "dark")]
)
def test_on_a_phone_nothing_leaves_the_page_and_a_tap_is_hover_and_pick(painted: Any, query: str, scheme: str) -> None:
    page = painted(query, size="phone", scheme=scheme)
    settled(page)
    assert until(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"))
    assert until(lambda: page.locator(".cnnviz").evaluate("box => box.getBoundingClientRect().right <= innerWidth + 1"))
    if "mosaic" in query:
        page.locator(".grid .maps").tap(position={"x": 30, "y": 40})
        page.get_by_text("mosaic channel=0").first.wait_for()
    else:
        page.locator(".stage").tap(position={"x": 48, "y": 22 + 176 if "120" in query else 22 + 150})
        page.get_by_text("canvas channel=0 layer=input").first.wait_for()
    expect(page.locator(".tip")).to_be_visible()
