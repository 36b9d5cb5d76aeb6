"""Every data set is two tensors with the published statistics; one that is missing says what to put where."""

from __future__ import annotations

import gzip
import io
import os
import struct
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz import datasets
from cnnviz.datasets import digits, downloads, folders, idx, image_folder, removed, shapes, zip_budget, zip_import
from cnnviz.records import Array
from tests.support.waiting import until

REAL = Path(os.environ.get("CNNVIZ_DATA", "/nowhere"))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data root; Debian's Fashion-MNIST hidden."""
    monkeypatch.setattr("cnnviz.datasets.fashion_mnist.DEBIAN", tmp_path / "no-debian")
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def idx_bytes(values: Array) -> bytes:
    return b"\0\0\x08" + bytes([values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def write_mnist(folder: Path, *, packed: bool = False, count: int = 30) -> dict[str, tuple[Array, Array]]:
    folder.mkdir(parents=True, exist_ok=True)
    random, made = np.random.RandomState(0), {}
    for split, stem in idx.STEMS.items():
        images, labels = random.randint(0, 256, (count, 28, 28), np.uint8), np.arange(count, dtype=np.uint8) % 10
        for kind, values in (("images-idx3", images), ("labels-idx1", labels)):
            data = idx_bytes(values)
            path = folder / f"{stem}-{kind}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(data) if packed else data)
        made[split] = images, labels
    return made


def png(colour: str | tuple[int, ...], size: tuple[int, int] = (20, 30)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")  # type: ignore[arg-type]
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


# --------------------------------------------------------------------------------------------- the family
@pytest.mark.parametrize("name", datasets.members.names())
@pytest.mark.parametrize("split", ["train", "test"])
def test_each_member_keeps_the_contract(name: str, split: str) -> None:
    if not datasets.status(name).available:
        pytest.skip(datasets.status(name).sentence)
    data, info = datasets.load(name, split), datasets.info(name)
    assert data.images.dtype == torch.uint8
    assert data.labels.dtype == torch.int64
    assert data.images.shape == (len(data), *info.shape)
    assert data.classes == info.classes
    assert set(data.labels.unique().tolist()) == set(range(len(info.classes)))
    assert (data.name, data.split) == (name, split)
    assert data.source
    assert len(info.mean) == len(info.std) == info.shape[0]
    assert datasets.load(name, split).images.data_ptr() == data.images.data_ptr()  # held, not read again


@pytest.mark.parametrize("name", datasets.members.names())
def test_published_mean_and_deviation_come_out_of_the_data(name: str) -> None:
    if not datasets.status(name).available:
        pytest.skip(datasets.status(name).sentence)
    data, info = datasets.load(name), datasets.info(name)
    values = data.images.double().div(255).transpose(0, 1).flatten(1)
    close = 2.5e-3 if "image folder" in data.source else 6e-5  # JPEG smooths a little
    assert values.mean(1).tolist() == pytest.approx(info.mean, abs=close)
    assert values.std(1).tolist() == pytest.approx(info.std, abs=close)


def test_the_family_of_the_design_is_there() -> None:
    assert {"mnist", "fashion_mnist", "cifar10", "digits", "shapes"} <= set(datasets.names())
    assert all(datasets.status(name).available for name in ("digits", "shapes"))


def test_wrong_names_and_splits_are_answered() -> None:
    with pytest.raises(KeyError, match="close: mnist"):
        datasets.load("mnst")
    with pytest.raises(KeyError, match="close: mnist"):
        datasets.info("mnst")
    with pytest.raises(ValueError, match="train, test"):
        datasets.load("digits", "validation")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("mnist", "MNIST/raw"), ("fashion_mnist", "FashionMNIST/raw"), ("cifar10", "cifar-10-batches-py")],
)
def test_a_missing_one_says_what_to_put_where(name: str, wanted: str, root: Path) -> None:
    with pytest.raises(datasets.DatasetError) as caught:
        datasets.load(name)
    for word in ("CNNVIZ_DATA", wanted, "digits and shapes"):
        assert word in str(caught.value)
    assert str(root) not in str(caught.value)
    status = datasets.status(name)
    assert not status.available
    assert status.downloadable


def test_forty_threads_get_one_data_set() -> None:
    found: list[int] = []
    datasets._held.cache_clear()
    threads = [
        threading.Thread(target=lambda: found.append(datasets.load("digits", "test").images.data_ptr()))
        for _ in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    assert len(set(found)) == 1


# --------------------------------------------------------------------------------------------- IDX files
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("name", "folder"), [("mnist", "MNIST"), ("fashion_mnist", "FashionMNIST")])
def test_idx_files_are_read_as_torchvision_reads_them(name: str, folder: str, packed: bool, root: Path) -> None:
    made = write_mnist(root / folder / "raw", packed=packed)
    for split, (images, labels) in made.items():
        data = datasets.load(name, split)
        assert np.array_equal(data.images[:, 0].numpy(), images)
        assert np.array_equal(data.labels.numpy(), labels)
    if not packed:
        from torchvision.datasets.mnist import read_image_file

        assert torch.equal(read_image_file(str(root / folder / "raw" / "t10k-images-idx3-ubyte")), data.images[:, 0])


@pytest.mark.parametrize("packed", [False, True])
def test_damaged_idx_files_are_named(packed: bool, root: Path) -> None:
    for damage in (lambda data: data[:-9], lambda data: b"\1" + data[1:], lambda data: b"", lambda data: data + b"x"):
        write_mnist(root / "MNIST" / "raw", packed=packed)
        path = root / "MNIST" / "raw" / f"train-images-idx3-ubyte{'.gz' if packed else ''}"
        path.write_bytes(damage(path.read_bytes()) if not packed else damage(path.read_bytes())[:-20])
        with pytest.raises(datasets.DatasetError, match="train-images-idx3-ubyte"):
            datasets.load("mnist", root=root)


def test_labels_that_do_not_belong_to_the_pictures(root: Path) -> None:
    write_mnist(root / "MNIST" / "raw")
    for labels in (np.arange(29, dtype=np.uint8) % 10, np.full(30, 10, np.uint8)):
        (root / "MNIST" / "raw" / "train-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
        with pytest.raises(datasets.DatasetError, match="do not belong together"):
            datasets.load("mnist")


@pytest.mark.skipif(not (REAL / "MNIST" / "raw").is_dir(), reason="no MNIST under CNNVIZ_DATA")
def test_the_real_mnist_has_its_known_counts() -> None:
    assert datasets.load("mnist", "test").labels.bincount().tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert datasets.load("mnist").labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]


# --------------------------------------------------------------------------------------------- digits and shapes
def test_digits_are_scikit_learns_split_once() -> None:
    from sklearn.datasets import load_digits

    small, labels = digits.originals()
    oracle = load_digits()
    assert np.array_equal(small, oracle.images)
    assert np.array_equal(labels, oracle.target)
    train, test = datasets.load("digits"), datasets.load("digits", "test")
    assert (len(train), len(test)) == (1437, 360)
    both = torch.cat([train.images, test.images]).flatten(1)
    assert len(both.unique(dim=0)) == len(np.unique(small.reshape(1797, -1), axis=0))
    assert torch.bincount(torch.cat([train.labels, test.labels])).tolist() == np.bincount(labels).tolist()
    assert test.labels[:8].tolist() == [7, 9, 4, 7, 0, 2, 6, 1]  # the split never moves


def test_digits_look_like_mnists() -> None:
    images = datasets.load("digits", "test").images[:, 0].double()
    assert (images[:, 0].amax(1) == 0).float().mean() > 0.99  # black borders
    assert (images.amax((1, 2)) == 255).all()
    places = torch.arange(28.0, dtype=torch.float64) + 0.5
    rows = (images.sum(2) * places).sum(1) / images.sum((1, 2))
    assert (rows - 14).abs().max() < 1.0


def test_shapes_are_the_same_for_the_same_seed() -> None:
    one, same, other = shapes.draw(24, 7), shapes.draw(24, 7), shapes.draw(24, 8)
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one[0], other[0])
    assert np.bincount(one[1]).tolist() == [4] * 6
    train, test = datasets.load("shapes"), datasets.load("shapes", "test")
    assert (len(train), len(test)) == (6000, 1000)
    assert train.labels.bincount().tolist() == [1000] * 6


