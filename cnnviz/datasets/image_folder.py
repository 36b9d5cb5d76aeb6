"""A data set of one's own: a folder under the data root with a folder of images for each class, or a zip of them.

`<root>/<name>/{train,test}/<class>/*` is taken as it is; of `<root>/<name>/<class>/*` every fifth one is for testing
(of fewer than five the last one).
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import torch

from cnnviz.datasets import folders
from cnnviz.datasets.kinds import SPLITS, Dataset, DatasetError, Info, MissingError, Source
from cnnviz.images import decoding

PREFIX = "folder:"
SETTINGS = "cnnviz.json"  # {"size": 64}: beside the class folders
SIZE, SIZES = 32, (8, 256)  # pixels a side: where nothing is said, and the least and the most
TAKEN = {"MNIST", "FashionMNIST", "cifar10", "cifar-10-batches-py"}
TEST_EVERY = 5
MOST_FILES, MOST_BYTES, MOST_CLASSES = 20_000, 512 << 20, 1000  # of a zip, unpacked
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}")


@dataclass(frozen=True)
class Imported:
    """name: for `load` ("folder:pets"). skipped: files of the zip that are no images that can be read."""

    name: str
    classes: tuple[str, ...]
    pictures: int
    skipped: tuple[str, ...]


# --------------------------------------------------------------------------------------------- reading
def names(root: Path) -> tuple[str, ...]:
    """The folders under the root that hold at least two class folders with images."""
    try:
        inside = sorted(entry for entry in root.iterdir() if entry.is_dir() and entry.name not in TAKEN)
    except OSError:
        return ()
    return tuple(PREFIX + entry.name for entry in inside if not entry.name.startswith(".") and _is_data_set(entry))


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
    if elsewhere or not folder.is_dir() or not _is_data_set(folder):
        there = ", ".join(names(root)) or "none yet"
        raise MissingError(
            f"there is no image folder {plain!r} with at least two class folders of pictures in {root} "
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
        known, tested = (folders.class_names(folder / split) for split in ("train", "test"))
        if known != tested:
            raise DatasetError(
                f"the test pictures of {folder.name} have the classes {', '.join(tested) or 'none'}, its training "
                f"pictures {', '.join(known)}: a run could not be tested. Put pictures of each class into both."
            )
    elif len(folders.listing(folder)[1]) < 2:
        raise DatasetError(f"{folder.name} holds a single picture: one to train on and one to test on are needed.")
    return _where(folder)


def _for_testing(count: int) -> torch.Tensor:
    """Which of `count` images are for testing, [count] bool: every fifth, and of fewer than five the last one."""
    chosen = torch.arange(count) % TEST_EVERY == TEST_EVERY - 1
    if 2 <= count < TEST_EVERY:
        chosen[-1] = True
    return chosen


def _read(folder: Path, split: str) -> Dataset:
    size = _size(folder)
    if _has_splits(folder):
        found = folders.pictures(folder / split, size=size)
        known = folders.class_names(folder / "train")
        if found.classes != known:
            raise DatasetError(
                f"{folder / split} holds the classes {', '.join(found.classes)}, not {', '.join(known)}."
            )
        images, labels = found.images, found.labels
    else:
        found = folders.pictures(folder, size=size)
        chosen = _for_testing(len(found.labels)) == (split == "test")
        images, labels = found.images[chosen], found.labels[chosen]
        if not len(labels):
            raise DatasetError(
                f"{folder.name} has no picture for {split}: {len(found.labels)} of its files can be read, 2 are needed."
            )
    left_out = f", {found.unreadable} unreadable files left out" if found.unreadable else ""
    return Dataset(PREFIX + folder.name, split, images, labels, found.classes, _where(folder) + left_out)


def _info(folder: Path) -> Info:
    """Without opening an image, for menus; mean and standard deviation are ImageNet's, as of photos in general."""
    has_splits, size = _has_splits(folder), _size(folder)
    classes, files = folders.listing(folder / "train" if has_splits else folder)
    count = len(files) if has_splits else len(files) - int(_for_testing(len(files)).sum())
    sentence = f"Your pictures: {count:,} for training in {len(classes)} classes, {size} × {size} pixels."
    return Info(folder.name, (3, size, size), classes, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), sentence)


def _size(folder: Path) -> int:
    try:
        size = json.loads((folder / SETTINGS).read_text())["size"]
    except FileNotFoundError:
        return SIZE
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DatasetError(f'{folder / SETTINGS} cannot be read: {{"size": {SIZE}}} works.') from error
    return _checked(size)


