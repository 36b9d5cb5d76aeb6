"""What batch size, augmentation and optimisers do: the noise of a batch, the images, the definitions, the figures."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import datasets, experiments
from cnnviz.experiments import augmentations, batch_sizes, optimizers, shuffle
from cnnviz.operations import OperationError
from cnnviz.records import TrainConfig
from cnnviz.records.experiments import CellResult, Results, Verdict
from cnnviz.topics.training_choices import captions, figures, measurements, proofs, shared_batch, shared_batch_captions
from cnnviz.topics.training_choices import optimizers as defined
from tests.test_experiments import made_up, results_of

CONFIG = TrainConfig("digits", "cnn", epochs=4, batch_size=32, lr=0.05, momentum=0.5)
SIZES = (8, 32, 128, 512)


# ------------------------------------------------------------------------------------------------ optimisers
@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(defined.KINDS), steps=st.integers(1, 30), width=st.integers(1, 6), seed=st.integers(0, 99),
    lr=st.floats(1e-4, 1.0), momentum=st.sampled_from((0.0, 0.5, 0.9)),
)  # fmt: skip
def test_the_definitions_are_torch_s(kind: str, steps: int, width: int, seed: int, lr: float, momentum: float) -> None:
    chance = np.random.default_rng(seed)
    proof = proofs.against_torch(
        kind, chance.normal(size=width), chance.normal(size=(steps, width)), lr=lr,
        momentum=momentum if kind == "sgd" else 0.0,
    )  # fmt: skip
    assert proof.holds, proof


def test_steps_at_a_constant_gradient() -> None:
    """SGD: η g. Momentum tends to η g / (1 − μ). Adam: η, whatever the gradient's size."""
    given_ = np.full((400, 1), 0.1)
    last = {}
    for name, kind, lr, momentum in (("sgd", "sgd", 0.05, 0.0), ("m", "sgd", 0.05, 0.9), ("adam", "adam", 0.001, 0.0)):
        weights = defined.descend(kind, np.zeros(1), given_, lr=lr, momentum=momentum).weights[:, 0]
        last[name] = weights[-2] - weights[-1]
    assert last["sgd"] == pytest.approx(0.005)
    assert last["m"] == pytest.approx(0.05)
    assert last["adam"] == pytest.approx(0.001, rel=1e-4)


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(OperationError, match="choose sgd or adam"):
        defined.descend("lion", np.zeros(1), np.zeros((2, 1)), lr=0.1)
    with pytest.raises(OperationError, match=r"give \[steps, weights\]"):
        defined.descend("sgd", np.zeros(2), np.zeros((2, 1)), lr=0.1)


# ------------------------------------------------------------------------------------------------ the noise of a batch
def test_batches_scatter_as_chance_says() -> None:
    """200 batches: their spread lies within a fifth of √(p(1 − p)/B), corrected for drawing without putting back."""
    found = measurements.batch_noise(CONFIG, SIZES, steps=60)
    assert 0.3 < found.accuracy < 1
    for one in found.sizes:
        assert one.spread == pytest.approx(one.expected, rel=0.2)
        assert (np.abs(one.cosines) <= 1 + 1e-6).all()
        draws = one.accuracies * one.size
        assert draws == pytest.approx(draws.round(), abs=1e-6)
    means = [one.cosines.mean() for one in found.sizes]
    assert means == sorted(means)
    words = captions.noise(found)
    assert f"{100 * found.sizes[0].spread:.1f} points between batches of 8" in words


def test_a_larger_batch_aims_at_the_same() -> None:
    assert measurements.mean_of_gradients(CONFIG, size=16, parts=3).holds


# ------------------------------------------------------------------------------------------------ augmentation
def test_the_pictures_are_what_training_makes() -> None:
    """As stored without augmentation; with flips each is itself or its mirror; crops are windows of the padded one."""
    images = datasets.load("shapes").images[:8]
    plain = measurements.as_trained(TrainConfig("shapes", "net"))
    assert all(np.array_equal(row.pictures, images.numpy()) for row in plain)
    assert set(plain[1].words) == {"as stored"}
    for row in measurements.as_trained(TrainConfig("shapes", "net", augmentation=("flip",)))[1:]:
        for picture, stored in zip(row.pictures, images.numpy(), strict=True):
            assert np.array_equal(picture, stored) or np.array_equal(picture, stored[:, :, ::-1])
    padded = torch.nn.functional.pad(images, (4,) * 4).numpy()
    rows = measurements.as_trained(TrainConfig("shapes", "net", augmentation=("crop",)), epochs=2)
    for picture, wide in zip(rows[1].pictures, padded, strict=True):
        windows = (wide[:, top : top + 32, left : left + 32] for top in range(9) for left in range(9))
        assert any(np.array_equal(picture, window) for window in windows)
    assert not np.array_equal(rows[1].pictures, rows[2].pictures)


# ------------------------------------------------------------------------------------------------ verdicts
def verdict_of(name: str, values: dict[str, list[float]], **curves: np.ndarray) -> Verdict:
    found = results_of(name, values)
    if curves:
        found = Results(found.name, found.dataset, tuple(
            CellResult(one.cell, tuple(dataclasses.replace(run, curves=curves) for run in one.runs))
            for one in found.cells
        ))  # fmt: skip
    return experiments.get(name).expect(found)


