"""A network of one's own by its file: found from any folder, whatever the file is called and wherever it lies."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from cnnviz import models
from cnnviz.models import own_files, own_networks

NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.LazyLinear(classes))

    def forward(self, x):
        return self.body(x)

instance = nn.Sequential(nn.Flatten(), nn.Linear(3 * 224 * 224, 5))
"""


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Modules and folders that a test made known are forgotten after it."""
    known, folders, finders = set(sys.modules), list(sys.path), list(sys.meta_path)
    own_networks.OWN.clear()
    yield
    own_networks.OWN.clear()
    for name in set(sys.modules) - known:
        del sys.modules[name]
    sys.path[:], sys.meta_path[:] = folders, finders


def write(path: Path, text: str = NET) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def test_a_class_and_a_module_in_a_file_open_from_any_folder(tmp_path: Path) -> None:
    path = write(tmp_path / "my nets" / "drawn_for_this_test.py")
    assert models.own(f"{path}:Net") == "drawn_for_this_test:Net"
    assert models.build("drawn_for_this_test:Net")(torch.zeros(1, 3, 224, 224)).shape == (1, 3)
    assert len(models.spec(models.own(f"{path}:instance")).classes) == 5


@pytest.mark.parametrize("name", ["json", "torch", "pytest", "app", "utils", "models"])
def test_a_file_called_like_another_module_is_the_one_that_opens(name: str, tmp_path: Path) -> None:
    before = sys.modules.get(name)
    choice = models.own(f"{write(tmp_path / f'{name}.py')}:Net")
    assert models.spec(choice).classes == ("class 0", "class 1", "class 2")
    assert sys.modules.get(name) is before or name in {"app", "utils", "models"}


def test_a_file_in_a_package_may_import_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path / "a_package_of_mine" / "__init__.py", "")
    write(tmp_path / "a_package_of_mine" / "inner" / "__init__.py", "")
    write(tmp_path / "a_package_of_mine" / "blocks.py")
    path = write(tmp_path / "a_package_of_mine" / "inner" / "net.py", "from ..blocks import Net")
    assert models.own(f"{path}:Net") == "a_package_of_mine.inner.net:Net"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("nowhere.py:Net", "there is no file nowhere.py"),
        ("{folder}/net.py", "net.py:Net"),
        ("{folder}/my-net.py:Net", "letters, digits and _ only"),
        ("{folder}/net_of_the_law.py:Nope", "it has Net"),
        ("{folder}/json/net.py:Net", "another package"),
    ],
)
def test_what_cannot_be_found_says_what_to_write(place: str, said: str, tmp_path: Path) -> None:
    for name in ("net.py", "my-net.py", "net_of_the_law.py", "json/__init__.py", "json/net.py"):
        write(tmp_path / name)
    with pytest.raises(models.ModelError, match=said):
        models.own(place.format(folder=tmp_path))


@pytest.mark.parametrize("place", ["my_nets:tiny", "torchvision.models:resnet18", "no colon", "", "a.b.c:d"])
def test_a_place_that_names_no_file_stays(place: str) -> None:
    assert own_files.named(place) == place
