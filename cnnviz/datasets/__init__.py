"""Data sets as two tensors: images [N, C, H, W] uint8 and labels [N] int64.

    data = datasets.load("digits", split="test")
    data.images, data.labels, data.classes, data.source

One file a member: a module here that has a SOURCE joins the family by being there. Members look for their files under
the data root (`root()`); "folder:<name>" is a folder of one's own there, "cue:<name>" any of them with a shortcut
planted in it (`planted_cue`). Nothing is unpickled, but for the original CIFAR-10 batches, by torchvision's reader,
which compares each file's MD5 with the published one before it opens it.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import threading
from pathlib import Path
from typing import BinaryIO

from cnnviz.datasets import downloads, image_folder, planted_cue
from cnnviz.datasets.image_folder import Imported as Imported
from cnnviz.datasets.image_folder import LeftOut as LeftOut
from cnnviz.datasets.kinds import SPLITS, Progress, Source, data_root, missing
from cnnviz.datasets.kinds import Dataset as Dataset
from cnnviz.datasets.kinds import DatasetError as DatasetError
from cnnviz.datasets.kinds import Info as Info
from cnnviz.datasets.kinds import MissingError as MissingError
from cnnviz.datasets.kinds import Status as Status
from cnnviz.registry import Registry

members: Registry[Source] = Registry("data set")
for _module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    _source = getattr(importlib.import_module(f"{__name__}.{_module}"), "SOURCE", None)
    if _source is not None:
        members.add(_module, _source)

KEPT = 4  # data sets held in memory; CIFAR-10's training images are the largest, 154 MB
_loading = threading.Lock()


def names() -> tuple[str, ...]:
    """Every data set that has a name here: the family's, then the image folders under the data root."""
    return members.names() + image_folder.names(data_root())


def masked() -> tuple[str, ...]:
    """Those that are here and whose images have masks: the shapes first, folders of one's own that bring some last."""
    found = [name for name in names() if status(name).available and info(name).masks]
    return tuple(sorted(found, key=lambda name: name != "shapes"))


def root() -> Path:
    """Where data sets are looked for: CNNVIZ_DATA, or a folder in the user's cache."""
    return data_root()


def info(name: str) -> Info:
    """Shape, classes, mean and standard deviation. Raises KeyError for an unknown name, which lists the close ones."""
    return _member(name, data_root()).info


def status(name: str, *, ask: bool = False) -> Status:
    """Whether it can be loaded now, and if not, what to do. ask: see whether the publisher's host answers (5 s)."""
    try:
        source = _member(name, data_root())
        found = source.find(data_root())
    except DatasetError as error:
        return Status(False, False, str(error))
    if found:
        return Status(True, source.fetch is not None, f"{source.info.title}: {found}.")
    problem = downloads.answering(source.urls) if ask else ""
    if source.fetch is None or problem:
        return Status(False, False, str(missing(source, problem)))
    return Status(False, True, f"{source.info.title} is not here yet; it can be downloaded ({source.megabytes} MB).")


def load(
    name: str,
    split: str = "train",
    *,
    root: Path | str | None = None,
    download: bool = False,
    progress: Progress | None = None,
) -> Dataset:
    """All images and labels of one split, held in memory for the next call.

    download: get it where it is not there. progress: hears (bytes so far, bytes in all) while it comes.

    Raises KeyError for an unknown name, ValueError for a split other than train and test, and DatasetError, which says
    what to put where, for a data set that is not there, cannot be downloaded, or is damaged.
    """
    if split not in SPLITS:
        raise ValueError(f"{name} has no split {split!r}; there are: {', '.join(SPLITS)}")
    folder = data_root() if root is None else Path(root)
    source = _member(name, folder)
    with _loading:
        found = source.find(folder)
        if not found and download and source.fetch is not None:
            _fetch(source, folder, progress)
            found = source.find(folder)
        if not found:
            raise missing(source)
        return _held(name, split, folder, (found, image_folder.changed(planted_cue.base(name), folder)))


def from_zip(
    data: bytes | BinaryIO | Path, name: str, *, size: int = image_folder.SIZE, progress: Progress | None = None,
    room: int | None = None,
) -> Imported:  # fmt: skip
    """Keep a zip of class folders as the data set "folder:<name>": see `image_folder`. Raises DatasetError."""
    return image_folder.from_zip(data, name, size=size, root=data_root(), progress=progress, room=room)


def release() -> None:
    """Hold none of them in memory any longer."""
    _held.cache_clear()


@functools.lru_cache(maxsize=KEPT)
def _held(name: str, split: str, folder: Path, _found: tuple[str, int]) -> Dataset:
    return _member(name, folder).read(folder, split)


def _member(name: str, folder: Path) -> Source:
    if (plain := planted_cue.base(name)) != name:
        return planted_cue.source(name, _member(plain, folder))
    return image_folder.source(name, folder) if name.startswith(image_folder.PREFIX) else members[name]


def _fetch(source: Source, folder: Path, progress: Progress | None) -> None:
    problem = downloads.answering(source.urls)
    if problem or source.fetch is None:
        raise missing(source, problem)
    try:
        source.fetch(folder, progress)
    except downloads.DownloadError as error:
        raise missing(source, str(error)) from error
