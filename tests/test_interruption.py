"""A step that is given up in its middle leaves the run as it was after the step before it, to the bit."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from cnnviz import training
from cnnviz.records import Event, Finished, Started, TrainConfig
from cnnviz.training import interruption, watching
from cnnviz.training.interruption import Interrupted
from cnnviz.training.resumption import ResumeState
from tests.test_resume import BASE, CONFIGS, plain

SHORT = dataclasses.replace(BASE, examples=96, epochs=1, batch_size=32)
WIDE = (
    ("conv", 64, 5, 4, 0, 1, 1), ("batch_norm",), ("relu",), ("conv", 64, 3, 2, 1, 1, 1), ("relu",), ("flatten",),
    ("linear", 0),
)  # fmt: skip
KINDS = {
    **{name: dataclasses.replace(one, examples=96, epochs=1) for name, one in CONFIGS.items()},
    "small kernels of one's own": dataclasses.replace(SHORT, model="net", momentum=0.9),
    "matrix products for convolutions": dataclasses.replace(
        SHORT, model="sequence", momentum=0.5, precision="bfloat16", options=(("layers", WIDE),)
    ),
    "label smoothing, clipped by class": dataclasses.replace(SHORT, label_smoothing=0.1, order="by class"),
}  # fmt: skip


class AfterSoMany:
    """Says True from the n-th question on; counts them."""

    def __init__(self, most: float = float("inf")) -> None:
        self.most, self.asked = most, 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.asked > self.most


def interrupted(config: TrainConfig, asked: Callable[[], bool]) -> tuple[list[Event], ResumeState | None]:
    """The run's events but the last, and its state where it was stopped."""
    states: list[ResumeState] = []

    def keep(run: training.Training) -> None:
        if run.reason == "stopped":
            states.append(
                dataclasses.replace(run.state(), tensors={n: t.clone() for n, t in run.state().tensors.items()})
            )

    events = list(training.train(config, device="cpu", interrupt=asked, on_pause_point=keep))
    assert isinstance(events[-1], Finished)
    return events[:-1], states[0] if states else None


@pytest.mark.parametrize("name", KINDS)
def test_at_any_moment_to_the_bit(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(interruption, "SLOW", 0.0)
    config, chance, count = KINDS[name], random.Random(name), AfterSoMany()
    whole = training.train(config, device="cpu", interrupt=count)
    wanted = [plain(event) for event in whole]
    unasked = [plain(event) for event in training.train(config, device="cpu")]
    assert wanted == unasked, "asking changes nothing"
    assert count.asked > 20
    for most in (0, *chance.sample(range(1, count.asked), 3)):
        before, state = interrupted(config, AfterSoMany(most))
        assert state is not None
        state.save(tmp_path / "state")
        run = training.train(config, device="cpu", resume=ResumeState.load(tmp_path / "state"))
        after = list(run)
        assert isinstance(after[0], Started)
        assert [plain(event) for event in (*before, *after[1:])] == wanted, most
        for one, other in zip(run.model.state_dict().values(), whole.model.state_dict().values(), strict=True):
            assert torch.equal(one, other)


def test_a_quick_step_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first asks, whose cost nobody knows yet; then every other one is as quick as it was."""
    monkeypatch.setattr(interruption, "SLOW", float("inf"))
    count = AfterSoMany()
    seen: list[int] = []
    run = training.train(SHORT, device="cpu", interrupt=count, stop=lambda: bool(seen.append(count.asked)))
    list(run)
    assert seen[0] == 0 < seen[1]
    assert len(set(seen[1:4])) == 1


def test_a_look_inside_that_is_given_up_keeps_its_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The request comes while somebody's look is taken: the run has stopped after the step that is looked at."""
    asked, looked = AfterSoMany(), watching.Watcher._look

    def look(watcher: watching.Watcher, run: training.Training, before: dict[str, Tensor]) -> None:
        asked.most = 0
        looked(watcher, run, before)

    monkeypatch.setattr(watching.Watcher, "due", lambda _: True)
    monkeypatch.setattr(watching.Watcher, "_look", look)
    onlooker = watching.Watcher(tmp_path)
    events = list(training.train(SHORT, device="cpu", onlooker=onlooker, interrupt=asked, stop=lambda: asked.most == 0))
    assert [plain(one) for one in events[1:2]] == [plain(one) for one in training.train(SHORT, device="cpu")][1:2]
    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].step) == ("stopped", 1)


def test_every_node_of_the_graph_asks() -> None:
    """A backward pass is given up before whichever operation's gradient is next."""
    weight = torch.randn(3, 3, requires_grad=True)

    def loss(x: Tensor) -> Tensor:
        return ((x @ weight).relu() * weight.sin()).sum()

    count = AfterSoMany()
    interruption.backward(loss(torch.ones(3, 3)), count)
    wanted = weight.grad
    assert count.asked >= 5
    for most in range(count.asked):
        weight.grad = None
        with pytest.raises(Interrupted):
            interruption.backward(loss(torch.ones(3, 3)), AfterSoMany(most))
        weight.grad = None
        interruption.backward(loss(torch.ones(3, 3)), interruption.NEVER)
        assert wanted is not None
        assert torch.equal(weight.grad, wanted)  # type: ignore[arg-type]
