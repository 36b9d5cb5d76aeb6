"""Hostile visitors on one shared server: python -m benchmarks.hostile [--minutes 30] [--visitors 2] [--seed 0]
[--patience 180].

Each speaks the browser's protocol (`protocol`): opens any page by an odd link, which may name what is another's;
presses, types, uploads, forges what components say (`forged`), clicks faster than the server answers, asks for widgets
that only another was shown, leaves in the middle. A third visitor, who has a run, a network and a data set, does
nothing all the while and must find them as they were. Wrong is: an exception on a page or in the server's log, an
answer that never comes, what one typed or uploaded on the page of another (each marks it with a word that nobody else
knows), and a server that grows or is gone.

Printed as it goes: what was wrong; every minute the gestures so far and the server's memory. Exit status 1 where
something was wrong.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import io
import json
import os
import random
import re
import secrets
import tempfile
import threading
import time
import urllib.error
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from PIL import Image
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import forged, protocol
from benchmarks.classroom import resident_mb
from benchmarks.protocol import Lost, Session
from cnnviz import datasets, models, runs, visitors
from cnnviz.datasets import image_folder
from cnnviz.records import TrainConfig
from pages.shared.navigation import ROWS
from tests.support.browser import served

ODD = (
    "<script>alert(1)</script>", "../../etc/passwd", "-1", "1e999", "nan", "", "999999999999", "\u202eabc", "%00",
    "None", "['a']", "run:../..", "folder:../../tmp", "'; drop table", "x" * 5000, "own", "timm/vit_giant_patch14_224",
)  # fmt: skip
TYPED = ("text_input", "text_area")
MOST_MB = 2500  # that a server with two visitors may have
TO_FILE = """import os
os.dup2(os.open({log!r}, os.O_CREAT | os.O_WRONLY | os.O_APPEND), 2)
os.dup2(2, 1)"""


@dataclass
class World:
    """What all know of all: names that links may ask for, and what was found. marks: visitor → their secret word."""

    marks: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    forgeable: list[tuple[str, str, Any]] = field(default_factory=list)  # ids of widgets that somebody was shown
    done: collections.Counter[str] = field(default_factory=collections.Counter)
    wrong: collections.Counter[str] = field(default_factory=collections.Counter)
    slowest: float = 0.0  # seconds of an honest click
    guard: threading.Lock = field(default_factory=threading.Lock)

    def blame(self, said: str, how: str) -> None:
        """Counts it, and tells the first of its kind with what was done."""
        kind = re.sub(r"[0-9a-f]{6,}|\d+", "…", said)[:300]
        with self.guard:
            self.wrong[kind] += 1
            if self.wrong[kind] == 1:
                print(f"    {said}\n        after {how[:400]}", flush=True)


class Tab(Session):
    """A session that remembers what kind of widget each is. The key in its cookie says whose it is."""

    def __init__(self, address: str, key: str, **query: Any) -> None:
        self.elements: dict[str, tuple[str, Any]] = {}
        super().__init__(address, cookie=f"cnnviz_visitor={key}", **query)

    def _take(self, answer: ForwardMsg) -> None:
        super()._take(answer)
        if answer.WhichOneof("type") == "delta" and answer.delta.WhichOneof("type") == "new_element":
            element = answer.delta.new_element
            what = element.WhichOneof("type") or "empty"
            identity = str(getattr(getattr(element, what), "id", ""))
            if identity:
                self.elements[identity.split("-", 2)[-1]] = (what, getattr(element, what))

    def __enter__(self) -> Self:
        return self

    def say(self, key: str, name: str, value: Any, *, twice: bool = False) -> None:
        """A widget says this, and the server answers. twice: it is told so two times before it can."""
        identity, fragment = self.widgets[key]
        self._values[identity] = (name, value)
        if twice:
            self._send(self._message(fragment, pressed=""))
        self.run(fragment)

    def forge(self, identity: str, name: str, value: Any) -> None:
        """Says something of a widget that this page may never have been shown."""
        self._values[identity] = (name, value)
        try:
            self.run()
        finally:
            self._values.pop(identity, None)


class Hostile:
    """One of them. mark: a word that is in all that they type and upload, and in no link."""

    def __init__(self, world: World, address: str, number: int, seed: int) -> None:
        self.world, self.address, self.draw = world, address, random.Random(f"{seed} {number}")
        self.key = hashlib.md5(f"hostile {seed} {number}".encode()).hexdigest()
        self.id, self.mark, self.log = visitors.id_of(self.key), f"secret{secrets.token_hex(4)}", list[str]()
        world.marks[self.id] = self.mark

    def work(self, until: float) -> None:
        while time.monotonic() < until:
            self.log = []
            try:
                self._visit(until)
            except (Lost, urllib.error.HTTPError, EOFError, OSError) as error:
                if not isinstance(error, urllib.error.HTTPError) or error.code >= 500:
                    self.world.blame(f"{type(error).__name__}: {error}", " | ".join(self.log[-6:]))

    def _visit(self, until: float) -> None:
        page = self.draw.choice(ROWS).url_path
        query = {name: self._odd() for name in self._asked() if self.draw.random() < 0.35}
        self.log.append(f"/{page}?{json.dumps(query)[:300]}")
        with Tab(self.address, self.key, at=page, **query) as tab:
            self._run(tab, "page", tab.run)
            for _ in range(self.draw.randint(2, 14)):
                if time.monotonic() > until or not tab.widgets:
                    return
                self._gesture(tab)
            if self.draw.random() < 0.3:  # and leaves while it is being answered
                tab._send(tab._message("", pressed=""))

    def _asked(self) -> list[str]:
        bound = [key for _, key, _ in self.world.forgeable[-40:]]
        usual = ["network", "picture", "layer", "channel", "row", "column", "gradient", "against", "lab.run"]
        return self.draw.sample(usual, 3) + (self.draw.sample(bound, 3) if len(bound) > 3 else [])

    def _odd(self) -> str:
        if self.draw.random() < 0.5 and self.world.names:
            return self.draw.choice(self.world.names)
        return self.draw.choice((*ODD, *models.names()[:8]))

    def _run(self, tab: Tab, said: str, gesture: Any) -> None:
        self.log.append(said)
        self.world.done[said.split()[0]] += 1
        gesture()
        for whose, mark in list(self.world.marks.items()):
            told = mark in json.dumps([*tab.texts.values(), list(tab.options.values())])
            told = told or any(mark in str(element) for _, element in tab.elements.values())
            if told and whose != self.id:
                self.world.blame(f"a page shows what is another's: {mark}", " | ".join(self.log[-6:]))

    def _gesture(self, tab: Tab) -> None:
        key = self.draw.choice(list(tab.widgets))
        kind, element = tab.elements.get(key, ("", None))
        with self.world.guard:
            self.world.forgeable.append((tab.widgets[key][0], key, kind))
            del self.world.forgeable[:-400]
        if self.draw.random() < 0.08:
            return self._forge(tab)
        if kind in ("button", "download_button"):
            return self._run(tab, f"press {key}", lambda: tab.press(key))
        if kind == "file_uploader":
            name, data = self._file()
            return self._run(tab, f"upload {key} {name}", lambda: tab.upload(key, name, data))
        value = self._value(kind, element)
        if value is not None:
            twice = self.draw.random() < 0.15
            self._run(tab, f"say {key} {str(value)[:80]}", lambda: tab.say(key, *value, twice=twice))
        return None

    def _forge(self, tab: Tab) -> None:
        identity, key, kind = self.draw.choice(self.world.forgeable)
        name, value = ("trigger_value", True) if kind == "button" else ("string_value", self._odd())
        if kind in ("button", *TYPED, "selectbox"):
            self._run(tab, f"forge {key}", lambda: tab.forge(identity, name, value))

    def _value(self, kind: str, element: Any) -> tuple[str, Any] | None:
        """(field of WidgetState, value) as a browser could send it."""
        draw = self.draw
        if kind in ("selectbox", "radio") and element.options:
            return "string_value", draw.choice(list(element.options))
        if kind == "multiselect" and element.options:
            return "string_array_value", draw.sample(
                list(element.options), draw.randint(0, min(4, len(element.options)))
            )
        if kind == "button_group" and element.options:
            return "string_array_value", [draw.choice(list(element.options)).content]
        if kind == "checkbox":
            return "bool_value", draw.random() < 0.5
        if kind == "number_input":
            low, high = (element.min if element.has_min else -1e9), (element.max if element.has_max else 1e9)
            return "double_value", draw.choice([low, high, float(int(draw.uniform(low, min(high, low + 20))))])
        if kind == "slider" and element.type != 3 and not element.options:
            return "double_array_value", [draw.choice([element.min, element.max]) for _ in element.default]
        if kind == "slider" and element.options:
            return "string_array_value", [draw.choice(list(element.options)) for _ in element.default]
        if kind == "bidi_component":
            return "json_value", forged.message(draw)
        if kind in TYPED:
            return "string_value", f"{self.mark} {draw.choice(ODD)}"[: element.max_chars or 300]
        return None

    def _file(self) -> tuple[str, bytes]:
        draw = self.draw
        ending, broken = draw.choice(("png", "zip", "safetensors", "zip")), draw.choice((0, 0, 0, 1, 8, 60))
        if ending == "zip":
            return f"{self.mark}.zip", a_zip([f"{self.mark}-a", f"{self.mark}-b"], broken=broken, draw=draw)
        data = a_png(draw.randrange(256)) if ending == "png" else secrets.token_bytes(500)
        return f"{self.mark}.{ending}", spoilt(data, broken, draw)


# --------------------------------------------------------------------------------------------- who does nothing
class Calm:
    """Has a run that is finished, one that waits in a pause, and a data set; says whether they are as they were."""

    def __init__(self, root: Path) -> None:
        self.id, self.mark = visitors.id_of("c" * 32), f"secret{secrets.token_hex(4)}"
        with visitors.acting_as(visitors.Visitor(self.id)):
            run = runs.start(TrainConfig("digits", "fc2layer", epochs=1, seed=11, snapshots=2))
            while run.status().alive:
                time.sleep(0.05)
            self.run_id = run.id
            datasets.from_zip(a_zip([f"{self.mark}-one", f"{self.mark}-two"], broken=0), "calm pets")
        self.folders = [run.path, root / "calm pets"]
        self.before = self._digests()

    @property
    def names(self) -> list[str]:
        """What links of others may ask for."""
        return [f"run:{self.run_id}", self.run_id, "folder:calm pets", "calm pets"]

    def changed(self) -> list[str]:
        """Files that are not what they were."""
        now = self._digests()
        return sorted(name for name in self.before.keys() | now.keys() if self.before.get(name) != now.get(name))

    def _digests(self) -> dict[str, str]:
        files = (file for folder in self.folders for file in sorted(folder.rglob("*")) if file.is_file())
        return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def a_png(shade: int) -> bytes:
    """40 × 40 pixels of one colour. shade: 0 to 255."""
    file = io.BytesIO()
    Image.new("RGB", (40, 40), (shade, 99, 0)).save(file, "PNG")
    return file.getvalue()


def a_zip(classes: list[str], *, broken: int, draw: random.Random | None = None) -> bytes:
    """Six images of each class. broken: so many bytes of it are others, drawn."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(6 * len(classes)):
            archive.writestr(f"{classes[number % len(classes)]}/{number}.png", a_png(20 * number % 256))
    return spoilt(file.getvalue(), broken, draw or random.Random(0))


