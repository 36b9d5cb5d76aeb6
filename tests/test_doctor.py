"""`cnnviz doctor`: each trouble is found and told with its remedy, and the exit status says so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import click
import pytest
from click.testing import CliRunner
from streamlit.web import cli

from cnnviz import command_line, doctor, memory, owners, run_files, runs
from cnnviz.memory import Memory
from cnnviz.records import RunStatus, TrainConfig
from cnnviz.runs import directories, supervision
from cnnviz.runs.supervision import Supervisor
from tests.support import ROOT
from tests.test_runs import left_by


@pytest.fixture(autouse=True)
def folders(own_runs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(memory, "now", lambda: Memory(16 * 10**9, 8 * 10**9))
    return tmp_path


def found(name: str, url: str = "") -> doctor.Finding:
    return next(one for one in doctor.findings(url) if one.name == name)


def test_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["ok"] * len(lines)
    assert doctor.main(["--json"]) == 0
    assert {one["name"] for one in json.loads(capsys.readouterr().out)} >= {"runs", "queue", "memory", "device"}


def test_a_folder_that_cannot_be_written(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folders / "file").write_text("")
    monkeypatch.setenv("CNNVIZ_RUNS", str(folders / "file"))
    assert not found("runs").well
    assert "CNNVIZ_RUNS" in found("runs").said
    assert doctor.main([]) == 1


def dangling(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def linked(path: Path) -> None:
    path.with_name("elsewhere").mkdir()
    path.symlink_to(path.with_name("elsewhere"))


def with_lock(path: Path, make: Callable[[Path], object]) -> None:
    path.mkdir()
    make(path / directories.LOCK)


FOLDERS: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: None,
    "empty": Path.mkdir,
    "a file": Path.touch,
    "a pipe": os.mkfifo,
    "a link to nowhere": dangling,
    "a loop": lambda path: path.symlink_to(path.name),
    "a link to a folder": linked,
    "a lock": lambda path: with_lock(path, Path.touch),
    "a folder for a lock": lambda path: with_lock(path, Path.mkdir),
    "a lock that is a loop": lambda path: with_lock(path, lambda lock: lock.symlink_to(lock.name)),
}


@pytest.mark.parametrize("below", ["", "a folder", "a folder/in it"])
@pytest.mark.parametrize("kind", FOLDERS)
def test_all_is_well_exactly_where_a_run_can_be_started(
    folders: Path, monkeypatch: pytest.MonkeyPatch, boss: Supervisor, kind: str, below: str
) -> None:
    monkeypatch.setattr(supervision, "COMMAND", (sys.executable, "-m", "tests.stand_in_worker"))
    top = folders / "disk"
    FOLDERS[kind](top)
    monkeypatch.setenv("CNNVIZ_RUNS", str(top / below))
    before = sorted(folders.rglob("*"))
    said = found("runs")
    assert sorted(folders.rglob("*")) == before  # nothing is changed by looking
    try:
        runs.start(TrainConfig("digits", "fc2layer", epochs=1))
    except runs.RunError:
        assert not said.well, said
    else:
        assert said.well, said


def test_little_room_and_little_memory(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM_MB", 10**12)
    monkeypatch.setattr(memory, "now", lambda: Memory(2 * 10**9, 10**9))
    assert "free some" in found("data").said
    assert found("memory") == doctor.Finding(
        "memory", False, "1.0 GB of 2.0 GB are free: give the container more, or end other programs"
    )


def test_broken_runs_are_named(folders: Path) -> None:
    path = folders / "runs" / "digits-cnn-00000000"
    path.mkdir(parents=True)
    (path / run_files.CONFIG).write_text("{")
    assert not found("broken runs").well
    assert path.name in found("broken runs").said


def test_a_queue_that_nobody_looks_after(own_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("supervisor") == doctor.Finding("supervisor", True, "nothing waits")
    waiting = left_by(TrainConfig("digits", "fc2layer"), own_runs, state="queued")
    assert not found("supervisor").well
    assert "the next that starts takes them over" in found("supervisor").said
    run_files.write_status(waiting.path, RunStatus("queued"), owner=run_files.Owner.of(os.getpid()))
    assert found("supervisor").well
    later = time.time() + owners.LEASE + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert waiting.id in found("supervisor").said
    assert "start it anew" in found("supervisor").said
    elsewhere = run_files.Owner(1, "1", "another host")
    run_files.write_status(waiting.path, RunStatus("queued"), owner=elsewhere)
    assert found("supervisor").well  # its clock is its own


def test_a_short_key_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_TEACHER_KEY", "abc")
    assert not found("teacher").well
    assert "abc" not in found("teacher").said.replace("CNNVIZ_TEACHER_KEY", "")


class Healthy(BaseHTTPRequestHandler):
    """A server that says that it is well."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == doctor.HEALTH else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def test_a_server_that_answers_and_one_that_does_not() -> None:
    with HTTPServer(("127.0.0.1", 0), Healthy) as one:
        thread = Thread(target=one.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{one.server_port}"
        try:
            assert found("server", address + "/").well
        finally:
            one.shutdown()
            thread.join()
    for url in (address, "nonsense", "http://127.0.0.1:1"):
        assert not found("server", url).well


def test_the_command_reaches_it(folders: Path) -> None:
    told = subprocess.run(command_line.doctor(["--help"]), cwd=folders, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "cnnviz doctor" in told.stdout
    assert sys.executable == command_line.doctor([])[0]


def test_container_files_name_what_is_there() -> None:
    for line in (ROOT / "Containerfile").read_text().splitlines():
        if line.startswith("COPY"):
            for source in line.split()[1:-1]:
                assert source.startswith("--") or (ROOT / source).exists(), source
    assert (ROOT / "docs/Caddyfile").exists()
    assert "./docs/Caddyfile" in (ROOT / "compose.yaml").read_text()


def test_the_compose_file_names_its_hosts_as_streamlit_reads_them() -> None:
    """By Streamlit's own command line: with a list in brackets it refused every browser."""
    found = re.search(r'STREAMLIT_SERVER_ALLOWED_HOSTS: (["\'])(.*?)\1 ', (ROOT / "compose.yaml").read_text())
    assert found
    hosts: list[str] = []

    @click.command()
    @cli.configurator_options
    def asked(**options: tuple[str, ...]) -> None:
        hosts.extend(options["server_allowedHosts"])

    value = found[2].replace("${CNNVIZ_HOST:-localhost}", "class.example.org")
    answer = CliRunner().invoke(asked, env={"STREAMLIT_SERVER_ALLOWED_HOSTS": value}, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    assert hosts == ["class.example.org", "127.0.0.1"]


def test_a_container_is_healthy_exactly_where_its_server_answers() -> None:
    """One run directory that cannot be read, which the doctor names, is no reason to end everybody's server."""
    line = next(line for line in (ROOT / "Containerfile").read_text().splitlines() if line.startswith("HEALTHCHECK"))
    command = [sys.executable, *json.loads(line.partition("CMD ")[2])[1:]]

    with HTTPServer(("127.0.0.1", 0), Healthy) as one:
        here = [part.replace("8501", str(one.server_port)) for part in command]
        thread = Thread(target=one.serve_forever)
        thread.start()
        try:
            well = subprocess.run(here, capture_output=True, check=False).returncode
        finally:
            one.shutdown()
            thread.join()
    assert (well, subprocess.run(here, capture_output=True, check=False).returncode) == (0, 1)
