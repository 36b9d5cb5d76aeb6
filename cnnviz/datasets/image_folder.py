"""A data set of one's own: a folder under the data root with a folder of images for each class.

`<root>/<name>/{train,test}/<class>/*` is taken as it is; of `<root>/<name>/<class>/*` every fifth one is for testing
(of fewer than five the last one). A class's folder may be called otherwise than the class (`Settings.names`): a
folder's name has to suit every system. `zip_import` makes such folders. Beside an image `cat.jpg` its mask may lie,
`cat_mask.png`: see `mask_files`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import torch

from cnnviz import visitors
from cnnviz.datasets import folders, removed
from cnnviz.datasets.kinds import SPLITS, Dataset, DatasetError, Info, MissingError, Source
from cnnviz.datasets.zip_import import PREFIX, SETTINGS, SIZE, TAKEN, TEST_EVERY, checked_size
from cnnviz.datasets.zip_import import Imported as Imported
from cnnviz.datasets.zip_import import LeftOut as LeftOut
from cnnviz.datasets.zip_import import from_zip as from_zip
from cnnviz.datasets.zip_import import suggested as suggested


@dataclass(frozen=True)
class Settings:
    """size: pixels a side. names: a class folder's name → the class's, where they differ."""

    size: int = SIZE
    names: dict[str, str] = field(default_factory=dict)


# --------------------------------------------------------------------------------------------- reading
def names(root: Path) -> tuple[str, ...]:
    """The folders under the root that hold at least two class folders with images, and that whoever asks may see.

    What bears nobody's mark was put there for everybody.
    """
    try:
        inside = sorted(entry for entry in root.iterdir() if entry.is_dir() and entry.name not in TAKEN)
    except OSError:
        return ()
    there = (entry for entry in inside if not entry.name.startswith(".") and seen(entry))
    return tuple(PREFIX + entry.name for entry in there if _is_data_set(entry))


def seen(folder: Path) -> bool:
    """Whether whoever asks may see this folder."""
    asking = visitors.current()
    owner = visitors.owner_of(folder) if asking.id else ""
    return not owner or asking.may(owner)


def source(name: str, root: Path) -> Source:
    """The member of the family for one such folder. Raises DatasetError where it is not there."""
    folder = _folder(name, root)
    return Source(_info(folder), lambda _: _found(folder), lambda _, split: _read(folder, split))


def changed(name: str, root: Path) -> int:
    """A number that is another one once the folder was removed or made anew."""
    try:
        return (root / name.removeprefix(PREFIX)).stat().st_mtime_ns
    except OSError:
        return 0


def _folder(name: str, root: Path) -> Path:
    plain = name.removeprefix(PREFIX)
    folder = root / plain
    elsewhere = Path(plain).name != plain or plain.startswith(".") or plain in TAKEN
    if elsewhere or not folder.is_dir() or not seen(folder) or not _is_data_set(folder):
        there = ", ".join(names(root)) or "none yet"
        raise MissingError(
            f"there is no image folder {plain!r} with at least two class folders of images in the data folder "
            f"(CNNVIZ_DATA); there are: {there}; a zip of class folders works too."
        )
    return folder


def _is_data_set(folder: Path) -> bool:
    return len(folders.class_names(folder / "train" if _has_splits(folder) else folder)) >= 2


def _has_splits(folder: Path) -> bool:
    return all((folder / split).is_dir() for split in SPLITS)


def _where(folder: Path) -> str:
    return f"the image folder {folder.name}"


def _found(folder: Path) -> str:
    """Where it is, in words. Raises DatasetError where nothing would be left to train or to test on."""
    if _has_splits(folder):
        known, tested = (set(folders.class_names(folder / split)) for split in ("train", "test"))
        if not tested or tested - known:
            raise DatasetError(
                f"the test images of {folder.name} have the classes {', '.join(sorted(tested)) or 'none'}, its "
                "training "
                f"images {', '.join(sorted(known))}: a run could not be tested. Put images of known classes into test."
            )
    elif len(folders.listing(folder)[1]) < 2:
        raise DatasetError(f"{folder.name} holds a single image: one to train on and one to test on are needed.")
    return _where(folder)


def _for_testing(count: int) -> torch.Tensor:
    """Which of `count` images are for testing, [count] bool: every fifth, and of fewer than five the last one."""
    chosen = torch.arange(count) % TEST_EVERY == TEST_EVERY - 1
    if 2 <= count < TEST_EVERY:
        chosen[-1] = True
    return chosen


def _read(folder: Path, split: str) -> Dataset:
    settings = _settings(folder)
    if _has_splits(folder):
        known = folders.class_names(folder / "train")
        found = folders.pictures(folder / split, size=settings.size, classes=known)
        images, labels, masks = found.images, found.labels, found.masks
    else:
        found = folders.pictures(folder, size=settings.size)
        chosen = _for_testing(len(found.labels)) == (split == "test")
        images, labels = found.images[chosen], found.labels[chosen]
        masks = None if found.masks is None else found.masks[chosen]
        if not len(labels):
            raise DatasetError(
                f"{folder.name} has no image for {split}: {len(found.labels)} of its files can be read, 2 are needed."
            )
    left_out = f", {found.unreadable} unreadable files left out" if found.unreadable else ""
    left_out += f", {found.unfit} masks left out that fit no image" if found.unfit else ""
    source = _where(folder) + left_out
    return Dataset(PREFIX + folder.name, split, images, labels, _named(found.classes, settings), source, masks)


def _named(names: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    return tuple(settings.names.get(name, name) for name in names)


def _info(folder: Path) -> Info:
    """Without opening an image, for menus; mean and standard deviation are ImageNet's, as of photos in general."""
    has_splits, settings = _has_splits(folder), _settings(folder)
    size = settings.size
    folder_names, files = folders.listing(folder / "train" if has_splits else folder)
    classes = _named(folder_names, settings)
    count = len(files) if has_splits else len(files) - int(_for_testing(len(files)).sum())
    sentence = f"Your images: {count:,} for training in {len(classes)} classes, {size} × {size} pixels."
    masks = any(folders.has_masks(folder / split) for split in (SPLITS if has_splits else ("",)))
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    return Info(folder.name, (3, size, size), classes, mean, std, sentence, masks=masks)


def _settings(folder: Path) -> Settings:
    try:
        values = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        size, names = values["size"], dict(values.get("names", {}))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DatasetError(f'{SETTINGS} of {folder.name} cannot be read: {{"size": {SIZE}}} works.') from error
    return Settings(checked_size(size), {str(key): str(name) for key, name in names.items()})


def remove(name: str, root: Path) -> None:
    """Move a data set that came from a zip to the trash (`removed`). Raises DatasetError for any other folder."""
    plain = name.removeprefix(PREFIX)
    folder = root / plain
    if Path(plain).name != plain or plain.startswith(".") or plain in TAKEN or not folder.is_dir() or not seen(folder):
        raise DatasetError(f"there is no data set {plain!r} that could be removed.")
    if not visitors.current().may(visitors.owner_of(folder)):
        raise DatasetError(f"{plain} is everybody's: only a teacher can remove it.")
    if not (folder / SETTINGS).is_file():
        raise DatasetError(f"{plain} was not made from a zip here: delete its folder by hand.")
    removed.discard(folder)
