"""Trains what an experiment lacks in one process, cell after cell or side by side, each saved as soon as it ends."""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnviz import checkpoints, experiments, lazy_imports, training
from cnnviz.experiments import results_files
from cnnviz.records import Epoch, Event, Finished, Started, Step
from cnnviz.records.experiments import Cell, CellRun, Verdict
from cnnviz.training import RunLimits

NEVER: Callable[[], bool] = lambda: False  # noqa: E731


@dataclass(frozen=True)
class ExperimentRequest:
    """What is to be run. seeds: each cell once with every one of them. seconds: a time box (None: as long as it takes).

    A cell that the time box cuts is not kept: half a training would stand beside whole ones.
    race: all cells of a seed side by side, see `run`.
    """

    name: str
    seeds: tuple[int, ...] = (0,)
    small: bool = False
    seconds: float | None = None
    race: bool = False


class Lane:
    """One cell under way: its events so far, an advance at a time.

    seconds: spent in its own advances, so that cells which take turns do not count each other's time.
    """

    def __init__(self, cell: Cell, seed: int, stop: Callable[[], bool]) -> None:
        self.cell, self.seed = cell, seed
        self.config = dataclasses.replace(cell.config, seed=seed)
        self.events: list[Event] = []
        self.steps: list[Step] = []
        self.planned, self.seconds = 0, 0.0
        self._training = training.train(
            self.config, stop=stop, limits=RunLimits.from_environment(), stop_at_divergence=False
        )

    @property
    def share(self) -> float:
        """How much of its steps is over, in [0, 1]."""
        return len(self.steps) / self.planned if self.planned else 0.0

    @property
    def epochs(self) -> list[Epoch]:
        """Its epochs so far."""
        return [event for event in self.events if isinstance(event, Epoch)]

    def advance(self) -> Event:
        """The next event of its run. Raises StopIteration after the last."""
        began = time.perf_counter()
        event = next(self._training)
        self.seconds += time.perf_counter() - began
        self.events.append(event)
        if isinstance(event, Started):
            self.planned = event.steps
        elif isinstance(event, Step):
            self.steps.append(event)
        return event

    def keep(self, folder: Path) -> CellRun | None:
        """Its line in results.jsonl, on the disk when this returns; None for a run that was cut."""
        ended = self.events[-1]
        if not (isinstance(ended, Finished) and ended.reason == "completed"):
            return None
        kept = results_files.summary(self.cell.label, self.config, self.events, versions=checkpoints.versions())
        kept = dataclasses.replace(kept, seconds=round(self.seconds, 2))
        results_files.append(folder / results_files.RESULTS, kept)
        return kept


@dataclass(frozen=True, eq=False)
class Moment:
    """Where a running experiment is. done, count: cells. lanes: those under way, one or, in a race, several.

    cell, seed, planned, steps: of the one that moved just now, its run so far. run: once it is finished.
    """

    cell: Cell
    seed: int
    done: int
    count: int
    planned: int
    steps: list[Step]
    lanes: tuple[Lane, ...] = ()
    run: CellRun | None = None


def run(asked: ExperimentRequest, folder: Path, *, stop: Callable[[], bool] = NEVER) -> Iterator[Moment]:
    """Trains the missing cells into folder/results.jsonl: a moment every step, one more when a cell is kept.

    Ends early where stop says so or the time box is over; what is finished is kept, and the same call later does the
    rest. In a race the missing cells of one seed take turns, always the one of whose steps the smallest share is over.
    Each keeps its own network, batches and random numbers, so it gives what it gives alone; only cells whose config
    limits their seconds would not, and are never raced. Raises KeyError, training.ConfigError, datasets.DatasetError.
    """
    until = None if asked.seconds is None else time.monotonic() + asked.seconds
    over = lambda: stop() or (until is not None and time.monotonic() > until)  # noqa: E731
    found = experiments.results(asked.name, small=asked.small, folder=folder)
    left = experiments.missing(found, asked.seeds)
    done = 0
    for group in _groups(left, race=asked.race):
        if over():
            return
        yield from _together(group, (done, len(left)), folder, over)
        done += len(group)


def _groups(left: Sequence[tuple[Cell, int]], *, race: bool) -> list[list[tuple[Cell, int]]]:
    """What runs at the same time: one cell, or all of a seed."""
    if not race or any(cell.config.seconds is not None for cell, _ in left):
        return [[one] for one in left]
    return [list(group) for _, group in itertools.groupby(left, key=lambda one: one[1])]


def _together(
    group: list[tuple[Cell, int]], place: tuple[int, int], folder: Path, stop: Callable[[], bool]
) -> Iterator[Moment]:
    done, count = place
    lanes = [Lane(cell, seed, stop) for cell, seed in group]
    while lanes:
        lane = min(lanes, key=lambda one: one.share)
        event = lane.advance()
        if isinstance(event, Step):
            yield Moment(lane.cell, lane.seed, done, count, lane.planned, lane.steps, tuple(lanes))
        elif isinstance(event, Finished):
            lanes.remove(lane)
            kept = lane.keep(folder)
            if kept is None:
                return  # stopped, and so are those beside it
            done += 1
            yield Moment(lane.cell, lane.seed, done, count, lane.planned, lane.steps, tuple(lanes), kept)


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
    parser.add_argument("--race", action="store_true", help="the cells of a seed side by side, not one after the other")
    parser.add_argument("--ship", action="store_true", help="into checkpoints/experiments instead of one's own runs")
    asked = parser.parse_args(arguments)
    lazy_imports.postpone_compiler()
    experiment = experiments.get(asked.name)
    folder = experiments.shipped_folder(asked.name) if asked.ship else experiments.own_folder(asked.name)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    seeds = tuple(range(experiment.seeds if asked.seeds is None else asked.seeds))
    what = ExperimentRequest(asked.name, seeds, asked.small, asked.seconds, asked.race)
    for moment in run(what, folder, stop=stopped.is_set):
        if moment.run is not None:
            print(_line(moment, moment.run), flush=True)
    return _close(what, folder)


def _line(moment: Moment, kept: CellRun) -> str:
    accuracy = f"{kept.test_accuracy:.2%} of the test images right"
    return f"{moment.done}/{moment.count}  {kept.cell}, seed {kept.seed}: {accuracy}, {kept.seconds:.1f} s"


def _close(asked: ExperimentRequest, folder: Path) -> int:
    """Prints means and the verdict."""
    found = experiments.results(asked.name, small=asked.small, folder=folder)
    for result in found.cells:
        if result.n:
            spread = f" ± {result.interval:.2%}" if result.n > 1 else ""
            print(f"{result.cell.label}: {result.mean:.2%}{spread} (n = {result.n})")
    if found.complete:
        verdict: Verdict = experiments.get(asked.name).expect(found)
        print("\n".join((verdict.headline, *verdict.sentences)))
    left = len(experiments.missing(found, asked.seeds))
    if left:
        print(f"{left} left: the same command runs only these")
    return 1 if left else 0
