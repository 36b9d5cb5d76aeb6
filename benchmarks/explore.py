"""From a picture's bytes to everything that Explore shows: server time, bytes, and what the browser adds.

    python -m benchmarks.explore             server and browser
    python -m benchmarks.explore --server    server only

Server: JPEG bytes → decoded, prepared, recorded, predicted, the whole canvas and one mosaic ready. Browser: an upload
until the canvas is painted, another layer until its mosaic is painted, a hover until its answer, in headless Chromium.
"""

from __future__ import annotations

import io
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.browser import PAINTED, browser, idle, served, upload
from cnnviz import anatomy, capture, devices, images, networks, samples
from cnnviz.figures import canvas, maps, predictions

NETWORKS = ("lenet5", "efficientnet_lite0", "resnet18", "googlenet", "vgg16", "densenet121")
BARS = {"lenet5": 0.25, "resnet18": 0.6}
REPEATS = 9


def photo_bytes() -> bytes:
    target = io.BytesIO()
    samples.read("chelsea").save(target, "JPEG", quality=90)
    return target.getvalue()


def explore(opened: networks.Network, data: bytes) -> tuple[float, int]:
    """(seconds, bytes for the browser) of one picture through the whole of Explore."""
    since = time.perf_counter()
    prepared = images.prepare(images.read(data), opened.spec)
    recording = capture.activations(opened.model, prepared.tensor)
    predictions.scores(recording.logits, opened.spec.classes)
    drawing = canvas.network(recording, classes=opened.spec.classes).data()
    layer = next(layer for layer in recording if layer.kind == "convolution")
    field = anatomy.fields(opened.model, opened.spec.input_shape).get(layer.key)
    mosaic = maps.mosaic_data(layer, network_limit=maps.network_limit(recording), field=field)
    seconds = time.perf_counter() - since
    return seconds, len(drawing["atlas"]) + len(mosaic["values"])


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


def _timed(function) -> float:
    since = time.perf_counter()
    function()
    return time.perf_counter() - since


def in_browser() -> None:
    with browser() as chromium, served() as (address, _pid), tempfile.TemporaryDirectory() as folder:
        print("\n| in Chromium | network | seconds (median of 9) | bar |")
        print("| --- | --- | --- | --- |")
        for name in ("lenet5", "resnet18"):
            page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
            page.goto(f"{address}/?network={name}")
            page.wait_for_selector(PAINTED, timeout=60_000)
            idle(page)
            uploads = [upload(page, Path(folder), index) for index in range(REPEATS + 1)][1:]
            print(f"| upload to painted canvas | {name} | {statistics.median(uploads):.2f} | 1.0 |")


if __name__ == "__main__":
    print(f"on {devices.describe()}\n")
    server()
    if "--server" not in sys.argv:
        in_browser()
