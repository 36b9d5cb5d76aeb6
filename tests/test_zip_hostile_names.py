"""Names that a zip may hold and a disk may not take: every file is in its class or told, and nothing lies elsewhere."""

from __future__ import annotations

import os
import random
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from cnnviz import datasets
from cnnviz.datasets import DatasetError, image_folder
from tests.test_zip_import import images_of, png, zipped


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


HOSTILE = (
    *("cat", "Cat", "CAT", "cat.", "cat ", " cat", "a", "A", "a~2", "~", "-rf", "%00", "$x$", "<b>x", "a\nb"),
    *("CON", "con", "nul.txt", "COM1", "LPT9.", "aux", "train ", "Test", "_", "\u202egnp"),
    *("😀", "\U0001f469\u200d\U0001f467", "😀.", "é", "e\u0301", "が", "か\u3099"),
    *("𠀀" * 70, "𠀀" * 71, "n" * 240, "N" * 240, "ß", "ss", "İ", "i\u0307", "\ufb01n", "fin", "K", "\u212a"),
)
ASTRAY = ("/etc", "../x", "..", "cat/..", "cat/../dog", "C:", "c:\\cat", "\\\\server\\share", "../../cat", " .. /cat")
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def _as_windows_reads(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().rstrip(" .")


@pytest.mark.parametrize("seed", range(int(os.environ.get("CNNVIZ_DRAWN", "40"))))
def test_whatever_names_are_drawn_nothing_is_lost_mixed_or_written_elsewhere(seed: int, root: Path) -> None:
    draw = random.Random(seed)
    classes = draw.sample(HOSTILE, draw.randrange(3, 9))
    umlauts = ("ü", "u\u0308")
    files = {f"{label}/{draw.choice((label, *umlauts))}{number}.png": label for label in classes for number in range(3)}
    astray = {f"{folder}/{number}.png" for folder in draw.sample(ASTRAY, draw.randrange(4)) for number in range(2)}
    wanted = Counter(unicodedata.normalize("NFC", label) for label in files.values())
    shades = {label: 1 + 20 * number for number, label in enumerate(wanted)}
    content = {name: png(shades[unicodedata.normalize("NFC", label)]) for name, label in files.items()}
    content |= dict.fromkeys(astray, png(255))
    names = list(content)
    draw.shuffle(names)
    added = datasets.from_zip(zipped({name: content[name] for name in names}), "hostile")
    assert added.pictures == len(files)
    assert len(added.left_out) == len(astray)
    assert all("path" in one.reason for one in added.left_out)
    assert images_of("folder:hostile", root) == {f"{label}/{shades[label]}": count for label, count in wanted.items()}
    made = {path.name for path in (root / "hostile").rglob("*") if path.is_dir()} - {"train", "test"}
    assert len(set(map(_as_windows_reads, made))) == len(made) == len(wanted)
    assert not {_as_windows_reads(name).split(".")[0].rstrip() for name in made} & DEVICES
    assert all(len(name.encode()) < 255 for name in made)
    assert {path.name for path in root.iterdir()} == {"hostile"}


def test_a_zip_whose_paths_all_begin_at_the_root_says_so(root: Path) -> None:
    data = zipped({f"/home/me/{label}/{number}.png": png() for label in ("cat", "dog") for number in range(5)})
    with pytest.raises(DatasetError, match="Of 10 files left out, 10: its path begins at the root of a disk"):
        image_folder.from_zip(data, "rooted", root=root)
