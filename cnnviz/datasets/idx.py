"""MNIST's file format: magic number, sizes, bytes (LeCun, http://yann.lecun.com/exdb/mnist, "FILE FORMATS")."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
import torch

from cnnviz.datasets.kinds import Dataset, DatasetError, named
from cnnviz.plain_text import without_folders

STEMS = {"train": "train", "test": "t10k"}
MOST_BYTES = 200 << 20  # MNIST's training images are 47 MB


def files(folder: Path, split: str) -> tuple[Path, Path] | None:
    """The images' and the labels' file of a split, plain or gzipped, or None."""
    found = [_existing(folder / f"{STEMS[split]}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1")]
    return None if None in found else (found[0], found[1])  # type: ignore[return-value]


def has_both_splits(folder: Path) -> bool:
    """Whether the folder holds images and labels of the training and the test split."""
    return all(files(folder, split) for split in STEMS)


def load(folder: Path, split: str, *, name: str, classes: tuple[str, ...], source: str) -> Dataset:
    """Raises DatasetError where a file is missing, cut off, or of something else."""
    pair = files(folder, split)
    if pair is None:
        raise DatasetError(
            f"{named(folder)} lacks {STEMS[split]}-images-idx3-ubyte or {STEMS[split]}-labels-idx1-ubyte."
        )
    images, labels = read(pair[0]), read(pair[1])
    if images.ndim != 3 or labels.shape != images.shape[:1] or len(labels) == 0 or labels.max() >= len(classes):
        raise DatasetError(
            f"{pair[0].name} holds {tuple(images.shape)} and {pair[1].name} {tuple(labels.shape)} numbers, which do "
            f"not belong together: delete both from {named(folder)} and get them again."
        )
    return Dataset(name, split, images[:, None], labels.long(), classes, source)


def read(path: Path) -> torch.Tensor:
    """The bytes of an IDX file in its own shape: [N, H, W] or [N], uint8."""
    content = _content(path)
    rank = content[3] if len(content) > 3 else 0
    header = 4 + 4 * rank
    if content[:3] != b"\0\0\x08" or not 1 <= rank <= 3 or len(content) < header:
        raise DatasetError(f"{named(path)} is no IDX file of bytes: delete it and get it again.")
    shape = struct.unpack_from(f">{rank}I", content, 4)
    if math.prod(shape) != len(content) - header:
        raise DatasetError(f"{named(path)} promises {shape} bytes and holds {len(content) - header:,}: get it again.")
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=header).reshape(shape))


def _content(path: Path) -> bytearray:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = bytearray(file.read(MOST_BYTES + 1))
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(
            f"{named(path)} cannot be read ({without_folders(str(error))}): delete it and get it again."
        ) from error
    if len(content) > MOST_BYTES:
        raise DatasetError(f"{named(path)} holds more than {MOST_BYTES >> 20} MB, which is no MNIST: get it again.")
    return content


def _existing(path: Path) -> Path | None:
    """The file, plain or gzipped; also as Kaggle names it (a dot before idx3), or in a folder of its own name."""
    stem, _, rest = path.name.partition("-idx")
    for name in (path.name, f"{stem}.idx{rest}"):
        plain = path.with_name(name)
        for one in (plain, plain.with_name(f"{name}.gz"), plain / name):
            if one.is_file():
                return one
    return None
