"""The app served and driven in Chromium, as a person would: for benchmarks and for the browser tests."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.support import ROOT
from tests.support.waiting import PATIENCE

SHELL = shutil.which("chromium-headless-shell")  # the same engine without a window's code, a sixth less to compute
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or SHELL
FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
WAIT = 1000 * PATIENCE  # milliseconds that a page waits for a state: other tests want the machine, too
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
DRAWN = f'{IDLE} [data-testid="stMain"] [data-testid="stElementContainer"]'
PAINTED = ".cnnviz .stage[data-painted]"  # the network canvas says when its pixels are there


CHANGED = """([selector, before]) => {
  const find = root => {
    const here = root.querySelector(selector)
    if (here) return here
    for (const node of root.querySelectorAll("*"))
      if (node.shadowRoot) { const inside = find(node.shadowRoot); if (inside) return inside }
    return null
  }
  const found = find(document)
  return found && found.dataset.painted !== before
}"""


STILL = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  const parts = [...document.querySelectorAll("[data-testid=stElementContainer]")]
  const now = app?.dataset.testScriptState + [document.querySelectorAll("*").length, ...parts.map(part => {
    const { x, y, width, height } = part.getBoundingClientRect()
    return [x, y, width, height].map(Math.round).join()
  })].join(" ")
  const before = window.__still
  window.__still = { now, frames: before?.now === now ? before.frames + 1 : 0 }
  return now.startsWith("notRunning") && window.__still.frames >= 10
}"""
SHORTEST = 15_000  # milliseconds for a run to begin on a busy machine
COUNTS_RUNS = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  window.__begun = 0
  window.__still = undefined
  window.__counts?.disconnect()
  window.__counts = new MutationObserver(changes => { window.__begun += changes.length })
  window.__counts.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] })
}"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_healthy(port: int, seconds: float = PATIENCE) -> None:
    """Until the server on that port answers; TimeoutError after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise TimeoutError(f"the app on port {port} was not healthy within {seconds:.0f} s")


@contextmanager
def served(
    script: Path = ROOT / "app.py",
    *,
    runs: Path | None = None,
    extra: dict[str, str] | None = None,
    first: str = "",
) -> Iterator[tuple[str, int]]:
    """(address, pid) of a Streamlit server for `script`, with its own folder of runs.

    first: Python that the server's process runs before it serves.
    """
    port = free_port()
    environment = {**os.environ, **({"CNNVIZ_RUNS": str(runs)} if runs else {}), **(extra or {})}
    streamlit = ["-c", f"{first}\nfrom streamlit.web.cli import main\nmain()"] if first else ["-m", "streamlit"]
    command = [
        sys.executable, *streamlit, "run", str(script), "--server.port", str(port),
        "--server.address", "127.0.0.1", "--server.headless", "true", "--browser.gatherUsageStats", "false",
        "--server.fileWatcherType", "none",
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_healthy(port)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


@contextmanager
def browser(*flags: str, program: str | None = CHROMIUM) -> Iterator[Any]:
    """A headless Chromium; RuntimeError where none is installed. flags: more of its command line."""
    if program is None:
        raise RuntimeError("no Chromium is found; on Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags])
        yield started
        started.close()


def idle(page: Any) -> None:
    """Until the page's script has ended; before it begins, which may take a while in a row of others, it is no page."""
    page.wait_for_selector(DRAWN, state="attached", timeout=WAIT)


def settled(page: Any) -> None:
    """Until the page's script has ended and nothing has moved for ten frames: a slow machine's frames last longer."""
    page.wait_for_function(STILL, polling="raf", timeout=WAIT)


@contextmanager
def rerun(page: Any) -> Iterator[None]:
    """What is done inside makes the page's script run; left once that run has ended and nothing moves any more."""
    page.evaluate(COUNTS_RUNS)
    yield
    from playwright.sync_api import TimeoutError as Unseen

    with suppress(Unseen):  # a run so short that React drew nothing of it is over by then
        page.wait_for_function("window.__begun > 0", timeout=SHORTEST)
    settled(page)


