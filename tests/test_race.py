"""Cells trained side by side: what is kept is what each gives alone; followed, stopped, cut, drawn."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path

import numpy as np
import pytest

from cnnviz import experiments
from cnnviz.experiments import running, worker
from cnnviz.experiments.running import ExperimentRequest, Moment
from cnnviz.figures import race as figures
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import CellResult, CellRun, Results, UnderWay
from cnnviz.runs.supervision import Supervisor
from tests.support.clock import Clock
from tests.support.exhaustive import sample
from tests.support.waiting import until
from tests.test_experiments import results_of, shorten

pytestmark = pytest.mark.usefixtures("own_runs")

RACED = ("shuffle", "batch_sizes", "augmentations", "optimizers")
DROPPED = "dropout_overfitting"


def kept(name: str, folder: Path, *, race: bool, seeds: tuple[int, ...] = (0,)) -> dict[tuple[str, int], CellRun]:
    moments = running.run(ExperimentRequest(name, seeds, small=True, race=race), folder)
    return {(moment.run.cell, moment.run.seed): moment.run for moment in moments if moment.run is not None}


@pytest.mark.parametrize("name", sample([*RACED, DROPPED], {"shuffle", "augmentations", DROPPED}))
def test_a_race_keeps_what_one_after_the_other_keeps(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Order, crops, flips and dropout draw from streams of their own: taking turns changes no number but seconds."""
    shorten(monkeypatch, name, epochs=2)
    alone, raced = (kept(name, tmp_path / word, race=word == "race") for word in ("alone", "race"))
    assert raced.keys() == alone.keys()
    assert len(alone) == len(experiments.get(name).cells)
    for place, one in alone.items():
        other = raced[place]
        assert (other.test_accuracy, other.test_loss, other.config) == (one.test_accuracy, one.test_loss, one.config)
        for part in ("curves", "epochs"):
            for key, values in getattr(one, part).items():
                assert np.array_equal(getattr(other, part)[key], values, equal_nan=True), (place, part, key)


def moments_of(name: str, folder: Path, **asked: object) -> list[Moment]:
    return list(running.run(dataclasses.replace(ExperimentRequest(name, small=True, race=True), **asked), folder))


def test_the_cells_stay_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever their batches, no cell is a step further than the slowest's share allows."""
    shorten(monkeypatch, "batch_sizes", epochs=1)
    seen = 0
    for moment in running.run(ExperimentRequest("batch_sizes", small=True, race=True), tmp_path):
        started = [lane for lane in moment.lanes if lane.planned]
        if len(started) == len(experiments.get("batch_sizes").cells):
            behind = min(lane.share for lane in started)
            assert all(lane.share <= behind + 1 / lane.planned + 1e-9 for lane in started)
            seen += 1
    assert seen > 100


def test_seconds_are_a_cell_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that goes on by one when it is read: each advance lasts one, and counts for the cell that moved."""
    clock = Clock(tick=1.0).of(monkeypatch, "cnnviz.experiments.running")
    began = clock.now
    shorten(monkeypatch, "optimizers", epochs=1)
    ended = [moment for moment in moments_of("optimizers", tmp_path) if moment.run]
    assert len(ended) == len(experiments.get("optimizers").cells)
    assert sum(moment.run.seconds for moment in ended) == (clock.now - began) / 2
    assert all(moment.planned < moment.run.seconds < moment.planned + 10 for moment in ended)


def test_a_race_goes_seed_by_seed_and_takes_up_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = shorten(monkeypatch, "optimizers", epochs=1)
    stop = threading.Event()
    for moment in running.run(
        ExperimentRequest("optimizers", (0, 1), small=True, race=True), tmp_path, stop=stop.is_set
    ):
        if moment.run is not None and moment.seed == 1:  # the first cell of the second seed is kept
            stop.set()
    found = experiments.results("optimizers", small=True, folder=tmp_path)
    assert [one.n for one in found.cells] != [2, 2, 2]
    assert [run.seed for one in found.cells for run in one.runs if run.seed == 0] == [0] * len(experiment.cells)
    rest = [moment for moment in moments_of("optimizers", tmp_path, seeds=(0, 1)) if moment.run]
    assert {(moment.seed, moment.count) for moment in rest} == {(1, 2)}
    assert experiments.results("optimizers", small=True, folder=tmp_path).n == 2


def test_what_the_time_box_cuts_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch, "optimizers", epochs=400)
    Clock(tick=0.01).of(monkeypatch, "cnnviz.experiments.running")
    moments = moments_of("optimizers", tmp_path, seconds=0.8)
    assert moments
    assert not [moment for moment in moments if moment.run]
    assert not experiments.results("optimizers", small=True, folder=tmp_path).cells[0].n


def test_cells_with_a_limit_of_seconds_are_not_raced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their clocks run while others train, so side by side they would give something else."""
    shorten(monkeypatch, "optimizers", epochs=1, seconds=60.0)
    moments = moments_of("optimizers", tmp_path)
    assert max(len(moment.lanes) for moment in moments) == 1
    assert len([moment for moment in moments if moment.run]) == 3


