"""What a server lives through, at length:
python -m benchmarks.attacks [kills N] [disks N] [corruptions N] [floods] [tabs N].

kills: N trainings are killed in the middle, every third time together with the server that started them; each must be
said to be interrupted or failed, go on from its last state or start anew, and leave no torn file and no process behind.
disks: N trainings meet a disk that is full after so many bytes (`RLIMIT_FSIZE`), and go on when there is space again.
corruptions: N run directories are damaged at random, and everything that a page asks must answer (the law of
tests/test_damaged_runs.py). floods: each hostile file of tests/test_images.py is read in a process of its own; printed
are the most memory and the most processor time that one took, and of a zip of 600 blank 20-megapixel images.
tabs: N seconds of two hostile tabs in Chromium beside an honest one (`tabs`).

Without names: all of them, 30 kills, 30 disks, 3,000 corruptions, 300 seconds. Each says at once what it found, a line
for each kill, disk or costly file and for each hundred corruptions, so that one that is cut off has said what it knew.
Short forms are in the suite. Exit status 1 where something failed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from cnnviz import run_files, runs
from cnnviz.records import TrainConfig
from tests.support import ROOT

# By seconds, not by steps: on a machine that is busy with other work they are as many.
CONFIG = TrainConfig("digits", "fc2layer", epochs=10_000, seconds=4.0, snapshots=4)
PATIENCE = 300.0  # seconds until what must come has come: a process starts slowly beside much other work
SERVER = """
import json
import sys
from cnnviz import runs
from cnnviz.records import TrainConfig
left = runs.find(sys.argv[2])
go_on = left is not None and left.resumable
run = runs.resume(left.id) if go_on else runs.start(TrainConfig.from_json(json.loads(sys.argv[1])), again=True)
print(run.id, flush=True)
sys.stdin.read()
"""
ENDED = "ended without an answer"
LIMITED = """
import os, resource, signal, sys
from pathlib import Path
from cnnviz.training import worker

def work(folder, most):
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    return 0 if worker.work(Path(folder)) else 1

worker._warm_up()  # what is imported, read or compiled once is there for all: each training is a fork of its own
for line in sys.stdin:
    most, folder = line.rstrip().split(" ", 1)
    if not (child := os.fork()):
        try:
            os._exit(work(folder, int(most)))
        finally:
            os._exit(2)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
READS = """
import os, resource, sys, time
from pathlib import Path
from cnnviz import datasets, images
images.read(Path(sys.argv[1]).read_bytes())  # the readers are imported, once for all: each file has a fork of its own
peak = lambda: int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1000

def read(data, kind):
    Path("/proc/self/clear_refs").write_text("5")
    before, begun = peak(), time.process_time()
    try:
        images.read(data) if kind == "image" else datasets.from_zip(data, "flood")
        said = "read"
    except (images.ImageError, datasets.DatasetError) as error:
        said = str(error).splitlines()[0][:90]
    print(f"{peak() - before:.0f} {time.process_time() - begun:.2f} {said}", flush=True)

for line in sys.stdin:
    path, kind = line.split()
    if not (child := os.fork()):
        read(Path(path).read_bytes(), kind)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print("0 0 ended without an answer", flush=True)
"""


def kills(count: int) -> int:
    """Returns how many went wrong."""
    wrong, longest = 0, 0.0
    for number in range(count):
        said, took = _kill(number, with_server=number % 3 == 2)
        wrong, longest = wrong + bool(said), max(longest, took)
        _tell(said or f"kill {number + 1} of {count}: as it should be")
    print(
        f"{count} kills, {count // 3} with the server: {wrong} went wrong; processes gone after {longest:.1f} s at most"
    )
    return wrong


def _kill(number: int, *, with_server: bool) -> tuple[str, float]:
    """(what went wrong or "", seconds until the training's process was gone)."""
    config, moment = dataclasses.replace(CONFIG, seed=number), random.Random(number).uniform(0.0, 2.5)
    text = json.dumps(config.to_json())
    server = _serve(text, "new")
    run = runs.get(_line(server))
    begun = _until(lambda: run.status().step > 0 and run.status().seconds >= moment)
    owner = run_files.owner_of(run.path)
    pid = owner.pid if owner is not None else 0
    os.kill(server.pid if with_server else pid, signal.SIGKILL)
    since = time.monotonic()
    gone = _until(lambda: _is_gone(pid))
    took = time.monotonic() - since
    said = _until(lambda: run.status().state in ("failed", "interrupted"))
    _end(server)
    whole = not runs.unreadable() and isinstance(run.events(), list)
    again = _serve(text, run.id)
    later = runs.get(_line(again))  # the same, or, where it was killed before its first state, a further take
    ended = _until(lambda: later.status().state == "finished")
    _end(again)
    well = begun and gone and said and whole and ended
    return "" if well else f"kill {number}: {begun=} {gone=} {said=} {whole=} {ended=} {run.status()}", took


def disks(count: int) -> int:
    """Returns how many went wrong."""
    wrong = cut = 0
    with _answering([sys.executable, "-c", LIMITED]) as ask:
        for number in range(count):
            said, ended = _disk(number, lambda folder, most: int(ask(f"{most} {folder}")))
            wrong, cut = wrong + bool(said), cut + ended
            _tell(said or f"disk {number + 1} of {count}: as it should be")
    print(f"{count} full disks, of which {cut} ended the training: {wrong} went wrong")
    return wrong