def chosen(radio: Any) -> None:
    """A click on it, or another one: what is just being drawn anew may not hear the first."""
    from playwright.sync_api import expect

    for _ in range(9):
        radio.click()
        try:
            return expect(radio).to_be_checked(timeout=5000)
        except AssertionError:
            continue
    raise AssertionError(f"{radio} cannot be chosen")


def opened_list(page: Any, name: str) -> Any:
    """The options of the select box of that name on the page, opened by a click, or by another one (`chosen`)."""
    from playwright.sync_api import expect

    options = page.get_by_role("option")
    for _ in range(9):
        page.get_by_test_id("stMain").get_by_role("combobox", name=name).click()
        try:
            expect(options.first).to_be_visible(timeout=5000)
        except AssertionError:
            continue
        return options
    raise AssertionError(f"{name} does not open")


def turned(page: Any, part: str) -> Any:
    """The page with that part of it chosen, as a person turns to it."""
    radio = page.get_by_role("radio", name=part, exact=True)
    radio.wait_for()
    if not radio.is_checked():
        with rerun(page):
            chosen(radio)
    return page


def reads(place: Any) -> str:
    """Its text as one reads it: no-break spaces, which hold numbers and units together, are spaces."""
    return str(place.inner_text()).replace("\N{NO-BREAK SPACE}", " ")


def begins(text: str) -> re.Pattern[str]:
    """For Playwright's `expect`: what begins with this."""
    return re.compile("^" + re.escape(text))


def ends(text: str) -> re.Pattern[str]:
    """For Playwright's `expect`: what ends with this."""
    return re.compile(re.escape(text) + "$")


def choose_page(page: Any, section: str, title: str) -> None:
    """By the menus on top: a section, then one of its pages."""
    page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
    page.get_by_role("menuitem", name=title).click()


def picture_file(folder: Path, index: int, size: tuple[int, int] = (800, 600)) -> Path:
    """A JPEG unlike any other index's: a bundled photo, shifted and re-sized."""
    from cnnviz import samples

    photo = samples.read("chelsea").resize(size)
    shifted = np.roll(np.asarray(photo), 17 * index, axis=1)
    path = folder / f"picture_{index}.jpg"
    Image.fromarray(shifted).save(path, quality=90)
    return path


def open_upload(page: Any) -> Any:
    """Explore's drawer for a file of one's own; where the file goes."""
    chooser = page.locator("[data-testid=stFileUploader] input[type=file]")
    if not chooser.count():
        page.get_by_role("button", name="Upload").first.click()
    chooser.wait_for(state="attached")
    return chooser


def open_training(page: Any) -> None:
    """The sidebar with the form and the run, by the line on top."""
    folded = page.get_by_test_id("stExpandSidebarButton")
    line = page.locator(".st-key-train-line .training")
    line.wait_for()
    page.get_by_test_id("stSidebar").wait_for(state="attached")  # which the front page's first run leaves to the next
    idle(page)  # a click on a page that is still being put together may meet nothing
    if folded.count():
        line.click()
        folded.wait_for(state="detached")
    page.get_by_label("Seed", exact=True).wait_for()


def upload(page: Any, folder: Path, index: int) -> float:
    """Upload a new image; seconds until the canvas has painted it."""
    path = picture_file(folder, index)
    chooser = open_upload(page)
    before = page.locator(PAINTED).get_attribute("data-painted")
    since = time.perf_counter()
    chooser.set_input_files(str(path))
    changed(page, PAINTED, before)
    return time.perf_counter() - since


def changed(page: Any, selector: str, before: str | None) -> None:
    """Until what `selector` names, wherever in the shadow trees, has painted something else than `before`."""
    page.wait_for_function(CHANGED, arg=[selector, before], timeout=WAIT, polling=10)
