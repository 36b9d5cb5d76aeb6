"""Nothing that a visitor reads says where a file lies on the server, whatever went wrong there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch

from cnnviz import checkpoints, models, run_files, runs
from cnnviz.checkpoints import uploads
from cnnviz.plain_text import said_by
from cnnviz.records import RunStatus, TrainConfig
from cnnviz.runs.supervision import Supervisor
from cnnviz.runs.workers import Worker
from cnnviz.training import recording
from pages.shared import network_picker
from tests.support.app import app_at, opened, written

HERE = "/srv/class/cnnviz"
FULL = OSError(28, "No space left on device", f"{HERE}/runs/digits-cnn-00000000/status.json")
ERRORS = [
    FULL, FileNotFoundError(2, "No such file or directory", f"{HERE}/data/a.png"), OSError(f"{HERE}/x is no file"),
    ValueError(f"{HERE}/data/set is empty"), KeyError(Path(HERE) / "runs"), RuntimeError(f"cannot open '{HERE}/a b/c'"),
]  # fmt: skip
TRACE = f"""Traceback (most recent call last):
  File "{HERE}/cnnviz/training/worker.py", line 88, in work
OSError: [Errno 28] No space left on device: '{HERE}/runs/status.json'
"""
SAYS: list[Callable[[Exception], str]] = [said_by, recording.explanation, network_picker.reason]


@pytest.mark.parametrize("says", SAYS)
@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_an_error_is_said_without_folders(says: Callable[[Exception], str], error: Exception) -> None:
    said = says(error)
    assert "srv" not in said
    assert "class" not in said
    assert re.search(r"[a-z]{2}", said), "a number is no sentence"


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_what_keeps_the_supervisor_from_going_on(boss: Supervisor, error: Exception) -> None:
    boss._report(error)
    assert boss.problem
    assert "srv" not in boss.problem


def test_a_process_that_ended_says_its_last_line_without_folders() -> None:
    worker = Worker.spawn((sys.executable, "-c", f"raise OSError(28, 'No space left', '{HERE}/runs/status.json')"))
    worker.process.wait(60)
    try:
        assert worker.reason() == "OSError: [Errno 28] No space left: 'status.json'"
    finally:
        worker.close()


def test_a_failed_run_on_its_page(own_runs: Path, boss: Supervisor) -> None:
    config = TrainConfig("digits", "fc2layer", seed=4711)
    folder = own_runs / config.run_id
    folder.mkdir(parents=True)
    run_files.write_config(folder, config)
    run_files.write_status(
        folder, RunStatus("failed", recording.explanation(FULL)), owner=run_files.Owner.of(os.getpid())
    )
    (folder / run_files.LOG).write_text(TRACE)
    page = opened(app_at("pages/learn/training_lab/page.py"), run=config.run_id)
    (log,) = [item.value for item in page.code if "Traceback" in item.value]
    assert 'File "worker.py", line 88' in log
    assert "No space left on device" in written(page)
    assert "srv" not in written(page) + log
    assert "srv" not in runs.Run(folder).log()


def test_weights_that_go_while_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = checkpoints.save(models.build("lenet5", seed=1), tmp_path / "weights.safetensors")

    def gone(path: Path, **_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr(safetensors.torch, "load_file", gone)
    with pytest.raises(checkpoints.CheckpointError) as caught:
        checkpoints.load_into(models.build("lenet5"), file)
    assert "weights.safetensors" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_weights_for_which_the_disk_has_no_room(own_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise FULL

    monkeypatch.setattr(uploads, "replacing", full)
    data = safetensors.torch.save(models.build("lenet5", seed=1).state_dict())
    with pytest.raises(OSError, match="No space left") as caught:
        uploads.keep(data, "lenet5")
    assert network_picker.reason(caught.value) == "No space left on device"


@pytest.mark.parametrize("step", [(tempfile, "TemporaryDirectory"), (Path, "write_bytes"), (subprocess, "run")])
def test_a_pickle_for_which_there_is_no_temporary_room(
    step: tuple[object, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.save(models.build("lenet5", seed=1).state_dict(), tmp_path / "w.pt")
    data = (tmp_path / "w.pt").read_bytes()

    def full(*_: object, **__: object) -> None:
        raise FULL

    monkeypatch.setattr(*step, full)
    with pytest.raises(checkpoints.CheckpointError, match=r"w\.pt cannot be read just now \(No space left") as caught:
        uploads.readable(data, "w.pt")
    assert "srv" not in str(caught.value)


@pytest.mark.parametrize("home", ["absent", "a file"])
def test_published_weights_that_are_not_here(home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the server knows TORCH_HOME; whoever reads the page need not know where it leads."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    if home == "a file":
        (tmp_path / "torch").touch()
    for download in (False, True) if home == "a file" else (False,):
        said = models.pretrained("squeezenet1_1", download=download)[1].detail
        assert "squeezenet1_1" in said
        assert str(tmp_path) not in said
        assert ("TORCH_HOME" in said) is not download
