"""Every page's controls, timed in Chromium: hover, drag and scrub without a rerun; controls that need the server.

    python -m benchmarks.pages             all pages
    python -m benchmarks.pages pooling     one

Bars: 50 ms and no rerun for what stays in the browser, 0.4 s to paint for what needs the server, warm.
"""

from __future__ import annotations

import contextlib
import importlib
import statistics
import sys
from types import ModuleType
from typing import Any

from cnnviz import devices
from tests.support import ROOT, gestures
from tests.support.browser import browser, idle, served

IN_BROWSER, BY_SERVER = 0.05, 0.4


def all_gestures() -> list[ModuleType]:
    """Every topic's gestures, by name."""
    files = sorted((ROOT / "tests" / "topics").glob("*/*gestures.py"))
    return [importlib.import_module(f"tests.topics.{file.parent.name}.{file.stem}") for file in files]


def measure(chromium: Any, address: str, member: ModuleType) -> tuple[list[float], list[float]]:
    """Seconds of the page's gestures in the browser, and of its controls that need the server."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/{member.PATH}")
    idle(page)
    page.wait_for_timeout(1000)
    with contextlib.nullcontext() if getattr(member, "CHECKED_AFTERWARDS", False) else gestures.no_rerun(page):
        own = member.in_browser(page)
    member.by_server(page)  # the first time fills the caches
    asked = member.by_server(page)
    context.close()
    return own, asked


def _first_visit(chromium: Any, address: str) -> None:
    """The start page once: a fresh server lays "Page not found" over the first page that is opened by its own link."""
    page = chromium.new_page()
    page.goto(address)
    idle(page)
    page.close()


def main(wanted: list[str]) -> None:
    print(f"on {devices.describe()}\n")
    print("| page | in the browser, ms (bar 50) | by the server, s (bar 0.4) |")
    print("| --- | --- | --- |")
    with browser() as chromium, served() as (address, _pid):
        _first_visit(chromium, address)
        for member in all_gestures():
            name = _name(member)
            if wanted and name not in wanted:
                continue
            try:
                own, asked = (statistics.median(found) for found in measure(chromium, address, member))
            except gestures.Reran as error:
                print(f"| {member.PATH} | {error}: not in the browser | |", flush=True)
                continue
            print(
                f"| {name} | {own * 1000:.0f}{_short(own, IN_BROWSER)} | {asked:.2f}{_short(asked, BY_SERVER)} |",
                flush=True,
            )


def _name(member: ModuleType) -> str:
    """The topic's, and which of its gestures these are where it has several."""
    *_, topic, file = member.__name__.split(".")
    return topic if file == "gestures" else f"{topic}: {file.removesuffix('_gestures')}"


def _short(seconds: float, bar: float) -> str:
    return "" if seconds <= bar else f" (short by {seconds - bar:.2f} s)"


if __name__ == "__main__":
    main(sys.argv[1:])
