"""How long Stop takes beside busy processes: python -m benchmarks.stopping [--busy 4] [--model vgg_cifar] [--times 7].

From the request to the run's end as everybody reads it ("stopped" in its directory), wall time, at a drawn moment of
the training, and what of it the training's own processor time is, which hangs less on what else runs on the machine.
The busy processes compute without end in sessions of their own, as other people's programs do.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from benchmarks.classroom import processor_seconds
from cnnviz import run_files, runs
from cnnviz.records import TrainConfig

BUSY = "while True: sum(range(10_000))"
PATIENCE = 400.0  # a worker that gives way to four busy processes has a twentieth of the machine


def until(run: runs.Run, *, states: tuple[str, ...], step: int = 0) -> float:
    """The clock's time at which the run is in one of these states and has taken so many steps."""
    late = time.perf_counter() + PATIENCE
    while time.perf_counter() < late:
        status = run.status()
        if status.state in states and status.step >= step:
            return time.perf_counter()
        time.sleep(0.005)
    raise TimeoutError(f"{run.status()} after {PATIENCE:.0f} seconds")


def stopped(model: str, seed: int, busy: int) -> tuple[float, float]:
    """Seconds from the request to a run's end, and of its process's processors meanwhile. The busy processes come once
    it has begun, and go with it."""
    run = runs.start(TrainConfig("shapes", model, epochs=1000, batch_size=64, seed=seed))
    until(run, states=("running",), step=1)
    with beside(busy):
        time.sleep(random.Random(seed).uniform(1.0, 3.0))
        owner = run_files.owner_of(run.path)
        pid = 0 if owner is None else owner.pid
        since, spent = time.perf_counter(), processor_seconds(pid)
        run.stop()
        took = until(run, states=("stopped",)) - since
        spent = processor_seconds(pid) - spent
    assert run.resumable, "it cannot go on"
    return took, spent


@contextlib.contextmanager
def beside(count: int) -> Iterator[None]:
    """So many busy processes."""
    others = [subprocess.Popen([sys.executable, "-c", BUSY], start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for one in others:
            one.kill()
            one.wait()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--busy", type=int, default=4)
    parser.add_argument("--model", default="vgg_cifar")
    parser.add_argument("--times", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cnnviz-stopping-") as folder:
        os.environ["CNNVIZ_RUNS"] = folder
        try:
            found = [stopped(asked.model, seed, asked.busy) for seed in range(asked.times)]
        finally:
            runs.supervisor().close()
    took, spent = zip(*found, strict=True)
    print(
        f"Stop of {asked.model} beside {asked.busy} busy processes: median {statistics.median(took):.2f} s, "
        f"worst {max(took):.2f} s (n = {len(found)}; aim 0.5), of the process's own processor time "
        f"{statistics.median(spent):.2f} s at the median"
    )


if __name__ == "__main__":
    main()