def test_shape_masks_lie_on_the_shapes() -> None:
    """Inside and outside the mask the colours differ by what the contrast promises; no shape touches the border."""
    data = datasets.load("shapes", "test")
    assert data.masks is not None
    assert data.masks.shape == (1000, 32, 32)
    masks, images = data.masks.numpy(), data.images.numpy().astype(float)
    assert masks.any(axis=(1, 2)).all()
    assert not masks[:, [0, -1]].any()
    assert not masks[:, :, [0, -1]].any()
    inside = (images * masks[:, None]).sum((2, 3)) / masks.sum((1, 2))[:, None]
    outside = (images * ~masks[:, None]).sum((2, 3)) / (~masks).sum((1, 2))[:, None]
    assert np.abs(inside - outside).min() > 50


@pytest.mark.parametrize("name", shapes.FIGURES)
def test_figures_have_the_areas_of_their_geometry(name: str) -> None:
    """The area where the signed distance is negative, counted on a fine grid, against the textbook's."""
    radius, fine = 10.0, 0.05
    place = np.arange(-12, 12, fine) + fine / 2
    x, y = np.meshgrid(place, place)
    counted = (shapes.FIGURES[name](x, y, np.array(radius)) < 0).sum() * fine**2
    five = 10 * 0.5 * radius * 0.42 * radius * np.sin(np.pi / 5)
    cross = 4 * 9.5 * 3 * 2 - 4 * 3 * 3
    expected = {
        "circle": np.pi * 81, "ring": np.pi * (9.5**2 - 5.5**2), "square": 200.0, "cross": cross, "star": five,
        "triangle": 3 * np.sqrt(3) / 4 * 100,
    }[name]  # fmt: skip
    assert counted == pytest.approx(expected, rel=0.01)
    outline = np.hypot(x, y)[shapes.FIGURES[name](x, y, np.array(radius)) < 0]
    assert outline.max() <= radius + 0.1