def _disk(number: int, work: Callable[[Path, int], int]) -> tuple[str, bool]:
    """(what went wrong or "", whether the training ended at the full disk).

    work: trains what this directory asks for where a file may have so many bytes; its exit status.
    """
    folder = Path(os.environ["CNNVIZ_RUNS"], f"full-{number}")
    folder.mkdir(parents=True)
    config = TrainConfig("digits", "fc2layer", epochs=2, seed=number, snapshots=2)
    run_files.write_config(folder, config)
    most = random.Random(number).choice([300, 3000, 30_000, 300_000])  # bytes that a file may have
    first = work(folder, most)
    run = runs.Run(folder)
    answers = run.status().state in ("failed", "interrupted", "finished", "running", "stopped")
    answers = answers and not runs.unreadable() and isinstance(run.events(), list)
    second = work(folder, 1 << 40)
    well = answers and not second and run.status().state == "finished"
    said = "" if well else f"disk {number}, {most} bytes: {first=} {second=} {run.status()}"
    return said, first != 0


def corruptions(count: int) -> int:
    """Returns for how many the law does not hold."""
    from tests import test_damaged_runs

    return test_damaged_runs.main(count, tell=_tell)


def floods() -> int:
    """Returns how many images cost more than 300 MB or ended their reader; of the zip it is only told."""
    from tests.test_images import HOSTILE

    worst, wrong = {"MB": (0.0, ""), "s": (0.0, "")}, 0
    with _reader() as read:
        for number, (name, data) in enumerate(HOSTILE.items(), 1):
            cost, spent, said = read(data, "image")
            if number % 100 == 0:
                _tell(f"{number} of {len(HOSTILE)} images: {wrong} went wrong")
            worst = {"MB": max(worst["MB"], (cost, name)), "s": max(worst["s"], (spent, name))}
            if cost > 300 or said == ENDED:
                wrong += 1
                _tell(f"{name}: {cost:.0f} MB, {spent:.2f} s: {said}")
        (cost, heavy), (spent, slow) = worst["MB"], worst["s"]
        print(
            f"{len(HOSTILE)} hostile images: at most {cost:.0f} MB ({heavy}), at most {spent:.2f} s ({slow})",
            flush=True,
        )
        cost, spent, said = read(_blank_zip(), "zip")
    print(f"a zip of 600 blank images of 20 megapixels: {cost:.0f} MB, {spent:.1f} s of processor: {said}")
    return wrong


def tabs(seconds: int) -> int:
    """Returns how much went wrong."""
    from benchmarks import tabs as of_chromium

    return of_chromium.tabs(seconds)


def _tell(said: str) -> None:
    """At once, also where the output is a file."""
    print(f"    {said}", flush=True)


# ----------------------------------------------------------------------------------------- processes
def _serve(config: str, which: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SERVER, config, which]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _line(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    return server.stdout.readline().strip()


def _end(server: subprocess.Popen[str]) -> None:
    server.terminate()
    server.wait()


@contextlib.contextmanager
def _answering(command: list[str], **environment: str) -> Iterator[Callable[[str], str]]:
    """Asks a process, which answers each line with one."""
    own = {**os.environ, **environment}
    child = subprocess.Popen(
        command, cwd=ROOT, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert child.stdin is not None
    told = child.stdin

    def ask(line: str) -> str:
        print(line, file=told, flush=True)
        return _line(child)

    try:
        yield ask
    finally:
        told.close()
        child.wait()


@contextlib.contextmanager
def _reader() -> Iterator[Callable[[bytes, str], tuple[float, float, str]]]:
    """Reads a file in a process of its own: (MB, processor seconds, what came of it)."""
    with tempfile.TemporaryDirectory() as folder:
        file, first = Path(folder, "file"), Path(folder, "first")
        Image.new("L", (9, 9)).save(first, "PNG")
        with _answering([sys.executable, "-c", READS, str(first)], CNNVIZ_DATA=folder) as ask:

            def read(data: bytes, kind: str) -> tuple[float, float, str]:
                file.write_bytes(data)
                cost, spent, said = ask(f"{file} {kind}").split(" ", 2)
                return float(cost), float(spent), said

            yield read


def _blank_zip() -> bytes:
    file, blank = io.BytesIO(), io.BytesIO()
    Image.new("L", (5000, 4000)).save(blank, "PNG")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(600):
            archive.writestr(f"{'ab'[number % 2]}/{number}.png", blank.getvalue())
    return file.getvalue()


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _until(reached: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if reached():
            return True
        time.sleep(0.02)
    return False


USUAL: dict[str, tuple[Callable[..., int], int]] = {
    "kills": (kills, 30), "disks": (disks, 30), "corruptions": (corruptions, 3000), "floods": (floods, 0),
    "tabs": (tabs, 300),
}  # fmt: skip


def main(words: list[str]) -> int:
    """words: names, each perhaps with a number behind it. Raises SystemExit for what is no name."""
    asked: dict[str, int] = {}
    for word in words:
        if word.isdigit() and asked:
            asked[list(asked)[-1]] = int(word)
        elif word in USUAL:
            asked[word] = USUAL[word][1]
        else:
            raise SystemExit(f"{word!r} is none of {', '.join(USUAL)}")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # small networks; two threads wait for each other on a busy machine
    os.environ.setdefault("CNNVIZ_WARM", "0")  # nobody waits for a next run
    wrong = 0
    for name, count in (asked or {name: count for name, (_, count) in USUAL.items()}).items():
        with tempfile.TemporaryDirectory(prefix="cnnviz-attacks-") as folder:
            os.environ["CNNVIZ_RUNS"] = str(Path(folder, "runs"))
            attack = USUAL[name][0]
            wrong += attack(count) if count else attack()
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
