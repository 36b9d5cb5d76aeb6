"""Fashion-MNIST: 70,000 articles of clothing in MNIST's format (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747)."""

from __future__ import annotations

from pathlib import Path

from cnnviz.datasets import downloads, idx
from cnnviz.datasets.kinds import Dataset, Info, Progress, Source
from cnnviz.datasets.mnist import FILES

FOLDER = Path("FashionMNIST") / "raw"
DEBIAN = Path("/usr/share/datasets/fashion-mnist")  # where Debian's package dataset-fashion-mnist puts it
ARCHIVE_BYTES = 30_878_645

INFO = Info(
    title="Fashion-MNIST",
    shape=(1, 28, 28),
    classes=("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
    mean=(0.2860,),
    std=(0.3530,),
    sentence="60,000 and 10,000 articles of clothing of 28 × 28 grey pixels, light on black.",
)


def find(root: Path) -> str:
    """Where it is, in words; "" where it is not here."""
    if idx.has_both_splits(root / FOLDER):
        return f"IDX files in {FOLDER}"
    return "Debian's package dataset-fashion-mnist" if idx.has_both_splits(DEBIAN) else ""


def read(root: Path, split: str) -> Dataset:
    """One split as tensors. Raises DatasetError for files that are damaged."""
    folder = root / FOLDER if idx.has_both_splits(root / FOLDER) else DEBIAN
    return idx.load(folder, split, name="fashion_mnist", classes=INFO.classes, source=find(root))


def fetch(root: Path, progress: Progress | None) -> None:
    """Downloads it under the root. Raises DownloadError."""
    from torchvision.datasets import FashionMNIST

    archives = tuple(root / FOLDER / f"{file}.gz" for file in FILES)
    downloads.run(lambda: FashionMNIST(str(root), download=True), archives, ARCHIVE_BYTES, progress)


SOURCE = Source(
    INFO,
    find,
    read,
    wanted=f"the four IDX files (or each with .gz) in {FOLDER}, or install Debian's dataset-fashion-mnist",
    fetch=fetch,
    urls=("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/train-labels-idx1-ubyte.gz",),
    megabytes=31,
)
