"""The canvas as one file: opened from disk, without a network, it answers hover, click and Escape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnviz import anatomy, capture, images, networks, outputs, samples
from cnnviz.figures import maps
from cnnviz.topics.explore import canvas
from pages.look.explore.components import alone
from pages.shared.cache import Look
from tests.support.browser import browser

browser_test = pytest.mark.browser

RUN = "run:mnist-lenet5-df3d2154"


def written(choice: str, sample: str) -> str:
    opened = networks.open_network(choice)
    prepared = images.prepare(samples.read(sample), opened.spec)
    recording = capture.activations(opened.model, prepared.tensor)
    picture = images.to_picture(prepared.tensor, opened.spec)
    reading = outputs.of(recording, opened.spec)
    seen = Look(prepared, picture, recording, reading, maps.network_limit(recording))
    drawn = canvas.network(recording, picture=picture, reading=reading, title=opened.spec.title)
    return alone.page(opened, seen, drawn, anatomy.fields(opened.model, opened.spec.input_shape))


@pytest.fixture(scope="module")
def small() -> str:
    return written(RUN, samples.DRAWN)


def test_nothing_outside_is_named_and_no_text_ends_a_script(small: str) -> None:
    assert not re.findall(r"""(?:src|href)\s*=\s*["']|@import|https?://(?!www\.w3\.org)""", small)
    assert small.count("<script") == small.count("</script>") == 6


def test_every_layer_and_every_channels_strongest_cell_is_inside(small: str) -> None:
    found = re.search(r"window\.cnnviz = (.*);</script>", small)
    assert found
    data = json.loads(found[1].replace("<\\/", "</").replace("<\\!--", "<!--"))
    assert set(data["packets"]["layers"]) == set(data["packets"]["captions"])
    first = [place for place in data["cards"] if place.startswith("conv1/")]
    assert len(first) == 6
    assert all(data["cards"][place]["proof"]["agrees"] for place in first)


@pytest.fixture
def opened(small: str, tmp_path: Path) -> Iterator[Any]:
    file = tmp_path / "canvas.html"
    file.write_text(small, "utf-8")
    with browser() as chromium:
        context = chromium.new_context(viewport={"width": 1280, "height": 720}, offline=True)
        page = context.new_page()
        page.troubles = []
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        page.on("console", lambda line: line.type == "error" and page.troubles.append(line.text))
        page.goto(file.as_uri())
        page.wait_for_selector(".stage[data-painted]")
        yield page


@browser_test
def test_from_disk_and_offline_it_answers(opened: Any) -> None:
    box = opened.locator(".stage").bounding_box()
    opened.locator(".stage").focus()
    for key in ("Home", "ArrowRight"):
        opened.keyboard.press(key)
    tip = opened.locator(".net .tip")
    assert "conv1" in tip.inner_text()
    opened.keyboard.press("Space")
    opened.locator(".mosaic .grid[data-painted]").wait_for()
    maps_at = opened.locator(".mosaic .maps").bounding_box()
    opened.mouse.move(maps_at["x"] + 30, maps_at["y"] + 40)
    assert re.search(r"value\s+−?\d", opened.locator(".mosaic .tip").inner_text())
    opened.mouse.click(maps_at["x"] + 30, maps_at["y"] + 40)
    opened.locator(".card .proof").wait_for()
    opened.keyboard.press("Escape")
    opened.locator(".mosaic .grid").wait_for()
    opened.keyboard.press("Escape")
    opened.locator("#beside").wait_for(state="hidden")
    assert box
    assert not opened.troubles
