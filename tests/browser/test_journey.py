"""The main jobs, as a person does them in a browser: explore an image of one's own; train, stop, explore."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.support import ROOT
from tests.support.browser import PAINTED, choose_page, idle, open_training, open_upload, picture_file, settled
from tests.support.browser_fixtures import FOLLOWS, SIZES
from tests.support.waiting import until

pytestmark = pytest.mark.browser
TRAINED = "network=run:digits-lenet5-d2a25f8f"
MOVED = "old => [...document.querySelectorAll('p')].some(p => /running · step/.test(p.innerText) && p.innerText != old)"
SHOTS = ROOT / "tests" / "screenshots"


def shot(page: Any, name: str) -> bytes:
    """A screenshot of the whole page, kept for whoever wants to look."""
    SHOTS.mkdir(exist_ok=True)
    data: bytes = page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)
    return data


def colours(data: bytes) -> int:
    return len(Image.open(io.BytesIO(data)).convert("RGB").resize((200, 200)).getcolors(40_000) or [])


def explored(page: Any) -> None:
    page.wait_for_selector(PAINTED)
    page.get_by_text("Source", exact=True).first.wait_for()  # a session's first run ends with the canvas
    idle(page)


def tile(page: Any, layer: str, index: int) -> None:
    """Move to a tile of the canvas by the keyboard and pick it: arrow keys, then space."""
    stage = page.locator(".cnnviz .stage")
    stage.focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
        if layer in page.locator(".cnnviz .live").first.inner_text():
            break
    for _ in range(index):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    idle(page)


def test_explore_an_upload_down_to_one_unit_and_come_back_by_link(
    app: tuple[str, int], open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page(f"{app[0]}/?{TRAINED}")
    explored(page)
    open_upload(page).set_input_files(str(picture_file(tmp_path, 3)))
    page.get_by_text("picture_3.jpg").first.wait_for()
    explored(page)

    tile(page, "conv2", 1)
    page.get_by_text(re.compile("conv2.*convolution")).first.wait_for()
    page.wait_for_url(re.compile("layer=conv2"))

    page.locator(".mosaic .grid").click(position={"x": 30, "y": 40})
    page.wait_for_url(re.compile(r"row=\d+"))
    idle(page)
    card = page.locator("article.card")
    card.scroll_into_view_if_needed()
    expect(card.locator(".proof")).to_contain_text("agrees", use_inner_text=True)
    expect(card.locator(".explained")).to_contain_text(
        re.compile(r"\d+ largest of [\d,]+ terms explain \d+"), use_inner_text=True
    )
    expect(page.get_by_text("outside blanked")).to_contain_text("(difference 0)", use_inner_text=True)
    title = card.locator(".title").inner_text()

    page.goto(page.url.replace("picture=own", "picture=star"))
    explored(page)
    expect(page.locator("article.card .title")).to_have_text(title, use_inner_text=True)


def test_hovering_the_canvas_and_the_mosaic_asks_the_server_nothing(
    app: tuple[str, int], open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{app[0]}/?{TRAINED}&layer=conv1")
    explored(page)
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    explored(page)
    sent.clear()
    stage = page.locator(".cnnviz .stage").bounding_box()
    page.mouse.move(stage["x"] + 100, stage["y"] + stage["height"] / 2)
    for step in range(20):
        page.mouse.move(stage["x"] + 90 + 8 * step, stage["y"] + stage["height"] / 2)
    grid = page.locator(".mosaic .grid")
    grid.scroll_into_view_if_needed()
    grid.hover(position={"x": 30, "y": 40})
    expect(page.locator(".mosaic .tip")).to_contain_text(re.compile(r"row, column\s+\d+"), use_inner_text=True)
    assert not sent


def test_a_tile_opens_the_layer_beside_the_canvas_a_cell_its_unit_and_escape_leads_back(
    app: tuple[str, int], open_page: Callable[..., Any]
) -> None:
    """All in one screen: nothing is scrolled to, and the canvas stays where it was."""
    page = open_page(app[0])
    page.set_viewport_size({"width": 1280, "height": 720})
    explored(page)
    assert until(lambda: _inside(page, ".cnnviz .stage")), "the whole canvas is in the first screen"
    tile(page, "conv2", 1)
    page.locator(".mosaic .grid").wait_for()
    assert until(lambda: _inside(page, ".cnnviz .stage", page.viewport_size["width"] * 0.6))
    page.locator(".mosaic .grid").click(position={"x": 30, "y": 40})
    page.locator("article.card[data-ready]").wait_for()
    assert until(lambda: page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0)
    idle(page)  # before, what hears the key may not be there yet
    page.keyboard.press("Escape")
    page.locator(".mosaic .grid").wait_for()
    expect(page.locator("article.card")).to_have_count(0)
    idle(page)  # before, what hears the key may not be there yet
    page.keyboard.press("Escape")
    page.locator(".mosaic .grid").wait_for(state="detached")
    expect(page).not_to_have_url(re.compile(re.escape("layer=")))
    tile(page, "conv1", 0)
    page.get_by_role("button", name="Close").click()
    page.locator(".mosaic .grid").wait_for(state="detached")


def _inside(page: Any, selector: str, right: float = math.inf) -> bool:
    """Whether it lies in the window, and ends left of `right`."""
    box = page.locator(selector).bounding_box()
    size = page.viewport_size
    fits = box["y"] >= 0 and box["y"] + box["height"] <= size["height"]
    return bool(fits and box["x"] + min(box["width"], size["width"] / 2) <= min(right, size["width"]))


def test_the_digit_that_lies_there_is_drawn_on_and_a_photo_is_one_click_away(
    app: tuple[str, int], open_page: Callable[..., Any]
) -> None:
    page = open_page(app[0])
    explored(page)
    page.get_by_text(re.compile(r"a drawn digit →\s*3")).first.wait_for()
    box = page.locator(".paper").bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    for x, y in ((0.3, 0.33), (0.4, 0.5), (0.3, 0.65), (0.35, 0.8)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
    page.mouse.up()
    page.get_by_text(re.compile(r"drawing →\s*8")).first.wait_for()
    page.get_by_role("button", name="Now a photo").click()
    page.get_by_text(re.compile(r"cat →")).first.wait_for()
    page.locator(".paper").wait_for(state="detached")


def test_back_leads_to_the_page_before_and_the_copied_link_opens_what_is_shown(
    app: tuple[str, int], open_page: Callable[..., Any]
) -> None:
    """However many values one sets on a page: each page is one entry of the history."""
    page = open_page(f"{app[0]}/?{TRAINED}")
    explored(page)
    tile(page, "conv2", 1)
    page.wait_for_url(re.compile("layer=conv2"))
    choose_page(page, "Layers", "Convolution")
    page.get_by_role("heading", name="How does one small kernel").wait_for()
    idle(page)
    page.get_by_role("radio", name="Weight sharing").click()
    page.wait_for_url(re.compile("Weight"))
    page.go_back()
    page.locator(".mosaic .grid").wait_for()
    page.evaluate("navigator.clipboard.writeText = async text => { window.__copied = text }")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    other = open_page(page.evaluate("window.__copied"))
    other.locator(".mosaic .grid").wait_for()
    expect(other).to_have_url(re.compile(re.escape("layer=conv2")))


def test_a_broken_picture_is_said_and_the_old_one_stays(
    app: tuple[str, int], open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page(f"{app[0]}/?{TRAINED}")
    explored(page)
    bad = tmp_path / "broken.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    open_upload(page).set_input_files(str(bad))
    page.get_by_text("The image that was there stays").first.wait_for()
    expect(page.locator(PAINTED)).to_have_count(1)


def test_a_drawn_digit_is_recognised(app: tuple[str, int], open_page: Callable[..., Any]) -> None:
    page = open_page(f"{app[0]}/?network=run:mnist-lenet5-df3d2154")
    explored(page)
    page.get_by_role("button", name="Draw").click()
    sheet = page.locator("canvas[role=application], .draw canvas, canvas.sheet").first
    sheet.wait_for()
    box = sheet.bounding_box()
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 0.15 * box["height"])
    page.mouse.down()
    for step in range(15):
        page.mouse.move(middle, box["y"] + (0.15 + 0.7 * step / 14) * box["height"])
    page.mouse.up()
    page.get_by_text(re.compile("drawing →")).first.wait_for()
    expect(page.get_by_text(re.compile("drawing →")).first).to_contain_text(
        re.compile(r"drawing →\s*1\b"), use_inner_text=True
    )


def test_train_watch_move_about_stop_and_train_to_the_end(app: tuple[str, int], open_page: Callable[..., Any]) -> None:
    page = open_page(app[0])
    open_training(page)
    page.get_by_label("For", exact=True).fill("60")
    page.get_by_label("For", exact=True).press("Enter")
    idle(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_text(re.compile(r"running · step [\d,]+")).first.wait_for()
    first = page.get_by_text(re.compile(r"running · step [\d,]+")).first.inner_text()
    page.wait_for_function(MOVED, arg=first)
    choose_page(page, "Learn", "Training lab")
    page.get_by_role("heading", name="How does a network learn?").wait_for()
    page.get_by_text(re.compile(r"running · step [\d,]+")).first.wait_for()
    page.get_by_test_id("stSidebar").get_by_role("button", name="Stop").click()
    page.get_by_text(re.compile(r"stopped · step")).first.wait_for()

    page.get_by_label("For", exact=True).fill("3")
    page.get_by_label("For", exact=True).press("Enter")
    idle(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_text(re.compile(r"finished · step")).first.wait_for()
    page.get_by_role("button", name="Explore this network").wait_for()
    shot(page, "lab-finished")
    page.get_by_role("button", name="Explore this network").click()
    explored(page)
    expect(page).to_have_url(re.compile(re.escape("network=run")))


def test_a_run_is_held_stepped_changed_and_explored_as_it_stands(
    app: tuple[str, int], open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{app[0]}/training_lab")
    open_training(page)
    page.get_by_label("For", exact=True).fill("900")  # it is not to end by itself
    page.get_by_label("Seed", exact=True).fill("7")
    page.get_by_label("Seed", exact=True).press("Enter")
    idle(page)
    page.get_by_role("button", name="Start").click()
    lab = page.get_by_test_id("stMain")
    lab.get_by_text(re.compile(r"running · step [\d,]+")).first.wait_for()
    lab.get_by_role("button", name="Pause").click()
    held = lab.get_by_text(re.compile(r"paused · step [\d,]+ · loss")).first
    held.wait_for()
    step = int(re.findall(r"step ([\d,]+)", held.inner_text())[0].replace(",", ""))
    for button, count in (("One step", 1), ("Ten steps", 10)):
        lab.get_by_role("button", name=button).click()
        step += count
        lab.get_by_text(f"paused · step {step:,} · loss").first.wait_for()
    lab.get_by_text("Change it while it trains").click()
    settled(page)  # a field that is drawn anew forgets what was typed into it just before
    lab.get_by_role("spinbutton", name="Learning rate").fill("0.05")
    lab.get_by_role("button", name="Change", exact=True).click()
    lab.get_by_text(f"Changed on the way: after {step:,} steps learning rate 0.05.").wait_for()
    page.get_by_test_id("stSidebar").get_by_role("button", name="Explore it").click()
    explored(page)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Continue").click()
    page.get_by_text(re.compile(r"running · step [\d,]+")).first.wait_for()
    page.get_by_test_id("stSidebar").get_by_role("button", name="Stop").click()
    page.get_by_text(re.compile(r"stopped · step")).first.wait_for()
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


@pytest.mark.parametrize("where", [f"/?{TRAINED}", "/training_lab"], ids=["explore", "lab"])
def test_nothing_is_blank_or_cut_off(app: tuple[str, int], open_page: Callable[..., Any], where: str) -> None:
    page = open_page(app[0] + where)
    if where != "/training_lab":
        explored(page)
    for size, scheme in (("laptop", "light"), ("laptop", "dark"), ("phone", "dark"), ("phone", "light")):
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(FOLLOWS, arg=scheme)
        settled(page)
        data = shot(page, f"{'explore' if 'network' in where else 'lab'}-{size}-{scheme}")
        assert colours(data) > 100
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"the page is {wider} pixels wider than the window"
        expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_a_photo_of_a_digit_on_paper_is_recognised(
    app: tuple[str, int], open_page: Callable[..., Any], tmp_path: Path
) -> None:
    """Black ink on white paper, drawn thick with a shadow over the sheet: inverted, cropped and centred like MNIST."""
    sheet = Image.new("L", (600, 800), 235)
    pen = ImageDraw.Draw(sheet)
    pen.line([(180, 200), (420, 200), (300, 620)], fill=30, width=38, joint="curve")
    shade = Image.linear_gradient("L").resize(sheet.size).point(lambda value: 255 - value // 5)
    path = tmp_path / "seven.jpg"
    Image.composite(sheet, Image.new("L", sheet.size, 120), shade).convert("RGB").save(path)
    page = open_page(f"{app[0]}/?network=run:mnist-lenet5-df3d2154")
    explored(page)
    open_upload(page).set_input_files(str(path))
    said = page.get_by_text(re.compile("seven.jpg →")).first
    said.wait_for()
    expect(said).to_contain_text(re.compile(r"seven.jpg →\s*7\b"), use_inner_text=True)