def test_the_page_s_worker_tells_of_every_lane(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    """All curves grow at once; a stop in the middle keeps none of them, and the next start runs all."""
    asked = ExperimentRequest("optimizers", (0,), small=True, race=True)
    worker.start(asked)
    assert until(lambda: len(worker.under_way("optimizers")) == 3 and all(len(one.curves["step"]) > 2 for one in
                                                                     worker.under_way("optimizers")))  # fmt: skip
    lanes = worker.under_way("optimizers")
    assert [one.cell for one in lanes] == [cell.label for cell in experiments.get("optimizers").cells]
    assert all(one.seconds > 0 and one.planned > 0 for one in lanes)
    assert "3 cells side by side" in worker.status("optimizers").message
    assert worker.live("optimizers")[0] == lanes[0].cell
    worker.stop("optimizers")
    assert until(lambda: not worker.status("optimizers").alive)
    assert "cells are left" in worker.status("optimizers").message
    assert len(worker.under_way("optimizers")) == 3, "what was cut can still be looked at"
    worker.forget("optimizers")
    assert worker.under_way("optimizers") == ()


@pytest.mark.parametrize("text", ["{", "{}", '{"lanes": 3}', '{"lanes": [{"cell": "SGD"}]}', "[]"])
def test_a_torn_live_file_is_no_lane(text: str) -> None:
    folder = experiments.own_folder("optimizers")
    folder.mkdir(parents=True)
    (folder / worker.LIVE).write_text(text)
    assert worker.under_way("optimizers") == ()
    assert worker.live("optimizers") == ("", {})


@pytest.mark.parametrize("name", RACED)
def test_they_are_raced_from_the_page(name: str) -> None:
    assert experiments.get(name).race
    assert all(cell.config.seconds is None for cell in experiments.get(name).cells)


# ------------------------------------------------------------------------------------------------ the figure
def lane_of(header: dict[str, object], name: str) -> dict[str, object]:
    lanes = header["lanes"]
    assert isinstance(lanes, list)
    return next(lane for lane in lanes if lane["name"] == name)


def test_equal_pictures_are_counted_with_small_last_batches() -> None:
    """20,000 images in batches of 512: 40 steps, the last of 32; a second epoch starts at 20,000."""
    config = TrainConfig("mnist", "cnn", epochs=2, batch_size=512, examples=20_000)
    steps = np.array([1.0, 39.0, 40.0, 41.0, 80.0])
    assert figures.seen(config, steps, 80).tolist() == [512, 39 * 512, 20_000, 20_512, 40_000]
    everything = dataclasses.replace(config, examples=None)
    assert figures.seen(everything, steps, 80).tolist() == [512, 39 * 512, 40 * 512, 41 * 512, 80 * 512]
    assert figures.seen(everything, np.array([3.0]), 6, examples=1437).tolist() == [1437]


def test_a_lane_carries_the_mean_of_its_runs() -> None:
    found = results_of("optimizers", {"SGD": [0.9, 0.8], "SGD, momentum 0.9": [0.95], "Adam": []})
    header = figures.race(found)
    assert [lane["name"] for lane in header["lanes"]] == ["SGD", "SGD, momentum 0.9"]
    first = lane_of(header, "SGD")
    assert first["accuracy"] == [0.1, 0.25]
    assert first["loss"] == [2.3, None], "what is no number travels as null"
    assert first["lowest"] == first["highest"] == [0.1, 0.25]
    assert first["x"]["seconds"][-1] == pytest.approx(1.5)
    assert first["ends"]["steps"] == 9
    assert not header["live"]
    assert [one["id"] for one in header["measures"]] == ["accuracy", "loss"], "one epoch has no test curve"


def test_a_lane_under_way_is_as_long_as_it_will_be() -> None:
    found = results_of("optimizers", {"SGD": [0.9], "SGD, momentum 0.9": [], "Adam": []})
    curves = {"step": np.array([50.0]), "loss": np.array([1.0]), "accuracy": np.array([0.5])}
    epochs = {"step": np.zeros(0), "test_accuracy": np.zeros(0)}
    header = figures.race(found, under_way=[UnderWay("Adam", 0, 313, 1.0, curves, epochs)])
    assert header["live"]
    lane = lane_of(header, "Adam")
    assert lane["running"]
    assert lane["ends"] == {"pictures": 20_000, "steps": 313, "seconds": pytest.approx(313 / 50)}
    assert lane["x"]["pictures"] == [3200]


def test_diverged_runs_are_counted() -> None:
    found = results_of("optimizers", {"SGD": [0.1, 0.9], "SGD, momentum 0.9": [0.9], "Adam": [0.9]})
    runs = (dataclasses.replace(found.cells[0].runs[0], test_loss=float("nan")), found.cells[0].runs[1])
    cells = (CellResult(found.cells[0].cell, runs), *found.cells[1:])
    assert lane_of(figures.race(Results(found.name, found.dataset, cells)), "SGD")["diverged"] == 1


def test_long_experiments_open_on_test_pictures() -> None:
    labels = [cell.label for cell in experiments.get("augmentations").cells]
    found = results_of("augmentations", {key: [0.5] for key in labels})
    epochs = {"epoch": np.arange(1.0, 31), "step": np.linspace(0.3, 9, 30), "test_accuracy": np.linspace(0.2, 0.5, 30)}
    cells = tuple(CellResult(one.cell, (dataclasses.replace(one.runs[0], epochs=epochs),)) for one in found.cells)
    assert figures.race(Results(found.name, found.dataset, cells))["start"] == "test"
    assert (
        figures.race(results_of("optimizers", {"SGD": [0.9], "SGD, momentum 0.9": [], "Adam": []}))["start"]
        == "accuracy"
    )
