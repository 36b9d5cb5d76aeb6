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

from cnnviz import limits
from cnnviz.datasets import mask_files
from cnnviz.datasets.kinds import DatasetError
from cnnviz.images import decoding
from cnnviz.records import Array

ENDINGS = decoding.ENDINGS
MOST_PICTURES = limits.FOLDER_IMAGES


@dataclass(frozen=True, eq=False)
class Pictures:
    """images: [N, 3, size, size] uint8. labels: [N] int64. unreadable: how many files were left out.

    masks: [N, size, size] bool, where the object is, all False of an image without one; None where none has one.
    unfit: how many masks were left out: they cannot be read, or belong to no image here.
    """

    images: torch.Tensor
    labels: torch.Tensor
    classes: tuple[str, ...]
    unreadable: int
    masks: torch.Tensor | None = None
    unfit: int = 0


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
    images, labels, masks = arrays
    unfit = sum(len(_masks(folder / name)) for name in names) - int(masks.any((1, 2)).sum() if masks is not None else 0)
    return Pictures(
        torch.from_numpy(images), torch.from_numpy(labels), names, len(files) - len(labels),
        None if masks is None else torch.from_numpy(masks), unfit,
    )  # fmt: skip


def class_names(folder: Path) -> tuple[str, ...]:
    """The folders in it that hold at least one image, sorted."""
    return tuple(sorted(entry.name for entry in _entries(folder) if entry.is_dir() and _has_picture(Path(entry.path))))


def _has_picture(folder: Path) -> bool:
    return any(_is_picture(entry.name) for entry in _entries(folder))


def has_masks(folder: Path) -> bool:
    """Whether a mask lies in any of its class folders."""
    return any(_masks(folder / name) for name in class_names(folder))


def _is_picture(name: str) -> bool:
    return name.lower().endswith(ENDINGS) and not mask_files.is_mask(name)


def _masks(folder: Path) -> dict[str, str]:
    return mask_files.by_stem(entry.name for entry in _entries(folder))


def listing(folder: Path) -> tuple[tuple[str, ...], list[tuple[int, str]]]:
    """(class names, [(class, file name), …]), both sorted; hidden ones and masks are left out."""
    names = class_names(folder)
    files = [
        (label, entry.name)
        for label, name in enumerate(names)
        for entry in sorted(_entries(folder / name), key=lambda entry: entry.name)
        if _is_picture(entry.name)
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


Arrays = tuple[Array, Array, Array | None]


def _decoded(folder: Path, names: tuple[str, ...], files: list[tuple[int, str]], size: int) -> Arrays:
    """([N, 3, size, size] uint8, [N] int64, masks [N, size, size] bool or None) of what can be read."""
    images = np.empty((len(files), 3, size, size), dtype=np.uint8)
    beside = [_masks(folder / name) for name in names]
    masks = np.zeros((len(files), size, size), dtype=bool) if any(beside) else None
    labels: list[int] = []
    for label, file in files:
        try:
            image = decoding.read(folder / names[label] / file)
        except decoding.ImageError:
            continue  # counted by Pictures.unreadable
        images[len(labels)] = np.asarray(square(image, size)).transpose(2, 0, 1)
        own = beside[label].get(mask_files.stem(file))
        if masks is not None and own is not None:
            with contextlib.suppress(decoding.ImageError):  # counted by Pictures.unfit
                mask = mask_files.read(folder / names[label] / own, image.size)
                masks[len(labels)] = mask_files.cut(square(mask, size))
        labels.append(label)
    if not labels:
        raise DatasetError(
            f"none of the {len(files):,} files in {folder.name} can be read: {decoding.KNOWN} files work."
        )
    kept = masks[: len(labels)] if masks is not None and masks.any() else None
    return images[: len(labels)], np.array(labels, dtype=np.int64), kept


def _fingerprint(folder: Path, names: tuple[str, ...], files: list[tuple[int, str]]) -> str:
    """Changes with every file that is added, taken away, renamed or replaced (which changes its folder's time)."""
    times = [(folder / name).stat().st_mtime_ns if (folder / name).is_dir() else 0 for name in names]
    return hashlib.sha256(repr((names, times, files)).encode()).hexdigest()[:12]


def _kept(path: Path, size: int, classes: int) -> Arrays | None:
    """The arrays of an earlier decoding; None where there are none or they are not what was written."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
            masks = arrays["masks"] if "masks" in arrays.files else None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    good = images.dtype == np.uint8 and labels.dtype == np.int64 and images.shape == (len(labels), 3, size, size)
    if masks is not None:
        good = good and masks.dtype == np.bool_ and masks.shape == (len(labels), size, size)
    return (images, labels, masks) if good and labels.min() >= 0 and labels.max() < classes else None


def _keep(path: Path, images: Array, labels: Array, masks: Array | None) -> None:
    """Beside the images, all or nothing, in place of older ones; a folder that cannot be written is read again."""
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(dir=path.parent, prefix=".cnnviz-") as scratch:
        if masks is None:
            np.savez(Path(scratch) / "arrays.npz", images=images, labels=labels)
        else:
            np.savez(Path(scratch) / "arrays.npz", images=images, labels=labels, masks=masks)
        for older in path.parent.glob(".cnnviz-*.npz"):
            older.unlink()
        os.replace(Path(scratch) / "arrays.npz", path)
