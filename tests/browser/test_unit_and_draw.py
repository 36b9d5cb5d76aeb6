"""Unit card, drawing sheet, score bars and gallery, as a person meets them: hover, keys, touch, light and dark."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnviz.figures import pictures, predictions
from cnnviz.figures.numbers import number
from cnnviz.outputs import chances
from cnnviz.records import Unit, UnitStage
from cnnviz.topics.explore import figures
from cnnviz.topics.training_lab import gallery_figures
from pages.shared.components.draw import LIMIT, PREFIX, SIDE, decode
from tests.support import ROOT
from tests.support.browser import begins, ends, served
from tests.support.waiting import until

HOSTILE = "Conv2d <img src=x onerror=\"document.title='owned'\">"
CHANNELS = 40
PAGE = """
import numpy as np
import streamlit as st
from cnnviz.topics.training_lab import gallery_figures as tiles
from cnnviz.figures import pictures, predictions
from cnnviz.outputs import chances
from cnnviz.topics.explore import figures as units
from pages.shared.components.draw import draw
from pages.learn.training_lab.components.gallery import gallery
from pages.shared.components.scores import scores
from pages.look.explore.components.unit_card import unit_card
from tests.browser.test_unit_and_draw import PICTURE, LOGITS, NAMES, unit_at, window

st.set_page_config(layout="wide")
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"run {st.session_state.runs}")
shown = st.query_params.get("show", "kernel")
if shown == "draw":
    data = draw(key="sheet")
    st.text("blank" if data is None else f"drawn {len(data)}")
    if data:
        st.image(data, output_format="PNG")
elif shown == "said":
    scores(predictions.bars(chances.scores(LOGITS[0], NAMES), top=3), key="scores")
    gallery(tiles.sprite([PICTURE] * 4), tiles.tiles(LOGITS, [0, 1, 2, 1], NAMES), key="gallery")
else:
    unit = window() if shown == "window" else unit_at(wrong=shown == "wrong")
    unit_card(units.card(unit, picture_shape=PICTURE.shape[:2]), picture=pictures.png(PICTURE), key="card")
"""
PICTURE = np.random.default_rng(1).integers(0, 255, (32, 32, 3), np.uint8)
LOGITS = np.array([[3.0, 0, 0], [0, 2.0, 0], [1.0, 0, 0.5], [0.0, 4.0, 0]])
NAMES = ("cat", "<b>dog</b>", "a class with a long name")


def unit_at(*, wrong: bool = False) -> Unit:
    """Row 0, column 9 of a 3×3 convolution with padding 1 over 40 channels, computed from the definition."""
    random = np.random.default_rng(0)
    patch = np.maximum(random.normal(0.3, 1, (CHANNELS, 3, 3)), 0).astype(np.float32).astype(float)
    patch[:, 0] = 0
    kernel = random.normal(0, 0.1, (CHANNELS, 3, 3)).astype(np.float32).astype(float)
    total = float((patch * kernel).sum() + 0.125)
    stage = UnitStage("relu", "activation", "ReLU", max(total, 0), f"max(0, {total:.3f})", max(total, 0))
    return Unit(
        "block.conv", "convolution", HOSTILE, 5, 0, 9, total + (0.5 if wrong else 0.0), total, 0.125, patch, kernel,
        patch * kernel, tuple(range(CHANNELS)), (-1, 8), (-3, 13, 4, 20), None, (stage,),
        padding=((0, 0), (0, 1), (0, 2)),
    )  # fmt: skip


def window() -> Unit:
    values = np.array([[[0.5, -1.0], [2.25, 0.25]]])
    return Unit(
        "pool", "pooling", "MaxPool2d 2×2", 3, 2, 2, 2.25, 2.25, 0.0, values, None, None, (3,), (4, 4),
        (4, 4, 6, 6), None,
        note="the largest of 4 cells, at row 5, column 4",
    )  # fmt: skip


@pytest.fixture(scope="module")
def address(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("page") / "units_page.py"
    script.write_text(PAGE)
    root = str(ROOT)
    with served(script, extra={"PYTHONPATH": root}) as (url, _):
        yield url


def card_on(page: Any) -> Any:
    page.wait_for_selector(".card[data-ready]")
    return page.locator(".card")


IN_CARD = """(name) => {
  const host = [...document.querySelectorAll('*')].find(item => item.shadowRoot?.querySelector('.card'))
  const root = host.shadowRoot
  return (%s)(root, root.querySelector(name))
}"""


def in_card(page: Any, code: str, name: str = ".card") -> Any:
    """What a JavaScript function (root, element) answers inside the card's shadow root."""
    return page.evaluate(IN_CARD % code, name)


