"""Two hostile tabs in Chromium beside an honest one: python -m benchmarks.attacks tabs [SECONDS].

Each hostile tab is a browser of its own, which opens any page by an odd link, clicks and types wherever something is,
goes back and forth, reloads while the page is being drawn, uploads hostile files, and is closed in the middle of a
large one. The honest tab clicks a layer every ten seconds, once: what it then reads must be the library's numbers.

Wrong is: an exception on a page, in a page's JavaScript or in the server's log; a number that is not the library's; an
honest click without an answer; and a server that keeps, a minute after all have left, a tenth more memory than it kept
after a first attack of a fifth of that time: by then all that stays has been imported.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.classroom import GONE, resident_mb, stays_after, truth
from benchmarks.hostile import ODD, TO_FILE, World, a_zip, spoilt
from benchmarks.protocol import Session
from pages.shared.navigation import ROWS
from tests.support.browser import CHROMIUM, SHELL, browser, served, settled

CHOICE = "lenet5"
EVERY = 10.0  # seconds between two honest clicks
PATIENCE = 120_000  # milliseconds until an honest click counts as lost
HASTE = 2000  # milliseconds that a hostile gesture waits for what it needs
LEFT = 60.0  # seconds that memory is looked at when all have left
ASKED = ("network", "picture", "layer", "channel", "row", "column", "part", "lab.run", "against", "gradient", "turn")
KEYS = ("Escape", "Tab", "Enter", "ArrowRight", "ArrowDown", "r", "c", "Space", "Delete")
PLACE = """draw => {  // the middle of something that can be clicked, wherever it is on the page
  const kinds = "button, summary, label, canvas, [role=radio], [role=option], [role=combobox], [role=slider], " +
    "[role=tab], [role=menuitem], a[href^='/'], [class*=mosaic], .cnnviz *"
  const all = [...document.querySelectorAll(kinds)].filter(one => one.getBoundingClientRect().width > 0)
  if (!all.length) return null
  const one = all[Math.floor(draw * all.length)]
  one.scrollIntoView({ block: "center" })
  const { x, y, width, height } = one.getBoundingClientRect()
  return [x + width / 2, y + height / 2, `${one.tagName} ${one.textContent.trim().slice(0, 40)}`]
}"""
READS = """wanted => [...document.querySelectorAll("table")].some(table => wanted.includes(
  [...table.querySelectorAll("tbody tr")]
    .map(row => `| ${[...row.children].map(cell => cell.textContent.trim()).join(" | ")} |`).join("\\n")))"""


class Hostile:
    """One of the two. files: what it uploads; large: one that takes so long that it can leave in the middle."""

    def __init__(self, world: World, address: str, seed: float, files: list[Path], large: Path) -> None:
        self.world, self.address, self.draw = world, address, random.Random(seed)
        self.files, self.large, self.said = files, large, list[str]()
        self.gestures = {
            self._link: 4, self._click: 12, self._type: 5, self._key: 3, self._back: 1, self._forth: 1, self._reload: 2,
            self._upload: 4, self._leave: 1,
        }  # fmt: skip

    def work(self, until: float) -> None:
        from playwright.sync_api import Error

        with browser(program=SHELL or CHROMIUM) as chromium:
            self.context = chromium.new_context(viewport={"width": 1280, "height": 800})
            self._open()
            while time.monotonic() < until:
                (gesture,) = self.draw.choices(list(self.gestures), list(self.gestures.values()))
                self.world.done[gesture.__name__.strip("_")] += 1
                with contextlib.suppress(Error):  # what it wanted to touch has gone: it wanted too much
                    gesture()
                    for one in self.page.locator('[data-testid="stException"]').all_inner_texts():
                        self._blame(f"an exception on a page: {one[:200]}")
                self.page.wait_for_timeout(self.draw.choice((0, 50, 200, 1000)))

    def _open(self) -> None:
        self.page = self.context.new_page()
        self.page.set_default_timeout(HASTE)
        self.page.on("pageerror", lambda error: self._blame(f"in a page's JavaScript: {error}"))
        self.page.on("crash", lambda _: self._blame("a page crashed"))
        self._link()

    def _blame(self, said: str) -> None:
        self.world.blame(said, " | ".join(self.said[-6:]))

    def _link(self) -> None:
        asked = {name: self.draw.choice((*ODD, CHOICE, "conv1", "3")) for name in self.draw.sample(ASKED, 2)}
        query = f"?{urlencode(asked, errors='replace')}" if self.draw.random() < 0.6 else ""
        self.said.append(f"/{self.draw.choice(ROWS).url_path}{query[:80]}")
        self.page.goto(f"{self.address}{self.said[-1]}", wait_until="commit")

    def _click(self) -> None:
        if (found := self.page.evaluate(PLACE, self.draw.random())) is not None:
            self.said.append(f"click {found[2]!r}")
            self.page.mouse.click(*found[:2], click_count=self.draw.choice((1, 1, 1, 2, 3)))

    def _type(self) -> None:
        fields = self.page.locator("input:visible:not([type=file]), textarea:visible")
        if count := fields.count():
            fields.nth(self.draw.randrange(count)).click()
            self.said.append(f"type {self.draw.choice(ODD)[:40]!r}")
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(self.draw.choice(ODD))
            self.page.keyboard.press(self.draw.choice(("Enter", "Tab")))

    def _key(self) -> None:
        self.said.append(f"key {self.draw.choice(KEYS)}")
        self.page.keyboard.press(self.said[-1].removeprefix("key "))

    def _back(self) -> None:
        self.said.append("back")
        self.page.go_back(wait_until="commit")

    def _forth(self) -> None:
        self.said.append("forth")
        self.page.go_forward(wait_until="commit")

    def _reload(self) -> None:
        self.said.append("reload")
        self.page.reload(wait_until="commit")

    def _chooser(self) -> Any:
        """Where a file goes, on this page or on Explore's."""
        fields = self.page.locator("input[type=file]")
        if not fields.count():
            self.page.goto(self.address, wait_until="commit")
            self.page.get_by_role("button", name="Upload").first.click(timeout=10 * HASTE)
            fields.first.wait_for(state="attached")
        return fields.nth(self.draw.randrange(fields.count()))

    def _upload(self) -> None:
        file = self.draw.choice(self.files)
        self.said.append(f"upload {file.name}")
        self._chooser().set_input_files(str(file))

    def _leave(self) -> None:
        """Closes the tab in the middle of a large upload."""
        chooser = self._chooser()
        self.said.append("leave in the middle of an upload")
        chooser.set_input_files(str(self.large), no_wait_after=True)
        self.page.close()
        self._open()