def spoilt(data: bytes, count: int, draw: random.Random) -> bytes:
    """The same with so many bytes drawn anew."""
    changed = bytearray(data)
    for _ in range(count):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def besiege(asked: argparse.Namespace, folder: Path) -> World:
    """Served, visited for so long, looked at every minute; what was found."""
    root, log = folder / "data", folder / "log"
    os.environ.update(CNNVIZ_RUNS=str(folder / "runs"), CNNVIZ_DATA=str(root))
    world, calm = World(), Calm(root)
    runs.supervisor().close()
    world.marks[calm.id] = calm.mark
    world.names += calm.names
    shared = {"CNNVIZ_SHARED": "1", "CNNVIZ_TEACHER_KEY": secrets.token_hex(8)}
    with served(runs=folder / "runs", extra=shared, first=TO_FILE.format(log=str(log))) as (address, pid):
        until = time.monotonic() + 60 * asked.minutes
        all_of_them = [Hostile(world, address, number, asked.seed) for number in range(asked.visitors)]
        threads = [threading.Thread(target=one.work, args=(until,), daemon=True) for one in all_of_them]
        for thread in threads:
            thread.start()
        seen = 0
        while any(thread.is_alive() for thread in threads):
            time.sleep(min(60.0, max(1.0, until - time.monotonic())))
            seen = look(world, pid, log, calm, seen)
        time.sleep(asked.left)
        print(f"a minute after all have left: {resident_mb(pid):.0f} MB", flush=True)
    return world


