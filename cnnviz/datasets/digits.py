"""Digits: scikit-learn's 1,797 handwritten digits, read where the package keeps them (Alpaydin, Kaynak 1998, UCI).

They come as 8 × 8 pixels of 0…16, and are enlarged smoothly to 20 × 20 and centred by mass in 28 × 28, as MNIST's are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from cnnviz import lazy_imports
from cnnviz.datasets.kinds import Dataset, DatasetError, Info, Source
from cnnviz.records import Array

TRAINING = 1437  # of 1,797; the other 360 are for testing
SPLIT_SEED = 0

INFO = Info(
    title="digits",
    shape=(1, 28, 28),
    classes=tuple("0123456789"),
    mean=(0.1578,),
    std=(0.2939,),
    sentence="1,437 and 360 handwritten digits, enlarged from 8 × 8 to 28 × 28; always there.",
    digit=True,
)


def find(root: Path) -> str:
    """Where it is, in words; "" where it is not here."""
    return "scikit-learn's package"


def read(root: Path, split: str) -> Dataset:
    """One split as tensors. Raises DatasetError for files that are damaged."""
    small, labels = originals()
    order = np.random.RandomState(SPLIT_SEED).permutation(len(labels))  # the one generator that numpy froze for good
    chosen = order[:TRAINING] if split == "train" else order[TRAINING:]
    images = np.stack([enlarged(image) for image in small[chosen]])
    return Dataset(
        "digits", split, torch.from_numpy(images)[:, None], torch.from_numpy(labels[chosen]), INFO.classes, find(root)
    )


def originals() -> tuple[Array, Array]:
    """([1797, 8, 8] float32 in [0, 16], [1797] int64)."""
    try:
        path = lazy_imports.path("sklearn", "datasets", "data", "digits.csv.gz")
    except FileNotFoundError as error:
        raise DatasetError(f"digits come with scikit-learn ({error}): pip install scikit-learn.") from error
    table = np.loadtxt(path, delimiter=",", dtype=np.float32)
    return table[:, :64].reshape(-1, 8, 8), table[:, 64].astype(np.int64)


def enlarged(small: Array, side: int = 20) -> Array:
    """[28, 28] uint8 of [8, 8] in [0, 16]: smooth, white on black, centred by mass."""
    from cnnviz.images.handwriting import centred  # here, because scipy costs every start a third of a second

    image = Image.fromarray(small / 16).resize((side, side), Image.Resampling.BICUBIC)
    return centred(np.asarray(image).clip(0, 1))[0]


SOURCE = Source(INFO, find, read)
