"""Epochs, batches, transforms and constants: against loops, torchvision, torch and sampling."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torchvision.transforms.functional as reference
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnviz import datasets
from cnnviz.figures import batches
from cnnviz.measurements import data_set
from cnnviz.operations import OperationError, data
from cnnviz.topics.data import captions, proofs, transforms
from cnnviz.training import distortions


# ---------------------------------------------------------------------------------------------------- epochs, batches
@given(examples=st.integers(1, 300), batch_size=st.integers(1, 320))
def test_a_plan_is_what_splitting_gives(examples: int, batch_size: int) -> None:
    sizes = [len(part) for part in torch.arange(examples).split(batch_size)]
    plan = data.plan(examples, batch_size)
    assert (plan.steps, plan.last) == (len(sizes), sizes[-1])
    assert plan.full * batch_size + (plan.last if plan.last != batch_size else 0) == examples


def test_nothing_cannot_be_cut_into_batches() -> None:
    with pytest.raises(OperationError, match="choose a data set"):
        data.plan(0, 4)
    with pytest.raises(OperationError, match="at least 1"):
        data.plan(4, 0)
    with pytest.raises(OperationError, match="choose 1 to 3"):
        data.expected_distinct([1, 2], 4)
    with pytest.raises(OperationError, match="has images"):
        data.mean_and_deviation(np.zeros((1, 256), int))


@settings(max_examples=30)
@given(
    labels=st.lists(st.integers(0, 4), min_size=1, max_size=60), batch_size=st.integers(1, 20), seed=st.integers(0, 9)
)
def test_the_mix_is_counted_batch_by_batch(labels: list[int], batch_size: int, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(labels))
    found = data.mix(np.array(labels), order, batch_size=batch_size, classes=5)
    for batch, counts in enumerate(found):
        chosen = [labels[place] for place in order[batch * batch_size : (batch + 1) * batch_size]]
        assert counts.tolist() == [chosen.count(label) for label in range(5)]
    assert found.sum() == len(labels)


def test_the_expected_number_of_classes_is_what_sampling_finds() -> None:
    counts, random = [10, 3, 1, 6], np.random.default_rng(0)
    labels = np.repeat(range(4), counts)
    drawn = [len(set(random.permutation(labels)[:5])) for _ in range(4000)]
    assert data.expected_distinct(counts, 5) == pytest.approx(np.mean(drawn), abs=0.05)
    assert data.expected_distinct(counts, 20) == pytest.approx(4)
    assert data.expected_distinct(counts, 1) == pytest.approx(1)
    by_hand = sum(1 - math.comb(20 - count, 5) / math.comb(20, 5) for count in counts)
    assert data.expected_distinct(counts, 5) == pytest.approx(by_hand, rel=1e-12)


def test_sorting_is_the_bad_case_and_shuffling_is_seeded() -> None:
    digits = datasets.load("digits")
    shuffled, stored, by_class = data_set.mixes(digits, batch_size=64, seed=1)
    assert by_class.distinct.mean() < 2 < 9 < min(shuffled.distinct.mean(), stored.distinct.mean())
    again = data_set.mixes(digits, batch_size=64, seed=1)[0]
    np.testing.assert_array_equal(shuffled.counts, again.counts)
    assert (shuffled.counts != data_set.mixes(digits, batch_size=64, seed=2)[0].counts).any()
    assert proofs.every_picture_once(digits, (shuffled, stored, by_class)).holds
    with pytest.raises(KeyError, match="sorted by class"):
        data_set.order_of(digits.labels, "backwards")


def test_one_epoch_of_sorted_classes_teaches_the_last_ones_only() -> None:
    found = data_set.one_epoch(datasets.load("digits"), datasets.load("digits", "test"), batch_size=64)
    assert found["shuffled"][0] > 0.8 > 0.3 > found["sorted by class"][0]
    assert found["shuffled"][1] == data_set.EPOCH_RUNS


# ---------------------------------------------------------------------------------------------------------- transforms
PICTURES = torch.rand(5, 3, 17, 22, generator=torch.Generator().manual_seed(0))
PICTURES[1, :, 3] = 0.4  # grey: no hue


def one_by_one(work: Callable[..., torch.Tensor], values: torch.Tensor, *more: Any) -> torch.Tensor:
    return torch.stack([work(image, float(value), *more) for image, value in zip(PICTURES, values, strict=True)])


def test_rotation_equals_torchvision() -> None:
    angles = torch.tensor([0.0, 12.5, -40.0, 90.0, 200.0])
    expected = one_by_one(reference.rotate, angles, reference.InterpolationMode.BILINEAR)
    torch.testing.assert_close(distortions.rotate(PICTURES, angles), expected, atol=2e-5, rtol=0)
    square = PICTURES[..., :17]
    torch.testing.assert_close(
        distortions.rotate(square, torch.full((5,), 90.0)), square.rot90(1, (2, 3)), atol=1e-5, rtol=0
    )


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_colour_factors_equal_torchvision(name: str) -> None:
    factors = torch.tensor([0.0, 0.5, 1.0, 1.4, 2.0])
    expected = one_by_one(getattr(reference, f"adjust_{name}"), factors)
    torch.testing.assert_close(getattr(distortions, name)(PICTURES, factors), expected, atol=1e-6, rtol=0)


def test_hue_equals_torchvision_and_a_whole_turn_changes_nothing() -> None:
    turns = torch.tensor([-0.5, -0.13, 0.0, 0.2, 0.5])
    expected = one_by_one(reference.adjust_hue, turns)
    torch.testing.assert_close(distortions.hue(PICTURES, turns), expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(distortions.hue(PICTURES, torch.ones(5)), PICTURES, atol=1e-5, rtol=0)


def test_grey_pictures_have_no_colour_to_change() -> None:
    grey = PICTURES[:, :1]
    assert distortions.hue(grey, torch.full((5,), 0.3)) is grey
    assert distortions.saturation(grey, torch.zeros(5)) is grey
    expected = torch.stack([reference.adjust_contrast(image, 0.5) for image in grey])
    torch.testing.assert_close(distortions.contrast(grey, torch.full((5,), 0.5)), expected, atol=1e-6, rtol=0)


def test_each_transform_does_what_its_words_say() -> None:
    images = datasets.load("shapes").images[:6].numpy()
    rows = {row.title: row for row in transforms.transformed(images, transforms.TRANSFORMS, seed=4)}
    np.testing.assert_array_equal(rows["as stored"].pictures, images)
    np.testing.assert_array_equal(rows["normalise"].pictures, images)
    for picture, moved, words in zip(images, rows["random crop"].pictures, rows["random crop"].words, strict=True):
        right, down = (int(word) for word in words.split() if word[0] in "+-")
        padded = np.pad(picture, ((0, 0), (4, 4), (4, 4)))
        np.testing.assert_array_equal(moved, padded[:, 4 - down : 36 - down, 4 - right : 36 - right])
    for picture, flipped, words in zip(images, rows["flip"].pictures, rows["flip"].words, strict=True):
        np.testing.assert_array_equal(flipped, picture[:, :, ::-1] if words == "mirrored" else picture)
    turned = float(rows["rotation"].words[0].split()[1].rstrip("°"))
    single = torch.from_numpy(images[0]) / 255
    expected = reference.rotate(single, turned, reference.InterpolationMode.BILINEAR) * 255
    assert np.abs(rows["rotation"].pictures[0] - expected.numpy()).max() < 3  # the angle is told to a tenth of a degree


def test_together_is_one_after_the_other_with_the_same_draws() -> None:
    images = datasets.load("shapes").images[:6].numpy()
    *_, crop, together = transforms.transformed(images, ("flip", "random crop"), seed=1)[1:]
    _, cut, mirrored, both = transforms.transformed(images, ("random crop", "flip"), seed=1)
    np.testing.assert_array_equal(both.pictures, together.pictures)  # the order is fixed, whatever the order of asking
    for number, words in enumerate(mirrored.words):
        expected = cut.pictures[number][:, :, ::-1] if words == "mirrored" else cut.pictures[number]
        np.testing.assert_array_equal(both.pictures[number], expected)
    other = transforms.transformed(images, ("random crop",), seed=2)[1]
    assert (other.pictures != cut.pictures).any()
    assert len(transforms.transformed(images, (), seed=0)) == 1
    assert crop.title == "flip"


# -------------------------------------------------------------------------------------------------- mean and deviation
@settings(max_examples=20)
@given(seed=st.integers(0, 99), channels=st.sampled_from([1, 3]))
def test_mean_and_deviation_equal_torch(seed: int, channels: int) -> None:
    pixels = torch.randint(0, 256, (4, channels, 5, 3), generator=torch.Generator().manual_seed(seed))
    counts = np.stack([np.bincount(pixels[:, c].flatten(), minlength=256) for c in range(channels)])
    mean, std = data.mean_and_deviation(counts)
    values = pixels.transpose(0, 1).flatten(1).double() / 255
    np.testing.assert_allclose(mean, values.mean(1), atol=1e-12)
    np.testing.assert_allclose(std, values.std(1, correction=0), atol=1e-12)


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_the_constants_kept_here_are_right_and_others_are_told_apart(name: str) -> None:
    loaded = datasets.load(name)
    found = data_set.channels(loaded)
    own, *others = data_set.constants(loaded, found)
    assert own.difference < 1e-4
    for proof in (proofs.mean_and_deviation(loaded, found), proofs.normalised(loaded)):
        assert proof.holds, proof
    half = next(item for item in others if item.title == "0.5 and 0.5")
    normalised = (loaded.images.double() / 255 - 0.5) / 0.5
    assert half.mean_after[0] == pytest.approx(float(normalised[:, 0].mean()), abs=1e-9)
    assert half.std_after[0] == pytest.approx(float(normalised[:, 0].std(correction=0)), abs=1e-9)
    first = loaded.images[:, 0].double().flatten(1) / 255
    assert found.picture_std[0] == pytest.approx(float(first.std(1, correction=0).mean()), abs=1e-6)
    rows = batches.constants_table(found, [own, *others])
    assert rows[0]["constants"] == "measured"
    assert len(rows) == 2 + len(others)
    assert "fit worst" in captions.farthest_off([own, *others])


# -------------------------------------------------------------------------------------------------------- pages, words
def test_pages_hold_every_picture_of_a_class_once() -> None:
    digits = datasets.load("digits")
    first = data_set.sheet(digits, label=3)
    places = [data_set.sheet(digits, label=3, page=page).indices for page in range(1, first.pages + 1)]
    assert np.concatenate(places).tolist() == (digits.labels == 3).nonzero().flatten().tolist()
    assert data_set.sheet(digits, label=3, page=99).indices.tolist() == places[-1].tolist()
    header, pixels = batches.browse(first, normalised=True)
    assert len(pixels) == len(header["items"]) * math.prod(header["shape"])


def test_a_picture_of_ones_own_is_its_middle_many_times() -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 100, 3), dtype=np.uint8))
    found = data_set.copies(image, "mine", count=3)
    assert found.pictures.shape == (3, 3, 64, 64)
    np.testing.assert_array_equal(found.pictures[2], np.asarray(image)[:, 18:82].transpose(2, 0, 1))


def test_what_one_takes_home_holds_every_number() -> None:
    digits = datasets.load("digits")
    mixes = data_set.mixes(digits, batch_size=500)
    lines = batches.mix_csv(mixes, digits.classes).splitlines()
    assert len(lines) == 1 + 3 * 3
    assert sum(int(cell) for cell in lines[1].split(",")[2:]) == 500
    image = np.asarray(Image.open(io.BytesIO(batches.sheet_png(digits.images[:14].numpy()))))
    np.testing.assert_array_equal(image[28:56, 28:56, 0], digits.images[13, 0])
    odd = np.array([3, 3, 255, 0, 7], np.uint8)
    np.testing.assert_array_equal(data_set._levels(odd), np.bincount(odd, minlength=256))


def test_a_pasted_average_of_deviations_is_recognised() -> None:
    shapes = datasets.load("shapes")
    found = data_set.channels(shapes)
    pasted = data.against("pasted", found.mean, found.picture_std, true=(found.mean, found.std))
    own, *_, last = data_set.constants(shapes, found)
    (said,) = captions.averaged_deviations(found, [own, pasted, last])
    assert "average of each image's own" in said
    assert not captions.averaged_deviations(found, [own, last])


def test_an_epoch_is_said_in_numbers() -> None:
    said = captions.epoch(data.plan(1437, 64))
    assert "**23 steps**" in said
    assert "22 batches of 64 and a last one of 29" in said
    assert "230 updates" in captions.updates(data.plan(1437, 64))
    assert "all batches have 10 images" in captions.epoch(data.plan(100, 10))
    assert "BatchNorm" in captions.last_batch(data.plan(101, 10))
    assert not captions.last_batch(data.plan(102, 10))


def test_long_epochs_are_drawn_by_64_batches() -> None:
    shapes = datasets.load("shapes")
    header = batches.mix(
        data_set.mixes(shapes, batch_size=4), shapes.classes, data.plan(6000, 4), said=["one", "two", "three"]
    )
    assert len(header["batches"]) == 64
    assert (header["batches"][0], header["batches"][-1], header["steps"]) == (1, 1500, 1500)


def test_the_example_zip_can_be_brought(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    imported = datasets.from_zip(data_set.example_zip(), "tried")
    assert (imported.classes, imported.pictures) == (("circle", "square", "triangle"), 30)


def test_snippets_run_and_agree() -> None:
    digits = datasets.load("digits")
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(batches.normalise_snippet("digits"), names)
        assert names["mean"].numpy() == pytest.approx(data_set.channels(digits).mean)
        exec(batches.batches_snippet("digits", 64, 5), names)
        np.testing.assert_array_equal(names["counts"], data_set.mixes(digits, batch_size=64, seed=5)[0].counts)
        exec(batches.browse_snippet("digits", "test", 7), names)
        assert len(names["images"]) == int((datasets.load("digits", "test").labels == 7).sum())
        exec(batches.transforms_snippet("digits", 3), names)
    np.testing.assert_array_equal(names["rows"][0].pictures, digits.images[:8])
