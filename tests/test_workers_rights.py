"""A process that trains sees what the visitor sees for whom it does, and nothing of anybody else's."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
from pathlib import Path

import pytest

from cnnviz import checkpoints, runs, visitors
from cnnviz.configs import ConfigError
from cnnviz.records import TrainConfig
from cnnviz.runs import supervision
from cnnviz.runs.supervision import Supervisor
from cnnviz.runs.workers import Worker
from cnnviz.topics.training_lab import bundle
from cnnviz.training import optimization
from cnnviz.visitors import EVERYBODY, Visitor

ANNA, BEN = (Visitor(visitors.id_of(name)) for name in ("anna's key", "ben's key"))
TEACHER = Visitor(visitors.id_of("the teacher's browser"), teacher=True)
LONG = TrainConfig("digits", "fc2layer", epochs=100_000)
SHIPPED = "mnist-cnn-373d20be"


@pytest.fixture(autouse=True)
def folder(own_runs: None, boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(supervision, "COMMAND", (sys.executable, "-m", "tests.stand_in_worker"))
    return checkpoints.runs_folder()


def started_by(visitor: Visitor, config: TrainConfig) -> runs.Run:
    with visitors.acting_as(visitor):
        return runs.start(config)


def test_nobody_goes_on_from_anothers_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where it is asked for, and not in the process that trains: the run may have become another's meanwhile."""
    with visitors.acting_as(ANNA):
        runs.bring_back(bundle.of(SHIPPED))
        hers = runs.bring_back(bundle.of(SHIPPED))  # a further take: its name is no shipped run's
    config = TrainConfig("digits", "cnn", start=hers.id, frozen=True)
    with pytest.raises(ConfigError, match=f"start is '{hers.id}': there is no"):
        started_by(BEN, config)
    for visitor in (ANNA, TEACHER):
        assert started_by(visitor, config).config.start == hers.id
    monkeypatch.setattr(visitors, "_asked", [])
    for visitor, allowed in ((ANNA, True), (BEN, False), (TEACHER, True), (EVERYBODY, True)):
        monkeypatch.setenv(visitors.WORKS_FOR, visitors.working_for(visitor))
        assert visitors.current() == visitor
        with contextlib.nullcontext() if allowed else pytest.raises(ConfigError, match="start is"):
            optimization.network(config)


def test_a_worker_has_the_rights_of_whom_it_works_for(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many seconds a visitor has; and a teacher's are not the rights of whose run it is."""
    monkeypatch.setenv("CNNVIZ_VISITOR_SECONDS", "inf")
    given: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        Worker, "give", lambda self, folder, module, **named: given.append((named["owner"], named["teacher"]))
    )
    monkeypatch.setattr(boss, "_look", lambda: None)
    for visitor in (ANNA, TEACHER, EVERYBODY):
        started_by(visitor, dataclasses.replace(LONG, seed=len(given)))
        assert given[-1] == (visitor.id, visitor.teacher)
        boss._busy.clear()


@pytest.mark.parametrize(("visitor", "most"), [(ANNA, "40.0"), (TEACHER, None), (EVERYBODY, None)])
def test_a_visitors_snapshots_stay_within_their_disk(
    visitor: Visitor, most: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one may have on disk is looked at before a run; it may not take two gigabytes after that."""
    monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", "80")
    worker = Worker.spawn((sys.executable, "-c", "print(input())"))
    worker.give(tmp_path, "cnnviz.training.worker", owner=visitor.id, teacher=visitor.teacher)
    worker.process.wait(60)
    try:
        assert json.loads(worker.last_line())["environment"].get("CNNVIZ_MAX_SNAPSHOT_MB") == most
    finally:
        worker.close()
