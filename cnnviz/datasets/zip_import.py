"""A zip of class folders becomes a data set: each image read, made square and small, and saved anew.

One image at a time is held in memory, within budgets of files, bytes, pixels and seconds. A set that could not be
trained and tested on is refused by its names alone, before anything is unpacked; every file left out is told with its
reason.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from cnnviz import half_made, limits, visitors
from cnnviz.datasets import folders, mask_files, zip_files, zip_layout, zip_names
from cnnviz.datasets.kinds import SPLITS, DatasetError, Progress
from cnnviz.datasets.zip_budget import Budget
from cnnviz.images import decoding
from cnnviz.plain_text import cut

PREFIX = "folder:"
SETTINGS = "cnnviz.json"  # {"size": 64, "names": {"what_": "what?"}}: beside the class folders
SIZE, SIZES = 32, (8, 256)  # pixels a side: where nothing is said, and the least and the most
TAKEN = {"MNIST", "FashionMNIST", "cifar10", "cifar-10-batches-py", "stamps"}
TEST_EVERY = 5
MOST_FILES, MOST_CLASSES = limits.ZIP_FILES, limits.ZIP_CLASSES
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
FOLDER_BYTES = 200  # of the 255 that systems allow
DEVICES = re.compile(r"con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]", re.IGNORECASE)  # Windows' own names
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}")


@dataclass(frozen=True)
class LeftOut:
    """A file of a zip that is not in the data set, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Imported:
    """name: for `load` ("folder:pets"). left_out: every file of the zip that was not taken, with the reason.

    masks: how many of the images have one.
    """

    name: str
    classes: tuple[str, ...]
    pictures: int
    left_out: tuple[LeftOut, ...]
    masks: int = 0

    @property
    def skipped(self) -> tuple[str, ...]:
        """The paths of the files that were left out."""
        return tuple(one.path for one in self.left_out)


def from_zip(
    data: bytes | BinaryIO | Path, name: str, *, size: int = SIZE, root: Path, progress: Progress | None = None,
    room: int | None = None,
) -> Imported:  # fmt: skip
    """Keep a zip of class folders as a data set. No path of the zip is ever written to.

    data: the file, its bytes or its path; one image at a time is held in memory. Each goes through `decoding.read`, is
    made size × size (its middle) and saved anew as PNG; where files belong, `zip_layout` says.
    progress: hears (images read so far, images in all) before each; what it raises ends the work, and nothing stays.
    room: bytes that the set may take on disk.
    Raises DatasetError for a name in use, a zip that is broken, locked or too large, a set that takes more than its
    room, and one that could not be trained and tested on: nothing of it stays then.
    """
    target = _target(name, root)
    checked_size(size)
    try:
        with zip_files.opened(data, limits.ZIP_MB << 20) as (archive, torn):
            entries = [entry for entry in archive.infolist() if not entry.filename.endswith(("/", "\\"))]
            read = zip_names.read(entries, claimed=torn)
            paths = read.paths
            layout = zip_layout.read(paths, folders.ENDINGS, {**zip_files.unfit(entries), **read.astray})
            _refuse_nested(layout, paths)
            _refuse_untrainable(layout)
            half_made.sweep(root)
            with half_made.making(root) as new:
                one = _Import(archive, entries, paths, new / "set", size, progress, room)
                imported = one.run(layout, target.name)
                os.replace(new / "set", target)
    except OSError as error:
        raise DatasetError(
            f"the data folder cannot be written ({error.strerror}): set CNNVIZ_DATA to a folder of yours."
        ) from error
    return imported


def suggested(file_name: str) -> str:
    """A data set's name from a file's: what cannot stand in it becomes "_".

    >>> suggested("my pets (2).zip"), suggested("狗.zip")
    ('my pets _2_', 'pictures')
    """
    plain = re.sub(r"[^A-Za-z0-9 _.-]", "_", file_name.rsplit(".", 1)[0]).lstrip(" _.-")[:64].rstrip(" .")
    return plain or "pictures"


def checked_size(size: object) -> int:
    """The size, if images can be made so large. Raises DatasetError."""
    least, most = SIZES
    if not isinstance(size, int) or not least <= size <= most:
        raise DatasetError(f"images of {size} × {size} pixels cannot be made: {least} to {most} a side work.")
    return size


