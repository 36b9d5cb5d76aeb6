"""A class on one server: python -m benchmarks.classroom [--sessions 30] [--clicks 12] [--networks 3]
[--rounds 1] [--most 4000] [--left 60] [--uploads 3] [--limit 4000 6000]
[--patience 180].

Each session speaks the browser's protocol (`protocol`): it opens Explore with one of some networks (up to 20; in every
further round with the next one, in a new tab), clicks layers and units, uploads an image in the middle, and three of
them train. Every answer is compared with what the library says of
that layer or unit on that image. In the middle the server is
killed, started again on the same folder, and everybody comes back; at the end every run that was started must be there,
those that were cut off go on, and memory is looked at for a minute after all have left: it must be back within 10 % of
what the second server had when its first visitor, who looked at the last network, had gone.

With --limit, server and trainings live in a control group of so many MB, where the system would kill what needs more;
with several, one after another.

Printed: p50, p95, worst of a click and of an upload to its answer, answers that were wrong or lost, memory on the way
(more than `--most` MB fails), and what an answer costs the server's processor, which does not hang on how busy the
machine is.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks import protocol
from benchmarks.protocol import Lost, Session
from cnnviz import capture, images, networks, runs, samples, units
from cnnviz.figures import maps
from cnnviz.topics.explore import captions, figures
from tests.support.browser import served

CHOICES = (
    "lenet5", "net", "squeezenet1_0", "resnet18", "mobilenet_v2", "efficientnet_lite0", "googlenet", "vgg_cifar",
    "shufflenet_v2_x1_0", "densenet121", "cnn", "resnet20", "squeezenet1_1", "mobilenet_v3_small", "mnasnet0_5",
    "resnet34", "alexnet", "resnet50", "efficientnet_b0", "regnet_y_400mf",
)  # fmt: skip
TRAINING = 3  # sessions that train
UNITS = 2  # units that are clicked, of each layer
BACK = 1.10  # of the memory before, a minute after all have left
CONFINED = """
import os
from pathlib import Path
groups = dict(line.strip().split(":", 2)[1:] for line in open("/proc/self/cgroup"))
place, name = ("memory" + groups["memory"], "limit_in_bytes") if "memory" in groups else (groups[""][1:], "max")
group = Path("/sys/fs/cgroup", place, f"cnnviz-{{os.getpid()}}")
group.mkdir()
group.joinpath(f"memory.{{name}}").write_text("{bytes}")
group.joinpath("cgroup.procs").write_text(str(os.getpid()))
"""
GONE = 24.0  # seconds until what a closed tab left has gone: hidden for 7, looked at every 2, kept for 10 more


@dataclass
class Seen:
    """What came of all sessions. seconds: of each click; uploads: of each upload; opened: of each first page."""

    seconds: list[float] = field(default_factory=list)
    uploads: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What Explore must say of one image through one network. data: the file, None for the sample it opens with.

    tables: by a layer's key, the rows of its statistics, as one thread and as all of them sum (their last digits may
    differ: 8.868e−08 and 8.869e−08 of one network). units: by a layer's key, places and what the card begins with.
    """

    data: bytes | None
    tables: dict[str, frozenset[str]]
    units: dict[str, list[tuple[dict[str, int], str]]]


def truth(choice: str, data: bytes | None = None) -> Known:
    """By the library itself, of the sample that fits the network or of an uploaded file."""
    opened = networks.open_network(choice)
    image = samples.read(samples.fitting(opened.spec)) if data is None else images.read(data)
    x = images.prepare(image, opened.spec).tensor
    recording, chance = capture.activations(opened.model, x), random.Random(choice)
    maps_of = [layer for layer in recording if layer.values.ndim == 3 and layer.key != "input"]
    asked = {layer.key: [_unit(opened, x, recording, layer, chance) for _ in range(UNITS)] for layer in maps_of[:8]}
    others, threads = [], torch.get_num_threads()
    for count in (1, os.cpu_count() or 1):
        torch.set_num_threads(count)
        others.append(capture.activations(opened.model, x))
    torch.set_num_threads(threads)
    tables = {layer.key: frozenset(_table(one[layer.key]) for one in (recording, *others)) for layer in recording}
    return Known(data, tables, asked)


def _unit(opened, x, recording, layer, chance: random.Random) -> tuple[dict[str, int], str]:  # type: ignore[no-untyped-def]
    place = tuple(chance.randrange(count) for count in layer.values.shape)
    unit = units.explain(opened.model, x, recording, layer.key, *place, fields={})
    card = figures.card(unit, picture_shape=opened.spec.input_shape[1:])
    return dict(zip(("channel", "row", "column"), place, strict=True)), card["id"]


def an_image(seed: int) -> bytes:
    """A PNG of random numbers that no two seeds share."""
    file = io.BytesIO()
    numbers = np.random.default_rng(seed).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    Image.fromarray(numbers).save(file, "PNG")
    return file.getvalue()


