"""Zips as people make them: whatever system wrote the names, every file is in its class or told with a reason."""

from __future__ import annotations

import io
import os
import random
import struct
import time
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnviz import datasets
from cnnviz.datasets import DatasetError, idx, image_folder, zip_budget
from cnnviz.images import decoding
from cnnviz.measurements import data_set

PLAIN = ["cat", "dog", "what?", "what!", "a:b", "a;b", "n" * 70 + "1", "n" * 70 + "2", "AUX.", "test", "😀", "😺"]
NAMES = {
    "utf-8": ["猫", "狗", "Löwe", "école", *PLAIN],
    "gbk": ["猫", "狗", "鸟", "汽车", "苹果", "表格", "cat"],
    "cp932": ["猫", "犬", "ねこ", "いぬ", "表", "ソース", "cat"],
    "cp437": ["Löwe", "Vögel", "Äpfel", "café", "señor", "cat"],
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def png(shade: int = 0) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (9, 9), (shade, shade, shade)).save(file, "PNG")
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def stored(files: dict[bytes, bytes]) -> bytes:
    """A zip with these very bytes as names, and no flag that says what they are."""
    standing = {f"{index:0{len(name)}d}": (name, content) for index, (name, content) in enumerate(files.items(), 10**5)}
    data = zipped({stand: content for stand, (_, content) in standing.items()})
    for stand, (name, _) in standing.items():
        assert len(stand) == len(name)
        data = data.replace(stand.encode(), name)
    return data


def images_of(name: str, root: Path) -> dict[str, int]:
    """Class → how many images of both splits have that label and that class's shade."""
    found: dict[str, int] = {}
    for split in ("train", "test"):
        data = datasets.load(name, split, root=root)
        for image, label in zip(data.images, data.labels, strict=True):
            key = (data.classes[int(label)], int(image.max()))
            found[f"{key[0]}/{key[1]}"] = found.get(f"{key[0]}/{key[1]}", 0) + 1
    return found


# ------------------------------------------------------------------------------------------------ drawn archives
@pytest.mark.parametrize("seed", range(int(os.environ.get("CNNVIZ_DRAWN", "60"))))
def test_drawn_archives_give_every_file_to_its_class_or_a_reason(seed: int, root: Path) -> None:
    draw = random.Random(seed)
    encoding = draw.choice(sorted(NAMES))
    classes = draw.sample(NAMES[encoding], draw.randrange(2, 5))
    shades = {name: 40 * number for number, name in enumerate(classes)}
    wrapper = draw.choice(["", "my pets/", "a/b/"])
    layout = draw.choice(["flat", "train/test above", "train/val above", "train/test inside", "unlabelled test"])
    slash = draw.choice(["/", "\\"])
    files: dict[str, bytes] = {}
    for name in classes:
        for number in range(5):
            split = ("test" if "test" in layout else "val") if number == 4 else "train"
            inside = draw.choice(["", "images/", "2024/may/"])
            if layout in ("flat", "unlabelled test"):
                above = f"{name}/" if layout == "flat" else f"train/{name}/"
            else:
                above = f"{split}/{name}/" if "above" in layout else f"{name}/{split}/"
            ending = draw.choice(["png", "PNG", "jpg", "JFIF", "HEIC"])
            files[f"{wrapper}{above}{inside}{number}.{ending}"] = png(shades[name])
    strays = {
        f"{wrapper}readme-first.txt": b"hi",
        f"{wrapper}{next(iter(files))[len(wrapper) :].rsplit('/', 1)[0]}/broken.png": b"no",
    }
    if layout == "unlabelled test":
        strays |= {f"{wrapper}test/{number:06d}.png": png(9) for number in range(3)}
    whole = {name.replace("/", slash): content for name, content in (files | strays).items()}
    data = (
        zipped(whole)
        if encoding == "utf-8"
        else stored({name.encode(encoding): content for name, content in whole.items()})
    )
    added = datasets.from_zip(data, "drawn")
    assert set(added.classes) == set(classes)
    assert added.classes == datasets.load("folder:drawn", root=root).classes == datasets.info("folder:drawn").classes
    assert (added.pictures, len(added.left_out)) == (len(files), len(strays))
    assert all(one.reason for one in added.left_out)
    assert images_of("folder:drawn", root) == {f"{name}/{shades[name]}": 5 for name in classes}
    image_folder.remove("folder:drawn", root)
    assert "folder:drawn" not in datasets.names()


@pytest.mark.parametrize("encoding", ["gbk", "cp932", "cp437", "utf-8"])
def test_names_without_a_flag_are_read_in_the_encoding_they_were_written_in(encoding: str, root: Path) -> None:
    names = [name for name in NAMES[encoding] if not name.isascii()]
    files = {f"pictures/{name}/{number}.png".encode(encoding): png() for name in names for number in range(3)}
    assert set(datasets.from_zip(stored(files), "names").classes) == set(names)


