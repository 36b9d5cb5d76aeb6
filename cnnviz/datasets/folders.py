"""A folder of images for each class, as tensors: decoded once, then kept as arrays beside the images."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from cnnviz.datasets.kinds import DatasetError
from cnnviz.images import decoding
from cnnviz.records import Array

ENDINGS = decoding.ENDINGS
MOST_PICTURES = 60_000


@dataclass(frozen=True, eq=False)
class Pictures:
    """images: [N, 3, size, size] uint8. labels: [N] int64. unreadable: how many files were left out."""

    images: torch.Tensor
    labels: torch.Tensor
    classes: tuple[str, ...]
    unreadable: int


def pictures(folder: Path, *, size: int, classes: tuple[str, ...] = ()) -> Pictures:
    """Every image of every class folder, in the order of their names, centre-cropped to size × size.

    classes: whose place is the label, where others than this folder's own: all of its folders must be among them.
    Raises DatasetError where there is none, or more than 60,000.
    """
    names, files = listing(folder)
    if strange := sorted(set(names) - set(classes)) if classes else []:
        raise DatasetError(f"{folder.name} holds the classes {', '.join(strange)}, which are not among those of train.")
    if classes:
        files = [(classes.index(names[label]), file) for label, file in files]
        names = classes
    if not files:
        raise DatasetError(f"{folder.name} holds no class folders with images ({', '.join(ENDINGS)}): put some there.")
    kept = folder / f".cnnviz-{size}-{_fingerprint(folder, names, files)}.npz"
    arrays = _kept(kept, size, len(names))
    if arrays is None:
        arrays = _decoded(folder, names, files, size)
        _keep(kept, *arrays)
    images, labels = arrays
    return Pictures(torch.from_numpy(images), torch.from_numpy(labels), names, len(files) - len(labels))


def class_names(folder: Path) -> tuple[str, ...]:
    """The folders in it that hold at least one image, sorted."""
    return tuple(sorted(entry.name for entry in _entries(folder) if entry.is_dir() and _has_picture(Path(entry.path))))


def _has_picture(folder: Path) -> bool:
    return any(entry.name.lower().endswith(ENDINGS) for entry in _entries(folder))


def listing(folder: Path) -> tuple[tuple[str, ...], list[tuple[int, str]]]:
    """(class names, [(class, file name), …]), both sorted; hidden ones are left out."""
    names = class_names(folder)
    files = [
        (label, entry.name)
        for label, name in enumerate(names)
        for entry in sorted(_entries(folder / name), key=lambda entry: entry.name)
        if entry.name.lower().endswith(ENDINGS)
    ]
    if len(files) > MOST_PICTURES:
        raise DatasetError(f"{folder.name} holds {len(files):,} images: up to {MOST_PICTURES:,} work.")
    return names, files


def square(image: Image.Image, size: int) -> Image.Image:
    """The middle of an image, size × size."""
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    if image.size == (size, size):
        return image
    box = (left, top, left + side, top + side)
    return image.resize((size, size), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        return [entry for entry in entries if not entry.name.startswith(".")]
    return []


def _decoded(folder: Path, names: tuple[str, ...], files: list[tuple[int, str]], size: int) -> tuple[Array, Array]:
    """([N, 3, size, size] uint8, [N] int64) of what can be read."""
    images = np.empty((len(files), 3, size, size), dtype=np.uint8)
    labels: list[int] = []
    for label, file in files:
        try:
            image = decoding.read(folder / names[label] / file)
        except decoding.ImageError:
            continue  # counted by Pictures.unreadable
        images[len(labels)] = np.asarray(square(image, size)).transpose(2, 0, 1)
        labels.append(label)
    if not labels:
        raise DatasetError(
            f"none of the {len(files):,} files in {folder.name} can be read: {decoding.KNOWN} files work."
        )
    return images[: len(labels)], np.array(labels, dtype=np.int64)


def _fingerprint(folder: Path, names: tuple[str, ...], files: list[tuple[int, str]]) -> str:
    """Changes with every file that is added, taken away, renamed or replaced (which changes its folder's time)."""
    times = [(folder / name).stat().st_mtime_ns if (folder / name).is_dir() else 0 for name in names]
    return hashlib.sha256(repr((names, times, files)).encode()).hexdigest()[:12]


def _kept(path: Path, size: int, classes: int) -> tuple[Array, Array] | None:
    """The arrays of an earlier decoding; None where there are none or they are not what was written."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    good = images.dtype == np.uint8 and labels.dtype == np.int64 and images.shape == (len(labels), 3, size, size)
    return (images, labels) if good and labels.min() >= 0 and labels.max() < classes else None


def _keep(path: Path, images: Array, labels: Array) -> None:
    """Beside the images, all or nothing, in place of older ones; a folder that cannot be written is read again."""
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(dir=path.parent, prefix=".cnnviz-") as scratch:
        np.savez(Path(scratch) / "arrays.npz", images=images, labels=labels)
        for older in path.parent.glob(".cnnviz-*.npz"):
            older.unlink()
        os.replace(Path(scratch) / "arrays.npz", path)
