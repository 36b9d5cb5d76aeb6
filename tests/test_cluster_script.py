"""The script for a cluster's scheduler: its directives, what shellcheck says, and when it asks to be queued again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnnviz import run_files
from cnnviz.records import TrainConfig
from tests.support import ROOT
from tests.support.waiting import PATIENCE

SCRIPT = ROOT / "docs" / "train.sbatch"
OPTIONS = {  # https://slurm.schedmd.com/sbatch.html: those of its options that are used, and what each takes
    "job-name": r"\w+", "nodes": r"\d+", "ntasks": r"\d+", "cpus-per-task": r"\d+", "mem": r"\d+[KMGT]?",
    "time": r"(\d+-)?\d+:\d\d:\d\d", "requeue": None, "signal": r"([BR]:)?\w+(@\d+)?", "open-mode": "append|truncate",
    "output": r"[\w%.-]+",
}  # fmt: skip


def test_its_directives_are_sbatch_s() -> None:
    lines = SCRIPT.read_text().splitlines()
    assert lines[0] == "#!/bin/bash"
    found = [line.removeprefix("#SBATCH ") for line in lines if line.startswith("#SBATCH")]
    first = next(place for place, line in enumerate(lines) if line and not line.startswith("#"))
    assert not any(line.startswith("#SBATCH") for line in lines[first:]), "sbatch stops reading at the first command"
    for option in found:
        name, _, value = option.removeprefix("--").partition("=")
        pattern = OPTIONS[name]
        assert (value == "") if pattern is None else re.fullmatch(pattern, value), option


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing() -> None:
    subprocess.run(["shellcheck", SCRIPT], check=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize("state", ["finished", "stopped"])
def test_a_run_that_ran_out_of_time_is_queued_again(state: str, tmp_path: Path) -> None:
    """With commands of the test's own in place of Python's training and of Slurm's scontrol."""
    run, bin_ = tmp_path / "run", tmp_path / "bin"
    run.mkdir()
    bin_.mkdir()
    run_files.write_config(run, TrainConfig("digits", "fc2layer"))
    (run / "status.json").write_text(f'{{"state": "{state}"}}')
    commands = {
        "python": f'#!/bin/bash\n[ "$1" = -m ] || exec {sys.executable} "$@"\necho "$@" >> {tmp_path}/trained\n',
        "scontrol": f'#!/bin/bash\necho "$@" >> {tmp_path}/asked\n',
    }
    for name, text in commands.items():
        (bin_ / name).write_text(text)
        (bin_ / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{bin_}:{os.environ['PATH']}", "SLURM_JOB_ID": "17"}
    subprocess.run(["bash", SCRIPT, run], check=True, env=environment, timeout=PATIENCE)
    assert (tmp_path / "trained").read_text() == f"-m cnnviz.training {run}\n"
    asked = tmp_path / "asked"
    assert (asked.read_text() if asked.exists() else "") == ("requeue 17\n" if state == "stopped" else "")