@pytest.mark.parametrize("seed", range(12))
def test_one_character_that_two_encodings_have(seed: int, root: Path) -> None:
    """A fifth of GBK's most used characters are a Latin or Cyrillic letter in UTF-8, which alone is hardly a name."""
    draw = random.Random(seed)
    both = [bytes((lead, trail)) for lead in range(0xC2, 0xD7) for trail in range(0xA1, 0xC0)]
    name = draw.choice([letter for letter in both if 0xB0 <= letter[0] <= 0xD7])
    slash = draw.choice((b"/", b"\\"))
    files = {label + slash + b"%d.png" % number: png() for label in (name, b"cat") for number in range(3)}
    assert datasets.from_zip(stored(files), "two").classes == ("cat", name.decode("gbk"))
    word = draw.choice(["кот", "chatéé", "Löwe", "а б в", "ñu"])  # and these are UTF-8
    files = {f"{label}/{number}.png".encode(): png() for label in (word, "cat") for number in range(3)}
    assert set(datasets.from_zip(stored(files), "words").classes) == {"cat", word}


LAYOUTS = {
    "above": "{split}/{name}/{n}.png",
    "inside": "{name}/{split}/{n}.png",
    "doubled": "s/{split}/{split}/{name}/{n}.png",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["test", "train", "val", "testing"])
@pytest.mark.parametrize("testing", ["test", "val"])
def test_a_class_may_be_called_like_a_split(layout: str, name: str, testing: str, root: Path) -> None:
    files = {
        LAYOUTS[layout].format(split=split, name=label, n=f"{deeper}{n}"): png(shade)
        for label, shade in (("cat", 0), (name, 90)) for split in ("train", testing) for n in range(3)
        for deeper in ("", "2024/")
    }  # fmt: skip
    added = datasets.from_zip(zipped(files), "called")
    assert set(added.classes) == {"cat", name}
    assert not added.left_out
    assert images_of("folder:called", root) == {"cat/0": 12, f"{name}/90": 12}


