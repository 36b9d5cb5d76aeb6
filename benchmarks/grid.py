"""From the choice of another class to the painted maps of EfficientNet-Lite0, in Chromium: python -m benchmarks.grid

A warm server; the clock runs in the page, from the key that chooses to the frame in which a map is there. Beside it the
server's processor seconds for all quick methods of one choice, which a busy machine tells, too.
"""

from __future__ import annotations

import argparse
import os
import statistics
from typing import Any

from cnnviz import devices
from cnnviz.topics.attribution import captions
from tests.support.browser import browser, idle, served

MANY = 8  # maps
BARS = {1: 0.4, MANY: 2.5}
WATCH = """many => {
  const grids = () => {
    const found = [], look = root => {
      for (const node of root.querySelectorAll("*")) {
        if (node.classList?.contains("map-grid")) found.push(node)
        if (node.shadowRoot) look(node.shadowRoot)
      }
    }
    look(document)
    return found
  }
  const state = grid => grid.querySelector(".stage")?.dataset.painted
  const isMap = figure => figure.dataset.name && !figure.querySelector(".why")
  const maps = grid => [...grid.querySelectorAll("figure")].filter(isMap)
  window.__times = null
  addEventListener("keydown", event => {
    if (event.key !== "Enter") return
    const since = performance.now(), before = new Map(grids().map(grid => [grid, state(grid)])), times = {}
    const frame = () => {
      for (const grid of grids()) {
        if (!state(grid) || before.get(grid) === state(grid)) continue
        const count = maps(grid).length
        for (const bar of [1, many]) if (count >= bar) times[bar] ??= (performance.now() - since) / 1000
      }
      if (times[many] === undefined) requestAnimationFrame(frame)
      else window.__times = times
    }
    requestAnimationFrame(frame)
  }, { capture: true, once: true })
}"""


def turn(page: Any, number: int) -> dict[str, float]:
    """Seconds until the first map and until eight are painted, of the class so many places further down."""
    box = page.get_by_role("combobox", name=captions.CLASS, exact=False).first
    box.click()
    for _ in range(number + 2):
        page.keyboard.press("ArrowDown")
    page.evaluate(WATCH, MANY)
    page.keyboard.press("Enter")
    page.wait_for_function("window.__times", timeout=300_000)
    found: dict[str, float] = page.evaluate("window.__times")
    idle(page)
    return found


def processor(pid: int) -> float:
    """Seconds of the processor that the server has taken so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """One line a bar: the median of the turns, and the server's processor time a turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--turns", type=int, default=5)
    turns = parser.parse_args().turns
    print(f"on {devices.describe()}\n")
    with browser() as chromium, served() as (address, pid):
        page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(300_000)
        page.goto(f"{address}/attribution")
        page.wait_for_selector(".map-grid .stage[data-painted]", timeout=300_000)
        idle(page)
        turn(page, 0)
        since = processor(pid)
        found = [turn(page, number + 1) for number in range(turns)]
        spent = (processor(pid) - since) / turns
    for count, bar in BARS.items():
        seconds = statistics.median(one[str(count)] for one in found)
        print(f"{count} painted map(s): {seconds:.2f} s (bar {bar:g} s)")
    print(f"the server's processor: {spent:.2f} s a choice")


if __name__ == "__main__":
    main()