# --------------------------------------------------------------------------------------------- CIFAR-10
def test_cifar_as_an_image_folder_is_decoded_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    classes = datasets.info("cifar10").classes
    for split in ("train", "test"):
        for index, name in enumerate(classes):
            (root / "cifar10" / split / name).mkdir(parents=True)
            for number in range(3):
                colour = (index * 25, number * 100, 7)
                (root / "cifar10" / split / name / f"{number:04d}.png").write_bytes(png(colour, (32, 32)))
    data = datasets.load("cifar10")
    assert data.images.shape == (30, 3, 32, 32)
    assert data.labels.tolist() == sorted(list(range(10)) * 3)
    assert data.images[4, :, 5, 5].tolist() == [25, 100, 7]
    assert "image folder" in data.source
    datasets._held.cache_clear()
    monkeypatch.setattr(folders, "_decoded", None)  # would fail: it is not decoded again
    assert torch.equal(datasets.load("cifar10").images, data.images)
    assert torch.equal(datasets.load("cifar10").labels, data.labels)


def test_a_cifar_folder_with_other_classes_is_refused(root: Path) -> None:
    for split in ("train", "test"):
        for name in ("cat", "dog"):
            (root / "cifar10" / split / name).mkdir(parents=True)
            (root / "cifar10" / split / name / "0.png").write_bytes(png("red"))
    with pytest.raises(datasets.DatasetError, match="airplane"):
        datasets.load("cifar10")


def test_tampered_batches_are_never_unpickled(root: Path) -> None:
    """A batch whose MD5 is not the published one is refused before it is opened."""

    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (root.joinpath("exploded").touch, ())

    import pickle

    folder = root / "cifar-10-batches-py"
    folder.mkdir()
    for name in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch", "batches.meta"):
        (folder / name).write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(datasets.DatasetError, match="not as published"):
        datasets.load("cifar10")
    assert not (root / "exploded").exists()


def test_kept_arrays_are_checked_and_never_unpickled(root: Path) -> None:
    for name in ("a", "b"):
        (root / "pets" / name).mkdir(parents=True)
        (root / "pets" / name / "0.png").write_bytes(png("red"))
    first = folders.pictures(root / "pets", size=8)
    (kept,) = (root / "pets").glob(".cnnviz-8-*.npz")
    objects = np.array([{"a": 1}], dtype=object)
    for images, labels in ((first.images.numpy()[:, :, :4], first.labels.numpy()), (objects, objects)):
        np.savez(kept, images=images, labels=labels)
        assert torch.equal(folders.pictures(root / "pets", size=8).images, first.images)
    kept.write_bytes(b"no zip")
    assert torch.equal(folders.pictures(root / "pets", size=8).images, first.images)


def test_a_new_picture_makes_the_kept_arrays_stale(root: Path) -> None:
    for name in ("a", "b"):
        (root / "pets" / name).mkdir(parents=True)
        (root / "pets" / name / "0.png").write_bytes(png("red"))
    assert len(folders.pictures(root / "pets", size=8).labels) == 2
    (root / "pets" / "b" / "1.png").write_bytes(png("blue"))
    assert len(folders.pictures(root / "pets", size=8).labels) == 3
    assert len(list((root / "pets").glob(".cnnviz-8-*.npz"))) == 1


# --------------------------------------------------------------------------------------------- folders and zips
def pets(count: int = 10, prefix: str = "") -> dict[str, bytes]:
    colours = {"cat": (200, 30, 30), "dog": (30, 200, 30), "fish": (30, 30, 200)}
    return {f"{prefix}{name}/{n}.png": png(colour) for name, colour in colours.items() for n in range(count)}


