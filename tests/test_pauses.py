"""A paused run keeps its place only while nobody waits for it, and takes its turn when it is let go on."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path

import pytest

from cnnviz import run_files, runs
from cnnviz.records import RunStatus, Steering, TrainConfig
from cnnviz.runs import pauses, supervision
from cnnviz.runs.supervision import Supervisor
from tests.support.waiting import until

LONG = TrainConfig("digits", "fc2layer", epochs=100_000)
OTHER = dataclasses.replace(LONG, seed=1)


@pytest.fixture(autouse=True)
def folder(own_runs: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_WARM", "0")
    monkeypatch.setenv("CNNVIZ_PAUSED_SECONDS", "0")
    monkeypatch.setattr(supervision, "COMMAND", (sys.executable, "-m", "tests.stand_in_worker"))


def state_of(run: runs.Run) -> str:
    return run.status().state


def paused(config: TrainConfig) -> runs.Run:
    run = runs.start(config)
    until(lambda: state_of(run) == "running")
    run.pause()
    until(lambda: state_of(run) == "paused")
    return run


def test_it_gives_its_place_to_whoever_waits_and_goes_on_in_its_turn(boss: Supervisor) -> None:
    held, other = paused(LONG), runs.start(OTHER)
    until(lambda: state_of(other) == "running")
    until(lambda: held.status().message == pauses.GAVE_WAY)
    assert (state_of(held), boss.owns(held.path), boss.load_of("")) == ("paused", True, 2)
    held.resume()
    until(lambda: state_of(held) == "queued")
    assert boss.place(held.path) == 1
    other.stop()
    until(lambda: state_of(held) == "running")
    held.stop()
    until(lambda: state_of(held) == "stopped")
    until(lambda: boss.load_of("") == 0)


def test_one_that_gave_way_can_be_stopped(boss: Supervisor) -> None:
    held, other = paused(LONG), runs.start(OTHER)
    until(lambda: held.status().message == pauses.GAVE_WAY)
    held.stop()
    assert (state_of(held), held.status().message) == ("stopped", pauses.STOPPED)
    assert not boss.owns(held.path)
    other.stop()
    until(lambda: state_of(other) == "stopped")


def test_only_where_it_is_held_at_one_step(tmp_path: Path) -> None:
    """Whoever takes single steps has not left."""
    owner, watch = run_files.Owner.of(os.getpid()), pauses.Pauses()
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, step in ((first, 3), (second, 5)):
        folder.mkdir()
        run_files.write_status(folder, RunStatus("paused", step=step), owner=owner)
        run_files.write_steering(folder, Steering(paused=True))
    both = [first, second]
    assert watch.longest([second], 10.0) == (second, 0.0)
    assert watch.longest(both, 12.0) == (second, 2.0)
    run_files.write_status(second, RunStatus("paused", step=6), owner=owner)
    assert watch.longest(both, 15.0) == (first, 3.0)
    run_files.write_steering(first, Steering(paused=True, until=4))  # one more step is asked for
    assert watch.longest(both, 17.0) == (second, 2.0)
    assert watch.longest([], 18.0) == (None, 0.0)
