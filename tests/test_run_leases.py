"""Whether a run of another host is alive: by its lease and this host's own clock, never by two clocks' difference."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz import owners, run_files, runs
from cnnviz.owners import FORGOTTEN, LEASE, Leases
from cnnviz.records import RunStatus, TrainConfig
from cnnviz.run_files import status

CONFIG = TrainConfig("digits", "fc2layer", epochs=3)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> runs.Run:
    """A run that a host of another name trains."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    path = tmp_path / "runs" / CONFIG.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, CONFIG)
    return runs.Run(path)


def say(run: runs.Run, state: str, *, clock: float = 0.0) -> None:
    """As that host writes it, whose clock is so many seconds ahead of this one's."""
    owner = run_files.Owner(1, "1", socket.gethostname() + "-other")
    run_files.write_status(run.path, RunStatus(state, step=5), owner=owner)
    values = json.loads((run.path / "status.json").read_text())
    (run.path / "status.json").write_text(json.dumps(values | {"written": time.time() + clock}))


@pytest.mark.parametrize("state", ["queued", "running", "paused"])
@pytest.mark.parametrize("clock", [-121.0, -300.0, 0.0, 120.0, 5000.0])
def test_a_clock_that_goes_wrong_interrupts_nothing(elsewhere: runs.Run, state: str, clock: float) -> None:
    say(elsewhere, state, clock=clock)
    assert elsewhere.status().state == state


def test_a_run_whose_lease_ends_is_interrupted(elsewhere: runs.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(owners.time, "monotonic", lambda: now)
    say(elsewhere, "running", clock=-120)
    assert elsewhere.status().state == "running"
    now += LEASE - 1
    assert elsewhere.status().state == "running"
    say(elsewhere, "running", clock=-119)  # renewed
    now += LEASE - 1
    assert elsewhere.status().state == "running"
    now += LEASE
    assert elsewhere.status().state == "interrupted"
    say(elsewhere, "running", clock=-100)  # it was only slow
    assert elsewhere.status().state == "running"


def test_a_run_that_was_left_long_ago_is_not_waited_for(elsewhere: runs.Run) -> None:
    say(elsewhere, "running", clock=-FORGOTTEN - 100)
    assert elsewhere.status().state == "interrupted"


@given(st.floats(-1e6, 1e6), st.lists(st.floats(0.1, 0.9 * LEASE), min_size=1, max_size=20))
def test_renewed_in_time_it_is_held_whatever_the_owner_s_clock_says(offset: float, waits: list[float]) -> None:
    leases, now = Leases(), 0.0
    leases.held("run", offset, age=-offset, now=now)
    for wait in waits:
        now += wait
        assert leases.held("run", now + offset, age=-offset, now=now)
    assert not leases.held("run", now + offset, age=-offset, now=now + LEASE + 1)


def test_a_stamp_that_is_no_number_is_old(elsewhere: runs.Run) -> None:
    for stamp in ('"now"', "null", "[]", "1e999", "true"):
        say(elsewhere, "running")
        text = (elsewhere.path / "status.json").read_text()
        before, _, _ = text.partition('"written"')
        (elsewhere.path / "status.json").write_text(f'{before}"written": {stamp}}}')
        status._LEASES.__init__()  # type: ignore[misc]
        assert elsewhere.status().state == "interrupted"
