"""A server and its worker are killed at drawn moments; whoever comes next goes on with the run, and nothing is left."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from benchmarks import kills


def test_a_server_that_is_killed_leaves_no_orphan_and_its_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once alone, once with its worker; `python -m benchmarks.kills 20` is the same at length."""
    monkeypatch.setenv("CNNVIZ_WARM", "0")
    monkeypatch.setattr(kills, "STARTING", 0.0)
    monkeypatch.setattr(kills, "LONGEST", 0.2)
    config = dataclasses.replace(kills.CONFIG, epochs=12)
    report = kills.torture(2, tmp_path, config=config, seed=4, kinds=("server", "both"))
    assert report.kills == {"server": 1, "both": 1}
    assert len(report.ended) == 1


@pytest.mark.exhaustive
def test_twenty_kills(tmp_path: Path) -> None:
    assert kills.torture(20, tmp_path, seed=2).kills.total() == 20
