"""A run for other people's trackers: the files say the run's numbers when they are read back, the snippets run."""

from __future__ import annotations

import io
import struct
import sys
import types
import zipfile
from typing import Any

import pytest

from cnnviz import runs
from cnnviz.records import Epoch, Step
from cnnviz.topics.training_lab import elsewhere, tracker_snippets

RUN = "digits-lenet5-d2a25f8f"


def read_back(data: bytes) -> list[Any]:
    """The events of a file: records of a length, its checksum, the content and its checksum."""
    event_pb2 = pytest.importorskip("tensorboardX.proto.event_pb2")
    found, place = [], 0
    while place < len(data):
        (length,) = struct.unpack_from("<Q", data, place)
        event = event_pb2.Event()
        event.ParseFromString(data[place + 12 : place + 12 + length])
        found.append(event)
        place += 16 + length
    return found


def test_tensorboard_s_files_say_the_run_s_numbers() -> None:
    pytest.importorskip("tensorboardX")
    with zipfile.ZipFile(io.BytesIO(elsewhere.tensorboard(RUN))) as archive:
        (name,) = archive.namelist()
        events = read_back(archive.read(name))
    assert name.startswith(f"{RUN}/events.out.tfevents.")
    scalars: dict[str, dict[int, float]] = {}
    times = []
    for event in events:
        for value in event.summary.value:
            if value.WhichOneof("value") == "simple_value":
                scalars.setdefault(value.tag, {})[event.step] = value.simple_value
                times.append(event.wall_time)
    run = runs.get(RUN)
    steps = {event.step: event for event in run.events() if isinstance(event, Step)}
    epochs = {event.step: event for event in run.events() if isinstance(event, Epoch)}
    assert scalars["train/loss"] == pytest.approx({step: one.loss for step, one in steps.items()}, rel=1e-6)
    assert scalars["learning_rate"] == pytest.approx({step: one.lr for step, one in steps.items()}, rel=1e-6)
    assert scalars["test/accuracy"] == pytest.approx(
        {step: one.test_accuracy for step, one in epochs.items()}, rel=1e-6
    )
    assert max(times) - min(times) == pytest.approx(
        max(one.seconds for one in (*steps.values(), *epochs.values())) - min(one.seconds for one in steps.values()),
        abs=1e-3,
    )


@pytest.mark.parametrize("host", ["lab-seven", "lab-seven.uni.example"])
def test_tensorboard_s_files_do_not_say_which_host_wrote_them(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tensorboardX")
    monkeypatch.setattr("socket.gethostname", lambda: host)
    with zipfile.ZipFile(io.BytesIO(elsewhere.tensorboard(RUN))) as archive:
        (name,) = archive.namelist()
        assert "lab-seven" not in name
        assert b"lab-seven" not in archive.read(name)


def test_without_the_extra_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "able", lambda: False)
    with pytest.raises(elsewhere.EventsExtraMissing, match=r"cnnviz\[tensorboard\]"):
        elsewhere.tensorboard(RUN)


class Listening:
    """A tracker that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        def call(*values: Any, **named: Any) -> Listening:
            self.said.append((name, values, named))
            return self

        return call

    def __enter__(self) -> Listening:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("name", "words"), [("wandb", "log"), ("trackio", "log"), ("mlflow", "log_metrics")])
def test_a_tracker_s_snippet_runs_as_it_stands(name: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tracker = Listening()
    module = types.ModuleType(name)
    module.__getattr__ = lambda wanted: getattr(tracker, wanted)  # type: ignore[method-assign]
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(getattr(tracker_snippets, name)(RUN), name, "exec"), {})
    told = [values[0] for call, values, _ in tracker.said if call == words]
    events = runs.get(RUN).events()
    assert [one["train/loss"] for one in told if "train/loss" in one] == [
        event.loss for event in events if isinstance(event, Step)
    ]
    assert len([one for one in told if "test/accuracy" in one]) == sum(isinstance(event, Epoch) for event in events)
