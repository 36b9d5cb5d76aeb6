"""`cnnviz doctor`: whether a server could do its work here, a line for each thing, and what to do where it could not.

Looked at are the folders of runs and data (can they be written, is there room), the queue and whether its server looks
after it, memory and the device; with
`--url` also whether the server there answers. The exit status is 0 where all is well, 1 where something is not. For an
administrator: unlike everything that a visitor reads, it names paths.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from cnnviz import checkpoints, datasets, devices, half_made, memory, run_files, runs, visitors
from cnnviz.owners import LEASE
from cnnviz.runs import directories

ROOM_MB, MEMORY_MB = 500, 1500  # below which something is likely to fail soon
HEALTH = "/_stcore/health"


@dataclass(frozen=True)
class Finding:
    """name: what was looked at. well: whether all is as it should be. said: one sentence, with the remedy if not."""

    name: str
    well: bool
    said: str


def findings(url: str = "") -> tuple[Finding, ...]:
    """Everything that is looked at; nothing is changed. url: of a server that should answer, or ""."""
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("runs", lambda: folder("runs", checkpoints.runs_folder(), "CNNVIZ_RUNS")),
        ("data", lambda: folder("data", datasets.root(), "CNNVIZ_DATA")),
        ("queue", queue),
        ("supervisor", supervisor),
        ("broken runs", broken),
        ("left over", left_over),
        ("memory", free_memory),
        ("device", device),
        ("teacher", teacher),
    ]
    if url:
        looks.append(("server", lambda: server(url)))
    return tuple(_looked(name, look) for name, look in looks)


def _looked(name: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (OSError, ValueError, RuntimeError) as error:
        return Finding(name, False, f"it could not be looked at: {error}")


def folder(name: str, path: Path, variable: str) -> Finding:
    """Whether a folder can be written, or made, and has room. A link to nowhere is in the way of one."""
    there = path
    while not os.path.lexists(there):
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x")
        if os.path.lexists(path / directories.LOCK):
            os.close(os.open(path / directories.LOCK, os.O_RDWR))
    except OSError as error:
        remedy = f"give this user the right to write there, free some space, or name another folder with {variable}"
        return Finding(name, False, f"{path} cannot be written ({error.strerror}): {remedy}")
    free = shutil.disk_usage(there).free / 1e6
    if free < ROOM_MB:
        return Finding(
            name, False, f"{path} has {free:,.0f} MB left: free some, or empty the trash of the training lab"
        )
    return Finding(name, True, f"{path} can be written; {free / 1000:,.0f} GB are free")


def queue() -> Finding:
    """How many runs train and wait, by what their directories say, and whether somebody holds them."""
    states = [run.status().state for run in runs.list()]
    training = sum(state in ("starting", "running", "paused") for state in states)
    waiting = states.count("queued")
    cut = sum(run.resumable for run in runs.list() if run.status().state == "interrupted")
    said = f"{training} runs train, {waiting} wait, {len(states)} are kept"
    more = f"; {cut} were cut off and can go on (the training lab's Go on)" if cut else ""
    return Finding("queue", True, said + more)


def supervisor() -> Finding:
    """Whether somebody looks after what waits: a supervisor says so in each status, every ten seconds."""
    waiting = [run.path for run in (*runs.list(), *map(runs.Run, directories.experiments(checkpoints.runs_folder())))]
    waiting = [path for path in waiting if run_files.written_status(path).state == "queued"]
    gone = [path.name for path in waiting if run_files.read_status(path).state == "interrupted"]
    if gone:
        said = f"{len(gone)} wait in the queue of a server that is gone ({', '.join(gone[:5])}): the next that starts"
        return Finding("supervisor", False, f"{said} takes them over")
    silent = [path.name for path in waiting if _seconds_since(path) > LEASE]
    if silent:
        said = f"{len(silent)} wait in the queue of a server that no longer looks at it ({', '.join(silent[:5])})"
        return Finding("supervisor", False, f"{said}: look at that server's log, and start it anew")
    return Finding("supervisor", True, "whatever waits is looked after" if waiting else "nothing waits")


def _seconds_since(path: Path) -> float:
    """Since a status was written by a process of this host; 0 for another's, whose clock is its own."""
    owner, written = run_files.owner_of(path), run_files.read_json(path / run_files.STATUS).get("written")
    if owner is None or owner.lives() is None or not isinstance(written, int | float):
        return 0.0
    return time.time() - written


def broken() -> Finding:
    """Run directories that cannot be read."""
    found = runs.unreadable()
    if not found:
        return Finding("broken runs", True, "every run directory can be read")
    named = "; ".join(f"{run_id}: {why}" for run_id, why in sorted(found.items())[:5])
    return Finding("broken runs", False, f"{len(found)} cannot be read: {named}. Delete them or mend their config.json")


def left_over() -> Finding:
    """Folders of imports and runs that were being made when their process was killed."""
    folders = datasets.root(), checkpoints.runs_folder()
    found = [path for folder in folders for path in folder.glob(f"{half_made.PREFIX}*")]
    left = sum(map(half_made.is_left, found))
    if not found:
        return Finding("left over", True, "nothing half made lies about")
    said = f"{len(found) - left} folders are being made, {left} were left by a process that was ended"
    return Finding("left over", True, f"{said}; the next start of a run, or the next zip, removes these")


def free_memory() -> Finding:
    """What is left of the machine's or the container's memory."""
    there = memory.now()
    if there is None:
        return Finding("memory", True, "this system does not say how much memory there is")
    said = f"{memory.words(there.free)} of {memory.words(there.limit)} are free"
    if there.free < MEMORY_MB * 1_000_000:
        return Finding("memory", False, f"{said}: give the container more, or end other programs")
    return Finding("memory", True, said)


def device() -> Finding:
    """Where torch computes."""
    return Finding("device", True, f"{devices.describe()}, because {devices.best().why}")


def teacher() -> Finding:
    """Whether a teacher's key is set, and long enough to count."""
    key = os.environ.get(visitors.TEACHER, "")
    if key and not visitors.is_teachers(key):
        return Finding("teacher", False, f"{visitors.TEACHER} is too short: {visitors.SHORTEST_KEY} characters or more")
    return Finding("teacher", True, "a teacher's key is set" if key else "no teacher's key is set")


def server(url: str) -> Finding:
    """Whether a server answers there."""
    address = url.rstrip("/") + HEALTH
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            well = answer.status == 200
    except (urllib.error.URLError, TimeoutError, ValueError, ConnectionError, http.client.HTTPException) as error:
        return Finding("server", False, f"{address} does not answer ({error}): start it, or look at its log")
    return Finding("server", well, f"{address} answers")


def main(arguments: list[str]) -> int:
    """What `cnnviz doctor [--url http://127.0.0.1:8501] [--json]` does; returns the exit status."""
    parser = argparse.ArgumentParser(prog="cnnviz doctor", description="Looks whether a server could do its work here.")
    parser.add_argument("--url", default="", help="of a server that should answer")
    parser.add_argument("--json", action="store_true", help="for a program that watches")
    asked = parser.parse_args(arguments)
    found = findings(asked.url)
    if asked.json:
        print(json.dumps([asdict(one) for one in found]))
    else:
        for one in found:
            print(f"{'ok  ' if one.well else 'FAIL'} {one.name}: {one.said}")
    return 0 if all(one.well for one in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