def _target(name: str, root: Path) -> Path:
    plain = name.removeprefix(PREFIX).strip()
    if not CODE.fullmatch(plain) or plain in TAKEN or plain.endswith("."):
        raise DatasetError(f"{plain!r} cannot be a data set's name: letters, digits, spaces, - and _ work, up to 64.")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(
            f"the data folder cannot be made ({error.strerror}): set CNNVIZ_DATA to a folder of yours."
        ) from error
    if (root / plain).exists():
        raise DatasetError(f"there already is a data set {plain!r}: choose another name.")
    return root / plain


def _refuse_nested(layout: zip_layout.Layout, paths: Sequence[tuple[str, ...]]) -> None:
    """A zip of zips, as some downloads are: what is inside of those is not looked at."""
    inner = next((path[-1] for path in paths if path and path[-1].lower().endswith(ARCHIVES)), None)
    if inner is not None and not layout.classes():
        raise DatasetError(
            f"the images are in an archive inside of this zip ({cut(inner, longest=60)}): unpack that one and zip its "
            "folder of classes."
        )


def _refuse_untrainable(layout: zip_layout.Layout) -> None:
    """By the paths alone, before anything is unpacked; and again by what could be read."""
    classes, count = layout.classes("train" if layout.has_splits else ""), len(layout.places)
    if count > MOST_FILES:
        raise DatasetError(f"this zip holds {count:,} images: up to {MOST_FILES:,} work.")
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise DatasetError(
            f"this zip holds {len(classes) or 'no'} class{'' if len(classes) == 1 else 'es'} with images: "
            f"between 2 and {MOST_CLASSES:,} folders of images, "
            f"one for each class, work.{_mostly_left_out(layout)}"
        )
    if count == len(classes) or (layout.has_splits and all(place.split == "train" for place in layout.places)):
        raise DatasetError(
            f"this zip holds {count} images of {len(classes)} classes, and none to test on: two or more of one work."
        )


def _mostly_left_out(layout: zip_layout.Layout) -> str:
    """Why most of the files that were left out were; "" where others were taken."""
    if layout.places or not layout.left_out:
        return ""
    why, count = Counter(layout.left_out.values()).most_common(1)[0]
    return f" Of {len(layout.left_out):,} files left out, {count:,}: {why}."


def _divided(places: Sequence[zip_layout.ZipPlace]) -> list[bool]:
    """Which of them are for testing, where every fifth of all would leave a class, or the test, with none.

    Every fifth of each class; where no class has five, the last of each that has two.
    """
    order = [sum(other.label == place.label for other in places[:index]) for index, place in enumerate(places)]
    tested = [number % TEST_EVERY == TEST_EVERY - 1 for number in order]
    if any(tested):
        return tested
    counts = Counter(place.label for place in places)
    return [number > 0 and number == counts[place.label] - 1 for number, place in zip(order, places, strict=True)]


def _fifth_serves(places: Sequence[zip_layout.ZipPlace]) -> bool:
    """Whether every fifth image of all can be for testing: there is one, and each class keeps some for training."""
    kept = {place.label for number, place in enumerate(places, 1) if number % TEST_EVERY}
    return len(places) >= TEST_EVERY and kept == {place.label for place in places}


