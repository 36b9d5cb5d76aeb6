"""Stamps: which files are taken, what becomes of one, and what it is called; on folders that are drawn here."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnnviz import datasets, galleries, models
from cnnviz.datasets import stamps
from cnnviz.images import bands


def photograph(seed: int = 0, size: tuple[int, int] = (90, 60)) -> Image.Image:
    """A disc of noise, cut out: many colours, transparent around it."""
    dice = np.random.default_rng(seed)
    levels = dice.integers(0, 256, (size[1], size[0], 4), dtype=np.uint8)
    y, x = np.mgrid[: size[1], : size[0]]
    levels[..., 3] = 255 * (np.hypot((x - size[0] / 2) / size[0], (y - size[1] / 2) / size[1]) < 0.45)
    return Image.fromarray(levels)


@pytest.fixture
def root(tmp_path):
    """A folder of stamps: four photographs, and one of each kind that is left out."""
    places = {
        "animals/birds/duck": "Duck.\nde.utf8=Ente.\nzh_CN.utf8=鸭子。\n", "animals/cow": "Cow!\n", "food/pear": None,
        "vehicles/ship/boat": "", "animals/cartoon/hen": "Hen.", "symbols/one": "One.", "town/flags/red": "Red.",
        "seasonal/easter/egg": "Egg.", "food/apple_mirror": "Apple.", "food/svg": "Vector.", "plants/flat": "Flat.",
    }  # fmt: skip
    for number, (place, text) in enumerate(places.items()):
        file = tmp_path / "stamps" / f"{place}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        photograph(number).save(file)
        if text is not None:
            file.with_suffix(".txt").write_text(text, "utf-8")
    (tmp_path / "stamps/food/svg.svg").write_text("<svg/>")
    flat = np.array(photograph())
    flat[..., :3] //= 64
    Image.fromarray(flat).save(tmp_path / "stamps/plants/flat.png")
    return tmp_path


def test_photographs_are_taken_and_drawn_ones_are_not(root):
    both = [stamps.read(root, split) for split in ("train", "test")]
    assert sorted(name for one in both for name in one.names) == ["Cow", "Duck (鸭子)", "boat", "pear"]
    for one in both:
        assert one.images.shape == (2, 3, 96, 96)
        assert one.masks is not None
        assert one.masks.shape == (2, 96, 96)
        assert [one.classes[int(label)] for label in one.labels]
    assert not set(both[0].names) & set(both[1].names)


@given(st.integers(30, 300), st.integers(30, 300), st.integers(0, 99))
def test_what_is_cut_out_lies_in_the_middle_on_grey(wide, high, seed):
    found = stamps.cut_out(photograph(seed, (max(wide, 60), max(high, 60))))
    assert found is not None
    colours, mask = found
    rows, columns = np.nonzero(mask)
    assert abs(rows.min() + rows.max() - 95) <= 3
    assert abs(columns.min() + columns.max() - 95) <= 3
    assert max(np.ptp(rows), np.ptp(columns)) >= 80
    corner = colours[:, 0, 0]
    assert (corner == stamps.GROUND).all()


def disc(seed: int, line: int, ground: tuple[int, int]) -> Image.Image:
    """Noise between two levels on a disc, with a black line of that width around it."""
    dice = np.random.default_rng(seed)
    side = int(dice.integers(60, 260))
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    far = np.hypot(x / dice.uniform(0.7, 1), y)
    levels = dice.integers(*ground, (side, side, 4), dtype=np.uint8)
    levels[..., :3][far > side * 0.48 - line] = dice.integers(0, 50)
    levels[..., 3] = 255 * (far < side * 0.48)
    return Image.fromarray(levels)


@given(st.integers(0, 999), st.integers(2, 4), st.integers(90, 200))
def test_what_has_a_dark_line_around_it_is_drawn_and_what_is_dark_all_over_is_not(seed, line, light):
    assert stamps.cut_out(disc(seed, line, (light, light + 56))) is None
    assert stamps.cut_out(disc(seed, 0, (light, light + 56))) is not None
    assert stamps.cut_out(disc(seed, line, (0, 56))) is not None


def test_an_image_without_transparency_and_a_damaged_one(root):
    assert stamps.cut_out(photograph().convert("RGB")) is None
    (root / "stamps/food/pear.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    stamps._all.cache_clear()
    with pytest.raises(datasets.DatasetError, match=r"food/pear\.png"):
        stamps.read(root, "train")


def test_a_gallery_calls_them_by_their_names(root, monkeypatch):
    monkeypatch.setenv("CNNVIZ_DATA", str(root))
    stamps._all.cache_clear()
    found = galleries.of("stamps", models.spec("net"), 9)
    wanted = stamps.read(root, "test").names
    assert sorted(found.title(index) for index in range(len(found))) == sorted(wanted)
    assert found.batch(slice(0, 2)).shape == (2, 3, 32, 32)


@given(st.sampled_from(["RGB", "L", "BGR", "RGBL", "R01"]), st.integers(0, 999))
def test_levels_are_what_fractions_give(letters, seed):
    image = photograph(seed, (9, 7)).convert("RGB")
    assert torch.equal(bands.levels(image, letters), (bands.split(image, letters) * 255).round().to(torch.uint8))


@pytest.mark.skipif(not stamps.DEBIAN.is_dir(), reason="Debian's tuxpaint-stamps-default is not installed")
def test_the_packages_own_stamps(tmp_path):
    both = [stamps.read(tmp_path, split) for split in ("train", "test")]
    assert 250 <= sum(len(one) for one in both) <= 400
    levels = both[0].images.double() / 255
    assert np.allclose(levels.mean((0, 2, 3)), stamps.INFO.mean, atol=0.01)
    assert np.allclose(levels.std((0, 2, 3)), stamps.INFO.std, atol=0.01)