def _table(layer) -> str:  # type: ignore[no-untyped-def]
    found = maps.statistics(layer.values, operation=layer.operation)
    rows = captions.statistics(
        layer, dead=int(found.dead.sum()), channels=len(found.dead), saturated=float(found.saturated.mean())
    )
    return "\n".join(f"| {name} | {value} |" for name, value in rows)


def visit(
    address: str, number: int, choice: str, *, clicks: int, known: list[Known], seen: Seen, trains: bool = False
) -> None:
    """One session: opens the page, perhaps trains, clicks layers and units, and uploads an image in the middle.

    known: of the sample first, then of each image that may be uploaded. A second of thought between two clicks.
    """
    chance, now = random.Random(f"{number} {choice} {address}"), known[0]
    session = None
    try:
        with Session(address, network=choice, layer=list(now.tables)[1]) as session:
            seen.opened.append(session.run())
            session.run()  # as the browser does once the canvas is painted
            if trains:
                session.press("train.start")
            for click in range(clicks):
                if click == clicks // 2:
                    now = known[1 + number % (len(known) - 1)]
                    seen.uploads.append(session.upload("picture.upload", f"{number}.png", now.data or b""))
                option = chance.choice(session.options["picker.layer"])
                seen.seconds.append(session.choose("picker.layer", option))
                key = option.partition("  ·  ")[0]
                if key in now.tables and not any(map(session.says, now.tables[key])):
                    seen.wrong.append(f"session {number}: {choice} {key}{' uploaded' if now.data else ''}")
                if click % 2:
                    _click_unit(session, number, now, chance, seen)
                time.sleep(chance.uniform(0.5, 1.5))
    except (Lost, OSError, KeyError, EOFError) as error:
        texts = session.texts.values() if isinstance(error, KeyError) and session else ()
        shown = next((text[:300] for text in texts if "cannot be opened" in text), "")
        seen.lost.append(f"session {number}: {type(error).__name__}: {str(error)[:120]} {shown}")


def visits(
    address: str, number: int, chosen: Sequence[str], known: Mapping[str, list[Known]], seen: Seen,
    asked: argparse.Namespace,
) -> None:  # fmt: skip
    """One person: a session for each round, every time with the next of the chosen networks."""
    for turn in range(asked.rounds):
        choice, trains = chosen[(number + turn) % len(chosen)], turn == 0 and number < TRAINING
        visit(address, number, choice, clicks=asked.clicks, known=known[choice], seen=seen, trains=trains)


def _click_unit(session: Session, number: int, now: Known, chance: random.Random, seen: Seen) -> None:
    """A cell of one of the first layers, and back to the layer."""
    key = chance.choice(list(now.units))
    place, wanted = chance.choice(now.units[key])
    option = next(one for one in session.options["picker.layer"] if one.partition("  ·  ")[0] == key)
    seen.seconds.append(session.choose("picker.layer", option))
    pick = {"layer": key, **place, "at": int(time.time() * 1000)}
    seen.seconds.append(session.tell("explore.mosaic", pick=pick))
    if not session.says(f'"{wanted}"'):
        seen.wrong.append(f"session {number}: unit {wanted}")
    seen.seconds.append(session.press("explore.to_layer"))
    if session.says(f'"{wanted}"') or not any(map(session.says, now.tables[key])):
        seen.wrong.append(f"session {number}: back from unit {wanted}")


def resident_mb(pid: int) -> float:
    """Of that process, in MB; 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


def processor_seconds(pid: int) -> float:
    """That this process has computed, however busy the machine was; 0 where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def class_visits(pid: int, seen: Seen, *, sessions: int, work: Callable[[int], None]) -> list[float]:
    """All sessions at once; the server's memory every two seconds meanwhile, in MB; it says how it goes."""
    sizes, over = [resident_mb(pid)], threading.Event()

    def look() -> None:
        while not over.wait(2.0):
            sizes.append(resident_mb(pid))
            if len(sizes) % 15 == 0:
                print(
                    f"    {2 * len(sizes)} s: {len(seen.opened)} pages, {len(seen.seconds)} clicks, "
                    f"{len(seen.wrong)} wrong, {len(seen.lost)} lost, {sizes[-1]:.0f} MB",
                    flush=True,
                )

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    with ThreadPoolExecutor(sessions) as pool:
        list(pool.map(work, range(sessions)))
    over.set()
    watcher.join()
    return sizes


def alone_again(address: str, pid: int, choice: str) -> float:
    """The server's memory in MB once somebody has looked at one network and left: what a class needs is imported."""
    with Session(address, network=choice) as session:
        session.run()
        session.run()
    time.sleep(GONE)
    return resident_mb(pid)


