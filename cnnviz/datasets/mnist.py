"""MNIST: 70,000 handwritten digits (LeCun, Cortes, Burges 1998, http://yann.lecun.com/exdb/mnist)."""

from __future__ import annotations

from pathlib import Path

from cnnviz.datasets import downloads, idx
from cnnviz.datasets.kinds import Dataset, Info, Progress, Source

FOLDER = Path("MNIST") / "raw"
FILES = tuple(f"{stem}-{kind}-ubyte" for stem in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))
ARCHIVE_BYTES = 11_594_722

INFO = Info(
    title="MNIST",
    shape=(1, 28, 28),
    classes=tuple("0123456789"),
    mean=(0.1307,),
    std=(0.3081,),
    sentence="60,000 and 10,000 handwritten digits of 28 × 28 grey pixels, white on black.",
    digit=True,
)


def find(root: Path) -> str:
    """Where it is, in words; "" where it is not here."""
    return f"IDX files in {FOLDER}" if idx.has_both_splits(root / FOLDER) else ""


def read(root: Path, split: str) -> Dataset:
    """One split as tensors. Raises DatasetError for files that are damaged."""
    return idx.load(root / FOLDER, split, name="mnist", classes=INFO.classes, source=find(root))


def fetch(root: Path, progress: Progress | None) -> None:
    """Downloads it under the root. Raises DownloadError."""
    from torchvision.datasets import MNIST

    archives = tuple(root / FOLDER / f"{file}.gz" for file in FILES)
    downloads.run(lambda: MNIST(str(root), download=True), archives, ARCHIVE_BYTES, progress)


SOURCE = Source(
    INFO,
    find,
    read,
    wanted=f"the four IDX files ({', '.join(FILES)}, or each with .gz) in {FOLDER}",
    fetch=fetch,
    urls=("https://ossci-datasets.s3.amazonaws.com/mnist/train-labels-idx1-ubyte.gz",),
    megabytes=12,
)
