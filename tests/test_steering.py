"""A run that is steered, against a plain loop that is changed by hand; held, stepped, and played again."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import datasets, models, training
from cnnviz.configs import ConfigError, RunLimits
from cnnviz.records import Epoch, Finished, Started, Steered, Steering, Step, TrainConfig
from cnnviz.training import loop
from cnnviz.training.progress import RunProgress
from tests.support.clock import Clock
from tests.test_training import run, steps_of, without_clocks

PLAIN = TrainConfig("digits", "fc2layer", epochs=3, batch_size=64, lr=0.05, momentum=0.5, seed=1)


def loop_changed_by_hand(config: TrainConfig, changes: dict[int, Steering]) -> tuple[list[float], list[int]]:
    """Losses and batch sizes of SGD as a textbook writes it, whose values somebody changes between two steps."""
    info, data = datasets.info(config.dataset), datasets.load(config.dataset)
    mean, std = (torch.tensor(values).view(-1, 1, 1) for values in (info.mean, info.std))
    model = models.build(config.model, seed=config.seed, input_shape=info.shape, classes=len(info.classes)).train()
    velocity = [torch.zeros_like(parameter) for parameter in model.parameters()]
    chance = torch.Generator().manual_seed(config.seed)
    now, losses, sizes = config, [], []
    for _ in range(config.epochs):
        order, size = torch.randperm(len(data.labels), generator=chance), now.batch_size
        for index in order.split(size):
            if len(losses) in changes:
                now = dataclasses.replace(config, **changes[len(losses)].values)  # type: ignore[arg-type]
            loss = F.cross_entropy(model((data.images[index] / 255 - mean) / std), data.labels[index])
            gradients = torch.autograd.grad(loss, list(model.parameters()))
            with torch.no_grad():
                for parameter, speed, gradient in zip(model.parameters(), velocity, gradients, strict=True):
                    speed.mul_(now.momentum).add_(gradient + now.weight_decay * parameter)
                    parameter.sub_(now.lr * speed)
                    speed.mul_(bool(now.momentum))  # without momentum nothing is kept
            losses.append(loss.item())
            sizes.append(len(index))
        if len(losses) in changes:
            now = dataclasses.replace(config, **changes[len(losses)].values)  # type: ignore[arg-type]
    return losses, sizes


@pytest.mark.parametrize(
    "changes",
    [
        {5: Steering(lr=0.2)},
        {0: Steering(momentum=0.0), 30: Steering(momentum=0.9)},
        {10: Steering(momentum=0.0), 20: Steering(), 25: Steering(weight_decay=0.1)},
        {7: Steering(batch_size=200, lr=0.1), 28: Steering(batch_size=31)},
    ],
    ids=["rate", "momentum", "there and back", "batch size"],
)
def test_a_steered_run_is_a_plain_loop_changed_by_hand(changes: dict[int, Steering]) -> None:
    losses, sizes = loop_changed_by_hand(PLAIN, changes)
    events = run(PLAIN, steering=training.replay(changes))
    steps = steps_of(events)
    assert len(steps) == len(sizes)
    np.testing.assert_allclose([step.loss for step in steps], losses, rtol=2e-3)
    said = [event for event in events if isinstance(event, Steered)]
    assert [event.step for event in said] == list(changes)
    for event in said:
        assert event.values == {name: getattr(PLAIN, name) for name in event.values} | changes[event.step].values
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.examples_seen == PLAIN.epochs * 1437, "every picture once an epoch, whatever the batches"
    planned = said[-1].steps if said else events[0].steps  # type: ignore[union-attr]
    assert planned == len(steps) == finished.step


@given(
    st.dictionaries(
        st.integers(0, 40),
        st.builds(
            Steering,
            lr=st.none() | st.floats(0.001, 0.1),
            momentum=st.none() | st.floats(0, 0.9),
            batch_size=st.none() | st.integers(1, 400),
        ),
        max_size=3,
    ),
    st.sampled_from(["constant", "cosine"]),
)
@settings(max_examples=15, deadline=None)
def test_what_was_changed_can_be_played_again(changes: dict[int, Steering], schedule: str) -> None:
    """From its events alone a steered run is made once more, event for event; and every epoch sees every image."""
    config = dataclasses.replace(PLAIN, examples=200, epochs=2, schedule=schedule)
    first = run(config, steering=training.replay(changes))
    heard = {
        event.step: Steering(**event.values)  # type: ignore[arg-type]
        for event in first
        if isinstance(event, Steered)
    }
    again = run(config, steering=training.replay(heard))
    assert without_clocks(again) == without_clocks(first)
    assert sum(isinstance(event, Epoch) for event in first) == 2
    finished = first[-1]
    assert isinstance(finished, Finished)
    assert finished.examples_seen == 400


def test_a_run_that_nobody_steers_is_as_it_was() -> None:
    assert without_clocks(run(PLAIN, steering=lambda step: Steering())) == without_clocks(run(PLAIN))


def test_the_schedule_multiplies_the_new_rate() -> None:
    config = dataclasses.replace(PLAIN, schedule="cosine")
    steps = steps_of(run(config, steering=training.replay({20: Steering(lr=0.5)})))
    for before, step in zip(range(len(steps)), steps, strict=True):
        base = 0.5 if before >= 20 else config.lr
        assert step.lr == pytest.approx(base * 0.5 * (1 + math.cos(math.pi * before / len(steps))))


def test_held_it_waits_and_its_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held after three steps for a third of a second; then two steps more; then to the end."""
    since: list[float] = []
    clock = Clock(tick=0.001).of(monkeypatch, "cnnviz.training.loop")

    def wanted(step: int) -> Steering:
        if step < 3:
            return Steering()
        since.append(clock.now)
        late = since[-1] - since[0]
        if late < 0.3:
            return Steering(paused=True)
        return Steering(paused=True, until=5) if late < 0.6 else Steering()

    seen: list[object] = []
    began = clock.now
    for event in training.train(PLAIN, device="cpu", steering=wanted):
        seen.append(event)
    took, waited = clock.now - began, clock.slept * (loop.HELD + clock.tick)
    assert waited > 0.55
    kinds = [(type(event).__name__, getattr(event, "paused", None)) for event in seen[:10]]
    step, held, on = ("Step", None), ("Steered", True), ("Steered", False)
    assert kinds == [("Started", None), step, step, step, held, on, step, step, held, on]
    finished = seen[-1]
    assert isinstance(finished, Finished)
    assert finished.seconds == pytest.approx(took - waited, abs=2 * clock.tick)  # all but the readings around it
    unheld = [event for event in seen if not isinstance(event, Steered)]
    assert without_clocks(unheld) == without_clocks(run(PLAIN))  # type: ignore[arg-type]


