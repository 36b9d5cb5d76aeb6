"""An experiment run from the page: its directory, the process that trains it, and how it is followed and stopped.

    <runs>/experiments/<name>/
        experiment.json   what was asked for                           whoever asks
        results.jsonl     a line a finished cell, only appended to     the worker
        live.json         the curves of the cells under way, replaced  the worker
        forgotten.jsonl   the results that were set aside last         whoever asks
        status.json, CANCEL, worker.log                                as in a run directory (run_files)

The process is the training worker of `runs.supervision`: it ends with the server and runs at a lower priority.
In its RunStatus `epoch` of `epochs` counts cells, `step` of `steps` the steps of all of them.
"""

from __future__ import annotations

import dataclasses
import os
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnnviz import experiments, run_files, runs, visitors
from cnnviz.experiments import results_files, running
from cnnviz.experiments.running import ExperimentRequest, Lane, Moment
from cnnviz.records import Array, RunStatus
from cnnviz.records.experiments import UnderWay
from cnnviz.run_files.control_files import StopAsked
from cnnviz.run_files.handover import EXPERIMENT
from cnnviz.run_files.names import ASKED
from cnnviz.training.recording import explanation

LIVE, FORGOTTEN = "live.json", "forgotten.jsonl"
EVERY = 0.25  # seconds between two looks at the curve under way


