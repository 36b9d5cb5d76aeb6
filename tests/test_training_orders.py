"""The order in which a run meets its images: shuffled anew, fixed, class by class."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from cnnviz import datasets, training
from cnnviz.records import Step, TrainConfig
from cnnviz.records.training import ORDERS
from cnnviz.topics.training_choices import measurements
from cnnviz.training.augmentation import Batches, Normalisation, subset

PLAIN = Normalisation.of((0.0,), (1.0,), device=torch.device("cpu"))
CONFIG = TrainConfig("digits", "cnn", epochs=2, batch_size=32, lr=0.05, examples=200)


def places(order: str, labels: torch.Tensor, *, seed: int = 0, epochs: int = 2) -> list[list[int]]:
    """The places of the images, epoch by epoch, as Batches takes them: each image carries its own as a byte."""
    images = torch.arange(len(labels), dtype=torch.uint8).view(-1, 1, 1, 1)
    batches = Batches(images, labels, batch_size=7, normalise=PLAIN, seed=seed, order=order)
    return [
        [int(place) for pictures, _ in batches.epoch() for place in (pictures.flatten() * 255).round()]
        for _ in range(epochs)
    ]


LABELS = torch.tensor([3, 0, 2, 1] * 10)


def test_shuffled_is_a_new_permutation_every_epoch_from_the_seed() -> None:
    chance = torch.Generator().manual_seed(5)
    assert places("shuffled", LABELS, seed=5) == [torch.randperm(40, generator=chance).tolist() for _ in range(2)]


def test_fixed_is_as_stored_every_epoch() -> None:
    assert places("fixed", LABELS) == [list(range(40))] * 2


def test_by_class_is_sorted_and_keeps_the_order_inside_a_class() -> None:
    true = sorted(range(40), key=lambda place: (int(LABELS[place]), place))
    assert places("by class", LABELS) == [true] * 2


def test_pictures_keep_their_labels() -> None:
    images = (LABELS * 10).to(torch.uint8).view(-1, 1, 1, 1)
    for order in ORDERS:
        batches = Batches(images, LABELS, batch_size=16, normalise=PLAIN, seed=1, order=order)
        for pictures, labels in batches.epoch():
            assert torch.equal((pictures.flatten() * 255 / 10).round().long(), labels)


def test_one_batch_of_everything_makes_the_order_irrelevant() -> None:
    """A batch's gradient is a mean, so with all images in one batch each order takes the same steps, to rounding."""
    whole = dataclasses.replace(CONFIG, batch_size=200, epochs=3)
    runs = {}
    for order in ORDERS:
        events = list(training.train(dataclasses.replace(whole, order=order)))
        runs[order] = [event.loss for event in events if isinstance(event, Step)]
    assert runs["by class"] == pytest.approx(runs["shuffled"], rel=1e-4)
    assert runs["fixed"] == pytest.approx(runs["shuffled"], rel=1e-4)


def test_an_order_that_does_not_exist_is_refused() -> None:
    with pytest.raises(training.ConfigError, match="order is 'sorted'; it can be shuffled, fixed, by class"):
        training.check(dataclasses.replace(CONFIG, order="sorted"))


def test_the_field_changes_no_older_run_s_name() -> None:
    assert "order" not in CONFIG.to_json(defaults=False)
    assert dataclasses.replace(CONFIG, order="fixed").run_id != CONFIG.run_id


# ------------------------------------------------------------------------------------------------ what is measured
def test_class_mixes_are_those_of_a_real_run() -> None:
    """Counted a second way: the labels of the subset, sorted and cut."""
    data = datasets.load("digits")
    _, labels = subset(data.images, data.labels, count=200, seed=0)
    mixes = {mix.order: mix.counts for mix in measurements.class_mixes(CONFIG)}
    assert list(mixes) == [
        "shuffled, first epoch", "shuffled, second epoch", "fixed, every epoch", "by class, every epoch",
    ]  # fmt: skip
    for number, part in enumerate(labels.sort(stable=True).values.split(32)):
        assert mixes["by class, every epoch"][number].tolist() == part.bincount(minlength=10).tolist()
    assert (mixes["shuffled, first epoch"] != mixes["shuffled, second epoch"]).any()
    proof = measurements.every_picture_once(CONFIG, measurements.class_mixes(CONFIG))
    assert proof.holds


def test_a_network_taught_by_class_forgets() -> None:
    """The last class is answered, those before it are not; shuffled, most are."""
    config = dataclasses.replace(CONFIG, epochs=2, batch_size=16, examples=None, momentum=0.5)
    by_class, shuffled = (
        measurements.forgetting(dataclasses.replace(config, order=order)) for order in ("by class", "shuffled")
    )
    assert by_class.right[-1, 9] > 0.5
    assert by_class.right[-1, :8].mean() < 0.2
    assert shuffled.accuracy[-1] > 0.7
    assert by_class.steps[-1] == 2 * 90
    for found in (by_class, shuffled):
        assert found.right.shape == (len(found.steps), 10)
        assert found.shown[1:].sum(1) == pytest.approx(1)
    assert [int(one) for one in by_class.shown[1:19].argmax(1)] == sorted(by_class.shown[1:19].argmax(1).tolist())
