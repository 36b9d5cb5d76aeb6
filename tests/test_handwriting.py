"""A photo of a digit becomes what MNIST would have made of it."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz import images, samples
from cnnviz.datasets import digits
from cnnviz.images import decoding, handwriting
from cnnviz.records import Array, Spec

MNIST = Spec("m", "M", (1, 28, 28), (0.1307,), (0.3081,), tuple("0123456789"), digit=True)


def written(index: int) -> Array:
    """[28, 28] uint8: one of scikit-learn's digits as the data set has it."""
    return digits.enlarged(digits.originals()[0][index])


def photo(pixels: Array, *, size: tuple[int, int] = (700, 900), seed: int = 0, light: float = 1.0) -> Image.Image:
    """Dark ink on paper that is bright on one side, with a soft shadow, grain, and a phone's JPEG."""
    random = np.random.RandomState(seed)
    wide, high = size
    side = int(min(size) * random.uniform(0.4, 0.8))
    left, top = random.randint(10, wide - side - 10), random.randint(10, high - side - 10)
    ink = np.zeros((high, wide))
    ink[top : top + side, left : left + side] = np.asarray(
        Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC)
    )
    across = np.arange(wide) / wide
    paper = light * (150 + 90 * across - 45 / (1 + np.exp(-30 * (across - random.uniform(0.3, 0.7)))))
    levels = paper * (1 - 0.75 * ink / 255) + random.standard_normal((high, wide)) * 3
    file = io.BytesIO()
    Image.fromarray(levels.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=80)
    return decoding.read(file.getvalue())


def likeness(one: Array, other: Array) -> float:
    """Correlation of two images, the best of nine shifts by a pixel."""
    return max(
        float(np.corrcoef(np.roll(one, (down, right), (0, 1)).ravel(), other.ravel())[0, 1])
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    )


@pytest.mark.parametrize("index", samples.DIGIT_PLACES)
def test_a_photo_on_shaded_paper_gives_the_digit_back(index: int) -> None:
    clean = handwriting.prepare(Image.fromarray(written(index)).resize((280, 280), Image.Resampling.BICUBIC)).pixels
    found = handwriting.prepare(photo(written(index), seed=index)).pixels
    assert likeness(found, clean) > 0.9


def test_photos_of_digits_are_told_apart() -> None:
    """An independent judge: the nearest of scikit-learn's digits, which knows nothing of photos."""
    small, labels = digits.originals()
    known = np.stack([digits.enlarged(image) for image in small[600:]]).reshape(1197, -1).astype(float)
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    asked = np.stack([handwriting.prepare(photo(written(index), seed=index)).pixels for index in range(50)])
    nearest = labels[600:][(asked.reshape(50, -1) @ known.T).argmax(axis=1)]
    assert (nearest == labels[:50]).mean() >= 0.86


def test_mnists_own_pictures_are_left_untouched() -> None:
    pixels = written(7)
    digit = handwriting.prepare(Image.fromarray(pixels).convert("RGB"))
    assert np.array_equal(digit.pixels, pixels)
    assert digit.box == (0.0, 0.0, 1.0, 1.0)
    tensor = images.to_tensor(Image.fromarray(pixels), MNIST)
    assert torch.equal(tensor[0, 0], (torch.from_numpy(pixels).float() / 255 - 0.1307) / 0.3081)


def test_black_on_white_and_white_on_black_are_the_same_digit() -> None:
    light = photo(written(3), seed=3)
    dark = Image.fromarray(255 - np.asarray(light))
    one, other = handwriting.prepare(light), handwriting.prepare(dark)
    assert np.abs(one.pixels.astype(int) - other.pixels).max() <= 3
    assert "inverted" in one.steps[1][0]
    assert "kept" in other.steps[1][0]


def test_dimmer_light_changes_little() -> None:
    bright, dim = (handwriting.prepare(photo(written(5), seed=5, light=light)).pixels for light in (1.0, 0.5))
    assert likeness(dim, bright) > 0.95