# --------------------------------------------------------------------------------------------- the server's side
def start(asked: ExperimentRequest) -> None:
    """Begins, or continues: finished cells are not trained again.

    Under way already: nothing happens. Raises KeyError, runs.QueueFull, runs.RunError (an unwritable folder).
    """
    folder = experiments.own_folder(asked.name)
    if status(asked.name).alive:
        return
    with runs.working():
        if status(asked.name).alive:  # another tab was first
            return
        runs.supervisor().release(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            visitors.mark(folder)
            for name in (run_files.CANCEL, LIVE):
                (folder / name).unlink(missing_ok=True)
            run_files.write_json(folder / ASKED, dataclasses.asdict(asked))
        except OSError as error:
            raise runs.RunError(runs.unwritable(error)) from error
        runs.supervisor().submit_work(folder, EXPERIMENT)


def stop(name: str) -> None:
    """Ask it to stop; finished cells are kept."""
    runs.supervisor().stop(experiments.own_folder(name))


def forget(name: str) -> None:
    """Set aside what was trained here, in the place of what was before; nothing happens while it is under way."""
    folder = experiments.own_folder(name)
    if status(name).alive:
        return
    if (folder / results_files.RESULTS).exists():
        os.replace(folder / results_files.RESULTS, folder / FORGOTTEN)
    for file in (run_files.STATUS, LIVE):
        (folder / file).unlink(missing_ok=True)


def can_remember(name: str) -> bool:
    """Whether something is set aside that may come back: nothing was finished since, and nothing is under way."""
    folder = experiments.own_folder(name)
    return (folder / FORGOTTEN).exists() and not (folder / results_files.RESULTS).exists() and not status(name).alive


def remember(name: str) -> None:
    """Take back what was set aside last."""
    if can_remember(name):
        os.replace(experiments.own_folder(name) / FORGOTTEN, experiments.own_folder(name) / results_files.RESULTS)


def status(name: str) -> RunStatus:
    """Its state; "" where it was never started here."""
    folder = experiments.own_folder(name)
    if not (folder / run_files.STATUS).is_file():
        return RunStatus("")
    return runs.Run(folder).status()


def asked_for(name: str) -> ExperimentRequest | None:
    """What was asked for last; None where nothing was, or it cannot be read."""
    values = run_files.read_json(experiments.own_folder(name) / ASKED)
    try:
        return ExperimentRequest(**values | {"seeds": tuple(values["seeds"])})
    except (KeyError, TypeError):
        return None


def under_way(name: str) -> tuple[UnderWay, ...]:
    """The cells that are being trained now, with their curves so far: one, in a race several, or none.

    After a stop: those that it cut, as far as they had come; their curves are shown, but are no results.
    """
    values = run_files.read_json(experiments.own_folder(name) / LIVE)
    try:
        return tuple(_read(one) for one in values["lanes"])
    except (KeyError, TypeError, AttributeError, ValueError):
        return ()


def live(name: str) -> tuple[str, Mapping[str, Array]]:
    """(cell, curves) of the first of them: step, loss, accuracy; ("", {}) where none is."""
    for one in under_way(name):
        return one.cell, one.curves
    return "", {}


def _read(values: Mapping[str, Any]) -> UnderWay:
    curves, epochs = (
        {key: results_files.as_array(numbers) for key, numbers in values[part].items()} for part in ("curves", "epochs")
    )
    plain = (str(values["cell"]), int(values["seed"]), int(values["planned"]), float(values["seconds"]))
    return UnderWay(*plain, curves, epochs)


# --------------------------------------------------------------------------------------------- the worker's side
def work(folder: Path) -> bool:
    """Runs what experiment.json asks for, in this process. False where it failed: status.json then says why."""
    teller = Teller(folder)
    try:
        asked = asked_for(folder.name)
        if asked is None or experiments.own_folder(asked.name).resolve() != folder.resolve():
            raise ValueError(f"{folder.name}/{ASKED} does not say which experiment to run")
        teller.say("starting", "reading the data")
        for moment in running.run(asked, folder, stop=StopAsked(folder)):
            teller.tell(moment)
        teller.end(asked)
    except Exception as error:
        traceback.print_exc()
        teller.say("failed", explanation(error))
        return False
    return True


class Teller:
    """Turns moments into status.json and live.json."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._owner = folder, run_files.Owner.of(os.getpid())
        self._began = self._told = time.monotonic()
        self._status = RunStatus("starting")

    def tell(self, moment: Moment) -> None:
        """Writes how far the experiment is, at most four times a second."""
        now = time.monotonic()
        if moment.run is None and now - self._told < EVERY:
            return
        self._told = now
        over = moment.done + sum(lane.share for lane in moment.lanes)
        share = over / moment.count
        self._status = RunStatus(
            "running",
            _who(moment),
            step=round(over * moment.planned),
            steps=moment.count * moment.planned,
            epoch=moment.done,
            epochs=moment.count,
            seconds=now - self._began,
            seconds_left=(now - self._began) * (1 - share) / share if share > 0 else None,
            accuracy=moment.steps[-1].accuracy if moment.steps else None,
            loss=moment.steps[-1].loss if moment.steps else None,
        )
        run_files.write_status(self._folder, self._status, owner=self._owner, durable=False)
        self._write_live(moment)

    def _write_live(self, moment: Moment) -> None:
        lanes = [_written(lane) for lane in moment.lanes]
        temporary = self._folder / f".{LIVE}.{os.getpid()}"
        temporary.write_bytes(results_files.plain_json({"lanes": lanes}))
        os.replace(temporary, self._folder / LIVE)

    def end(self, asked: ExperimentRequest) -> None:
        """Writes the last status: finished, or stopped with the number of cells that are left."""
        found = experiments.results(asked.name, small=asked.small, folder=self._folder)
        left = len(experiments.missing(found, asked.seeds))
        if not left:
            (self._folder / LIVE).unlink(missing_ok=True)
        (self._folder / run_files.CANCEL).unlink(missing_ok=True)
        said = f"{left} of {len(found.cells) * len(asked.seeds)} cells are left; start again and only these run"
        self.say("stopped" if left else "finished", said if left else "")

    def say(self, state: str, message: str) -> None:
        """Writes a status with this state and sentence."""
        seconds = time.monotonic() - self._began
        status = dataclasses.replace(self._status, state=state, message=message, seconds=seconds, seconds_left=None)
        run_files.write_status(self._folder, status, owner=self._owner)


def _who(moment: Moment) -> str:
    if len(moment.lanes) > 1:
        return f"{len(moment.lanes)} cells side by side, seed {moment.seed}"
    return f"{moment.cell.label}, seed {moment.seed}"


def _written(lane: Lane) -> dict[str, Any]:
    epochs = {name: [getattr(one, name) for one in lane.epochs] for name in results_files.OF_AN_EPOCH}
    return {
        "cell": lane.cell.label,
        "seed": lane.seed,
        "planned": lane.planned,
        "seconds": lane.seconds,
        "curves": results_files.thinned(lane.steps),
        "epochs": epochs,
    }