def honest(world: World, address: str, until: float) -> None:
    """Clicks a layer, once, and reads its table; then another."""
    from playwright.sync_api import Error

    tables = dict(list(truth(CHOICE).tables.items())[1:7])
    with browser(program=SHELL or CHROMIUM) as chromium:
        page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/?network={CHOICE}&layer={list(tables)[-1]}")
        settled(page)
        for key in itertools.cycle(tables):
            begun = time.monotonic()
            if begun > until:
                return
            try:
                page.get_by_test_id("stMain").get_by_role("combobox", name="Layer").click()
                page.get_by_role("option", name=re.compile(f"^{key} ")).click()
                page.wait_for_function(READS, arg=list(tables[key]))
                world.slowest = max(world.slowest, time.monotonic() - begun)
            except Error as error:
                shown = page.locator("table").all_text_contents()
                world.blame(f"an honest click on {key} was lost or wrong: {str(error)[:200]}", f"it shows {shown}")
            world.done["honest"] += 1
            page.wait_for_timeout(max(0.0, 1000 * (begun + EVERY - time.monotonic())))


def tabs(seconds: int) -> int:
    """Returns how much was wrong."""
    folder = Path(os.environ["CNNVIZ_RUNS"]).parent
    log, files = folder / "log", hostile_files(folder)
    large = folder / "large.png"
    large.write_bytes(files[0].read_bytes() + os.urandom(60_000_000))
    extra = {"CNNVIZ_SHARED": "1", "CNNVIZ_DATA": str(folder / "data")}
    world = World()
    with served(runs=folder / "runs", extra=extra, first=TO_FILE.format(log=str(log))) as (address, pid):
        every_page_once(address)
        attacked(world, address, pid, seconds / 5, files, large)
        time.sleep(GONE)
        before = resident_mb(pid)
        most = attacked(world, address, pid, seconds, files, large)
        kept = stays_after(pid, before, LEFT)
    text = log.read_text(errors="replace")
    for said in re.findall(r"(?ms)^Traceback.*?^\S*(?:Error|Exception|Interrupt)\b[^\n]*", text):
        world.blame(f"in the server's log: {said.splitlines()[-1]}", said[-1500:])
    wrong = sum(world.wrong.values()) + kept
    print(
        f"{seconds} s of two hostile tabs, {sum(world.done.values())} gestures ({dict(world.done)}): {wrong} wrong; an "
        f"honest click took {world.slowest:.1f} s at most; memory {before:.0f} MB before, {most:.0f} at most",
        flush=True,
    )
    return wrong


def attacked(world: World, address: str, pid: int, seconds: float, files: list[Path], large: Path) -> float:
    """All three, each in a browser of its own; the most memory of the server meanwhile, in MB."""
    until, most = time.monotonic() + seconds, 0.0
    work = [Hostile(world, address, seed, files, large).work for seed in (seconds, seconds + 1)]
    with ThreadPoolExecutor(len(work) + 1) as pool:
        going = [pool.submit(honest, world, address, until), *(pool.submit(one, until) for one in work)]
        while not all(one.done() for one in going):
            time.sleep(2.0)
            most = max(most, resident_mb(pid))
        for one in going:
            one.result()  # raises what ended it
    return most


def every_page_once(address: str) -> None:
    """Each page is opened and left, with networks of each library."""
    for row, choice in zip(ROWS, itertools.cycle((CHOICE, "resnet18", "timm/resnet10t")), strict=False):
        with Session(address, at=row.url_path, network=choice) as session:
            session.run()


def hostile_files(folder: Path) -> list[Path]:
    """Every eighth of tests/test_images.py's, zips that are whole or spoilt, and what is no file of weights."""
    from tests.test_images import HOSTILE

    draw = random.Random(0)
    found = {f"{number}.png": data for number, data in enumerate(list(HOSTILE.values())[::8]) if len(data) < 10_000_000}
    found |= {f"{count}.zip": a_zip(["a", "b"], broken=count, draw=draw) for count in (0, 1, 8, 60)}
    found["weights.safetensors"] = spoilt(bytes(500), 60, draw)
    for name, data in found.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in found]