# ------------------------------------------------------------------------------------------------ the unit card
@pytest.mark.browser
@pytest.mark.timed
def test_hovering_writes_out_the_product_and_frames_it_three_times_within_43_milliseconds(
    address: str, open_page: Any
) -> None:
    page = open_page(address)
    card_on(page)
    sheet = page.locator(".sheet").bounding_box()
    runs = page.get_by_text(re.compile(r"run \d+")).inner_text()
    unit = unit_at()
    first = figures.card(unit, picture_shape=(32, 32))["order"][0]
    page.mouse.move(sheet["x"] + 60, sheet["y"] + 70)  # the second row of the first patch
    said = page.locator(".readout").inner_text()
    row, column = (int(part) for part in re.search(r"\((\d), (\d)\)", said).groups())
    assert row == 1
    numbers = [number(part[first, row, column]) for part in (unit.patch, unit.kernel, unit.products)]
    where = f"ch {first} ({row}, {column}), cell ({row - 1}, {column + 8}) of the input map"
    assert re.sub(r"\s+", " ", said) == f"{where}: {numbers[0]} × {numbers[1]} = {numbers[2]}"
    framed = in_card(page, """(root, overlay) => {
      const { data, width, height } = overlay.getContext('2d').getImageData(0, 0, overlay.width, overlay.height)
      const columns = [...Array(width).keys()].filter(x => {
        for (let y = 0; y < height; y++) if (data[4 * (y * width + x) + 3]) return true
      })
      return columns.filter((x, index) => x !== columns[index - 1] + 1).length
    }""", ".overlay")  # fmt: skip
    assert framed == 3
    times = in_card(page, """(root, sheet) => {
      const box = sheet.getBoundingClientRect()
      return [...Array(60).keys()].map(step => {
        const from = performance.now()
        sheet.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + 6 * step, clientY: box.top + 60 }))
        return performance.now() - from
      })
    }""", ".sheet")  # fmt: skip
    assert sorted(times)[30] < 10
    assert max(times) < 43
    expect(page.get_by_text(re.compile(r"run \d+"))).to_have_text(runs, use_inner_text=True)


@pytest.mark.browser
def test_keys_walk_the_cells_and_a_term_opens_its_channel(address: str, open_page: Any) -> None:
    page = open_page(address)
    card_on(page)
    card = figures.card(unit_at(), picture_shape=(32, 32))
    page.locator(".sheet").focus()
    readout = page.locator(".readout")
    expect(readout).to_have_text(begins(f"ch {card['order'][0]} (0, 0), padding"), use_inner_text=True)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(readout).to_have_text(begins(f"ch {card['order'][0]} (1, 1)"), use_inner_text=True)
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(readout).to_have_text(begins(f"ch {card['order'][1]} (1, 0)"), use_inner_text=True)
    page.keyboard.press("PageDown")
    assert until(lambda: not page.locator(".range").inner_text().startswith("1–"))
    rung = card["ladder"][2]
    page.locator(".rung").nth(2).click()
    expect(readout).to_contain_text(rung["label"], use_inner_text=True)
    expect(readout).to_contain_text(rung["detail"], use_inner_text=True)
    page.locator(".order").click()
    expect(page.locator(".range")).to_have_text(begins("1–"), use_inner_text=True)


@pytest.mark.browser
def test_the_pages_reach_every_channel_and_the_proof_agrees(address: str, keep_page: Any) -> None:
    page = keep_page(address)
    assert until(lambda: card_on(page).locator(".verdict").inner_text().strip() == "agrees")
    reached = 0
    while True:
        first, last = (int(part) for part in re.match(r"(\d+)–(\d+)", page.locator(".range").inner_text()).groups())
        assert first == reached + 1
        reached = last
        if page.locator(".next").is_disabled():
            break
        page.locator(".next").click()
    assert reached == CHANNELS


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_nothing_is_blank_cut_off_or_too_small_to_read(address: str, keep_page: Any, size: str, scheme: str) -> None:
    page = keep_page(address, size, scheme)
    card_on(page)
    page.wait_for_selector(f".card[data-theme={scheme}]")
    blank = (
        "(root, canvas) => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
    )
    for name in (".picture", ".closeup", ".cells"):
        assert until(lambda name=name: in_card(page, blank, name) > 20), name  # the image decodes
    wide = page.viewport_size["width"]
    edges = in_card(page, """(root, card) => [...card.querySelectorAll('*')].map(item => item.getBoundingClientRect())
      .filter(box => box.width).map(box => box.right)""")  # fmt: skip
    assert max(edges) <= wide
    sizes = in_card(page, """(root, card) => [...card.querySelectorAll('*')].filter(item => item.textContent.trim())
      .map(item => parseFloat(getComputedStyle(item).fontSize))""")  # fmt: skip
    assert min(sizes) >= 12
    overlapping = in_card(page, """(root, card) => [...card.querySelectorAll('.rung')].filter(rung => {
      const boxes = [...rung.children].map(item => item.getBoundingClientRect()).filter(box => box.width && box.height)
      return boxes.some((one, index) => boxes.slice(index + 1).some(other => one.left < other.right - 1 &&
        other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1))
    }).length""")  # fmt: skip
    assert overlapping == 0


