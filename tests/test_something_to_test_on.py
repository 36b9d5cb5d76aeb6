"""A run always has something to be tested on, or its start says that it has not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from cnnviz import configs, datasets, training
from cnnviz.records import Finished, TrainConfig


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    return tmp_path


def pictures(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        Image.new("RGB", (8, 8), (20 * number, 100, 50)).save(folder / f"{number}.png")


@pytest.mark.parametrize(("cats", "dogs"), [(1, 1), (1, 2), (2, 2), (3, 2), (4, 5), (20, 20)])
def test_however_few_pictures_one_is_left(root: Path, cats: int, dogs: int) -> None:
    pictures(root / "pets" / "cat", cats)
    pictures(root / "pets" / "dog", dogs)
    train, test = (datasets.load("folder:pets", split) for split in ("train", "test"))
    assert len(train.labels) + len(test.labels) == cats + dogs
    assert len(train.labels) >= 1
    assert len(test.labels) >= 1
    assert f"{len(train.labels)} for training" in datasets.info("folder:pets").sentence
    *_, ended = training.train(TrainConfig("folder:pets", "net", epochs=1, batch_size=4, lr=0.001))
    assert isinstance(ended, Finished)
    assert sum(map(sum, ended.confusion)) == len(test.labels)


def test_a_test_folder_with_some_of_the_classes_is_tested_on_those(root: Path) -> None:
    for name in ("cat", "dog"):
        pictures(root / "pets" / "train" / name, 3)
    pictures(root / "pets" / "test" / "dog", 2)
    configs.check(TrainConfig("folder:pets", "net"))
    test = datasets.load("folder:pets", "test")
    assert test.classes == ("cat", "dog")
    assert test.labels.tolist() == [1, 1]


@pytest.mark.parametrize("test_classes", [(), ("wolf",), ("cat", "wolf"), ("cat", "dog", "wolf")])
def test_a_test_folder_without_the_classes_is_said_at_the_start(root: Path, test_classes: tuple[str, ...]) -> None:
    for name in ("cat", "dog"):
        pictures(root / "pets" / "train" / name, 3)
    (root / "pets" / "test").mkdir()
    for name in test_classes:
        pictures(root / "pets" / "test" / name, 2)
    with pytest.raises(configs.ConfigError, match=r"could not be tested.*known classes into test") as said:
        configs.check(TrainConfig("folder:pets", "net"))
    assert str(root) not in str(said.value)
