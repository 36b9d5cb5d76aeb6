"""Kills a training's worker, its server or both at random moments, and has the run resumed each time.

    python -m benchmarks.kills 20

The events, clocks apart, and the weights must be those of a run that nobody killed; what had been written is written
again as it was; and nothing that was started is left over. Workers save their state every twentieth of a second here,
so that a run of a few seconds has many moments to be cut at.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnnviz import run_files, runs
from cnnviz.records import Event, Finished, TrainConfig

ROOT = Path(__file__).parents[1]
CONFIG = TrainConfig("digits", "lenet5", epochs=25, batch_size=32, lr=0.05, momentum=0.9, snapshots=3)
EVERY = 0.05  # seconds between two states
PATIENCE = 180.0  # seconds until a run has gone on
LONGEST = 2.0  # seconds from a run's next steps to the kill
KINDS = ("worker", "server", "both")
STARTING = 0.25  # share of the kills that do not wait for the run to go on


@dataclass
class Report:
    """kills: by what was killed. training: of these, while steps were taken. ended: seconds until an orphan ended."""

    kills: Counter[str] = field(default_factory=Counter)
    training: int = 0
    ended: list[float] = field(default_factory=list)
    begun_anew: int = 0
    whole: int = 0

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} of the {kind}" for kind, count in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills ({kinds}; {self.training} while steps were taken), {self.whole} runs: events "
            f"and weights are those of runs that nobody killed.\n"
            f"Cut before there was a state, so begun anew: {self.begun_anew}. {len(self.ended)} workers without their "
            f"server ended after {max(self.ended, default=0.0):.2f} s at most; nothing was left over."
        )


def torture(
    kills: int, folder: Path, *, config: TrainConfig = CONFIG, seed: int = 0, kinds: tuple[str, ...] = KINDS
) -> Report:
    """Kills so many times in runs below this folder. Raises AssertionError where a run is not as it should be.

    kinds: taken in turn. The config's seed counts up from run to run.
    """
    draw, report = random.Random(seed), Report()
    while report.kills.total() < kills:
        asked = dataclasses.replace(config, seed=report.whole)
        calm, killed = folder / f"calm-{report.whole}", folder / f"killed-{report.whole}"
        wanted = _calm(calm, asked)
        _killed(killed, asked, wanted, kills - report.kills.total(), draw, kinds, report)
        report.whole += 1
    return report


def _calm(folder: Path, config: TrainConfig) -> runs.Run:
    """The same run, undisturbed, in this process, with as many threads as the workers have."""
    import torch

    from cnnviz.training import worker

    path = folder / config.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, config)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        assert worker.work(path), "the undisturbed run failed"
    finally:
        torch.set_num_threads(threads)
    return runs.Run(path)


def _killed(
    folder: Path,
    config: TrainConfig,
    wanted: runs.Run,
    most: int,
    draw: random.Random,
    kinds: tuple[str, ...],
    report: Report,
) -> None:
    calm = [_plain(event) for event in wanted.events()]
    finished = False
    while not finished:
        with _server(folder, config) as server:
            while not finished and server.poll() is None:
                if most <= 0:
                    _until(lambda: server.poll() is not None, "the last part did not end")
                    break
                kind = kinds[report.kills.total() % len(kinds)]
                if not _wait(folder, server, draw):
                    break
                seen = _kill(kind, folder, server, report)
                most -= 1
                _same(seen, calm[: len(seen)])
        finished = server.returncode == 0
    last = _runs(folder)[0]
    assert last.status().state == "finished", last.log()
    _same([_plain(event) for event in last.events()], calm)
    for name in (run_files.WEIGHTS, *(f"snapshots/step_{step:06d}.safetensors" for step in wanted.snapshots())):
        assert (last.path / name).read_bytes() == (wanted.path / name).read_bytes(), name
    _until(lambda: not left_over(folder), "processes were left over", seconds=10)
    report.begun_anew += len(_runs(folder)) - 1


def _wait(folder: Path, server: subprocess.Popen[bytes], draw: random.Random) -> bool:
    """Until a drawn moment. False where the run was over before."""
    known = _runs(folder)
    before = run_files.written_status(known[0].path).step if known else 0
    early = draw.random() < STARTING

    def reached() -> bool:
        found = _runs(folder)
        moved = bool(found) and (early or run_files.written_status(found[0].path).step > before)
        return moved or server.poll() is not None

    _until(reached, "the run did not go on")
    time.sleep(draw.uniform(0.0, LONGEST))
    return server.poll() is None and run_files.written_status(_runs(folder)[0].path).alive


def _kill(kind: str, folder: Path, server: subprocess.Popen[bytes], report: Report) -> list[Any]:
    """The events that stand in the file once the killed are gone."""
    run = _runs(folder)[0]
    owner = run_files.owner_of(run.path)
    assert owner is not None
    waits = owner.pid == server.pid  # the run is in the queue, and no worker has it yet
    report.training += run_files.written_status(run.path).state == "running"
    if kind != "server" and not waits:
        with contextlib.suppress(ProcessLookupError):
            os.kill(owner.pid, signal.SIGKILL)
    began = time.monotonic()
    if kind != "worker":
        server.kill()
        server.wait()
    if not waits:
        _until(lambda: not owner.lives(), "the worker outlived what was killed", seconds=20)
        if kind == "server":
            report.ended.append(time.monotonic() - began)
    report.kills[kind] += 1
    return [_plain(event) for event in run.events() if not isinstance(event, Finished)]


def _same(found: list[Any], wanted: list[Any]) -> None:
    for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
        assert one == other, f"line {place + 1} of what was written is not the undisturbed run's: {one}, not {other}"


def _plain(event: Event) -> Any:
    """Without clocks and rates."""
    values = dataclasses.asdict(event)
    return type(event), {name: one for name, one in values.items() if name not in ("seconds", "images_per_second")}


def _runs(folder: Path) -> list[runs.Run]:
    """Takes of the one config there, the last first."""
    paths = [path.parent for path in folder.glob(f"*/{run_files.CONFIG}")]
    return [runs.Run(path) for path in sorted(paths, key=lambda path: path.stat().st_ctime_ns, reverse=True)]


def left_over(folder: Path) -> list[int]:
    """Pids of living processes that were started for this folder of runs, by their environment."""
    mark, found = f"CNNVIZ_RUNS={folder}".encode(), []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


def _until(true: Callable[[], object], otherwise: str, *, seconds: float = PATIENCE) -> None:
    late = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < late, otherwise
        time.sleep(0.01)


# --------------------------------------------------------------------------------------------- what is killed
@contextlib.contextmanager
def _server(folder: Path, config: TrainConfig) -> Any:
    command = [sys.executable, "-m", "benchmarks.kills", "--serve", json.dumps(config.to_json())]
    environment = {**os.environ, "CNNVIZ_RUNS": str(folder), "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield server
    finally:
        if server.poll() is None and sys.exc_info()[0] is not None:
            server.terminate()
        server.wait()


def serve(config: TrainConfig) -> None:
    """A server that sees to it that this run is there, resumes it whenever it can, and ends with it."""
    from cnnviz.runs import supervision

    supervision.COMMAND = (sys.executable, "-m", "benchmarks.kills", "--work")
    runs.supervisor()
    run: runs.Run | None = next(iter(runs.list()), None)
    while run is None or run.status().state != "finished":
        if run is None or not (run.status().alive or run.resumable):
            run = runs.start(config)
        elif run.resumable:
            runs.resume(run.id)
        time.sleep(0.01)
    runs.supervisor().close()


def work() -> None:
    """A worker that saves its state often."""
    from cnnviz.training import keeping, worker

    keeping.EVERY, keeping.SHARE = EVERY, 0
    worker.NICENESS = 0  # beside other work it would wait for most of the time
    worker.main(["--attached", "--wait"])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kills", nargs="?", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default 0)")
    parser.add_argument("--serve", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work()
    elif asked.serve:
        serve(TrainConfig.from_json(asked.serve))
    else:
        with tempfile.TemporaryDirectory() as name:
            print(torture(asked.kills, Path(name), seed=asked.seed))


if __name__ == "__main__":
    main()