def look(world: World, pid: int, log: Path, calm: Calm, seen: int) -> int:
    """Says how it goes; adds what the server's log and folders say. seen, returned: bytes of the log that were read."""
    size, text = resident_mb(pid), log.read_text(errors="replace")
    print(f"    {sum(world.done.values())} gestures, {sum(world.wrong.values())} wrong, {size:.0f} MB", flush=True)
    for said in re.findall(r"(?ms)^Traceback.*?^\S*(?:Error|Exception|Interrupt)\b[^\n]*", text[seen:]):
        world.blame(f"in the server's log: {said.splitlines()[-1]}", said[-1500:])
    if not size or size > MOST_MB:
        world.blame("the server is gone" if not size else "the server has grown", f"{size:.0f} MB")
    if changed := calm.changed():
        world.blame("what is another's was changed", ", ".join(changed))
    with visitors.acting_as(visitors.EVERYBODY):
        found = [*(run.id for run in runs.list()), *image_folder.names(datasets.root())]
        secret = tuple(world.marks.values())  # which must not come into a link, or a page may well say it
        world.names = [*calm.names, *(name for name in found if not any(mark in name for mark in secret))]
        for name, why in runs.unreadable().items():
            world.blame(f"a run directory cannot be read: {why}", name)
    return len(text)


def main() -> None:
    parser = argparse.ArgumentParser(description="Hostile visitors on one shared server.")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--visitors", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--left", type=float, default=60, help="seconds that the server is left alone at the end")
    parser.add_argument("--patience", type=float, default=protocol.PATIENCE, help="seconds until an answer is lost")
    asked = parser.parse_args()
    protocol.PATIENCE = asked.patience
    with tempfile.TemporaryDirectory(prefix="cnnviz-hostile-", ignore_cleanup_errors=True) as folder:
        world = besiege(asked, Path(folder))
    kinds = ", ".join(f"{count} × {kind}" for kind, count in world.done.most_common())
    print(f"{sum(world.done.values())} gestures ({kinds}): {sum(world.wrong.values())} went wrong")
    for said, count in world.wrong.most_common():
        print(f"    {count} × {said}")
    raise SystemExit(1 if world.wrong else 0)


if __name__ == "__main__":
    main()
