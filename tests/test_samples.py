"""The samples are there without a network, are what their titles say, and suit the networks they are shown to."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz import lazy_imports, samples
from cnnviz.datasets import digits
from cnnviz.images import handwriting
from cnnviz.records import Spec
from cnnviz.samples import patterns

NAMES = [sample.name for sample in samples.names()]


def test_enough_of_each_group_in_their_order() -> None:
    groups = [sample.group for sample in samples.names()]
    counts = Counter(groups)
    assert list(counts) == ["photo", "digit", "pattern"]
    assert groups == sorted(groups, key=list(counts).index)
    assert counts["photo"] >= 8
    assert counts["digit"] >= 11
    assert counts["pattern"] >= 6


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_picture_with_something_on_it(name: str) -> None:
    picture = samples.read(name)
    assert picture.mode == "RGB"
    assert min(picture.size) >= 200
    assert np.asarray(picture).max() - np.asarray(picture).min() >= 100
    assert samples.title(name)
    assert all(sample.credit for sample in samples.names())
    thumbnail = Image.open(io.BytesIO(samples.thumbnail(name, 48)))
    assert thumbnail.format == "PNG"
    assert thumbnail.size == (48, 48)
    assert np.array_equal(np.asarray(thumbnail), np.asarray(samples.square(name, 48)))


def test_an_unknown_name_is_answered_with_close_ones() -> None:
    with pytest.raises(KeyError, match="chelsea"):
        samples.read("chelse")


def test_photos_come_from_the_wheels_own_files() -> None:
    """Oracle: the packages' own readers."""
    import skimage.data
    import sklearn.datasets

    assert np.array_equal(np.asarray(samples.read("chelsea")), skimage.data.chelsea())
    assert np.array_equal(np.asarray(samples.read("china")), sklearn.datasets.load_sample_image("china.jpg"))


@pytest.mark.parametrize("digit", range(10))
def test_digits_are_the_ones_they_are_called(digit: int) -> None:
    small, labels = digits.originals()
    assert labels[samples.DIGIT_PLACES[digit]] == digit
    picture = np.asarray(samples.read(f"digit-{digit}").convert("L"))[40:-40, 40:-40]
    again = np.asarray(Image.fromarray(picture).resize((8, 8), Image.Resampling.BOX)) / 255 * 16
    assert np.abs(again - small[samples.DIGIT_PLACES[digit]]).mean() < 1.0


def test_the_digit_on_paper_is_dark_on_unevenly_lit_paper_and_found() -> None:
    paper = np.asarray(samples.read("digit-on-paper").convert("L")).astype(int)
    corners = paper[:20, :20].mean(), paper[-20:, -20:].mean()
    assert abs(corners[0] - corners[1]) > 40
    assert paper.min() < 60 < min(corners)
    found = handwriting.prepare(samples.read("digit-on-paper"))
    assert (found.pixels > 127).sum() > 40
    assert any("dark ink" in label for label, _ in found.steps)


def test_patterns_are_what_their_formulas_say() -> None:
    side = patterns.SIDE
    board = patterns.checkerboard()[:, :, 0]
    assert np.array_equal(board, 255 - np.roll(board, side // 8, axis=0))
    assert np.array_equal(board, board.T)
    spectrum = np.abs(np.fft.fft2(patterns.grating()[:, :, 0] - 127.5))
    row, column = np.unravel_index(spectrum[:, : side // 2].argmax(), (side, side // 2))
    turn = np.degrees(np.arctan2(row if row < side // 2 else row - side, column))
    assert turn == pytest.approx(30, abs=5)
    rings = patterns.rings()
    assert np.array_equal(rings, np.rot90(rings))
    edge = patterns.edge()[:, :, 0].astype(int)
    assert np.array_equal(np.flatnonzero(np.diff(edge[9])), [side // 2 - 1])
    assert (patterns.dot() > 0).sum() == 3 * 8 * 8
    assert len(np.unique(patterns.bars()[0], axis=0)) == 8
    gradient = patterns.gradient()[:, :, 0].astype(int)
    assert (np.diff(gradient, axis=1) >= 0).all()
    assert np.ptp(gradient, axis=0).max() == 0


@pytest.mark.parametrize(
    ("digit", "classes", "group"),
    [(True, ("0", "1"), "digit"), (False, ("circle", "star"), "pattern"), (False, (), "photo")],
)
def test_the_fitting_sample(digit: bool, classes: tuple[str, ...], group: str) -> None:
    name = samples.fitting(Spec("n", "N", (1, 28, 28), (0.0,), (1.0,), classes, digit=digit))
    assert next(sample.group for sample in samples.names() if sample.name == name) == group


def test_a_file_that_no_package_has() -> None:
    with pytest.raises(FileNotFoundError, match="skimage"):
        lazy_imports.path("skimage", "data", "no-such.png")
    with pytest.raises(FileNotFoundError, match="no_such_package"):
        lazy_imports.path("no_such_package", "file")
    assert isinstance(lazy_imports.path("skimage", "data", "coffee.png"), Path)
