"""From an image's bytes to everything that Explore shows: server time, bytes, and what the browser adds.

    python -m benchmarks.explore             server and browser
    python -m benchmarks.explore --server    server only

Server: JPEG bytes → decoded, prepared, recorded, predicted, the whole canvas and one mosaic ready. Browser: an upload
until the canvas is painted, another layer until its mosaic is painted, a hover until its answer, in headless Chromium.
kB to the browser: canvas and opened layer, header and pixels, as they are sent; folded blocks and the numbers of a map
are fetched when somebody asks for them.
"""

from __future__ import annotations

import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnviz import anatomy, capture, devices, images, networks, samples
from cnnviz.figures import maps
from cnnviz.outputs import chances
from cnnviz.topics.explore import canvas
from pages.shared.components import pack
from tests.support.browser import PAINTED, browser, changed, idle, served, upload

NETWORKS = ("lenet5", "efficientnet_lite0", "resnet18", "googlenet", "vgg16", "densenet121")
BARS = {"lenet5": 0.25, "resnet18": 0.6}
REPEATS = 9
STAGE, MOSAIC = PAINTED, ".cnnviz.mosaic .grid[data-painted]"
HOVER = """async (stage, repeats) => {
  const box = stage.getBoundingClientRect(), times = [], tip = stage.getRootNode().querySelector(".tip")
  const at = (x, y) => stage.dispatchEvent(
    new PointerEvent("pointermove", { clientX: x, clientY: y, bubbles: true, composed: true, pointerType: "mouse" }))
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)))
  for (let step = 0, x = 20; times.length < repeats && x < box.width; x += 3, step++) {
    const before = tip.hidden ? "" : tip.dataset.tile, since = performance.now()
    at(box.left + x, box.top + box.height * 0.4)
    await frame()
    if (!tip.hidden && tip.dataset.tile !== before) times.push((performance.now() - since) / 1000)
  }
  return times
}"""


def photo_bytes() -> bytes:
    target = io.BytesIO()
    samples.read("chelsea").save(target, "JPEG", quality=90)
    return target.getvalue()


def explore(opened: networks.Network, data: bytes) -> tuple[float, int]:
    """(seconds, bytes for the browser) of one image through the whole of Explore."""
    since = time.perf_counter()
    prepared = images.prepare(images.read(data), opened.spec)
    recording = capture.activations(opened.model, prepared.tensor)
    chances.scores(recording.logits, opened.spec.classes)
    drawing = canvas.network(recording, classes=opened.spec.classes)
    layer = next(layer for layer in recording if layer.kind == "convolution")
    field = anatomy.fields(opened.model, opened.spec.input_shape).get(layer.key)
    mosaic = maps.mosaic_data(layer, network_limit=maps.network_limit(recording), field=field)
    seconds = time.perf_counter() - since
    packets = (
        pack({"layout": drawing.layout}, atlas=drawing.atlas),
        pack({"meta": mosaic["meta"]}, values=mosaic["values"]),
    )
    return seconds, sum(map(len, packets))


def server() -> None:
    data = photo_bytes()
    print("| network | server seconds (median of 9) | bar | against the bare forward pass | kB to the browser |")
    print("| --- | --- | --- | --- | --- |")
    for name in NETWORKS:
        opened = networks.open_network(name)
        tensor = images.prepare(images.read(data), opened.spec).tensor
        for _ in range(3):
            explore(opened, data)
        found = [explore(opened, data) for _ in range(REPEATS)]
        bare = statistics.median(_timed(lambda o=opened, t=tensor: capture.logits(o.model, t)) for _ in range(REPEATS))
        seconds = statistics.median(item[0] for item in found)
        print(f"| {name} | {seconds:.3f} | {BARS.get(name, '')} | {seconds / bare:.1f}× | {found[0][1] / 1000:,.0f} |")


def _timed(function: Callable[[], object]) -> float:
    since = time.perf_counter()
    function()
    return time.perf_counter() - since


def in_browser() -> None:
    """Uploads, other layers and hovers in Chromium, laptop width."""
    with browser() as chromium, served() as (address, _pid), tempfile.TemporaryDirectory() as folder:
        print("\n| in Chromium | network | seconds (median of 9) | bar |")
        print("| --- | --- | --- | --- |")
        for name in ("lenet5", "resnet18"):
            page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
            page.goto(f"{address}/?network={name}")
            page.wait_for_selector(PAINTED, timeout=60_000)
            idle(page)
            uploads = [upload(page, Path(folder), index) for index in range(REPEATS + 1)][1:]
            idle(page)
            page.locator(STAGE).focus()
            page.keyboard.press("ArrowRight")  # from the image to the first layer
            page.keyboard.press("Space")  # which opens beside the canvas
            page.wait_for_selector(MOSAIC)
            idle(page)
            layers = [other_layer(page, turn) for turn in range(REPEATS + 1)][1:]
            hovers = hover(page)
            _row("upload to painted canvas", name, statistics.median(uploads), "1.0")
            _row("click on another layer to its painted mosaic", name, statistics.median(layers), "0.4")
            _row("hover to its answer, no server trip", name, statistics.median(hovers), "0.05")


def _row(what: str, network: str, seconds: float, bar: str) -> None:
    print(f"| {what} | {network} | {seconds:.3f} | {bar} |")


def other_layer(page: Any, turn: int) -> float:
    """Seconds from picking another column of the canvas by the keyboard to its painted mosaic.

    Four columns to the right and four back: further on stand vectors, whose cells open as units.
    """
    stage = page.locator(STAGE)
    stage.focus()
    page.keyboard.press("ArrowRight" if turn % 8 < 4 else "ArrowLeft")
    before = page.locator(MOSAIC).get_attribute("data-painted")
    since = time.perf_counter()
    page.keyboard.press("Space")
    changed(page, MOSAIC, before)
    seconds = time.perf_counter() - since
    idle(page)
    return seconds


def hover(page: Any) -> list[float]:
    """Seconds from a move of the mouse over the canvas to the frame that shows its answer, measured in the page."""
    return list(page.locator(STAGE).evaluate(HOVER, REPEATS))


if __name__ == "__main__":
    print(f"on {devices.describe()}\n")
    server()
    if "--server" not in sys.argv:
        in_browser()
