"""`<name>_mask.png` beside an image: a mask and never an image, by folder and by zip; over folders that are drawn."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnviz import datasets
from cnnviz.datasets import folders, image_folder, mask_files
from cnnviz.images import decoding

SIDE = 8
CLASSES = ("cat", "dog")
Files = dict[str, bytes]


def png(levels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "PNG")
    return file.getvalue()


def drawn(seed: int) -> tuple[Files, dict[int, np.ndarray | None], set[str]]:
    """(path → file, an image's one level → its mask, the masks that fit no image)."""
    dice = np.random.default_rng(seed)
    files: Files = {}
    known: dict[int, np.ndarray | None] = {}
    unfit = set()
    for number in range(int(dice.integers(6, 12))):
        path, mask = f"{CLASSES[number % 2]}/a{number}", dice.random((SIDE, SIDE)) < 0.4
        mask[3, 3] = True
        files[path + ".png"] = png(np.full((SIDE, SIDE, 3), 10 * number + 5, np.uint8))
        known[10 * number + 5] = None
        kind = dice.choice(["none", "binary", "levels", "wrong size", "black", "broken", "lonely"])
        if kind in ("binary", "levels"):
            light = 1 if kind == "binary" else 255
            files[path + mask_files.MARK] = png((mask * light).astype(np.uint8))
            known[10 * number + 5] = mask
        elif kind != "none":
            name = path + ("x" if kind == "lonely" else "") + mask_files.MARK
            size = (SIDE, SIDE + 2) if kind == "wrong size" else (SIDE, SIDE)
            level = 0 if kind == "black" else 255
            files[name] = b"no image" if kind == "broken" else png(np.full(size, level, np.uint8))
            unfit.add(name)
    return files, known, unfit


def held(name: str) -> dict[int, np.ndarray | None]:
    """An image's level → its mask, of both splits."""
    found: dict[int, np.ndarray | None] = {}
    for split in ("train", "test"):
        data = datasets.load(name, split)
        for number, image in enumerate(data.images):
            mask = None if data.masks is None else data.masks[number].numpy()
            assert data.images.shape[-2:] == (SIDE, SIDE)
            found[int(image[0, 0, 0])] = mask if mask is not None and mask.any() else None
    return found


def same(found: dict[int, np.ndarray | None], known: dict[int, np.ndarray | None]) -> bool:
    return found.keys() == known.keys() and all(
        (mask is None) == (found[level] is None) and (mask is None or np.array_equal(mask, found[level]))
        for level, mask in known.items()
    )


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_zip_s_masks_stay_with_their_images(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    files, known, unfit = drawn(seed)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_DATA", str(tmp_path_factory.mktemp("masks")))
        imported = datasets.from_zip(content.getvalue(), "pets", size=SIDE)
        assert imported.pictures == len(known)
        assert imported.masks == sum(mask is not None for mask in known.values())
        assert set(imported.skipped) == unfit
        assert all("mask" in one.reason or "image" in one.reason for one in imported.left_out)
        assert same(held(imported.name), known)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_folder_s_masks_stay_with_their_images(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    files, known, unfit = drawn(seed)
    root = tmp_path_factory.mktemp("masks")
    for path, data in files.items():
        (root / "pets" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "pets" / path).write_bytes(data)
    for _ in range(2):  # the second time from the kept arrays
        found = folders.pictures(root / "pets", size=SIDE)
        assert (found.unreadable, found.unfit) == (0, len(unfit))
    (root / "pets" / image_folder.SETTINGS).write_text(f'{{"size": {SIDE}}}')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_DATA", str(root))
        assert same(held("folder:pets"), known)
        assert ("masks left out" in datasets.load("folder:pets").source) == bool(unfit)


def test_a_folder_of_masks_alone_is_no_class(tmp_path: Path) -> None:
    for name in ("cat/a.png", "dog/b.png", "masks/a_mask.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(png(np.full((SIDE, SIDE), 200, np.uint8)))
    assert folders.class_names(tmp_path) == ("cat", "dog")


def test_what_is_wrong_with_a_mask_is_said() -> None:
    with pytest.raises(decoding.ImageError, match="one size"):
        mask_files.read(png(np.ones((4, 4), np.uint8)), (4, 5))
    with pytest.raises(decoding.ImageError, match="black everywhere"):
        mask_files.read(png(np.zeros((4, 4), np.uint8)), (4, 4))
