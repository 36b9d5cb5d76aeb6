"""How long a frame of the training lab's time machine takes to paint: every snapshot on one slider, in Chromium.

    python -m benchmarks.scrubbing                  two runs that ship, light and dark, about two minutes
    python -m benchmarks.scrubbing RUN_ID …         these

The slider is moved to every snapshot, six times over in a drawn order. `painted` is the wall clock of the component's
own painting, as the page says it (`data-took`); `processor` all that the browser's main thread computes for one move
(script, style, layout, paint), by its own processor time, which holds on a busy machine as well. Aim: 95 of 100 frames
under 16 ms, a frame of a screen.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.support.browser import browser, served, settled

RUNS = ("digits-lenet5-d2a25f8f", "shapes-net-d2b13a74")
ROUNDS, AIM = 6, 16.0  # milliseconds
MOVE = """(input, place) => new Promise(done => {
  input.value = String(place)
  input.dispatchEvent(new Event("input"))
  const stage = input.closest(".inside_view").querySelector(".stage")
  requestAnimationFrame(() => setTimeout(() => done(Number(stage.dataset.took))))
})"""


def scrub(page: Any) -> tuple[list[float], list[float]]:
    """Milliseconds of each move: (painting as the page says it, the main thread's processor time)."""
    slider = page.locator(".inside_view .player input[type=range]")
    slider.wait_for()
    last = int(slider.get_attribute("max"))
    settled(page)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    painted, processor = [], []
    rng = random.Random(0)
    for _ in range(ROUNDS):
        places = list(range(last + 1))
        rng.shuffle(places)
        for place in places:
            before = _worked(session)
            painted.append(slider.evaluate(MOVE, place))
            processor.append(1000 * (_worked(session) - before))
    return painted, processor


def _worked(session: Any) -> float:
    found = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in found if one["name"] == "TaskDuration"))


def main() -> None:
    print("| run | painted, median, p95, most (ms) | processor, median, p95 (ms) | aim (p95) |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as runs, served(runs=Path(runs)) as (address, _), browser() as chromium:
        for run_id in sys.argv[1:] or RUNS:
            for scheme in ("light", "dark"):
                page = chromium.new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
                page.goto(f"{address}/training_lab?lab.part=Inside&lab.id={run_id}")
                painted, processor = scrub(page)
                page.close()
                said = "" if np.percentile(painted, 95) <= AIM else "  (short of the aim)"
                print(
                    f"| {run_id}, {scheme}, {len(painted)} moves "
                    f"| {np.median(painted):.1f}, {np.percentile(painted, 95):.1f}, {max(painted):.1f} "
                    f"| {np.median(processor):.1f}, {np.percentile(processor, 95):.1f} | {AIM:g} |{said}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
