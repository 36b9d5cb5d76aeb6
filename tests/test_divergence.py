"""A run whose loss is no longer finite ends there, keeps the last weights whose loss was, and opens."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
import torch

from cnnviz import checkpoints, run_files, runs, training
from cnnviz.records import Finished, Step, TrainConfig
from cnnviz.training import finite_weights, worker

CONFIG = TrainConfig("digits", "lenet5", epochs=3, examples=400, batch_size=16, lr=30.0, momentum=0.9)


def finite(model: torch.nn.Module) -> bool:
    return all(bool(torch.isfinite(value).all()) for value in model.state_dict().values())


@pytest.mark.parametrize(
    "config",
    [
        CONFIG,
        dataclasses.replace(CONFIG, model="cnn", lr=100.0, weight_decay=1.0),
    ],
    ids=lambda config: f"{config.model} {config.lr:g}",
)
def test_it_ends_at_the_first_loss_that_is_not_finite(config: TrainConfig) -> None:
    plain = training.train(config, stop_at_divergence=False)
    losses = [event.loss for event in plain if isinstance(event, Step)]
    lost = next((step for step, loss in enumerate(losses, 1) if not math.isfinite(loss)), None)
    assert lost is not None, "this config was to diverge"
    run = training.train(config)
    events = list(run)
    steps = [event for event in events if isinstance(event, Step)]
    assert [step.step for step in steps] == list(range(1, lost + 1))
    assert [step.loss for step in steps[:-1]] == losses[: lost - 1]
    ended = events[-1]
    assert isinstance(ended, Finished)
    assert (ended.reason, ended.step) == ("diverged", lost)
    assert ended.examples_seen == 16 * lost
    assert finite(run.model)
    assert run.weights_step is not None
    assert run.weights_step < lost
    assert math.isfinite(ended.test_loss)
    assert sum(map(sum, ended.confusion)) == 360


def test_the_kept_weights_are_those_of_their_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies at every group of steps: the network is the one that so many steps of the config give."""
    monkeypatch.setattr(finite_weights, "EVERY", 0.0)
    monkeypatch.setattr(finite_weights, "SHARE", 0)
    monkeypatch.setattr(training.loop, "BUFFER_SECONDS", 0.0)
    run = training.train(dataclasses.replace(CONFIG, lr=10.0))
    ended = list(run)[-1]
    assert isinstance(ended, Finished)
    assert ended.reason == "diverged"
    assert run.weights_step is not None
    assert 0 < run.weights_step < ended.step
    same = training.train(dataclasses.replace(CONFIG, lr=10.0), stop=lambda: same.step >= run.weights_step)
    assert isinstance(list(same)[-1], Finished)
    for one, other in zip(run.model.state_dict().values(), same.model.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_in_the_lab_it_says_so_and_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    path = tmp_path / CONFIG.run_id
    path.mkdir()
    run_files.write_config(path, CONFIG)
    assert worker.work(path)
    run = runs.Run(path)
    status = run.status()
    assert status.state == "diverged"
    assert status.message.startswith(f"diverged at step {status.step}; its weights are those after step ")
    assert finite(checkpoints.load(run.id))
    assert checkpoints.read_card(path).reason == "diverged"
    (path / run_files.STATUS).unlink()  # as a shipped run has none
    assert run.status().state == "diverged"
    assert not run.resumable
    assert runs.start(CONFIG) == run, "it would only diverge again"


def test_a_run_that_does_not_diverge_is_left_alone() -> None:
    config = dataclasses.replace(CONFIG, lr=0.05, epochs=1)
    one, other = training.train(config), training.train(config, stop_at_divergence=False)
    assert [type(event) for event in one] == [type(event) for event in other]
    assert one.weights_step is None
    for mine, theirs in zip(one.model.state_dict().values(), other.model.state_dict().values(), strict=True):
        assert torch.equal(mine, theirs)
