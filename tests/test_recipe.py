"""Warm-up, label smoothing and the settings that have a name."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnviz import configs, datasets, models, training
from cnnviz.records import Step, TrainConfig
from cnnviz.training import optimization, previews
from cnnviz.training.presets import PRESETS

BASE = TrainConfig("digits", "lenet5", examples=640, lr=0.08, optimizer="sgd")


def steps(config: TrainConfig) -> list[Step]:
    return [event for event in training.train(config) if isinstance(event, Step)]


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_the_rate_rises_over_the_warm_up_and_then_follows_its_schedule(schedule: str) -> None:
    found = steps(dataclasses.replace(BASE, schedule=schedule, warmup=0.5, examples=320, batch_size=16))
    rates, count = [one.lr for one in found], len(found)
    for taken, rate in enumerate(rates):
        over = taken / count
        if over < 0.5:
            wanted = 0.04 + 0.96 * over / 0.5
        else:
            wanted = 1.0 if schedule == "constant" else 0.5 * (1 + math.cos(math.pi * (over - 0.5) / 0.5))
        assert rate == pytest.approx(0.08 * wanted)


@given(st.floats(0, 1), st.floats(0.01, 0.9))
def test_no_warm_up_leaves_the_schedule_as_it_was_and_one_ends_at_full_size(progress: float, warmup: float) -> None:
    for schedule in ("constant", "cosine"):
        assert optimization.scheduled(schedule, progress, warmup=0.0) == optimization.scheduled(schedule, progress)
        assert optimization.scheduled(schedule, warmup, warmup=warmup) == pytest.approx(1.0)


@pytest.mark.parametrize("model", ["lenet5", "fc2layer"])
def test_a_smoothed_target_is_the_mixture_of_its_definition(model: str) -> None:
    config = dataclasses.replace(BASE, model=model, label_smoothing=0.2, examples=64)
    first = steps(config)[0]
    network = models.build(model, seed=0, input_shape=(1, 28, 28), classes=10).train()
    data, info = datasets.load("digits"), datasets.info("digits")
    chosen = torch.randperm(len(data.labels), generator=torch.Generator().manual_seed(0))[:64]
    images = (data.images[chosen].double() / 255 - info.mean[0]) / info.std[0]
    with torch.no_grad():
        logs = network.double()(images).log_softmax(1)
    target = torch.full((64, 10), 0.2 / 10, dtype=torch.float64)
    target[torch.arange(64), data.labels[chosen]] += 0.8
    assert first.loss == pytest.approx(float(-(target * logs).sum(1).mean()), rel=1e-4)


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"warmup": 1.0}, "warmup is 1.0"), ({"label_smoothing": -0.1}, "label_smoothing is -0.1"),
     ({"warmup": 0.1, "schedule": "onecycle"}, "onecycle rises by itself")],
)  # fmt: skip
def test_what_makes_no_recipe_is_said(changed: dict[str, float | str], said: str) -> None:
    with pytest.raises(configs.ConfigError, match=said):
        configs.check(dataclasses.replace(BASE, **changed))  # type: ignore[arg-type]


def test_old_configs_keep_their_ids() -> None:
    assert TrainConfig("mnist", "cnn", momentum=0.5, snapshots=12).digest == "19abe802"


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_be_trained_wherever_its_images_are(name: str) -> None:
    config = PRESETS[name]
    wrong = [one for one in configs._problems(config) if one and "download" not in one and "not here" not in one]
    assert not wrong
    assert config.model in models.trainable()
    info = datasets.info(config.dataset)
    assert models.build(config.model, input_shape=info.shape, classes=len(info.classes)) is not None


def test_a_preview_shows_the_images_and_draws_of_a_run() -> None:
    found = previews.augmented("shapes", ("flip",), count=5, takes=3)
    side = found.shape[1] // 5
    images = datasets.load("shapes").images[:5].permute(0, 2, 3, 1).numpy()
    times = side // images.shape[1]
    rows = [
        [found[row * side : (row + 1) * side, i * side : (i + 1) * side][::times, ::times] for i in range(5)]
        for row in range(4)
    ]
    for i, image in enumerate(images):
        assert (rows[0][i] == image).all()
        drawn = [(row[i] == image).all() or (row[i] == image[:, ::-1]).all() for row in rows[1:]]
        assert all(drawn)
    mirrored = [(row[i] != image).any() for row in rows[1:] for i, image in enumerate(images)]
    assert 0 < sum(mirrored) < len(mirrored)


def test_a_network_is_compiled_before_its_first_step_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of torch's compiler stands one that counts the calls of what it was given."""
    calls: list[int] = []

    def compiled(model: torch.nn.Module) -> torch.nn.Module:
        model.register_forward_pre_hook(lambda _, inputs: calls.append(len(inputs[0])))
        return model

    monkeypatch.setattr(torch, "compile", compiled)
    monkeypatch.setattr(optimization.shutil, "which", lambda name: f"/usr/bin/{name}")
    config = dataclasses.replace(BASE, examples=128, compiled=True)
    found = steps(config)
    assert [size for size in calls if size == 64] == [64, 64], "its training steps"
    torch.testing.assert_close(
        [one.loss for one in found], [one.loss for one in steps(dataclasses.replace(config, compiled=False))]
    )
    monkeypatch.setattr(optimization.shutil, "which", lambda name: None)
    with pytest.raises(configs.ConfigError, match=r"needs a C\+\+ compiler"):
        steps(config)
    head = dataclasses.replace(config, start="digits-lenet5-d2a25f8f", frozen=True)
    with pytest.raises(configs.ConfigError, match="leave one of them"):
        configs.check(head)
