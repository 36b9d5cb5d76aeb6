"""CIFAR-10: 60,000 colour images of ten things (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html).

Two layouts are read. The original archive, whose batches are Python pickles: only through torchvision's reader, which
opens a file only where its MD5 is the published one. And an image folder, decoded once.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from cnnviz.datasets import downloads, folders
from cnnviz.datasets.kinds import Dataset, DatasetError, Info, Progress, Source
from cnnviz.plain_text import without_folders

BATCHES, FOLDER = "cifar-10-batches-py", "cifar10"
ARCHIVE, ARCHIVE_BYTES = "cifar-10-python.tar.gz", 170_498_071

INFO = Info(
    title="CIFAR-10",
    shape=(3, 32, 32),
    classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    mean=(0.4914, 0.4822, 0.4465),
    std=(0.2470, 0.2435, 0.2616),
    sentence="50,000 and 10,000 colour photos of 32 × 32 pixels: six animals and four vehicles.",
)


def find(root: Path) -> str:
    """Where it is, in words; "" where it is not here."""
    if (root / BATCHES / "data_batch_1").is_file():
        return f"the original batches in {BATCHES}"
    if all((root / FOLDER / split).is_dir() for split in ("train", "test")):
        return f"an image folder, {FOLDER} (not the original files: images saved anew as JPEG lose a little)"
    return ""


def read(root: Path, split: str) -> Dataset:
    """One split as tensors. Raises DatasetError for files that are damaged."""
    if (root / BATCHES / "data_batch_1").is_file():
        images, labels = _batches(root, split)
    else:
        images, labels = _pictures(root / FOLDER / split)
    return Dataset("cifar10", split, images, labels, INFO.classes, find(root))


def fetch(root: Path, progress: Progress | None) -> None:
    """Downloads it under the root. Raises DownloadError."""
    from torchvision.datasets import CIFAR10

    downloads.run(lambda: CIFAR10(str(root), download=True), (root / ARCHIVE,), ARCHIVE_BYTES, progress)


def _batches(root: Path, split: str) -> tuple[torch.Tensor, torch.Tensor]:
    from torchvision.datasets import CIFAR10

    try:
        data = CIFAR10(str(root), train=split == "train")
    except (RuntimeError, OSError) as error:
        folder = root / BATCHES
        raise DatasetError(
            f"{folder.name} is not as published ({without_folders(str(error))}): delete it and get it again."
        ) from error
    return torch.from_numpy(np.ascontiguousarray(data.data.transpose(0, 3, 1, 2))), torch.tensor(data.targets)


def _pictures(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    found = folders.pictures(folder, size=INFO.shape[1])
    if found.classes != INFO.classes:
        raise DatasetError(
            f"{folder.name} holds the classes {', '.join(found.classes) or 'none'}; CIFAR-10's folders are called "
            f"{', '.join(INFO.classes)}."
        )
    return found.images, found.labels


SOURCE = Source(
    INFO,
    find,
    read,
    wanted=f"the unpacked {BATCHES}, or a folder {FOLDER} with train and test, a folder of images for each class,",
    fetch=fetch,
    urls=("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",),
    megabytes=170,
)
