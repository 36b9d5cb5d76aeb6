"""What a data set is, what is known about it, and how a member of the family gives it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from cnnviz.plain_text import without_folders

SPLITS = ("train", "test")
NO_FILES = "digits and shapes need no files"

Progress = Callable[[int, int], None]  # bytes so far, bytes in all


class DatasetError(ValueError):
    """A data set that is not there or cannot be read, with the remedy in the same sentence."""


class MissingError(DatasetError):
    """Nothing of it is there: a download may help."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """images: [N, C, H, W] uint8. labels: [N] int64, indices into classes. masks: [N, H, W] bool, where the object is;
    all False of an image that has none.

    The tensors are shared by everyone who loads the same data set: read them, or write into a clone.
    source: where they come from, for the page and the run's record. names: of each image, where they have names.
    """

    name: str
    split: str
    images: torch.Tensor
    labels: torch.Tensor
    classes: tuple[str, ...]
    source: str
    masks: torch.Tensor | None = None
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Info:
    """shape: (C, H, W). mean, std: per channel over all training pixels, on images scaled to [0, 1].

    digit: handwritten digits, white on black, so that an uploaded image is to be made like them.
    masks: whether a mask says where the object is, at least in some images.
    """

    title: str
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    sentence: str
    digit: bool = False
    masks: bool = False


@dataclass(frozen=True)
class Status:
    """available: can be loaded now. downloadable: its publisher offers it. sentence: what to do, or where it is."""

    available: bool
    downloadable: bool
    sentence: str


@dataclass(frozen=True)
class Source:
    """A member of the family, one a file.

    find: data root -> where it is, in words, or "" where it is not.
    read: (data root, split) -> the data set; raises DatasetError.
    wanted: what a person may put under the root, and where.
    fetch: (data root, progress) -> None downloads it; None where nobody offers it. urls: asked whether they answer.
    """

    info: Info
    find: Callable[[Path], str]
    read: Callable[[Path, str], Dataset]
    wanted: str = ""
    fetch: Callable[[Path, Progress | None], None] | None = None
    urls: tuple[str, ...] = ()
    megabytes: int = 0


def data_root() -> Path:
    """Where data sets are looked for: CNNVIZ_DATA, or a folder in the user's cache."""
    named = os.environ.get("CNNVIZ_DATA", "").strip()
    return Path(named).expanduser() if named else Path.home() / ".cache" / "cnnviz" / "data"


def named(path: Path) -> str:
    """A file or folder of a data set as a visitor may read it: its name and its folder's, not where that lies."""
    return f"{path.parent.name}/{path.name}"


def missing(source: Source, why: str = "") -> MissingError:
    """One sentence: what was asked, where it was looked for, what would work."""
    reason = f" and could not be downloaded ({without_folders(why)})" if why else ""
    return MissingError(
        f"{source.info.title} is not in the data folder{reason}: put {source.wanted} into the folder that "
        f"CNNVIZ_DATA names, or choose another data set; {NO_FILES}."
    )