def test_the_unicode_path_of_info_zip_counts(root: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("猫", "犬"):
            for number in range(3):
                entry = zipfile.ZipInfo(f"{'cat' if name == '猫' else 'dog'}/{number}.png")
                path = f"{name}/{number}.png".encode()
                crc = zipfile.crc32(entry.filename.encode())  # type: ignore[attr-defined]
                entry.extra = struct.pack("<HHBI", 0x7075, 5 + len(path), 1, crc) + path
                archive.writestr(entry, png())
    # Only names beyond ASCII need it: a plain name is believed.
    assert datasets.from_zip(file.getvalue(), "plain").classes == ("cat", "dog")


def test_one_name_that_says_utf8_and_is_not(root: Path) -> None:
    good = zipped({f"{name}/{number}.png": png() for name in ("chatéé", "dog") for number in range(4)})
    broken = good.replace("chatéé/3".encode(), b"chat\xff\xfe\xfd\xfc/3")
    added = datasets.from_zip(broken, "mixed")
    assert {"chatéé", "dog"} < set(added.classes)
    assert added.pictures + len(added.left_out) == 8


# ------------------------------------------------------------------------------------------------ refused in words
def locked() -> bytes:
    data = bytearray(zipped({f"{name}/{number}.png": png() for name in "ab" for number in range(3)}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def methods(method: int) -> bytes:
    data = bytearray(zipped({f"{name}/{number}.png": png() for name in "ab" for number in range(3)}))
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.find(mark)
        while at >= 0:
            struct.pack_into("<H", data, at + place, method)
            at = data.find(mark, at + 4)
    return bytes(data)


REFUSED = {
    "a password": (locked, "locked by a password: one without a password works"),
    "Deflate64": (lambda: methods(9), "packed by Deflate64.*zipped the ordinary way it works"),
    "RAR": (lambda: b"Rar!\x1a\x07\x01\0" + bytes(90), "RAR archive, not a zip"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(90), "7z archive, not a zip"),
    "one class": (lambda: zipped({f"cat/{n}.png": png() for n in range(9)}), "holds 1 class with"),
    "nothing to test on": (lambda: zipped({f"{c}/0.png": png() for c in "abcde"}), "none to test on"),
    "a list of a million names": (lambda: b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 9, 9, 1 << 28, 0, 0), "lists"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_a_data_set_is_one_sentence_and_leaves_nothing(kind: str, root: Path) -> None:
    make, said = REFUSED[kind]
    with pytest.raises(datasets.DatasetError, match=said):
        datasets.from_zip(make(), "new")
    assert not list(root.iterdir())


def test_a_class_that_only_the_test_folder_has_is_left_out_and_told(root: Path) -> None:
    files = {f"{split}/{name}/{n}.png": png() for split, name in
             (("train", "cat"), ("train", "dog"), ("test", "dog"), ("test", "bus")) for n in range(3)}  # fmt: skip
    added = datasets.from_zip(zipped(files), "lacking")
    assert added.classes == ("cat", "dog")
    assert {one.path for one in added.left_out} == {f"test/bus/{n}.png" for n in range(3)}
    assert "no images for training" in added.left_out[0].reason
    assert datasets.load("folder:lacking", "test").labels.tolist() == [1, 1, 1]


# Folders of archives that many people have: {path: how many}, the classes, and how many are for training and testing.
KNOWN = {
    "Intel's scenes": (["seg_train/seg_train/{c}", "seg_test/seg_test/{c}"], (6, 6), 0),
    "cats and dogs": (["training_set/training_set/{c}", "test_set/test_set/{c}"], (6, 6), 0),
    "chest X-rays, with the copy inside": (
        ["xray/train/{c}", "xray/test/{c}", "xray/xray/train/{c}", "xray/xray/test/{c}"], (12, 12), 0,
    ),
    "in capitals": (["Train/{c}", "VAL/{c}"], (6, 6), 0),
    "with words around": (["pets/train images/{c}", "pets/Test-Images/{c}"], (6, 6), 0),
    "classes that are called so": (["{c}_train"], (5, 1), 0),
    "unlabelled pictures beside": (["train/{c}", "test/{c}", "seg_pred/seg_pred"], (6, 6), 3),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_archives_that_many_people_have(name: str, root: Path) -> None:
    folders, (training, testing), left_out = KNOWN[name]
    places = dict.fromkeys(folder.format(c=label) for folder in folders for label in ("cats", "dogs"))
    added = datasets.from_zip(zipped({f"{place}/{n}.png": png() for place in places for n in range(3)}), "known")
    ending = "_train" if "{c}_train" in folders else ""
    assert added.classes == (f"cats{ending}", f"dogs{ending}")
    assert len(datasets.load("folder:known", "train")) == training
    assert len(datasets.load("folder:known", "test")) == testing
    assert len(added.left_out) == left_out


def test_budgets_of_pixels_and_seconds(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({f"{name}/{number}.png": png() for name in "ab" for number in range(5)})
    for limit, value, said in (("MOST_PIXELS", 500, "500 pixels together"), ("MOST_SECONDS", -1.0, "takes too long")):
        with monkeypatch.context() as patch:
            patch.setattr(zip_budget, limit, value)
            with pytest.raises(datasets.DatasetError, match=said):
                datasets.from_zip(data, "long")
    assert not list(root.iterdir())


def blank(width: int, height: int, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, kind)
    return file.getvalue()


def test_six_hundred_images_of_twenty_megapixels_are_refused_unread(root: Path) -> None:
    one, file = blank(5000, 4000), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(600):
            archive.writestr(f"{'ab'[number % 2]}/{number}.png", one)
    assert file.tell() < 400_000
    begun = time.thread_time()
    with pytest.raises(datasets.DatasetError, match=r"more than 10,000,000,000 pixels together"):
        datasets.from_zip(file.getvalue(), "bomb")
    assert time.thread_time() - begun < 2
    assert not list(root.iterdir())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "JPEG2000"])
def test_what_an_image_says_of_its_size_is_what_is_decoded(kind: str) -> None:
    data = blank(300, 200, kind)
    assert decoding.promised(data) == decoding.measured(data)[1] == 60_000
    assert decoding.promised(data[:5]) == 0


def test_only_images_that_will_be_read_count_against_the_pixels(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is too large, or none at all, is left out; the rest come in."""
    small = {f"{name}/{number}.png": blank(20, 10) for name in "ab" for number in range(5)}
    left_out = {"a/large.png": blank(5001, 4000), "b/none.png": b"no image", "b/tail.tif": blank(20, 10, "TIFF")}
    monkeypatch.setattr(zip_budget, "MOST_PIXELS", 11 * 200)
    added = datasets.from_zip(zipped({**small, **left_out}), "some")
    assert (added.pictures, len(added.left_out)) == (11, 2)


def test_a_file_is_read_where_it_lies(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "pets.zip"
    path.write_bytes(zipped({f"{name}/{number}.png": png() for name in "ab" for number in range(5)}))
    assert datasets.from_zip(path, "path").pictures == 10
    with path.open("rb") as file:
        assert datasets.from_zip(file, "file").pictures == 10


@pytest.mark.parametrize("counts", [(1, 4), (4, 1), (2, 2), (1, 9, 1), (5, 1, 1), (1, 1, 1, 1, 2)])
def test_small_classes_can_be_trained_and_something_is_tested(counts: tuple[int, ...], root: Path) -> None:
    files = {f"{'abcde'[label]}/{n}.png": png(label) for label, count in enumerate(counts) for n in range(count)}
    datasets.from_zip(zipped(files), "small")
    train, test = datasets.load("folder:small"), datasets.load("folder:small", "test")
    assert set(train.labels.tolist()) == set(range(len(counts)))
    assert len(test) >= 1
    assert len(train) + len(test) == sum(counts)
    assert all(
        int(image.max()) == label
        for data in (train, test)
        for image, label in zip(data.images, data.labels.tolist(), strict=True)
    )


# ------------------------------------------------------------------------------------------------ MNIST's files
@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "train-images.idx3-ubyte"])
@pytest.mark.parametrize("inside", [False, True])
def test_idx_files_as_kaggle_names_them(name: str, inside: bool, tmp_path: Path) -> None:
    for kind, rank, content in (
        ("images", 3, np.zeros((2, 28, 28), np.uint8)),
        ("labels", 1, np.arange(2, dtype=np.uint8)),
    ):
        file = name.replace("images", kind).replace("idx3", f"idx{rank}")
        place = tmp_path / file / file if inside else tmp_path / file
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"\0\0\x08" + bytes([rank]) + struct.pack(f">{rank}I", *content.shape) + content.tobytes())
    data = idx.load(tmp_path, "train", name="mnist", classes=tuple("0123456789"), source="")
    assert data.labels.tolist() == [0, 1]


# ------------------------------------------------------------------------------------------ work ends with its session
def test_what_the_progress_raises_ends_the_work_and_nothing_stays(tmp_path: Path) -> None:
    class Gone(BaseException):
        """As Streamlit ends the script of a session that is closed."""

    heard: list[tuple[int, int]] = []

    def progress(done: int, of: int) -> None:
        heard.append((done, of))
        if done == 3:
            raise Gone

    data = data_set.example_zip()
    with pytest.raises(Gone):
        image_folder.from_zip(data, "gone", root=tmp_path, progress=progress)
    assert [done for done, _ in heard] == [0, 1, 2, 3]
    assert not list(tmp_path.iterdir())


def test_a_set_may_take_so_much_room(tmp_path: Path) -> None:
    data = data_set.example_zip()
    image_folder.from_zip(data, "whole", root=tmp_path)
    taken = sum(path.stat().st_size for path in (tmp_path / "whole").rglob("*.png"))
    image_folder.from_zip(data, "just fits", root=tmp_path, room=taken)
    with pytest.raises(DatasetError, match="more than is left"):
        image_folder.from_zip(data, "too large", root=tmp_path, room=taken - 1)
    assert {path.name for path in tmp_path.iterdir()} == {"whole", "just fits"}


# ------------------------------------------------------------------------------------------------ no files of its own
@pytest.mark.parametrize("seed", range(8))
def test_links_and_names_that_come_again_are_told_and_not_counted(seed: int, root: Path) -> None:
    """Law: what is taken is what unpacking would leave on disk, the last file of each name; the rest has a reason."""
    draw = random.Random(seed)
    names = [f"{label}/{number}.png" for label in ("cat", "dog") for number in range(5)]
    written = [(name, draw.randrange(1, 250)) for name in names + draw.choices(names, k=draw.randrange(6))]
    draw.shuffle(written)
    links = draw.sample(["cat/link.png", "bird", "dog/a.png"], draw.randrange(3))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile's own, of names that come again
        for name, shade in written:
            archive.writestr(name, png(shade))
        for name in links:
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, 0o120777 << 16
            archive.writestr(entry, "../../etc/passwd")
    added = datasets.from_zip(file.getvalue(), "again")
    assert (added.pictures, len(added.left_out)) == (10, len(written) - 10 + len(links))
    assert {one.path for one in added.left_out if one.reason == "a link to another file"} == set(links)
    wanted = Counter(f"{name[:3]}/{shade}" for name, shade in dict(written).items())
    assert images_of("folder:again", root) == wanted


@pytest.mark.parametrize("inner", ["data.zip", "archive/IMAGES.TAR.GZ"])
def test_a_zip_of_an_archive_says_which_one_to_unpack(inner: str, root: Path) -> None:
    data = zipped({inner: zipped({"cat/0.png": png()}), "readme.txt": b"hi"})
    with pytest.raises(datasets.DatasetError, match="inside of this zip") as caught:
        datasets.from_zip(data, "nested")
    assert inner.rpartition("/")[2] in str(caught.value)
    assert not any(root.glob("*"))
