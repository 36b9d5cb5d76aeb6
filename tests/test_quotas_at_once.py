"""What one visitor may have holds, too, where they ask in several tabs at the same moment."""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cnnviz import checkpoints, datasets, experiments, models, runs, visitors
from cnnviz.checkpoints import uploads
from cnnviz.experiments import worker as experiment_worker
from cnnviz.measurements import data_set
from cnnviz.records import TrainConfig
from cnnviz.runs import quotas, supervision
from cnnviz.runs.supervision import Supervisor
from cnnviz.topics.training_lab import bundle
from cnnviz.visitors import Visitor

ANNA, BEN = (Visitor(visitors.id_of(name)) for name in ("anna's key", "ben's key"))
LONG = TrainConfig("digits", "fc2layer", epochs=100_000)
AT_ONCE = 6


@pytest.fixture(autouse=True)
def folder(own_runs: None, boss: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(supervision, "COMMAND", (sys.executable, "-m", "tests.stand_in_worker"))
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    return checkpoints.runs_folder()


def at_once(ask: Callable[[int], object], *refused: type[Exception]) -> int:
    """How many of so many threads, which all ask as Anna in the same moment, are not refused."""
    together = threading.Barrier(AT_ONCE)

    def one(number: int) -> bool:
        with visitors.acting_as(ANNA):
            together.wait()
            try:
                ask(number)
            except refused:
                return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, range(AT_ONCE)))


def test_starts_at_once_are_no_more_than_one_visitor_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_VISITOR_WAITING", "2")
    assert at_once(lambda number: runs.start(dataclasses.replace(LONG, seed=number)), runs.RunError) == 2
    assert quotas.used(runs.supervisor(), ANNA).waiting == 2


def test_experiments_at_once_are_no_more_than_one_visitor_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_VISITOR_WAITING", "2")
    names = experiments.names()

    def start(number: int) -> None:
        asked = experiment_worker.ExperimentRequest(name=names[number % len(names)], small=True, seeds=(0,))
        experiment_worker.start(asked)

    assert at_once(start, runs.RunError) == 2
    assert quotas.used(runs.supervisor(), ANNA).waiting == 2


def test_networks_brought_back_at_once_are_no_more_than_one_visitor_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_VISITOR_RUNS", "3")
    whole = bundle.of("mnist-cnn-373d20be")
    assert at_once(lambda _: runs.bring_back(whole), runs.RunError) == 3
    assert quotas.used(runs.supervisor(), ANNA).kept == 3


def test_files_brought_at_once_stay_within_one_visitors_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Weights, networks, data sets: with room for one and a half, one gets in."""
    whole, pets = bundle.of("mnist-cnn-373d20be"), data_set.example_zip()
    files = [
        checkpoints.save(models.build("fc2layer", seed=seed), tmp_path / f"{seed}.safetensors").read_bytes()
        for seed in range(AT_ONCE)
    ]
    with visitors.acting_as(BEN):
        before = quotas.used(runs.supervisor()).disk_mb
        datasets.from_zip(pets, "his")
        set_mb = quotas.used(runs.supervisor()).disk_mb - before
        runs.bring_back(whole)
        run_mb = quotas.used(runs.supervisor()).disk_mb - before - set_mb

    def keep(number: int) -> None:
        with runs.bringing() as room:
            uploads.keep(files[number], "fc2layer", room=room)

    def add(number: int) -> None:
        with runs.bringing() as room:
            datasets.from_zip(pets, f"pets {number}", room=room)

    ways: list[tuple[Callable[[int], object], float]] = [
        (keep, len(files[0]) / 1e6), (add, set_mb), (lambda _: runs.bring_back(whole), run_mb),
    ]  # fmt: skip
    for bring, size in ways:
        taken = quotas.used(runs.supervisor(), ANNA).disk_mb
        monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", str(taken + 1.5 * size))
        assert at_once(bring, runs.RunError, datasets.DatasetError, checkpoints.CheckpointError) == 1
        assert quotas.used(runs.supervisor(), ANNA).disk_mb <= taken + 1.5 * size
