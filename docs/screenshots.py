"""The README's images, taken anew: `python docs/screenshots.py [name ...]` serves the app and drives Chromium."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.support.browser import browser, idle, served  # noqa: E402

PAINT = 4000  # ms after the script has ended


class Shot(NamedTuple):
    """address: page and view, as a link. height: of the window. at: what is scrolled to the top of it."""

    address: str
    height: int = 900
    at: str = ""


SHOTS = {
    "explore": Shot("", 800),
    "unit": Shot(
        "?network=run:mnist-lenet5-df3d2154&picture=digit-3&layer=conv2&channel=5&row=4&column=6", 860, "article.card"
    ),
    "convolution": Shot("convolution", 1000),
    "gradients": Shot("gradients", 1000),
    "graph": Shot("architectures?network=inception_v3&architectures.part=Graph", 1000),
    "blocks": Shot("blocks?blocks.part=Residual", 1000),
    "permuted": Shot("permuted_pixels", 1000),
    "race": Shot("training_choices", 1000),
    "lab": Shot("training_lab?lab.id=cifar10-net-5f70aadc", 1000),
}


def main(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as runs, served(runs=Path(runs)) as (address, _pid), browser() as chromium:
        for name in wanted or SHOTS:
            shot = SHOTS[name]
            page = chromium.new_page(viewport={"width": 1280, "height": shot.height})
            page.goto(f"{address}/{shot.address}")
            idle(page)
            page.wait_for_timeout(PAINT)
            if shot.at:
                page.locator(shot.at).first.scroll_into_view_if_needed()
                page.wait_for_timeout(PAINT)
            page.screenshot(path=HERE / f"{name}.png")
            page.close()


if __name__ == "__main__":
    main(sys.argv[1:])
