"""Training against a plain loop, and its laws: same config, same events; bounds that hold; a caller left as it was."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import os
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import checkpoints, configs, datasets, devices, models, training
from cnnviz.configs import ConfigError, RunLimits
from cnnviz.records import Epoch, Event, Finished, Started, Step, TrainConfig
from cnnviz.training import augmentation, evaluation, optimization
from cnnviz.training.progress import MilestoneSchedule
from tests.support.clock import Clock
from tests.support.exhaustive import sample

QUICK = TrainConfig("digits", "fc2layer", epochs=2, batch_size=64, lr=0.05, momentum=0.5, seed=1)
CPU = torch.device("cpu")


def without_clocks(events: list[Event]) -> list[Event]:
    kept = []
    for event in events:
        clocks = {item.name: 0.0 for item in dataclasses.fields(event) if item.name in ("seconds", "images_per_second")}
        kept.append(dataclasses.replace(event, **clocks))
    return kept


def steps_of(events: list[Event]) -> list[Step]:
    return [event for event in events if isinstance(event, Step)]


def run(config: TrainConfig, **options: object) -> list[Event]:
    return list(training.train(config, device="cpu", **options))  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------- the definition
def plain_loop(config: TrainConfig) -> tuple[list[float], float]:
    """The loss of every step and the test accuracy, as a textbook writes it: image by image, plain SGD."""
    info = datasets.info(config.dataset)
    data, test = (datasets.load(config.dataset, split=split) for split in ("train", "test"))
    mean, std = (torch.tensor(values).view(-1, 1, 1) for values in (info.mean, info.std))
    model = models.build(config.model, seed=config.seed, input_shape=info.shape, classes=len(info.classes)).train()
    velocity = [torch.zeros_like(parameter) for parameter in model.parameters()]
    chance = torch.Generator().manual_seed(config.seed)
    losses = []
    for _ in range(config.epochs):
        order = torch.randperm(len(data.labels), generator=chance).tolist()
        for first in range(0, len(order), config.batch_size):
            chosen = order[first : first + config.batch_size]
            pictures = torch.stack([(data.images[index] / 255 - mean) / std for index in chosen])
            loss = F.cross_entropy(model(pictures), torch.stack([data.labels[index] for index in chosen]))
            gradients = torch.autograd.grad(loss, list(model.parameters()))
            with torch.no_grad():
                for parameter, speed, gradient in zip(model.parameters(), velocity, gradients, strict=True):
                    speed.mul_(config.momentum).add_(gradient)
                    parameter.sub_(config.lr * speed)
            losses.append(loss.item())
    right = [model.eval()(((test.images[i] / 255 - mean) / std)[None]).argmax() == test.labels[i] for i in range(360)]
    return losses, sum(map(bool, right)) / len(right)


def test_the_events_are_those_of_a_plain_loop() -> None:
    losses, accuracy = plain_loop(QUICK)
    events = run(QUICK)
    steps = steps_of(events)
    assert len(steps) == len(losses) == 2 * math.ceil(1437 / 64)
    np.testing.assert_allclose([step.loss for step in steps], losses, rtol=2e-3)
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.test_accuracy == pytest.approx(accuracy, abs=0.006)  # two images on the fence


def test_order_and_content_of_events() -> None:
    events = run(QUICK)
    kinds = [type(event) for event in events]
    per_epoch = [Step] * 23 + [Epoch]
    assert kinds == [Started, *per_epoch, *per_epoch, Finished]
    started, finished = events[0], events[-1]
    assert isinstance(started, Started)
    assert isinstance(finished, Finished)
    assert (started.steps, started.epochs, started.examples, started.test_examples) == (46, 2, 1437, 360)
    assert started.run_id == QUICK.run_id
    assert [step.step for step in steps_of(events)] == list(range(1, 47))
    assert finished.reason == "completed"
    assert finished.examples_seen == 2 * 1437
    assert sum(map(sum, finished.confusion)) == 360
    trace = sum(finished.confusion[i][i] for i in range(10))
    assert finished.test_accuracy == pytest.approx(trace / 360)
    times = [event.seconds for event in events[1:]]
    assert times == sorted(times)


def test_an_epochs_train_values_are_means_over_its_pictures() -> None:
    events = run(QUICK)
    steps = steps_of(events)[:23]
    sizes = [64] * 22 + [1437 - 22 * 64]
    epoch = next(event for event in events if isinstance(event, Epoch))
    assert epoch.train_loss == pytest.approx(np.average([step.loss for step in steps], weights=sizes))
    assert epoch.train_accuracy * 1437 == pytest.approx(round(epoch.train_accuracy * 1437), abs=1e-3)


# --------------------------------------------------------------------------------------------- laws
@pytest.mark.parametrize(
    "config",
    [
        QUICK,
        dataclasses.replace(QUICK, model="lenet5", optimizer="adam", lr=0.002, schedule="onecycle", examples=300),
        dataclasses.replace(
            QUICK, model="cnn", optimizer="adamw", schedule="cosine", augmentation=("crop", "flip"), permutation=4,
            examples=300, probes=("gradient_norms", "weight_norms"),
        ),
    ],
    ids=lambda config: config.run_id,
)  # fmt: skip
def test_same_config_same_events(config: TrainConfig) -> None:
    first = without_clocks(run(config))
    again = []
    for event in training.train(config, device="cpu"):
        torch.rand(7)  # a reader that draws numbers of its own between two events
        again.append(event)
    assert first == without_clocks(again)


def test_another_seed_other_events() -> None:
    one, other = (run(dataclasses.replace(QUICK, seed=seed, examples=200)) for seed in (1, 2))
    assert [step.loss for step in steps_of(one)] != [step.loss for step in steps_of(other)]


def test_the_callers_random_numbers_are_left_alone() -> None:
    torch.manual_seed(5)
    np.random.seed(5)
    random.seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    run(dataclasses.replace(QUICK, examples=200, model="cnn"))
    assert torch.equal(torch.rand(3), expected)


def test_a_permutation_means_nothing_to_a_fully_connected_net_started_alike() -> None:
    """Columns of the first layer permuted like the pixels: the same losses, up to the order of a sum."""
    data = datasets.load("digits")
    images = data.images[:256]
    permuted = augmentation.permute_pixels(images, 9)
    order = augmentation.pixel_permutation(9, 28 * 28)
    plain, moved = (models.build("fc2layer", seed=2, input_shape=(1, 28, 28), classes=10) for _ in range(2))
    with torch.no_grad():
        moved.hidden1.weight.copy_(plain.hidden1.weight[:, order])  # type: ignore[union-attr, index, operator]
    assert torch.allclose(plain(images / 255.0), moved(permuted / 255.0), atol=1e-5)


def test_a_run_goes_on_from_anothers_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    earlier = training.train(dataclasses.replace(QUICK, epochs=3), device="cpu")
    end = list(earlier)[-1]
    assert isinstance(end, Finished)
    folder = tmp_path / earlier.config.run_id
    checkpoints.save(earlier.model, folder / "weights.safetensors")
    checkpoints.write_run(folder, checkpoints.describe(earlier.config, earlier.model))
    later = training.train(dataclasses.replace(QUICK, start=folder.name, lr=1e-9, epochs=1), device="cpu")
    last = list(later)[-1]
    assert isinstance(last, Finished)
    assert last.test_accuracy == pytest.approx(end.test_accuracy, abs=0.003)
    with pytest.raises(ConfigError, match="do not fit"):
        training.train(dataclasses.replace(QUICK, model="lenet5", start=folder.name), device="cpu")
    with pytest.raises(ConfigError, match="no trained run"):
        training.train(dataclasses.replace(QUICK, start="digits-cnn-00000000"), device="cpu")


def test_learning_happens() -> None:
    config = TrainConfig("digits", "lenet5", epochs=8, optimizer="adam", lr=0.002, schedule="onecycle")
    finished = run(config)[-1]
    assert isinstance(finished, Finished)
    assert finished.test_accuracy > 0.9


# --------------------------------------------------------------------------------------------- bounds
def test_stop_ends_with_what_was_reached() -> None:
    answers = iter([False] * 5)
    events = run(dataclasses.replace(QUICK, epochs=1000), stop=lambda: next(answers, True))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "stopped"
    assert finished.step == len(steps_of(events)) == 5
    assert not any(isinstance(event, Epoch) for event in events)


def test_stop_during_the_evaluation() -> None:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 24  # 23 steps and their end, then the first batch of test images

    events = run(QUICK, stop=stop)
    assert [type(event) for event in events[-2:]] == [Step, Finished]
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "stopped"


def test_seconds_end_a_run_cleanly(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(tick=0.001).of(monkeypatch, "cnnviz.training.loop")
    events = run(dataclasses.replace(QUICK, epochs=100_000, seconds=0.5))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "time"
    assert 0.5 <= finished.seconds <= 0.5 + 10 * clock.tick
    assert finished.step > 50
    assert sum(map(sum, finished.confusion)) == 360


def test_a_schedule_follows_the_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(tick=0.001).of(monkeypatch, "cnnviz.training.loop")
    steps = steps_of(run(dataclasses.replace(QUICK, epochs=100_000, seconds=0.6, schedule="cosine")))
    assert len(steps) > 50
    for before, after in itertools.pairwise(steps):  # the rate of a step is of a moment between the step before and it
        latest, earliest = (
            QUICK.lr * optimization.scheduled("cosine", min(1.0, one.seconds / 0.6)) for one in (after, before)
        )
        assert latest - 1e-9 <= after.lr <= earliest + 1e-9


@pytest.mark.parametrize(
    ("limits", "step"), [(RunLimits(epochs=1), 23), (RunLimits(examples=640), 10), (RunLimits(seconds=1e-9), 0)]
)
def test_limits_outside_the_config_hold(limits: RunLimits, step: int) -> None:
    finished = run(dataclasses.replace(QUICK, epochs=50), limits=limits)[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.step) == ("budget", step)
    assert sum(map(sum, finished.confusion)) == 360


def test_a_full_disk_budget_ends_the_run() -> None:
    finished = run(dataclasses.replace(QUICK, snapshots=5), on_snapshot=lambda step, model: step < 8)[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "budget"
    assert 8 <= finished.step < 46


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_MAX_SECONDS", "12.5")
    monkeypatch.setenv("CNNVIZ_MAX_SNAPSHOT_MB", "3")
    assert RunLimits.from_environment() == RunLimits(seconds=12.5, snapshot_bytes=3 << 20)
    monkeypatch.setenv("CNNVIZ_MAX_EPOCHS", "many")
    with pytest.raises(ConfigError, match="CNNVIZ_MAX_EPOCHS"):
        RunLimits.from_environment()


def test_snapshots_as_planned() -> None:
    kept: dict[int, dict[str, torch.Tensor]] = {}

    def keep(step: int, model: nn.Module) -> None:
        kept[step] = {name: value.clone() for name, value in model.state_dict().items()}

    run(dataclasses.replace(QUICK, snapshots=4), on_snapshot=keep)
    assert list(kept) == [0, 3, 12, 26]  # 46 · (i/4)², rounded up
    fresh = models.build("fc2layer", seed=1, input_shape=(1, 28, 28), classes=10).state_dict()
    assert all(torch.equal(kept[0][name], fresh[name]) for name in fresh)
    assert not torch.equal(kept[3]["hidden1.weight"], kept[26]["hidden1.weight"])


def test_without_planned_snapshots_epochs_leave_one() -> None:
    seen: list[int] = []
    run(dataclasses.replace(QUICK, epochs=3), on_snapshot=lambda step, model: seen.append(step))
    assert seen == [23, 46]  # not after the last epoch: those weights are the run's own


def test_probes_are_called_every_nth_step() -> None:
    config = dataclasses.replace(QUICK, epochs=10, probes=("gradient_norms",))
    steps = steps_of(run(config))
    probed = [step.step for step in steps if step.probes]
    assert probed[0] == 1
    assert 90 <= len(probed) <= 100
    assert set(steps[0].probes["gradient_norms"]) == {"hidden1", "hidden2", "output"}


# --------------------------------------------------------------------------------------------- wrong configs
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epochs": 0}, "epochs is 0; it must be a whole number, 1 or more"),
        ({"epochs": 1.5}, "epochs is 1.5"),
        ({"batch_size": 0}, "batch_size"),
        ({"lr": math.nan}, "lr is nan"),
        ({"lr": 0.0}, "lr is 0.0"),
        ({"lr": math.inf}, "lr is inf"),
        ({"momentum": 1.0}, "momentum"),
        ({"weight_decay": -1.0}, "weight_decay"),
        ({"seconds": 0.0}, "seconds"),
        ({"seed": -1}, "seed"),
        ({"examples": 0}, "examples"),
        ({"snapshots": -1}, "snapshots"),
        ({"permutation": -3}, "permutation"),
        ({"optimizer": "sdg"}, "optimizer is 'sdg'; it can be sgd, adam, adamw"),
        ({"schedule": "step"}, "constant, cosine, onecycle"),
        ({"precision": "float16"}, "float32, bfloat16, auto"),
        ({"augmentation": ("rotate",)}, "crop, flip"),
        ({"probes": ("norms",)}, "gradient_norms"),
        ({"dataset": "digit"}, "digits"),
        ({"model": "lenet"}, "lenet5"),
        ({"model": "vgg_cifar", "batch_size": 1}, "batch normalisation"),
        ({"options": (("hiden", 3),)}, "hiden"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_said_before_anything_starts(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        training.train(dataclasses.replace(QUICK, **changes))  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_wrong_values_are_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        training.check(dataclasses.replace(QUICK, epochs=0, lr=-1.0, optimizer="x"))
    assert str(caught.value).count(";") == 5  # three sentences of two halves


def test_a_network_that_is_too_deep_for_the_pictures_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = dataclasses.replace(datasets.info("digits"), shape=(1, 4, 4))
    monkeypatch.setattr(datasets, "info", lambda name: tiny)
    with pytest.raises(ConfigError, match="1×4×4"):
        training.check(dataclasses.replace(QUICK, model="lenet5"))


@pytest.mark.parametrize("name", sample(models.trainable(), set(models.trainable()) - {"plain56", "resnet56"}))
def test_every_trainable_network_takes_a_step_on_every_ready_data_set(name: str) -> None:
    for dataset in ("digits", "shapes"):
        config = TrainConfig(dataset, name, batch_size=4, examples=8, lr=1e-3)
        answers = iter([False])
        events = run(config, stop=lambda answers=answers: next(answers, True))
        assert [type(event) for event in events] == [Started, Step, Finished]
        assert math.isfinite(steps_of(events)[0].loss)


# --------------------------------------------------------------------------------------------- what it is made of
@given(st.integers(0, 2**31), st.integers(1, 5), st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_permuting_pixels_loses_none(seed: int, height: int, width: int) -> None:
    images = torch.arange(2 * 3 * height * width, dtype=torch.int32).view(2, 3, height, width)
    permuted = augmentation.permute_pixels(images, seed)
    order = augmentation.pixel_permutation(seed, height * width)
    for new, old in enumerate(order.tolist()):
        assert torch.equal(permuted.flatten(2)[:, :, new], images.flatten(2)[:, :, old])
    back = torch.empty_like(order)
    back[order] = torch.arange(len(order))
    assert torch.equal(permuted.flatten(2)[:, :, back].view_as(images), images)


def test_crop_and_flip_by_loops() -> None:
    images = torch.randint(0, 256, (5, 3, 9, 11), dtype=torch.uint8)
    index, top, left = torch.tensor([4, 0, 2]), torch.tensor([0, 3, 2]), torch.tensor([4, 0, 1])
    cut = augmentation.crop(images, index, top, left, size=(6, 7))
    for i in range(3):
        for row in range(6):
            for column in range(7):
                assert torch.equal(cut[i, :, row, column], images[index[i], :, top[i] + row, left[i] + column])
    chosen = torch.tensor([True, False, True])
    mirrored = augmentation.flip(cut, chosen)
    for i in range(3):
        for column in range(7):
            source = 6 - column if chosen[i] else column
            assert torch.equal(mirrored[i, :, :, column], cut[i, :, :, source])


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("kinds", [(), ("crop",), ("flip",), ("crop", "flip")])
def test_a_batch_is_normalised_and_within_its_picture(kinds: tuple[str, ...], channels_last: bool) -> None:
    images = torch.randint(1, 256, (50, 3, 8, 8), dtype=torch.uint8)
    labels = torch.arange(50)
    normalise = augmentation.Normalisation.of((0.4, 0.5, 0.6), (0.2, 0.3, 0.4), device=CPU)
    batches = augmentation.Batches(
        images, labels, batch_size=16, normalise=normalise, seed=3, augmentation=kinds, channels_last=channels_last
    )
    seen = []
    for pictures, chosen in batches.epoch():
        seen += chosen.tolist()
        assert pictures.shape == (len(chosen), 3, 8, 8)
        assert pictures.dtype == torch.float32
        mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in ((0.4, 0.5, 0.6), (0.2, 0.3, 0.4)))
        raw = ((pictures * std + mean) * 255).round().to(torch.uint8)
        for picture, label in zip(raw, chosen.tolist(), strict=True):
            assert matches(picture, images[label], kinds), (label, kinds)
    assert sorted(seen) == list(range(50))
    assert len(batches) == 4


def matches(picture: torch.Tensor, original: torch.Tensor, kinds: tuple[str, ...]) -> bool:
    """Whether `picture` is one of all crops and mirrorings of `original` that `kinds` allow."""
    padded = F.pad(original, (4, 4, 4, 4))
    offsets = range(9) if "crop" in kinds else (4,)
    for variant in (picture, picture.flip(2)) if "flip" in kinds else (picture,):
        for top in offsets:
            for left in offsets:
                if torch.equal(variant, padded[:, top : top + 8, left : left + 8]):
                    return True
    return False


def test_crops_and_flips_are_all_used() -> None:
    images = torch.zeros(4000, 1, 8, 8, dtype=torch.uint8)
    images[:, :, 3, 2] = 255
    normalise = augmentation.Normalisation.of((0.0,), (1.0,), device=CPU)
    batches = augmentation.Batches(
        images, torch.zeros(4000, dtype=torch.int64), batch_size=4000, normalise=normalise, seed=0,
        augmentation=("crop", "flip"),
    )  # fmt: skip
    pictures, _ = next(batches.epoch())
    where = pictures.sum(0)[0] / 4000
    assert pictures.amax().item() == pytest.approx(1.0)
    # The pixel moves by −4 … 4 each way: of 9 rows 8 are in sight, of 9 columns 7; half are mirrored.
    np.testing.assert_allclose(where.sum(1).numpy(), 7 / 81, atol=0.02)
    columns = [sum(0 <= 2 + move == column for move in range(-4, 5)) for column in range(8)]
    mirrored = columns[::-1]
    np.testing.assert_allclose(where.sum(0).numpy(), (np.array(columns) + mirrored) / 2 * 8 / 81, atol=0.02)


def test_shares_of_a_batch_make_the_batch() -> None:
    images = torch.arange(40, dtype=torch.uint8).view(40, 1, 1, 1).expand(40, 1, 6, 6).contiguous()
    normalise = augmentation.Normalisation.of((0.0,), (1.0,), device=CPU)

    def batches(share: tuple[int, int]) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        return augmentation.Batches(
            images, torch.arange(40), batch_size=12, normalise=normalise, seed=1, share=share
        ).epoch()

    for (_, whole), (_, first), (_, second) in zip(batches((0, 1)), batches((0, 2)), batches((1, 2)), strict=True):
        assert sorted(first.tolist() + second.tolist()) == sorted(whole.tolist())
        assert len(first) == len(second)


def test_a_last_batch_of_one_is_left_out_where_variance_is_needed() -> None:
    normalise = augmentation.Normalisation.of((0.0,), (1.0,), device=CPU)
    made = augmentation.Batches(
        torch.zeros(9, 1, 2, 2, dtype=torch.uint8), torch.zeros(9, dtype=torch.int64), batch_size=4,
        normalise=normalise, seed=0, drop_single=True,
    )  # fmt: skip
    assert made.sizes == (4, 4)


def test_schedules() -> None:
    assert optimization.scheduled("constant", 0.7) == 1
    assert [optimization.scheduled("cosine", p) for p in (0, 0.5, 1)] == pytest.approx([1, 0.5, 0], abs=1e-12)
    assert [optimization.scheduled("onecycle", p) for p in (0, 0.15, 0.3, 0.65, 1)] == pytest.approx(
        [0.04, 0.52, 1, 0.5, 0], abs=1e-12
    )


@given(st.integers(0, 40), st.integers(1, 300), st.floats(0.5, 3))
@settings(deadline=None)
def test_due_moments_come_once_and_in_time(count: int, steps: int, power: float) -> None:
    due = MilestoneSchedule(count, power=power)
    reported = [step for step in range(steps + 1) if due.at(step / steps)]
    expected = {min(k for k in range(steps + 1) if k / steps >= (i / count) ** power) for i in range(count)}
    assert reported == sorted(expected)


def test_the_shorter_loss_is_the_same_loss() -> None:
    """Log-softmax of log-probabilities gives them back."""
    outputs, labels = torch.randn(6, 10).log_softmax(1), torch.arange(6)
    assert torch.allclose(F.cross_entropy(outputs, labels), F.nll_loss(outputs, labels), atol=1e-6)
    data = datasets.load("digits", split="test")
    normalise = augmentation.Normalisation.of((0.0,), (1.0,), device=CPU)
    test = evaluation.Examination(data.images, data.labels, normalise=normalise, classes=data.classes)
    assert optimization.criterion(models.build("fc2layer"), test) is F.nll_loss
    assert optimization.criterion(models.build("lenet5"), test) is F.cross_entropy


def test_what_auto_means_follows_from_network_and_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "torch_device", lambda: CPU)
    config = dataclasses.replace(QUICK, precision="auto")
    wide, narrow, without = (models.build(name) for name in ("vgg_cifar", "net", "fc2layer"))
    monkeypatch.setattr(devices, "fast_bfloat16", lambda: True)
    chosen = [optimization.precision(config, model, CPU) for model in (wide, narrow, without)]
    assert chosen == ["bfloat16", "float32", "float32"]
    monkeypatch.setattr(devices, "fast_bfloat16", lambda: False)
    assert optimization.precision(config, wide, CPU) == "float32"


def test_bfloat16_trains_and_says_so() -> None:
    events = run(dataclasses.replace(QUICK, model="cnn", precision="bfloat16", epochs=1))
    assert isinstance(events[0], Started)
    assert events[0].precision == "bfloat16"
    losses = [step.loss for step in steps_of(events)]
    assert np.mean(losses[-5:]) < losses[0]


# --------------------------------------------------------------------------------------------- evaluation
def test_evaluation_by_counting() -> None:
    data = datasets.load("digits", split="test")
    info = datasets.info("digits")
    model = models.build("lenet5", seed=4, input_shape=info.shape, classes=10)
    found = training.evaluate(model, data)
    confusion = np.zeros((10, 10), int)
    losses = []
    for index in range(len(data.labels)):
        picture = (data.images[index] / 255 - info.mean[0]) / info.std[0]
        with torch.no_grad():
            scores = model(picture[None]).double().softmax(1)[0]
        label, said = int(data.labels[index]), int(scores.argmax())
        confusion[label, said] += 1
        losses.append(-math.log(scores[label]))
        assert found.predictions[index] == said
        assert found.probabilities[index] == pytest.approx(float(scores[said]), abs=1e-5)
    assert (found.confusion == confusion).all()
    assert found.loss == pytest.approx(np.mean(losses), rel=1e-4)
    assert found.accuracy == pytest.approx(confusion.trace() / confusion.sum())
    np.testing.assert_allclose(found.per_class, confusion.diagonal() / confusion.sum(1))
    assert found.examples == 360


def test_evaluation_gives_the_model_back_after_success_and_failure() -> None:
    data = datasets.load("digits", split="test")
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.BatchNorm1d(10), nn.Dropout()).train()
    model[2].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    training.evaluate(model, data)
    assert [module.training for module in model] == [True, True, False, True]
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    broken = nn.Sequential(nn.Flatten(), nn.Linear(5, 10)).train()
    with pytest.raises(RuntimeError):
        training.evaluate(broken, data)
    assert broken.training


def test_a_part_of_the_test_pictures_is_a_fair_sample() -> None:
    data = datasets.load("shapes", split="test")
    order = data.labels.argsort()
    normalise = augmentation.Normalisation.of((0.5,) * 3, (0.25,) * 3, device=CPU)
    test = evaluation.Examination(data.images[order], data.labels[order], normalise=normalise, classes=data.classes)
    asked = iter([False, False])
    found = test.of(models.build("net", input_shape=(3, 32, 32), classes=6), until=lambda: next(asked, True))
    assert found.examples == 2 * evaluation.BATCH
    assert (found.predictions == -1).sum() == 1000 - found.examples
    assert (found.confusion.sum(1) > 40).all()  # sorted by class, but every class has come up


def test_evaluation_of_nothing_says_nan() -> None:
    data = datasets.load("digits", split="test")
    normalise = augmentation.Normalisation.of((0.0,), (1.0,), device=CPU)
    test = evaluation.Examination(data.images, data.labels, normalise=normalise, classes=data.classes)
    found = test.of(models.build("fc2layer"), until=lambda: True)
    assert math.isnan(found.accuracy)
    assert math.isnan(found.loss)
    assert found.confusion.sum() == 0


# --------------------------------------------------------------------------------------------- what ships
ACCEPTED = {  # the least test accuracy of a shipped network: what is published, less what JPEG costs CIFAR-10
    ("mnist", "fc2layer", None): 0.85,
    ("mnist", "fc2layer", 0): 0.84,
    ("mnist", "cnn", None): 0.93,
    ("mnist", "cnn", 0): 0.78,
    ("mnist", "lenet5", None): 0.99,
    ("cifar10", "net", None): 0.60,
    ("cifar10", "vgg_cifar", None): 0.80,
    ("cifar10", "resnet20", None): 0.65,  # two epochs: learned features for Blocks
    ("cifar10", "inception_cifar", None): 0.75,  # four epochs, for Blocks, too
    ("cifar10", "densenet22", None): 0.68,  # three epochs, for Blocks, too
    ("digits", "lenet5", None): 0.95,
    ("shapes", "net", None): 0.90,
    ("shapes", "sequence", None): 0.95,
    ("shapes_cue", "net", None): 0.99,  # the square alone tells the class
    ("shapes_random_cue", "net", None): 0.90,
}


@pytest.mark.parametrize("folder", sorted(checkpoints.SHIPPED.glob("*/config.json")), ids=lambda path: path.parent.name)
def test_shipped_runs_are_what_their_config_says(folder: Path) -> None:
    config = TrainConfig.from_json(json.loads(folder.read_text()))
    assert folder.parent.name == config.run_id
    card = checkpoints.read_card(folder.parent)
    assert card.config == config
    assert card.reason == "completed"
    assert card.test_accuracy is not None
    assert card.test_accuracy >= ACCEPTED[config.dataset, config.model, config.permutation]
    assert len((folder.parent / "metrics.jsonl").read_bytes().splitlines()) <= 400 + config.epochs + 3
    assert not {"status.json", "worker.log", "CANCEL"} & {path.name for path in folder.parent.iterdir()}
    steps = next(item.snapshots for item in checkpoints.available() if item.shipped and item.run_id == config.run_id)
    assert len(steps) == config.snapshots
    for step in (None, *steps):
        checkpoints.load(config.run_id, step=step)


def test_everything_that_ships_is_small_enough() -> None:
    shipped = [
        path for run in checkpoints.SHIPPED.glob("*/run.json") for path in run.parent.rglob("*") if path.is_file()
    ]
    assert sum(path.stat().st_size for path in shipped) < 60_000_000
    assert max(path.stat().st_size for path in shipped) < 25_000_000


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_a_shipped_network_is_as_good_as_its_card_says(name: str) -> None:
    for item in checkpoints.available():
        if item.shipped and item.config.dataset == name:
            found = training.evaluate(checkpoints.load(item.run_id), datasets.load(name, split="test"), item.config)
            assert found.accuracy == pytest.approx(item.test_accuracy, abs=0.003)
            return
    pytest.fail(f"no network on {name} ships")


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("CNNVIZ_DATA"), reason="CNNVIZ_DATA names no data root")
def test_published_results_of_one_epoch_on_mnist() -> None:
    if not datasets.status("mnist").available:
        pytest.skip("MNIST is not in CNNVIZ_DATA")
    config = TrainConfig("mnist", "fc2layer", lr=0.01, momentum=0.5, batch_size=64)
    for permutation in (None, 0):
        finished = run(dataclasses.replace(config, permutation=permutation))[-1]
        assert isinstance(finished, Finished)
        assert 0.84 <= finished.test_accuracy <= 0.91


def test_checks_are_quick_enough_for_a_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed is checked at every key: the network is not built again for it."""
    config = dataclasses.replace(QUICK, model="vgg_cifar")
    configs.check(config)
    monkeypatch.setattr(models, "build", lambda *args, **kwargs: pytest.fail("a network is built again"))
    for seed in range(20):
        configs.check(dataclasses.replace(config, seed=seed, lr=0.1 + seed))