@pytest.mark.parametrize("prefix", ["", "my pets/", "a/b/"])
def test_a_zip_of_class_folders_becomes_a_data_set(prefix: str, root: Path) -> None:
    added = datasets.from_zip(zipped(pets(prefix=prefix)), "pets", size=16)
    assert added == datasets.Imported("folder:pets", ("cat", "dog", "fish"), 30, ())
    assert "folder:pets" in datasets.names()
    train, test = datasets.load("folder:pets"), datasets.load("folder:pets", "test")
    assert train.images.shape == (24, 3, 16, 16)
    assert test.images.shape == (6, 3, 16, 16)
    assert train.classes == ("cat", "dog", "fish")
    for data in (train, test):
        assert data.images.float().mean((2, 3)).argmax(1).tolist() == data.labels.tolist()
        assert data.labels.bincount().tolist() == [len(data) // 3] * 3
    info = datasets.info("folder:pets")
    assert info.shape == (3, 16, 16)
    assert "24 for training" in info.sentence
    assert datasets.status("folder:pets").available


def test_a_zip_with_its_own_splits(root: Path) -> None:
    files = {**pets(4, "x/train/"), **pets(2, "x/test/")}
    datasets.from_zip(zipped(files), "split")
    assert len(datasets.load("folder:split")) == 12
    assert len(datasets.load("folder:split", "test")) == 6
    assert datasets.load("folder:split").images.shape[-1] == image_folder.SIZE


def test_a_folder_of_ones_own_is_read_where_it_lies(root: Path) -> None:
    for path, content in pets().items():
        (root / "own" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "own" / path).write_bytes(content)
    (root / "own" / "dog" / "broken.jpg").write_bytes(b"no picture")
    data = datasets.load("folder:own")
    assert len(data) + len(datasets.load("folder:own", "test")) == 30
    assert "1 unreadable" in data.source


def test_a_zip_cannot_write_outside_its_folder(root: Path) -> None:
    names = ("../../evil/a.png", "/etc/evil/b.png", "..\\..\\evil\\c.png", "good/../../evil/d.png", "evil:*?/e.png")
    files = {name: png("red") for name in names}
    outside = set(root.parent.rglob("*"))
    added = datasets.from_zip(zipped({**files, **pets(2)}), "hostile")
    written = set(root.parent.rglob("*")) - outside
    assert written
    assert all(path.is_relative_to(root / "hostile") for path in written)
    assert all(path.suffix in (".png", ".json", "") for path in written)
    assert ".." not in added.classes
    assert datasets.load("folder:hostile").classes == added.classes


def test_what_is_no_picture_is_left_out_and_told(root: Path) -> None:
    extra = {"cat/readme.txt": b"hi", "dog/broken.png": b"no", "__MACOSX/cat/._1.png": b"x", "cat/.hidden.png": b"x"}
    added = datasets.from_zip(zipped({**pets(2), **extra}), "mixed")
    assert added.pictures == 6
    assert added.skipped == tuple(extra)
    reasons = {one.path: one.reason for one in added.left_out}
    assert "not an image file (.txt)" in reasons["cat/readme.txt"]
    assert "operating system" in reasons["__MACOSX/cat/._1.png"]
    assert "not an image" in reasons["dog/broken.png"]


@pytest.mark.parametrize("name", ["", "..", "a/b", "../x", "MNIST", "cifar10", ".hidden", "x" * 65, "con\0"])
def test_names_that_are_no_folder_names(name: str, root: Path) -> None:
    with pytest.raises(datasets.DatasetError, match="cannot be a data set's name"):
        datasets.from_zip(zipped(pets(1)), name)


@pytest.mark.parametrize("name", ["folder:..", "folder:../x", "folder:", "folder:MNIST", "folder:none", "folder:/etc"])
def test_folder_names_do_not_leave_the_root(name: str, root: Path) -> None:
    for outside in ("one", "two"):
        (root.parent / outside).mkdir(exist_ok=True)
        (root.parent / outside / "1.png").write_bytes(png("red"))
    with pytest.raises(datasets.DatasetError, match="there is no image folder"):
        datasets.load(name)
    assert not datasets.status(name).available


def test_zips_that_are_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = zipped(pets(2))
    datasets.from_zip(good, "taken")
    for data, name, size, words in (
        (good, "taken", 32, "already is"),
        (b"no zip", "new", 32, "cannot be unpacked"),
        (good[: len(good) // 2], "new", 32, "cannot be unpacked"),
        (zipped({"cat/1.png": png("red")}), "new", 32, "holds 1 class with"),
        (zipped({"1.png": png("red")}), "new", 32, "holds no classes"),
        (good, "new", 4, "8 to 256"),
    ):
        with pytest.raises(datasets.DatasetError, match=words):
            datasets.from_zip(data, name, size=size)
    monkeypatch.setattr(zip_import, "MOST_FILES", 5)
    with pytest.raises(datasets.DatasetError, match="up to 5 work"):
        datasets.from_zip(good, "new")
    assert [path.name for path in root.iterdir()] == ["taken"]  # nothing half-made stays


def test_a_zip_bomb_is_counted_while_it_unpacks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_budget, "MOST_BYTES", 1 << 20)
    bomb = zipped({f"{name}/{number}.png": bytes(600_000) for name in ("cat", "dog") for number in range(2)})
    assert len(bomb) < 10_000
    with pytest.raises(datasets.DatasetError, match="unpacks to more than 1 MB"):
        datasets.from_zip(bomb, "bomb")


def test_removing_and_making_anew_shows_the_new_pictures(root: Path) -> None:
    datasets.from_zip(zipped(pets(5)), "pets")
    assert len(datasets.load("folder:pets")) == 12
    image_folder.remove("folder:pets", root)
    assert "folder:pets" not in datasets.names()
    datasets.from_zip(zipped(pets(10)), "pets")
    assert len(datasets.load("folder:pets")) == 24
    with pytest.raises(datasets.DatasetError, match="another data set 'pets' by now"):
        removed.restore("pets", root)
    image_folder.remove("folder:pets", root)
    assert removed.names(root) == ["pets", "pets"]
    removed.restore("pets", root)  # the last one first
    assert len(datasets.load("folder:pets")) == 24
    removed.empty(root)
    assert removed.names(root) == []
    with pytest.raises(datasets.DatasetError, match="no data set 'pets' in the trash"):
        removed.restore("pets", root)
    assert len(datasets.load("folder:pets")) == 24
    (root / "mine" / "a").mkdir(parents=True)
    (root / "mine" / "a" / "1.png").write_bytes(png("red"))
    (root / "mine" / "b").mkdir()
    (root / "mine" / "b" / "1.png").write_bytes(png("red"))
    with pytest.raises(datasets.DatasetError, match="by hand"):
        image_folder.remove("folder:mine", root)


def test_pictures_are_cut_square_from_the_middle() -> None:
    wide = Image.new("RGB", (90, 30), "red")
    wide.paste("blue", (30, 0, 60, 30))
    assert np.asarray(folders.square(wide, 10))[5, 2:8].reshape(-1, 3).tolist() == [[0, 0, 255]] * 6


# --------------------------------------------------------------------------------------------- downloads
def test_a_download_that_fails_says_what_to_do(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "answering", lambda urls: "the host does not answer")
    with pytest.raises(datasets.DatasetError, match=r"does not answer.*CNNVIZ_DATA"):
        datasets.load("mnist", download=True)
    assert not datasets.status("mnist", ask=True).downloadable
    assert "does not answer" in datasets.status("mnist", ask=True).sentence
    monkeypatch.setattr(downloads, "answering", lambda urls: "")

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("File not found or corrupted.")

    monkeypatch.setattr("torchvision.datasets.MNIST", fails)
    with pytest.raises(datasets.DatasetError, match=r"corrupted.*CNNVIZ_DATA"):
        datasets.load("mnist", download=True)


def test_a_download_is_torchvisions_and_its_progress_is_heard(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[int, int]] = []
    asked: list[dict[str, object]] = []

    def arrives(folder: str, **options: object) -> None:
        asked.append({"root": folder, **options})
        write_mnist(Path(folder) / "MNIST" / "raw", packed=True)
        assert until(lambda: any(done for done, _ in heard))

    monkeypatch.setattr(downloads, "EVERY_SECONDS", 0.02)
    monkeypatch.setattr(downloads, "answering", lambda urls: "")
    monkeypatch.setattr("torchvision.datasets.MNIST", arrives)
    data = datasets.load("mnist", download=True, progress=lambda done, total: heard.append((done, total)))
    assert len(data) == 30
    assert asked == [{"root": str(root), "download": True}]
    assert heard[-1] == (11_594_722, 11_594_722)
    assert any(0 < done < heard[-1][0] for done, _ in heard)
    datasets.load("mnist", "test", download=True)
    assert len(asked) == 1  # what is there is not downloaded


def test_a_host_that_does_not_answer_is_named() -> None:
    assert "localhost:9" in downloads.answering(("http://localhost:9/x",))
    assert downloads.answering(()) == "nobody offers it"
