"""States of stopped runs take what nothing else of a visitor's disk needs, and give way: the useless, then the old."""

from __future__ import annotations

import dataclasses
import os
import random
from pathlib import Path

import pytest

from cnnviz import checkpoints, run_files, runs, visitors
from cnnviz.owners import Owner
from cnnviz.records import RunStatus, TrainConfig
from cnnviz.runs import directories, quotas, states
from cnnviz.runs.supervision import Supervisor
from cnnviz.visitors import Visitor
from pages.shared.training import allowance

ANNA, BEN = Visitor("a" * 16), Visitor("b" * 16)
CONFIG = TrainConfig("digits", "fc2layer", epochs=1)
MB = 1_000_000

pytestmark = pytest.mark.usefixtures("own_runs", "boss")


def a_run(seed: int, *, state: int, weights: int = 0, of: Visitor = ANNA, said: str = "stopped") -> runs.Run:
    """A run that ended as `said` so many seconds after 1970 as its seed is. state, weights: bytes."""
    with visitors.acting_as(of):
        path = directories.new(checkpoints.runs_folder(), dataclasses.replace(CONFIG, seed=seed))
    run_files.write_status(path, RunStatus(said, step=7), owner=Owner.of(os.getpid()))
    (path / run_files.WEIGHTS).write_bytes(bytes(weights))
    (path / run_files.RESUME).write_bytes(bytes(state))
    os.utime(path / run_files.RESUME, (seed, seed))
    return runs.Run(path)


def kept(made: list[runs.Run]) -> list[int]:
    return [place for place, run in enumerate(made) if (run.path / run_files.RESUME).exists()]


def test_they_count_to_nothing(boss: Supervisor) -> None:
    a_run(1, state=3 * MB, weights=MB)
    a_run(2, state=5 * MB, said="running")  # this process lives: what it saves is its own affair
    with visitors.acting_as(ANNA):
        now = quotas.used(boss)
        assert (round(now.disk_mb), round(now.states_mb)) == (6, 3)
        assert "Besides 3 MB" in "".join(allowance.lines(now))


def test_the_oldest_gives_way_to_the_next_run(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [a_run(seed, state=4 * MB) for seed in (3, 1, 2)]
    a_run(0, state=4 * MB, of=BEN)
    monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", "9")
    with visitors.acting_as(ANNA):
        quotas.admit(boss, dataclasses.replace(CONFIG, seed=9))
        assert kept(made) == [0, 2]
        assert not made[1].resumable
        assert made[1].status() == RunStatus("stopped", states.GAVE_WAY, step=7)
    assert len(list(checkpoints.runs_folder().glob(f"*/{run_files.RESUME}"))) == 3  # Ben's is there


def test_a_deleted_run_gives_way_first_and_so_does_an_earlier_training(
    boss: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, deleted, trained_anew = (a_run(seed, state=4 * MB) for seed in (1, 2, 3))
    earlier = trained_anew.path / "earlier-1"
    earlier.mkdir()
    (trained_anew.path / run_files.RESUME).rename(earlier / run_files.RESUME)
    with visitors.acting_as(ANNA):
        runs.delete(deleted.id)
        monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", "5")
        with runs.bringing():
            pass
        assert kept([old, trained_anew]) == [0]
        assert not (earlier / run_files.RESUME).exists()
        assert not runs.restore(deleted.id).resumable


def test_the_run_that_goes_on_keeps_its_own(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [a_run(seed, state=4 * MB) for seed in (1, 2)]
    monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", "5")
    with visitors.acting_as(ANNA):
        quotas.admit(boss, CONFIG, kept=made[0].path)
    assert kept(made) == [0]


def test_only_what_counts_can_be_too_much(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_run(1, state=4 * MB, weights=2 * MB)
    monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", "2")
    with visitors.acting_as(ANNA):
        assert runs.room() == 0
        with pytest.raises(runs.RunError, match="take 2 MB, and a visitor has 2 here"):
            quotas.admit(boss, CONFIG)
    assert run.resumable  # nothing was given up for what could not begin


def test_where_nobody_is_limited_nothing_gives_way(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_run(1, state=4 * MB)
    monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", "1")
    quotas.admit(boss, CONFIG)
    with runs.bringing():
        pass
    with visitors.acting_as(dataclasses.replace(ANNA, teacher=True)):
        quotas.admit(boss, CONFIG)
        with runs.bringing():
            pass
    assert run.resumable


@pytest.mark.parametrize("seed", range(10))
def test_what_is_left_fits_and_nothing_went_in_vain(
    seed: int, boss: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    made = [a_run(place, state=chance.randrange(MB // 2, 3 * MB)) for place in range(8)]
    sizes = [run.state_size() for run in made]
    most = chance.randrange(MB, 20 * MB)
    monkeypatch.setenv("CNNVIZ_VISITOR_DISK_MB", str(most / MB))
    with visitors.acting_as(ANNA):
        counted = round(quotas.used(boss).disk_mb * MB)
        with runs.bringing():
            pass
        left = kept(made)
        assert left == list(range(8 - len(left), 8))  # the oldest went
        assert sum(sizes[place] for place in left) + counted <= most
        if len(left) < 8:
            assert sum(sizes[7 - len(left) :]) + counted > most


def test_what_cannot_be_removed_stays(tmp_path: Path) -> None:
    gone = states.StateFile(tmp_path / "none" / run_files.RESUME, tmp_path / "none", MB, 0.0, False)
    assert states.make_room([gone], 1) == 0