@pytest.mark.parametrize("index", samples.DIGIT_PLACES)
def test_it_is_made_as_mnists_were(index: int) -> None:
    """20 pixels on the longer side, the centre of mass in the middle (to a pixel), the full range."""
    pixels = handwriting.prepare(photo(written(index), seed=index)).pixels
    rows, columns = np.flatnonzero(pixels.max(axis=1) > 40), np.flatnonzero(pixels.max(axis=0) > 40)
    assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
    mass = (np.indices(pixels.shape) + 0.5) * pixels / pixels.sum()
    assert np.abs(mass.sum(axis=(1, 2)) - 14).max() <= 1.0
    assert pixels.max() == 255
    assert pixels[0].max() == pixels[:, 0].max() == 0


def test_a_thin_pen_is_thickened() -> None:
    line = Image.new("L", (600, 600), 235)
    line.paste(20, (298, 100, 302, 500))
    digit = handwriting.prepare(line)
    assert any("thickened" in label for label, _ in digit.steps)
    widths = (digit.pixels > 127).sum(axis=1)
    assert 2 <= np.median(widths[widths > 0]) <= 4


def test_specks_and_the_papers_edge_are_not_ink() -> None:
    clean = photo(written(2), seed=2)
    soiled = np.asarray(clean).copy()
    soiled[5:9, 5:9] = 0
    soiled[-40:, :] = 20  # the table
    assert likeness(handwriting.prepare(Image.fromarray(soiled)).pixels, handwriting.prepare(clean).pixels) > 0.9


@pytest.mark.parametrize("kind", ["white", "black", "shaded", "noise", "one pixel"])
def test_where_there_is_no_ink_it_says_so(kind: str) -> None:
    noise = np.random.RandomState(0).normal(200, 4, (300, 400))
    shaded = np.tile(np.linspace(120, 240, 400), (300, 1))
    flat = {"white": np.full((50, 60), 255.0), "black": np.zeros((50, 60)), "one pixel": np.full((1, 1), 90.0)}
    levels = {"noise": noise, "shaded": shaded, **flat}[kind]
    prepared = images.prepare(Image.fromarray(levels.astype(np.uint8)), MNIST)
    assert (images.to_picture(prepared.tensor, MNIST) == 0).all()
    assert any("no ink" in step.label for step in prepared.steps)


def test_box_lies_around_the_digit() -> None:
    paper = Image.new("L", (400, 300), 240)
    paper.paste(10, (240, 60, 280, 160))  # 40 × 100, its middle at (260, 110): 28 cells are 140 pixels
    left, top, right, bottom = handwriting.prepare(paper).box
    assert (left * 400, right * 400) == pytest.approx((190, 330), abs=8)
    assert (top * 300, bottom * 300) == pytest.approx((40, 180), abs=8)


@pytest.mark.parametrize(("shape", "margin"), [((1, 32, 32), 2), ((3, 32, 32), 2), ((1, 28, 28), 0)])
def test_larger_inputs_get_a_black_margin(shape: tuple[int, int, int], margin: int) -> None:
    spec = Spec("l", "L", shape, (0.0,) * shape[0], (1.0,) * shape[0], (), digit=True)
    prepared = images.prepare(Image.fromarray(written(0)), spec)
    expected = np.pad(written(0), margin)
    for channel in prepared.tensor[0].mul(255).round().byte().numpy():
        assert np.array_equal(channel, expected)
    assert prepared.box[0] == pytest.approx(-margin / 28)
    assert prepared.box[3] == pytest.approx(1 + margin / 28)


def test_odd_and_small_inputs_still_fit() -> None:
    for side in (29, 20, 64):
        spec = Spec("o", "O", (1, side, side), (0.0,), (1.0,), (), digit=True)
        assert images.to_tensor(samples.read("digit-on-paper"), spec).shape == (1, 1, side, side)