def _checked(size: object) -> int:
    least, most = SIZES
    if not isinstance(size, int) or not least <= size <= most:
        raise DatasetError(f"pictures of {size} × {size} pixels cannot be made: {least} to {most} a side work.")
    return size


# --------------------------------------------------------------------------------------------- a zip of one's own
def from_zip(data: bytes, name: str, *, size: int = SIZE, root: Path) -> Imported:
    """Keep a zip of class folders as a data set. No path of the zip is ever written to.

    Each image goes through `decoding.read`, is made size × size (its middle) and saved anew as PNG.
    Raises DatasetError for a name in use, a broken or oversized zip, fewer than two classes.
    """
    target = _target(name, root)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, tempfile.TemporaryDirectory(dir=root, prefix=".new-") as new:
            imported = _unpacked(archive, Path(new) / "set", target.name, _checked(size))
            os.replace(Path(new) / "set", target)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, UnicodeError) as error:
        raise DatasetError(f"this zip cannot be unpacked ({error}): a plain one without a password works.") from error
    except OSError as error:
        raise DatasetError(
            f"{target} cannot be written ({error.strerror}): set CNNVIZ_DATA to a folder of yours."
        ) from error
    return imported


def remove(name: str, root: Path) -> None:
    """Delete a data set that came from a zip. Raises DatasetError for any other folder."""
    folder = _folder(name, root)
    if not (folder / SETTINGS).is_file():
        raise DatasetError(f"{folder} was not made from a zip here: delete it by hand.")
    shutil.rmtree(folder)


def _target(name: str, root: Path) -> Path:
    plain = name.removeprefix(PREFIX).strip()
    if not CODE.fullmatch(plain) or plain in TAKEN or plain.endswith("."):
        raise DatasetError(f"{plain!r} cannot be a data set's name: letters, digits, spaces, - and _ work, up to 64.")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(
            f"{root} cannot be made ({error.strerror}): set CNNVIZ_DATA to a folder of yours."
        ) from error
    if (root / plain).exists():
        raise DatasetError(f"there already is a data set {plain!r}: choose another name.")
    return root / plain


def _unpacked(archive: zipfile.ZipFile, target: Path, name: str, size: int) -> Imported:
    skipped: list[str] = []
    counts: dict[str, int] = {}
    for split, label, path, content in _pictures(archive):
        try:
            image = folders.square(decoding.read(content), size)
        except decoding.ImageError:
            skipped.append(path)
            continue
        number = counts.get(label, 0)
        counts[label] = number + 1
        place = target / split / label
        place.mkdir(parents=True, exist_ok=True)
        image.save(place / f"{number:05d}.png")
    if not 2 <= len(counts) <= MOST_CLASSES:
        raise DatasetError(
            f"this zip holds {len(counts)} classes with pictures: between 2 and {MOST_CLASSES:,} folders of pictures, "
            "one for each class, work."
        )
    (target / SETTINGS).write_text(json.dumps({"size": size}))
    return Imported(PREFIX + name, tuple(sorted(counts)), sum(counts.values()), tuple(skipped))


def _pictures(archive: zipfile.ZipFile) -> Iterator[tuple[str, str, str, bytes]]:
    """(split or "", class, path in the zip, content) of each file with an image's ending in a class folder."""
    entries = [entry for entry in archive.infolist() if _is_picture(PurePosixPath(entry.filename))]
    if len(entries) > MOST_FILES:
        raise DatasetError(f"this zip holds {len(entries):,} pictures: up to {MOST_FILES:,} work.")
    paths = [PurePosixPath(entry.filename) for entry in entries]
    split_there = {part for path in paths for part in path.parts[:-2] if part in SPLITS} == set(SPLITS)
    left = MOST_BYTES
    for entry, path in zip(entries, paths, strict=True):
        with archive.open(entry) as file:  # what the zip says about sizes may be a lie: count what comes
            content = file.read(min(left, decoding.FILE_BYTES) + 1)
        left -= len(content)
        if left < 0:
            raise DatasetError(f"this zip unpacks to more than {MOST_BYTES >> 20} MB: a smaller one works.")
        split = next((part for part in path.parts[:-2] if part in SPLITS), "") if split_there else ""
        if split_there == bool(split):
            yield split, _safe(path.parent.name), entry.filename, content


def _is_picture(path: PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return len(path.parts) >= 2 and not hidden and path.suffix.lower() in folders.ENDINGS


def _safe(label: str) -> str:
    """A class name that is a folder's name on any system."""
    return re.sub(r"[^\w .-]", "_", label).strip(" .")[:64] or "_"
