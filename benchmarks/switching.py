"""How long a switch from page to page takes while a run trains, against the same switches while it is held.

    python -m benchmarks.switching           about two minutes

One page in Chromium goes round four pages by the menu; the run is held and goes on again round by round, so that a busy
minute falls on both. Aim: the median while it trains at most 1.5 times that while it is held.
"""

from __future__ import annotations

import dataclasses
import os
import statistics
import tempfile
import time
from typing import Any

from cnnviz import runs
from cnnviz.training.presets import PRESETS
from tests.support.browser import browser, choose_page, idle, rerun, served
from tests.support.waiting import until

ROUNDS, AIM = 6, 1.5
PAGES = (("Layers", "Pooling"), ("Networks", "Architectures"), ("Learn", "Training lab"), ("Layers", "Activations"))


def switch(page: Any, section: str, title: str) -> float:
    """Seconds until that page's script has ended and nothing moves any more."""
    since = time.perf_counter()
    with rerun(page):
        choose_page(page, section, title)
    return time.perf_counter() - since


def main() -> None:
    """Prints both medians and their ratio."""
    seconds: dict[bool, list[float]] = {False: [], True: []}
    quick = next(iter(PRESETS.values()))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNNVIZ_RUNS"] = folder
        boss = runs.supervisor()
        run = runs.start(dataclasses.replace(quick, seconds=3600.0))
        with served(extra={"CNNVIZ_RUNS": folder}) as (address, _), browser() as chromium:
            page = chromium.new_page(viewport={"width": 1280, "height": 800})
            page.goto(f"{address}/dropout")
            idle(page)
            for number in range(ROUNDS + 1):
                for trains in (False, True):
                    (run.resume if trains else run.pause)()
                    assert until(lambda: run.status().state == ("running" if trains else "paused"))  # noqa: B023
                    took = [switch(page, *one) for one in PAGES]
                    seconds[trains] += took if number else []  # in the first round every page is new
            page.close()
        run.stop()
        until(lambda: not run.status().alive)
        boss.close()
    held, training = (statistics.median(seconds[one]) for one in (False, True))
    said = "" if training <= AIM * held else "  (short of the aim)"
    print(
        f"a switch: {held:.2f} s while the run is held, {training:.2f} s while it trains: {training / held:.2f}×{said}"
    )


if __name__ == "__main__":
    main()