def test_the_verdict_on_orders_follows_the_numbers() -> None:
    name, good = shuffle.EXPERIMENT.name, {"shuffled": [0.97], "fixed order": [0.965], "by class": [0.1]}
    agreed = verdict_of(name, good)
    assert agreed.agrees
    assert "97.0 %" in agreed.sentences[0]
    assert "0.5 points worse" in agreed.sentences[0]
    assert not verdict_of(name, good | {"by class": [0.9]}).agrees
    better = {"shuffled": [0.95, 0.951], "fixed order": [0.99, 0.991], "by class": [0.1, 0.1]}
    assert not verdict_of(name, better).agrees, "a fixed order that is clearly ahead is not what is expected"


def test_the_verdict_on_optimisers_follows_the_numbers() -> None:
    name, good = optimizers.EXPERIMENT.name, {"SGD": [0.93], "SGD, momentum 0.9": [0.96], "Adam": [0.962]}
    assert "3.0 points better" in verdict_of(name, good).sentences[0]
    assert not verdict_of(name, good | {"Adam": [0.9]}).agrees
    assert "never" in " ".join(verdict_of(name, good).sentences), "made-up curves end at a quarter"


def test_the_verdict_on_augmentation_follows_the_numbers() -> None:
    name = augmentations.EXPERIMENT.name
    good = {"none": [0.44], "flips": [0.46], "crops": [0.47], "both": [0.5]}
    assert "6.0 points better" in verdict_of(name, good).sentences[0]
    assert not verdict_of(name, good | {"both": [0.4]}).agrees
    assert "Best of the four: crops, 47.0 %" in " ".join(verdict_of(name, good | {"both": [0.4]}).sentences)


def test_the_verdict_on_batches_follows_the_numbers() -> None:
    name = batch_sizes.EXPERIMENT.name
    labels = [cell.label for cell in batch_sizes.EXPERIMENT.cells]
    values = dict(zip(labels, ([0.94], [0.96], [0.93], [0.6]), strict=True))
    said = verdict_of(name, values)
    assert "36.0 points worse" in said.sentences[0]
    assert not said.agrees, "made-up curves are equal, so the large batches do not lead step by step"
    assert not verdict_of(name, values | {labels[-1]: [0.97]}).agrees


@pytest.mark.parametrize("name", ["shuffle", "batch_sizes", "augmentations", "optimizers"])
def test_a_cell_that_diverged_is_said_without_an_exception(name: str) -> None:
    """NaN losses, chance accuracy: the verdict still has its sentences."""
    labels = [cell.label for cell in experiments.get(name).cells]
    verdict = verdict_of(name, {key: [0.1] for key in labels}, step=np.array([1.0, 40.0]),
                         loss=np.array([math.nan, math.nan]), accuracy=np.array([0.1, 0.1]))  # fmt: skip
    assert not verdict.agrees
    assert all(verdict.sentences)


# ------------------------------------------------------------------------------------------------ figures
def test_a_mean_an_epoch_is_taken_from_the_curve() -> None:
    run = dataclasses.replace(
        made_up("none", 0.5),
        curves={"step": np.array([10.0, 20.0, 40.0]), "loss": np.ones(3), "accuracy": np.array([0.2, 0.4, 0.8])},
        epochs={"epoch": np.array([1.0, 2.0]), "step": np.array([20.0, 40.0]), "test_accuracy": np.array([0.3, 0.5])},
    )
    epochs, train, test = figures.per_epoch(CellResult(experiments.get("augmentations").cells[0], (run,)))
    assert epochs.tolist() == [1, 2]
    assert train == pytest.approx([0.3, 0.8])
    assert test == pytest.approx([0.3, 0.5])


def test_figures_hold_the_numbers() -> None:
    found = results_of("augmentations", {"none": [0.4], "flips": [], "crops": [0.5], "both": [0.6]})
    assert len(figures.gaps(found).data) == 3
    assert len(figures.train_and_test(found, ["none", "both"]).data) == 4
    assert len(figures.milestones(results_of("optimizers", {key: [0.9] for key in optimizers.RACERS}))) == 3
    mixes = measurements.class_mixes(CONFIG)
    header = figures.mix(mixes, [str(i) for i in range(10)], whole=False)
    assert header["batches"] == list(range(1, len(mixes[0].counts) + 1))
    assert header["rows"][0]["counts"] == mixes[0].counts[: figures.FIRST].tolist()
    descents = {"Adam": defined.descend("adam", np.zeros(1), np.ones((5, 1)), lr=0.01)}
    assert list(figures.step_sizes(descents).data[0].y) == pytest.approx([0.01] * 5, rel=1e-3)
    assert "by 0.01 in the first step and in the last" in captions.steps(descents, 1.0)


# ------------------------------------------------------------------------------------------- one batch, shared
def test_the_average_of_any_shares_is_the_whole_batch_s_gradient() -> None:
    """Uneven shares need their weights; batch normalisation breaks it, weights or not."""
    processes = 3
    for uneven in (False, True):
        sizes = shared_batch.shares(processes, uneven=uneven)
        assert sum(sizes) == shared_batch.IMAGES
        assert min(sizes) >= shared_batch.LEAST
        found = shared_batch.measured(sizes, batch_norm=False, seed=processes)
        assert shared_batch.equal(found).holds
        assert found.averaged == pytest.approx(np.average(found.parts, axis=0, weights=sizes), abs=1e-6)
        assert found.averaged == pytest.approx(found.whole, abs=1e-5)
        assert (found.plain_apart > 0.01) == uneven
        assert shared_batch_captions.verdict(found).startswith("**Yes.**")
    apart = shared_batch.measured(sizes, batch_norm=True, seed=processes)
    assert apart.apart > 0.01
    assert shared_batch_captions.verdict(apart).startswith("**No.**")
    assert shared_batch.downhill(batch_norm=True, seed=processes).holds
    with pytest.raises(ValueError, match="must be 60 images together"):
        shared_batch.measured((40, 7), batch_norm=False)