@dataclass
class _Import:
    """One zip on its way into a folder."""

    archive: zipfile.ZipFile
    entries: list[zipfile.ZipInfo]
    paths: Sequence[tuple[str, ...]]
    target: Path
    size: int
    progress: Progress | None = None
    room: int | None = None
    masks: int = 0

    def run(self, layout: zip_layout.Layout, name: str) -> Imported:
        names = _folder_names(layout.classes())
        left_out = dict(layout.left_out)
        taken: list[zip_layout.ZipPlace] = []
        counts: Counter[tuple[str, str]] = Counter()
        for place, image, mask in self._images(layout, left_out):
            number = counts[place.split, place.label]
            counts[place.split, place.label] += 1
            folder = self.target / place.split / names[place.label]
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{number:05d}.png"
            folders.square(image, self.size).save(file)
            self._count(file.stat().st_size)
            if mask is not None:
                self._keep_mask(mask, file, layout.masks[place.index], left_out)
            taken.append(place)
        _refuse_untrainable(zip_layout.Layout(tuple(taken)))
        if not any(place.split for place in taken) and not _fifth_serves(taken):
            self._divide(taken, names)
        kept = {label for _, label in counts}
        other = {folder: label for label, folder in names.items() if folder != label and label in kept}
        settings = {"size": self.size, **({"names": other} if other else {})}
        (self.target / SETTINGS).write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
        visitors.mark(self.target)
        told = tuple(LeftOut("/".join(self.paths[index]), why) for index, why in sorted(left_out.items()))
        classes = tuple(label for label in sorted(kept, key=lambda label: names[label]))
        return Imported(PREFIX + name, classes, len(taken), told, self.masks)

    def _keep_mask(self, mask: Image.Image, file: Path, index: int, left_out: dict[int, str]) -> None:
        """Beside its image, as small as that; told as left out where nothing of the thing is in the middle."""
        kept = mask_files.cut(folders.square(mask, self.size))
        if not kept.any():
            left_out[index] = "what this mask marks is cut off where the image is made square"
            return
        own = file.with_name(file.stem + mask_files.MARK)
        Image.fromarray(kept).save(own)
        self._count(own.stat().st_size)
        self.masks += 1

    def _count(self, written: int) -> None:
        """What was written comes off the room that is left. Raises DatasetError."""
        if self.room is None:
            return
        self.room -= written
        if self.room < 0:
            raise DatasetError(
                "this set takes more than is left of a visitor's disk here: make its images smaller, or delete runs, "
                "empty the trash, or remove a data set."
            )

    def _divide(self, taken: list[zip_layout.ZipPlace], names: dict[str, str]) -> None:
        """Moves the images, which lie in their classes' folders, into train and test."""
        counts: Counter[str] = Counter()
        for place, tested in zip(taken, _divided(taken), strict=True):
            folder, stem = Path(names[place.label]), f"{counts[place.label]:05d}"
            counts[place.label] += 1
            goal = self.target / ("test" if tested else "train") / folder
            goal.mkdir(parents=True, exist_ok=True)
            for file in (f"{stem}.png", stem + mask_files.MARK):
                if (self.target / folder / file).exists():
                    os.replace(self.target / folder / file, goal / file)
        for label in counts:
            (self.target / names[label]).rmdir()

    def _images(
        self, layout: zip_layout.Layout, left_out: dict[int, str]
    ) -> Iterator[tuple[zip_layout.ZipPlace, Image.Image, Image.Image | None]]:
        """Each that can be read, with its mask; the others go to `left_out`. Raises DatasetError beyond a budget."""
        budget = Budget()
        twice = [layout.masks[place.index] for place in layout.places if place.index in layout.masks]
        images = [place.index for place in layout.places]
        budget.foresee(self.archive, (self.entries[index] for index in (*images, *twice)))
        for number, place in enumerate(layout.places):
            if self.progress is not None:
                self.progress(number, len(layout.places))
            own, mask = layout.masks.get(place.index), None
            try:
                image, pixels = decoding.measured(budget.content(self.archive, self.entries[place.index]))
            except (zip_files.EntryError, decoding.ImageError) as error:
                left_out[place.index] = str(error)
                if own is not None:
                    left_out[own] = "a mask whose image is left out"
                continue
            budget.decoded(pixels)
            if own is not None:
                try:
                    mask = mask_files.read(budget.content(self.archive, self.entries[own]), image.size)
                    budget.decoded(pixels)
                except (zip_files.EntryError, decoding.ImageError) as error:
                    left_out[own] = str(error)
            yield place, image, mask


def _folder_names(classes: list[str]) -> dict[str, str]:
    """A folder's name for each class: its own where every system takes it, else one that no other class has."""
    names: dict[str, str] = {}
    taken = {split.casefold() for split in SPLITS}  # a folder of that name would be read as a split
    for label in sorted(classes, key=lambda label: _safe(label) != label):  # those that can keep their names first
        plain = name = _safe(label)
        number = 2
        while name.casefold() in taken:
            name, number = f"{plain}~{number}", number + 1
        taken.add(name.casefold())
        names[label] = name
    return names


def _safe(label: str) -> str:
    """A class name that is a folder's name on any system: up to 64 characters and 200 bytes, and no device's name."""
    plain = re.sub(r"[^\w .-]", "_", label).strip(" .")[:64]
    short = plain.encode()[:FOLDER_BYTES].decode(errors="ignore").strip(" .") or "_"
    return f"_{short}" if DEVICES.fullmatch(short.split(".")[0].rstrip()) else short