def report(title: str, seen: Seen, sizes: list[float], *, computed: float) -> None:
    """The figures of one half. computed: the server's processor seconds."""
    answers = len(seen.seconds) + len(seen.uploads) + 2 * len(seen.opened)
    spent = sorted(seen.seconds) or [float("nan")]
    p95 = spent[min(len(spent) - 1, int(0.95 * len(spent)))]
    uploads = sorted(seen.uploads) or [float("nan")]
    print(
        f"{title}: {len(seen.seconds)} clicks, p50 {statistics.median(spent):.2f} s, p95 {p95:.2f} s, "
        f"worst {spent[-1]:.2f} s; {len(seen.uploads)} uploads, p50 {statistics.median(uploads):.2f} s, "
        f"worst {uploads[-1]:.2f} s; first page p50 {statistics.median(seen.opened or [float('nan')]):.2f} s; "
        f"{1000 * computed / max(1, answers):.0f} ms of the server's processor an answer; "
        f"{len(seen.wrong)} wrong, {len(seen.lost)} lost; memory {sizes[0]:.0f} MB, at most {max(sizes):.0f} MB",
        flush=True,
    )
    every = max(1, len(sizes) // 20)
    print(f"    memory every {2 * every} s: {' '.join(f'{size:.0f}' for size in sizes[::every])} MB")
    for said in (*seen.wrong[:5], *seen.lost[:5]):
        print("   ", said)


def main() -> None:
    parser = argparse.ArgumentParser(description="A class on one server.")
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--clicks", type=int, default=12)
    parser.add_argument("--networks", type=int, default=3, choices=range(1, len(CHOICES) + 1))
    parser.add_argument("--rounds", type=int, default=1, help="each session: so many networks, one after another")
    parser.add_argument("--most", type=float, default=4000, help="MB that the server may have at any time")
    parser.add_argument("--uploads", type=int, default=3, help="images that are uploaded, of each network")
    parser.add_argument("--limit", type=int, nargs="+", default=[0], help="MB that the system allows; 0: what there is")
    parser.add_argument("--left", type=float, default=60, help="seconds that memory is looked at when all have left")
    parser.add_argument("--patience", type=float, default=protocol.PATIENCE, help="seconds until an answer is lost")
    asked = parser.parse_args()
    protocol.PATIENCE = asked.patience
    chosen = CHOICES[: asked.networks]
    files = [None, *map(an_image, range(asked.uploads))]
    known: dict[str, list[Known]] = {}
    for choice in chosen:
        known[choice] = [truth(choice, data) for data in files]
        print(f"    {choice}: {len(known[choice][0].tables)} layers are known", flush=True)
    raise SystemExit(1 if sum([taught(asked, limit, known) for limit in asked.limit]) else 0)


def taught(asked: argparse.Namespace, limit: int, known: Mapping[str, list[Known]]) -> int:
    """Both halves, under one limit; how much was bad."""
    if limit:
        print(f"{limit:,} MB are allowed:", flush=True)
    chosen = list(known)
    folder = Path(tempfile.mkdtemp(prefix="cnnviz-classroom-"))
    os.environ["CNNVIZ_RUNS"] = str(folder)
    confined = CONFINED.format(bytes=limit * 1_000_000) if limit else ""
    shared = {"CNNVIZ_SHARED": "1", "CNNVIZ_TEACHER_KEY": "the class's teacher"}
    bad = 0
    for half in ("before the kill", "after the kill"):
        seen = Seen()
        with served(runs=folder, extra=shared, first=confined) as (address, pid):
            before = 0.0
            if half == "after the kill":
                before = alone_again(address, pid, chosen[-1])
            begun = processor_seconds(pid)
            sizes = class_visits(
                pid, seen, sessions=asked.sessions,
                work=lambda number: visits(address, number, chosen, known, seen, asked),  # noqa: B023
            )  # fmt: skip
            report(half, seen, sizes, computed=processor_seconds(pid) - begun)
            bad += len(seen.wrong) + len(seen.lost) + (max(sizes) > asked.most)
            if half == "before the kill":
                os.kill(pid, signal.SIGKILL)
                continue
            bad += stays_after(pid, before, asked.left)
    return bad + lost_runs(started=2 * min(TRAINING, asked.sessions))


def stays_after(pid: int, before: float, seconds: float) -> bool:
    """Whether too much memory is kept so long after all have left. before: MB when the first visitor had."""
    after = [resident_mb(pid)]
    while len(after) * 5 < seconds:
        time.sleep(5)
        after.append(resident_mb(pid))
    back = after[-1] / before if before else float("nan")
    print(
        f"all have left: {' '.join(f'{size:.0f}' for size in after)} MB, every 5 s: {back:.2f} of the "
        f"{before:.0f} MB when the first visitor had left (bar {BACK})",
        flush=True,
    )
    return seconds >= 60 and not back <= BACK


def lost_runs(*, started: int) -> int:
    """How many runs are missing or can neither be shown nor go on, after both servers are gone."""
    kept = runs.list()
    states = {run.id: run.status().state for run in kept}
    stuck = [run.id for run in kept if states[run.id] == "interrupted" and not run.resumable and run.status().step > 0]
    print(
        f"{started} runs were started, {len(kept)} are kept: {states}; {len(stuck)} cannot go on; {runs.unreadable()}"
    )
    return max(0, started - len(kept)) + len(stuck) + len(runs.unreadable())


if __name__ == "__main__":
    main()
