"""What a killed process left half made goes, and what somebody still makes stays: data sets and runs alike."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnviz import checkpoints, doctor, half_made, owners, runs
from cnnviz.datasets import image_folder
from cnnviz.measurements import data_set
from cnnviz.records import TrainConfig
from cnnviz.runs import directories
from tests.support.waiting import until

CONFIG = TrainConfig("digits", "fc2layer", epochs=1)


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left_in(folder: Path, pid: int) -> dict[str, Path]:
    """Folders by who makes them: a process that is gone, this one, another host's, and nobody that a name tells."""
    mine = half_made.prefix()
    named = {
        "gone": mine.replace(f"-{os.getpid()}-", f"-{pid}-"),
        "living": mine,
        "elsewhere": f"{half_made.PREFIX}0badcafe-{pid}-",
        "unknown": f"{half_made.PREFIX}elsewhere",
    }
    found = {who: folder / f"{name}x" for who, name in named.items()}
    for path in found.values():
        (path / "set").mkdir(parents=True)
    return found


def test_only_what_nobody_makes_any_more_goes(tmp_path: Path, gone: int) -> None:
    left = left_in(tmp_path, gone)
    (tmp_path / f"{half_made.PREFIX}file").write_text("no folder")
    assert half_made.sweep(tmp_path) == 1
    assert [who for who, path in left.items() if path.exists()] == ["living", "elsewhere", "unknown"]
    os.utime(left["elsewhere"], (0, 0))  # nobody has renewed it, and it is older than two clocks lie apart
    assert half_made.sweep(tmp_path) == 1
    assert left["living"].exists()


def test_a_process_that_has_only_the_number_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = half_made.prefix()
    dead = tmp_path / f"{mine.rsplit('-', 2)[0]}-{'0' * 8}-x"  # this very number, of a process that began otherwise
    for path in (dead, tmp_path / f"{mine}x"):
        path.mkdir()
    assert half_made.sweep(tmp_path) == 1
    assert not dead.exists()
    (tmp_path / "boot").write_text("the machine has started again")
    monkeypatch.setattr(half_made, "BOOT", tmp_path / "boot")
    assert half_made.sweep(tmp_path) == 1


@pytest.mark.parametrize("name", ["0badcafe-1-0badcafe-x", "0badcafe-1-x", "mine-of-an-older-version"])
def test_another_hosts_is_kept_while_it_is_renewed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(owners.time, "monotonic", lambda: now[0])
    path = tmp_path / f"{half_made.PREFIX}{name}"
    path.mkdir()
    stamp = path.stat().st_mtime
    for renewal in range(10):  # five times as long as a lease
        os.utime(path, (stamp + renewal, stamp + renewal))
        assert not half_made.is_left(path)
        now[0] += owners.LEASE / 2
    now[0] += owners.LEASE / 2
    assert half_made.is_left(path)
    assert half_made.sweep(tmp_path) == 1


def test_whoever_makes_a_folder_renews_it_until_it_is_whole(tmp_path: Path) -> None:
    with half_made.making(tmp_path, every=0.001) as path:
        os.utime(path, (0, 0))
        assert until(lambda: path.stat().st_mtime > 0)
        assert not half_made.is_left(path)
        path.rename(tmp_path / "whole")
    with pytest.raises(ZeroDivisionError), half_made.making(tmp_path):
        _ = 1 / 0
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]


def test_a_zip_and_a_run_sweep_their_folders(tmp_path: Path, gone: int) -> None:
    sets, of_runs = tmp_path / "sets", tmp_path / "runs"
    left = left_in(sets, gone)["gone"], left_in(of_runs, gone)["gone"]
    image_folder.from_zip(data_set.example_zip(), "pets", root=sets)
    directories.new(of_runs, CONFIG)
    assert not any(path.exists() for path in left)


def test_a_server_sweeps_when_it_takes_over_the_queue(own_runs: None, gone: int) -> None:
    left = left_in(checkpoints.runs_folder(), gone)
    said = doctor.left_over().said
    assert "3 folders are being made, 1 were left" in said
    runs.adopt_waiting()
    assert not left["gone"].exists()
    assert left["living"].exists()
