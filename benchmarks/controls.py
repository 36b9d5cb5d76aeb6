"""Every control of every part of every page, set to another value: how long the page's script then takes.

    python -m benchmarks.controls                  all pages, about ten minutes
    python -m benchmarks.controls pooling kernels  only these

The script alone, run by Streamlit's own test runner on the whole page (in the app a fragment often is enough); what a
browser adds until it has painted, about 0.1 s, is in `benchmarks.pages`. A control is set to another value for the
first time, back, and to that value again. Bar: 0.4 s; what takes longer is listed, and must show its progress.
Not in it: another network (`benchmarks.explore` has that), buttons, and what is inside the components.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from streamlit.testing.v1 import AppTest

from benchmarks import widgets
from cnnviz import devices
from pages.shared.navigation import ROWS
from tests.support import ROOT
from tests.support.app import app_at

BAR = 0.4
SKIPPED = ("picker.network",)


class Timed(NamedTuple):
    """Seconds of the script after one control was set: the first time, and when all of it had been seen before.

    Not a number where the script raised something.
    """

    part: str
    key: str
    first: float
    again: float


def pages() -> list[Path]:
    """The pages of the menu, by folder and name."""
    return sorted(ROOT / row.path for row in ROWS)


def opened(page: Path, part: str = "", *, network: str = "", warm: bool = True) -> AppTest:
    """The page at its part ("key=name"); warm: after a second run, what it shows having been computed once."""
    app = app_at(page.relative_to(ROOT).as_posix(), timeout=300)
    if part:
        name, _, value = part.partition("=")
        app.query_params[name] = value
    if network:
        app.query_params["network"] = network
    app.run()
    if warm:
        app.run()
    if app.exception:
        raise RuntimeError(f"{page.parent.name}, {part}: {app.exception[0].message}")
    return app


def parts(page: Path) -> list[str]:
    """ "key=name" for each part of a page; "" alone for a page that is all one."""
    return widgets.parts(opened(page, warm=False))


def timed(page: Path, *, network: str = "", turns: int = 4) -> Iterator[Timed]:
    """Every control of a page. network: the one at hand. turns: how often each is set, there and back again.

    An odd number leaves each where it was set, and so tries the page in many more states.
    """
    warm = turns > 1
    for part in parts(page):
        app = opened(page, part, network=network, warm=warm)
        keys = list(widgets.keyed(app))
        for key in keys:
            if key in SKIPPED or key.endswith(widgets.PARTS) or key not in widgets.keyed(app):
                continue
            now, other = (of(widgets.keyed(app)[key]) for of in (widgets.value_of, widgets.another))
            if other is None:
                continue
            seconds = []
            for value in (other, now, other, now)[:turns]:
                if key not in widgets.keyed(app):
                    break  # what was chosen took the control itself away
                since = time.perf_counter()
                app = widgets.put(app, widgets.keyed(app)[key], value)
                seconds.append(time.perf_counter() - since)
                if app.exception:
                    yield Timed(part.partition("=")[2], key, math.nan, math.nan)
                    break
            if not app.exception and len(seconds) == turns:
                yield Timed(part.partition("=")[2], key, seconds[0], min(seconds[-2:]))
            if app.exception or not set(keys) <= set(widgets.keyed(app)):
                app = opened(page, part, network=network, warm=warm)


def main(wanted: list[str]) -> None:
    print(f"on {devices.describe()}\n")
    print("| page | controls | median, s | within 0.4 s, first time | within 0.4 s, again |")
    print("| --- | --- | --- | --- | --- |")
    slow: list[tuple[str, Timed]] = []
    with tempfile.TemporaryDirectory() as runs:
        os.environ.update(CNNVIZ_RUNS=runs, CNNVIZ_WARM="0")
        for page in pages():
            if wanted and page.parent.name not in wanted:
                continue
            found = list(timed(page))
            if not found:
                continue
            first, again = (sum(getattr(one, name) <= BAR for one in found) for name in ("first", "again"))
            median = statistics.median(one.first for one in found)
            print(f"| {page.parent.name} | {len(found)} | {median:.2f} | {first} | {again} |", flush=True)
            slow += [(page.parent.name, one) for one in found if not one.first <= BAR]
    print("\n| slower than 0.4 s | part | control | first time, s | again, s |\n| --- | --- | --- | --- | --- |")
    for name, one in sorted(slow, key=lambda item: -item[1].first):
        print(f"| {name} | {one.part} | `{one.key}` | {one.first:.2f} | {one.again:.2f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
