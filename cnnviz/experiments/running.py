"""Trains what an experiment lacks, one cell after the other in one process, each kept as soon as it ends."""

from __future__ import annotations

import argparse
import dataclasses
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cnnviz import checkpoints, experiments, training
from cnnviz.experiments import results_files
from cnnviz.records import Event, Finished, Started, Step
from cnnviz.records.experiments import Cell, CellRun, Verdict
from cnnviz.training import Limits

NEVER: Callable[[], bool] = lambda: False  # noqa: E731


@dataclass(frozen=True)
class Asked:
    """What is to be run. seeds: each cell once with every one of them. seconds: a time box (None: as long as it takes).

    A cell that the time box cuts is not kept: half a training would stand beside whole ones.
    """

    name: str
    seeds: tuple[int, ...] = (0,)
    small: bool = False
    seconds: float | None = None


@dataclass(frozen=True, eq=False)
class Moment:
    """Where a running experiment is. done, count: cells. steps: of this cell's run so far. run: once it is finished."""

    cell: Cell
    seed: int
    done: int
    count: int
    planned: int
    steps: list[Step]
    run: CellRun | None = None


def run(asked: Asked, folder: Path, *, stop: Callable[[], bool] = NEVER) -> Iterator[Moment]:
    """Trains the missing cells into folder/results.jsonl: a moment every step, one more when a cell is kept.

    Ends early where stop says so or the time box is over; what is finished is kept, and the same call later does the
    rest. Raises KeyError, training.ConfigError, datasets.DatasetError.
    """
    until = None if asked.seconds is None else time.monotonic() + asked.seconds
    over = lambda: stop() or (until is not None and time.monotonic() > until)  # noqa: E731
    found = experiments.results(asked.name, small=asked.small, folder=folder)
    left = experiments.missing(found, asked.seeds)
    for done, (cell, seed) in enumerate(left):
        if over():
            return
        yield from _cell(cell, seed, (done, len(left)), folder, over)


def _cell(cell: Cell, seed: int, place: tuple[int, int], folder: Path, stop: Callable[[], bool]) -> Iterator[Moment]:
    config = dataclasses.replace(cell.config, seed=seed)
    events: list[Event] = []
    steps: list[Step] = []
    planned = 0
    for event in training.train(config, stop=stop, limits=Limits.from_environment()):
        events.append(event)
        if isinstance(event, Started):
            planned = event.steps
        elif isinstance(event, Step):
            steps.append(event)
            yield Moment(cell, seed, place[0], place[1], planned, steps)
    ended = events[-1]
    if isinstance(ended, Finished) and ended.reason == "completed":
        kept = results_files.summary(cell.label, config, events, versions=checkpoints.versions())
        results_files.append(folder / results_files.RESULTS, kept)
        yield Moment(cell, seed, place[0] + 1, place[1], planned, steps, kept)


# --------------------------------------------------------------------------------------------- the command line
def main(arguments: list[str] | None = None) -> int:
    """0: nothing is missing any more. 1: ended before that."""
    parser = argparse.ArgumentParser(
        prog="python -m cnnviz.experiments", description="Trains the missing cells of an experiment.",
        epilog="experiments: " + ", ".join(experiments.names()),
    )  # fmt: skip
    parser.add_argument("name", choices=experiments.names(), metavar="NAME", help="which experiment")
    parser.add_argument("--seeds", type=int, help="each cell with seeds 0 … N−1 (default: as many as ship)")
    parser.add_argument("--small", action="store_true", help="the same grid on digits: seconds, needs no data set")
    parser.add_argument("--seconds", type=float, help="stop after so long; finished cells are kept")
    parser.add_argument("--ship", action="store_true", help="into checkpoints/experiments instead of one's own runs")
    asked = parser.parse_args(arguments)
    experiment = experiments.get(asked.name)
    folder = experiments.shipped_folder(asked.name) if asked.ship else experiments.own_folder(asked.name)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    seeds = tuple(range(experiment.seeds if asked.seeds is None else asked.seeds))
    what = Asked(asked.name, seeds, asked.small, asked.seconds)
    for moment in run(what, folder, stop=stopped.is_set):
        if moment.run is not None:
            print(_line(moment, moment.run), flush=True)
    return _close(what, folder)


def _line(moment: Moment, kept: CellRun) -> str:
    accuracy = f"{kept.test_accuracy:.2%} of the test pictures right"
    return f"{moment.done}/{moment.count}  {kept.cell}, seed {kept.seed}: {accuracy}, {kept.seconds:.1f} s"


def _close(asked: Asked, folder: Path) -> int:
    """Prints means and the verdict."""
    found = experiments.results(asked.name, small=asked.small, folder=folder)
    for result in found.cells:
        if result.n:
            spread = f" ± {result.interval:.2%}" if result.n > 1 else ""
            print(f"{result.cell.label}: {result.mean:.2%}{spread} (n = {result.n})")
    if found.complete:
        verdict: Verdict = experiments.get(asked.name).expect(found)
        print("\n".join(verdict.sentences))
    left = len(experiments.missing(found, asked.seeds))
    if left:
        print(f"{left} left: the same command runs only these")
    return 1 if left else 0
