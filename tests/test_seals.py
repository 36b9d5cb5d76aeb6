"""A run that a teacher asked for has their rights after a restart, too; nobody else's has, whatever lies in it."""

from __future__ import annotations

import importlib
import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cnnviz import checkpoints, experiments, run_files, runs, visitors
from cnnviz.experiments import worker as experiment_worker
from cnnviz.records import TrainConfig
from cnnviz.run_files.handover import EXPERIMENT, TRAINING
from cnnviz.runs import seals, supervision
from cnnviz.runs.fair_queue import Waiting
from cnnviz.runs.supervision import Supervisor
from cnnviz.topics.training_lab import bundle
from cnnviz.visitors import EVERYBODY, Visitor
from tests.test_runs import left_by

TEACHER = Visitor(visitors.id_of("the teacher's browser"), teacher=True)
ANNA = Visitor(visitors.id_of("anna's key"))
CONFIG = TrainConfig("digits", "fc2layer", epochs=100_000)


@pytest.fixture(autouse=True)
def _a_class(own_runs: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing begins here: what counts is with which rights a run waits."""
    monkeypatch.setenv(visitors.TEACHER, "the key of the class")
    monkeypatch.setattr(Supervisor, "_advance", lambda self, now: None)
    monkeypatch.setattr(Supervisor, "_watch", lambda self: None)


def waiting_of(visitor: Visitor, seed: int = 0) -> Path:
    """A run of theirs in the queue of a server that is gone."""
    run = left_by(
        TrainConfig("digits", "fc2layer", epochs=100_000, seed=seed), checkpoints.runs_folder(), state="queued"
    )
    visitors.mark(run.path, visitor)
    with visitors.acting_as(visitor):
        seals.rights(run.path)
    return run.path


def taken_over(monkeypatch: pytest.MonkeyPatch) -> dict[Path, Waiting]:
    """By the next server, which nobody has asked for anything yet."""
    boss = Supervisor()
    monkeypatch.setattr(supervision, "CURRENT", [boss])
    monkeypatch.setattr(visitors, "_asked", [lambda: visitors.NOBODY])
    runs.adopt_waiting()
    return {one.folder: one for one in boss._queue}


def experiment_of(visitor: Visitor, state: str = "queued") -> Path:
    """An experiment of theirs, as a server left it that is gone."""
    run = left_by(CONFIG, checkpoints.runs_folder() / "elsewhere", state=state)
    with visitors.acting_as(visitor):
        folder = experiments.own_folder("permuted_pixels")
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(run.path, folder)
        (folder / run_files.CONFIG).unlink()
        run_files.write_json(folder / experiment_worker.ASKED, {"name": "permuted_pixels", "seeds": [0]})
        visitors.mark(folder)
        seals.rights(folder)
    return folder


def test_experiments_that_wait_are_taken_over_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    run, hers, annas = waiting_of(ANNA), experiment_of(TEACHER), experiment_of(ANNA)
    nobodys, stopped = experiment_of(EVERYBODY), experiment_of(Visitor(visitors.id_of("ben's key")), "stopped")
    asked = {run: run_files.CONFIG} | dict.fromkeys((hers, annas, nobodys), experiment_worker.ASKED)
    for number, (path, name) in enumerate(asked.items()):
        os.utime(path / name, (1000 - number, 1000 - number))
    found = taken_over(monkeypatch)
    assert {path: (one.module, one.owner, one.teacher) for path, one in found.items()} == {
        run: (TRAINING, ANNA.id, False), hers: (EXPERIMENT, TEACHER.id, True), annas: (EXPERIMENT, ANNA.id, False),
        nobodys: (EXPERIMENT, "", False),
    }  # fmt: skip
    assert importlib.import_module(EXPERIMENT) is experiment_worker
    assert [path for path in found if found[path].owner == ANNA.id] == [annas, run]  # asked for first, first to begin
    assert run_files.read_status(nobodys).state == "queued"
    assert run_files.read_status(stopped).state == "stopped"


def test_a_restart_keeps_whose_the_rights_are(monkeypatch: pytest.MonkeyPatch) -> None:
    hers, annas, nobodys = waiting_of(TEACHER, 1), waiting_of(ANNA, 2), waiting_of(EVERYBODY, 3)
    found = taken_over(monkeypatch)
    assert {path: (one.owner, one.teacher) for path, one in found.items()} == {
        hers: (TEACHER.id, True), annas: (ANNA.id, False), nobodys: ("", False),
    }  # fmt: skip
    assert [math.isinf(found[path].seconds) for path in (hers, annas, nobodys)] == [True, False, True]
    assert found[annas].seconds < 1000


def test_what_is_asked_for_here_waits_with_the_rights_of_who_asks(boss: Supervisor) -> None:
    for visitor in (TEACHER, ANNA):
        with visitors.acting_as(visitor):
            path = runs.start(CONFIG).path
        assert ([one.teacher for one in boss._queue if one.folder == path], seals.is_sealed(path)) == (
            [visitor.teacher], visitor.teacher,
        )  # fmt: skip


def _another_runs(path: Path) -> None:
    shutil.copy(waiting_of(TEACHER, 8) / seals.SEAL, path / seals.SEAL)


def _moved(path: Path) -> None:
    (path / seals.SEAL).write_text(visitors.sealed(f"{TEACHER.id} {path.name}"))


def _by_anothers_key(path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(visitors.TEACHER, "another key")
        (path / seals.SEAL).write_text(visitors.sealed(f"{ANNA.id} {path.name}"))


def _in_config(path: Path) -> None:
    text = (path / run_files.CONFIG).read_text()
    (path / run_files.CONFIG).write_text(text.replace("{", '{"teacher": true, ', 1))


FORGED: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: (path / seals.SEAL).write_text(""),
    "a word": lambda path: (path / seals.SEAL).write_text("teacher"),
    "zeros": lambda path: (path / seals.SEAL).write_text("0" * 64),
    "bytes": lambda path: (path / seals.SEAL).write_bytes(b"\xff" * 99),
    "a directory": lambda path: (path / seals.SEAL).mkdir(),
    "a loop": lambda path: (path / seals.SEAL).symlink_to(path / seals.SEAL),
    "another run's": _another_runs,
    "another owner's": _moved,
    "another key's": _by_anothers_key,
    "in the mark": lambda path: (path / visitors.MARK).write_text(f"teacher {ANNA.id}"),
    "in the config": _in_config,
}


@pytest.mark.parametrize("how", FORGED)
def test_a_seal_that_is_forged_is_none(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = waiting_of(ANNA)
    FORGED[how](path)
    found = taken_over(monkeypatch)
    assert not (path in found and found[path].teacher)


def test_without_a_key_that_counts_no_seal_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    path = waiting_of(TEACHER)
    for key in ("", "short", "the key of another class"):
        monkeypatch.setenv(visitors.TEACHER, key)
        assert not seals.is_sealed(path)
    monkeypatch.setenv(visitors.TEACHER, "")
    (path / seals.SEAL).write_text("")
    assert not seals.is_sealed(path)


def test_who_asks_again_without_the_key_is_a_visitor() -> None:
    path = waiting_of(TEACHER)
    for asking in (Visitor(TEACHER.id), ANNA):
        with visitors.acting_as(asking):
            assert seals.rights(path) == Visitor(TEACHER.id)
        assert not seals.is_sealed(path)


def test_a_seal_does_not_travel() -> None:
    """Neither with a network that is taken away, nor with one that is brought."""
    with visitors.acting_as(TEACHER):
        run = runs.bring_back(bundle.of("mnist-cnn-373d20be"))
        seals.rights(run.path)
        taken = bundle.of(run.id)
    with visitors.acting_as(ANNA):
        assert not (runs.bring_back(taken).path / seals.SEAL).exists()
    assert seals.SEAL.encode() not in taken
