"""Which class and which split each file of an archive belongs to, by its path alone; and why, where to none.

Folders that hold everything are passed through. Below them a class is a folder, and what lies deeper in it belongs to
it (torchvision's ImageFolder has the same rule, and Tiny ImageNet an `images/` in each class). `train/`, `val/` and
`test/` may stand above the classes or inside of each; `val` is for testing where no `test` has classes. Beside an image
its mask may lie (`mask_files`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cnnviz.datasets import mask_files

WORDS = {
    "train": "train", "training": "train", "trainset": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test", "testset": "test",
}  # fmt: skip
# A split's word alone, or with what people put around it: training_set, seg_train, "test images", imagenet-val.
NAMED = re.compile(rf"(?:[a-z0-9]+[ _-]){{0,2}}?({'|'.join(WORDS)})(?:[ _-]?(?:set|data|images|imgs|split|folder))?")
SYSTEMS = {"__macosx", "thumbs.db", "desktop.ini", ".ds_store"}
Path = tuple[str, ...]


@dataclass(frozen=True)
class ZipPlace:
    """split: "train" or "test", "" where the archive has no splits. index: of the file among those given."""

    index: int
    split: str
    label: str


@dataclass(frozen=True)
class Layout:
    """places: in the order of splits, classes and paths. left_out: index → why. masks: a place's index → its mask's."""

    places: tuple[ZipPlace, ...]
    left_out: Mapping[int, str] = field(default_factory=dict)
    masks: Mapping[int, int] = field(default_factory=dict)

    @property
    def has_splits(self) -> bool:
        """Whether any file stands in a folder such as `train` or `test`."""
        return any(place.split for place in self.places)

    def classes(self, split: str = "") -> list[str]:
        """Those of one split ("" for all), sorted."""
        return sorted({place.label for place in self.places if not split or place.split == split})


def read(paths: Sequence[Path], endings: Collection[str], unfit: Mapping[int, str] | None = None) -> Layout:
    """paths: of files, each with its folders. endings: of names that may be images, with the dot, in small letters.

    unfit: index → why, of files that are none whatever their names say.
    """
    named = {index: why for index, path in enumerate(paths) if (why := _no_image(path, endings))}
    left_out = {**named, **(unfit or {})}
    fit = {index: path for index, path in enumerate(paths) if index not in left_out}
    images = {index: path for index, path in fit.items() if not mask_files.is_mask(path[-1])}
    root = _root([path[:-1] for path in images.values()])
    inside = {index: path[len(root) :] for index, path in images.items()}
    layout = _split(inside) or _flat(inside)
    places = sorted(layout.places, key=lambda place: (place.split != "train", place.label, paths[place.index]))
    masks, lonely = _masks({index: path for index, path in fit.items() if index not in images}, places, paths)
    return Layout(tuple(places), {**left_out, **layout.left_out, **lonely}, masks)


def _masks(
    found: Mapping[int, Path], places: Sequence[ZipPlace], paths: Sequence[Path]
) -> tuple[dict[int, int], dict[int, str]]:
    """(a place's index → its mask's, a mask's index → why it belongs to none)."""
    named = {(*path[:-1], mask_files.stem(path[-1])): index for index, path in found.items()}
    owners = {place.index: (*paths[place.index][:-1], mask_files.stem(paths[place.index][-1])) for place in places}
    masks = {index: named[key] for index, key in owners.items() if key in named}
    lonely = set(found) - set(masks.values())
    return masks, dict.fromkeys(lonely, "a mask, and no image of its name that is used lies beside it")


def _no_image(path: Path, endings: Collection[str]) -> str:
    if any(part.lower() in SYSTEMS for part in path):
        return "a file that the operating system keeps for itself"
    if any(part.startswith(".") for part in path):
        return "a hidden file"
    stem, dot, ending = path[-1].rpartition(".") if path else ("", "", "")
    if not (stem and dot and f".{ending.lower()}" in endings):
        return f"not an image file ({'.' + ending[:12] if dot else 'no ending'})"
    return ""


def _root(folders: Sequence[Path]) -> Path:
    """The folders that hold all files, but not one that holds nothing else: that is a class."""
    root = _common(folders)
    return root[:-1] if all(len(folder) == len(root) for folder in folders) else root


def _common(folders: Sequence[Path]) -> Path:
    """The folders that hold all files, from the top."""
    if not folders:
        return ()
    low, high = min(folders), max(folders)
    same = next((index for index, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), None)
    return low[: min(len(low), len(high))] if same is None else low[:same]


def _flat(images: Mapping[int, Path]) -> Layout:
    places = tuple(ZipPlace(index, "", path[0]) for index, path in images.items() if len(path) > 1)
    return Layout(places, {index: "it lies in no class folder" for index, path in images.items() if len(path) == 1})


def _split(images: Mapping[int, Path]) -> Layout | None:
    """None where there are no splits: no labelled `train`, or `train` beside folders of other names alone."""
    found = _divided(images)
    labels = _labels(found)
    labelled = {(found[index][0], label) for index, label in labels.items() if label}
    words = {word for word, _ in labelled}
    alone = len(labels) < len(images) and not {word for word, _, _ in found.values()} & {"val", "test"}
    if "train" not in words or alone:
        return None
    testing = "test" if "test" in words else "val" if "val" in words else ""
    known = {label for word, label in labelled if word == "train"}
    if not any(word == testing and label in known for word, label in labelled):
        testing = ""
    left_out = dict(_strays(found, labels, known, testing))
    places = tuple(
        ZipPlace(index, ("train" if found[index][0] == "train" else "test") if testing else "", label)
        for index, label in labels.items()
        if index not in left_out
    )
    return Layout(places, left_out)


def _divided(images: Mapping[int, Path]) -> dict[int, tuple[str, Path, Path]]:
    """("train", folders above it, folders below it) of each path; ("", …) where no folder is a split's.

    A class may be called "test": where the folders of one level are all splits', that level is theirs for every path.
    A split's folder that holds nothing but one of its own name (seg_train/seg_train/) is passed through.
    """
    level, found = _level(images.values()), {}
    inner: dict[tuple[str, Path], list[Path]] = {}
    for index, path in images.items():
        first = next((at for at, part in enumerate(path[:-1]) if _word(part)), None)
        at = first if level is None else level
        found[index] = ("", path[:-1], ()) if at is None else (_word(path[at]), path[:at], path[at + 1 : -1])
    for word, above, below in found.values():
        inner.setdefault((word, above), []).append(below)
    doubled = {key: _again(key[0], _common(folders)) for key, folders in inner.items()}
    return {index: (word, above, below[doubled[word, above] :]) for index, (word, above, below) in found.items()}


def _level(paths: Collection[Path]) -> int | None:
    """The first level of folders of which each is a split's, "train" among them; None where there is none."""
    for level in range(min((len(path) - 1 for path in paths), default=0)):
        words = {_word(path[level]) for path in paths}
        if "train" in words and "" not in words and len(words) > 1:
            return level
    return None


def _again(word: str, folders: Path) -> int:
    """How many of these folders, from the first on, have the word once more."""
    return next((count for count, part in enumerate(folders) if not word or _word(part) != word), len(folders))


def _word(folder: str) -> str:
    """ "train", "val" or "test" where a folder is called so, else ""."""
    found = NAMED.fullmatch(folder.strip().lower())
    return WORDS[found[1]] if found else ""


def _labels(found: Mapping[int, tuple[str, Path, Path]]) -> dict[int, str]:
    """Of each file in a split its class, "" for none: the folder above the split, unless the one below is a class."""
    wrapper = _common([below for _, _, below in found.values() if below])
    inner = {
        index: (below[len(wrapper) :] if below[: len(wrapper)] == wrapper else below)
        for index, (word, _, below) in found.items()
        if word
    }
    known = {path[0] for index, path in inner.items() if path and not found[index][1]}
    labels = {}
    for index, path in inner.items():
        above = found[index][1]
        labels[index] = above[0] if above and not (path and path[0] in known) else path[0] if path else ""
    return labels


def _strays(
    found: Mapping[int, tuple[str, Path, Path]], labels: Mapping[int, str], known: Collection[str], testing: str
) -> Iterator[tuple[int, str]]:
    for index, (word, _, _) in found.items():
        if not word:
            yield index, "it lies in none of the folders train, val and test"
        elif not labels[index]:
            yield index, f"it lies in no class folder of {word}"
        elif word == "val" and testing == "test":
            yield index, "val is not used where there is a test folder"
        elif word != "train" and labels[index] not in known:
            yield index, f"its class {labels[index][:60]!r} has no images for training"
        elif word != "train" and not testing:
            yield index, f"{word} has no classes that could be tested"