@pytest.mark.browser
def test_a_difference_is_a_cross_and_text_stays_text(address: str, open_page: Any) -> None:
    page = open_page(f"{address}/?show=wrong")
    card = card_on(page)
    verdict = card.locator(".verdict")
    assert until(lambda: verdict.inner_text().strip() == "differs")
    expect(verdict.locator("svg")).to_have_attribute("aria-label", "differs")
    expect(card.locator(".title")).to_contain_text(HOSTILE, use_inner_text=True)
    expect(card.locator(".title img")).to_have_count(0)
    assert page.title() != "owned"


@pytest.mark.browser
def test_a_pooling_window_names_its_winner(address: str, open_page: Any) -> None:
    page = open_page(f"{address}/?show=window")
    card = card_on(page)
    expect(card.locator(".explained")).to_have_text(
        "the largest of 4 cells, at row 5, column 4: 2.25", use_inner_text=True
    )
    page.locator(".sheet").focus()
    page.keyboard.press("ArrowDown")
    expect(card.locator(".readout")).to_have_text(ends("2.25, the largest"), use_inner_text=True)


# ------------------------------------------------------------------------------------------------ drawing
def drawn(page: Any) -> int:
    page.get_by_text(re.compile(r"drawn \d+")).first.wait_for()
    return int(page.get_by_text(re.compile(r"drawn \d+")).inner_text().split()[1])


@pytest.mark.browser
def test_a_stroke_becomes_a_picture_undo_takes_it_back_and_the_arrow_keys_draw_too(
    address: str, open_page: Any
) -> None:
    page = open_page(f"{address}/?show=draw")
    paper = page.locator(".paper")
    box = paper.bounding_box()
    expect(page.get_by_text("blank", exact=True)).to_be_visible()
    page.mouse.move(box["x"] + 80, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 60, steps=6)
    page.mouse.move(box["x"] + 130, box["y"] + 220, steps=6)
    page.mouse.up()
    assert 500 < drawn(page) < LIMIT
    expect(page.locator(".invitation")).not_to_be_visible()
    page.locator(".undo").click()
    page.get_by_text("blank", exact=True).first.wait_for()
    expect(page.locator(".undo")).to_be_disabled()

    page.locator(".paper").focus()
    for key in ["ArrowUp"] * 6 + [" "] + ["ArrowDown"] * 10:
        page.keyboard.press(key)
    expect(page.locator(".said")).to_have_text("Pen down.", use_inner_text=True)
    page.keyboard.press(" ")
    assert drawn(page) > 300
    page.keyboard.press("Delete")
    page.get_by_text("blank", exact=True).first.wait_for()


@pytest.mark.browser
def test_a_finger_draws_on_a_phone(address: str, open_page: Any) -> None:
    page = open_page(f"{address}/?show=draw", "phone", "dark")
    box = page.locator(".paper").bounding_box()
    assert box["x"] + box["width"] <= 390
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert drawn(page) > 300


@pytest.mark.browser
def test_bars_and_gallery_fit_a_phone_and_keep_names_as_text(address: str, open_page: Any) -> None:
    page = open_page(f"{address}/?show=said", "phone")
    page.wait_for_selector(".gallery .tile")
    bars = predictions.bars(chances.scores(LOGITS[0], NAMES), top=3)
    expect(page.locator(".scores .percent")).to_have_text([row["percent"] for row in bars["rows"]], use_inner_text=True)
    expect(page.locator(".tile.wrong")).to_have_count(
        sum(not tile.right for tile in gallery_figures.tiles(LOGITS, [0, 1, 2, 1], NAMES))
    )
    expect(page.locator(".gallery b")).to_have_count(0)
    expect(page.locator(".tile").nth(1)).to_contain_text("<b>dog</b>", use_inner_text=True)
    for tile in page.locator(".tile").all():
        box = tile.bounding_box()
        assert box["x"] + box["width"] <= 390
        assert box["width"] >= 100


# ------------------------------------------------------------------------------------------------ what the browser sent
def url_of(data: bytes) -> str:
    return PREFIX + base64.b64encode(data).decode()


def test_only_a_small_png_of_the_right_size_is_believed() -> None:
    good = pictures.png(np.full((SIDE, SIDE), 255, np.uint8))
    assert decode(url_of(good)) == good
    for hostile in (
        None, "", 7, {"drawing": "x"}, "data:text/html;base64,PGI+", PREFIX + "not base64!", PREFIX,
        url_of(b"GIF89a" + good), url_of(good[:20]), url_of(pictures.png(np.zeros((SIDE, SIDE + 1), np.uint8))),
        url_of(good + b"\0" * LIMIT),
    ):  # fmt: skip
        assert decode(hostile) is None
