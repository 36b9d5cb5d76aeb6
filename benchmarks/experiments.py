"""The course's experiment, all four cells with one seed: from Start to the fourth bar, beside the course's own loop.

    CNNVIZ_DATA=… python -m benchmarks.experiments            both, then the ratio; about a minute on two quiet cores

Ours is everything from pressing Start with a warmed worker until the fourth cell's accuracy on the test images can be
read. The course's side is the loop of `benchmarks.training` over the same images for the same number of steps, and is
charged neither for testing nor for permuting. Without MNIST both train on digits, the small version of the experiment.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from benchmarks import training as loops
from cnnviz import datasets, devices, experiments, runs
from cnnviz.experiments import worker
from cnnviz.experiments.running import ExperimentRequest
from cnnviz.records import TrainConfig

NAME = "permuted_pixels"
SOONER, SECONDS = 3.0, 8.0  # the aims


def small() -> bool:
    return not datasets.status(experiments.get(NAME).cells[0].config.dataset).available


def configs() -> tuple[TrainConfig, ...]:
    return tuple(dataclasses.replace(cell.config, seed=0) for cell in experiments.get(NAME).grid(small=small()))


def course() -> float:
    """Seconds of the course's loop over the four cells, in this process."""
    for config in configs():
        datasets.load(config.dataset)  # read before the clock starts, on this side only
    began = time.perf_counter()
    for config in configs():
        steps = -(-len(datasets.load(config.dataset)) // config.batch_size) * config.epochs
        for _ in itertools.islice(loops.course(config), steps):
            pass
    return time.perf_counter() - began


def course_apart() -> float:
    """The same in a process of its own that never heard of our allocator and threads."""
    command = [sys.executable, "-m", "benchmarks.experiments", "--course"]
    done = subprocess.run(command, env=os.environ | loops.SPINNING, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def ours() -> tuple[float, tuple[float, ...]]:
    """Seconds from Start to the fourth bar, and to each of the four; in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNNVIZ_RUNS"] = folder
        boss = runs.supervisor()
        boss.warm()
        _until(lambda: boss._warm is not None and boss._warm.ready)
        began = time.perf_counter()
        worker.start(ExperimentRequest(NAME, (0,), small()))
        bars = []
        for index in range(len(configs())):
            _until(lambda index=index: experiments.own_results(NAME, small=small()).cells[index].n)
            bars.append(time.perf_counter() - began)
        _until(lambda: not worker.status(NAME).alive)
        boss.close()
    return bars[-1], tuple(bars)


def _until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 900
    while not true():
        if time.monotonic() > end or worker.status(NAME).state == "failed":
            raise RuntimeError(f"the experiment did not get there: {worker.status(NAME)}")
        time.sleep(0.02)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--course", action="store_true", help=argparse.SUPPRESS)
    if parser.parse_args().course:
        print(course())
        return
    whole, bars = ours()
    theirs = course_apart()
    title = datasets.info(configs()[0].dataset).title
    print(f"{devices.describe()}; {title}, four cells, one seed, {os.getloadavg()[0]:.1f} load")
    print(f"ours:   {whole:.1f} s from Start to the fourth bar (bars at {', '.join(f'{one:.1f}' for one in bars)} s)")
    print(f"course: {theirs:.1f} s of training, without testing")
    good = theirs / whole >= SOONER and whole <= SECONDS
    print(f"{theirs / whole:.1f}× sooner (aim {SOONER:.0f}×, {SECONDS:.0f} s){'' if good else '  (short of the aim)'}")


if __name__ == "__main__":
    main()