def test_a_stop_ends_a_run_that_is_held() -> None:
    run_ = training.train(PLAIN, device="cpu", steering=lambda step: Steering(paused=True), stop=lambda: len(seen) > 1)
    seen: list[object] = []
    for event in run_:
        seen.append(event)
    assert [type(event) for event in seen] == [Started, Steered, Finished]
    assert seen[-1].reason == "stopped"  # type: ignore[attr-defined]


def test_being_held_does_not_outlast_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seconds of the config stand still, those of the machine do not."""
    clock = Clock(tick=0.001).of(monkeypatch, "cnnviz.training.loop")
    config = dataclasses.replace(PLAIN, epochs=1000, seconds=30.0)
    events = run(config, steering=lambda step: Steering(paused=True, until=2), limits=RunLimits(seconds=0.4))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.step) == ("budget", 2)
    assert clock.slept == pytest.approx(0.4 / loop.HELD, abs=2)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Steering(lr=0.0), "lr is 0.0; it must be a number above 0"),
        (Steering(momentum=1.0), "momentum is 1.0; it must be a number from 0 to below 1"),
        (Steering(batch_size=0), "batch_size is 0"),
        (Steering(weight_decay=math.nan), "weight_decay is nan"),
    ],
)
def test_what_cannot_be_trained_with_is_said(wish: Steering, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        training.steered(PLAIN, wish)


def test_adam_takes_other_values_on_the_way() -> None:
    """The size of Adam's first step is its rate: a change before it shows in the weights."""
    config = dataclasses.replace(PLAIN, optimizer="adam", lr=0.001, momentum=0.0)
    moved = []
    for changes in ({}, {0: Steering(lr=0.004)}):
        training_ = training.train(config, device="cpu", steering=training.replay(changes))
        before = [parameter.detach().clone() for parameter in training_.model.parameters()]
        next(event for event in training_ if isinstance(event, Step))
        moved.append(max((a - b).abs().max().item() for a, b in zip(before, training_.model.parameters(), strict=True)))
    assert moved == pytest.approx([0.001, 0.004], rel=1e-3)


def test_how_much_is_over_goes_on_where_it_was_when_what_is_left_changes() -> None:
    progress = RunProgress(100)
    assert [progress.at(step) for step in (0, 25, 100)] == [0, 0.25, 1]
    progress.plan(25, 40)
    assert [progress.at(step) for step in (25, 40)] == [0.25, 1]
    assert progress.at(30) == pytest.approx(0.5)
