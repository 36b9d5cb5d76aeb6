"""Files of weights as trainings, averages and other libraries leave them: taken, or told what they are."""

from __future__ import annotations

import argparse
import bz2
import collections
import contextlib
import datetime
import gzip
import io
import json
import os
import pathlib
import pickle
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from cnnviz import checkpoints, models
from cnnviz.checkpoints import pickles, unpickling, uploads

STATE = dict(models.build("lenet5", seed=4).state_dict())
OTHER = dict(models.build("lenet5", seed=9).state_dict())


def saved(value: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def dressed(draw: random.Random) -> Any:
    """A state dict as a training loop writes it, with drawn things beside it and drawn wrappings around its names."""
    state: dict[str, Any] = {name: tensor.clone() for name, tensor in STATE.items()}
    if draw.random() < 0.3:
        state = {name: tensor.numpy() for name, tensor in state.items()}
    for prefix in draw.sample(["module.", "_orig_mod.", "model.", "net."], draw.randrange(3)):
        state = {prefix + name: tensor for name, tensor in state.items()}
    if draw.random() < 0.3:
        state = {"n_averaged": torch.tensor(7), **{f"module.{name}": tensor for name, tensor in state.items()}}
    beside: dict[str, Any] = {
        "epoch": 3, "best": np.float64(0.91), "loss": np.float32(0.2), "step": np.int64(40), "done": np.bool_(True),
        "curve": np.arange(5.0), "rng": np.random.get_state(), "args": argparse.Namespace(out=pathlib.Path("runs")),
        "when": datetime.datetime(2025, 3, 1), "log": collections.defaultdict(list, {"loss": [1.0]}),
        "last": collections.deque([1, 2], maxlen=3), "optimizer": {"state": {0: {"momentum_buffer": torch.ones(3)}}},
        "optimizer_states": [{"state": {number: {"exp_avg": torch.ones(2)} for number in range(40)}}],
        "callbacks": {"ModelCheckpoint{'monitor': 'val'}": {"best_model_score": torch.tensor(0.9)}},
        "scaler": {"scale": 65536.0}, "state_dict_ema": OTHER, "hyper_parameters": {"lr": np.float64(0.1)},
    }  # fmt: skip
    place = draw.choice(["state_dict", "model", "model_state_dict", "net"])
    found = {name: beside[name] for name in draw.sample(sorted(beside), draw.randrange(len(beside)))}
    found[place] = collections.OrderedDict(state) if draw.random() < 0.5 else state
    return found


@pytest.mark.parametrize("seed", range(int(os.environ.get("CNNVIZ_DRAWN", "40"))))
def test_the_weights_of_a_drawn_training_are_found_whatever_lies_beside_them(seed: int, tmp_path: pathlib.Path) -> None:
    (tmp_path / "in.pt").write_bytes(saved(dressed(random.Random(seed))))
    unpickling.convert(str(tmp_path / "in.pt"), str(tmp_path / "out"), 1 << 22)
    model = models.build("lenet5", seed=5)
    checkpoints.load_into(model, (tmp_path / "out").read_bytes())
    assert all(torch.equal(STATE[name], tensor) for name, tensor in model.state_dict().items())


class Trap:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (os.system, ("touch trapped",))


class Custom:
    """A class of a training script, which no checkpoint can do without here."""


HOSTILE: dict[str, Callable[[], Any]] = {
    "alone": Trap,
    "in a dictionary with a default": lambda: collections.defaultdict(list, {"a": Trap()}),
    "in arguments": lambda: argparse.Namespace(trap=Trap()),
    "in an array": lambda: np.array([Trap(), 1], dtype=object),
    "of the script's own": Custom,
    "a whole network": lambda: nn.Sequential(nn.Linear(2, 3)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_that_could_run_is_let_through_with_what_describes(
    kind: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.pt").write_bytes(saved({"state_dict": STATE, "beside": HOSTILE[kind]()}))
    with pytest.raises(Exception, match="GLOBAL") as caught:
        unpickling.convert(str(tmp_path / "in.pt"), str(tmp_path / "out"), 1 << 22)
    assert "which is more than numbers" in unpickling._first_words(caught.value)
    assert {path.name for path in tmp_path.iterdir()} == {"in.pt"}


# ------------------------------------------------------------------------------------------------ other files
def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, b"1")
    return file.getvalue()


def tarred() -> bytes:
    file, entry = io.BytesIO(), tarfile.TarInfo("model.pth")
    entry.size = 3
    with tarfile.open(fileobj=file, mode="w") as made:
        made.addfile(entry, io.BytesIO(b"abc"))
    return file.getvalue()


def arrays() -> bytes:
    file = io.BytesIO()
    np.savez(file, **{name: tensor.numpy() for name, tensor in STATE.items()})
    return file.getvalue()


INDEX = {"metadata": {"total_size": 9}, "weight_map": {"conv1.weight": "model-00001-of-00002.safetensors"}}
STRANGE: dict[str, tuple[Callable[[], bytes], str]] = {
    "Keras's h5": (lambda: b"\x89HDF\r\n\x1a\n" + bytes(500), "HDF5 file, as Keras writes"),
    "Keras 3": (lambda: archive("metadata.json", "config.json", "model.weights.h5"), "model of Keras"),
    "ONNX": (lambda: b"\x08\x07\x12\x07pytorch\x1a\x052.1.0:" + bytes(99), "ONNX or TensorFlow"),
    "the index of pieces": (lambda: json.dumps(INDEX).encode(), "in one file"),
    "settings": (lambda: b'{"lr": 0.1}', "beside it"),
    "a web page": (lambda: b"\n<!DOCTYPE html><title>404</title>", "web page"),
    "Git LFS's pointer": (lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"),
    "nothing": (lambda: b"", r"is empty \(0 bytes\)"),
    "gzip": (lambda: gzip.compress(b"x"), "gzip; unpack it"),
    "bzip2": (lambda: bz2.compress(b"x"), "bzip2; unpack it"),
    "tar": (tarred, "tar archive; unpack it"),
    "a zip around it": (lambda: archive("weights/model.pth"), "unpack it"),
    "a zip of images": (lambda: archive("cat/1.png"), "zip without weights"),
    "arrays": (arrays, "arrays of numpy"),
    "pickled arrays": (lambda: pickle.dumps({"w": np.zeros(3)}), "torch.save did not write"),
    "an old pickle": (lambda: pickle.dumps({"w": [1.0]}, protocol=2), "torch.save did not write"),
    "TorchScript": (lambda: archive("m/data.pkl", "m/code/__torch__/a.py", "m/constants.pkl"), "torch.jit.load"),
    "torch.export": (lambda: archive("m/archive_format", "m/models/model.json"), "torch.export.load"),
    "half a download": (lambda: saved(STATE)[:-300], "cut off or damaged"),
}  # fmt: skip


# kind → (what is in the file, what it is said to be, what is said to do): a line that converts it would not help.
UNNAMED: dict[str, tuple[Callable[[], object], str, str]] = {
    "an optimizer": (lambda: torch.optim.SGD([torch.zeros(2)], 0.1).state_dict(), "an optimizer", "state_dict"),
    "a list": (lambda: list(STATE.values()), "a list", "state_dict"),
    "one tensor": (lambda: torch.zeros(3), "one tensor without a name", "state_dict"),
    "numbers as names": (lambda: dict(enumerate(STATE.values())), "names are text", "state_dict"),
    "sparse": (lambda: {name: value.to_sparse() for name, value in STATE.items()}, "is sparse", "to_dense"),
    "on meta": (lambda: {name: value.to("meta") for name, value in STATE.items()}, "has no numbers", "Load"),
    "quantised": (
        lambda: {"a": torch.quantize_per_tensor(torch.zeros(2), 0.1, 0, torch.qint8)}, "is quantised", "before it was",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNNAMED)
def test_a_pickle_that_no_line_converts_is_told_what_to_do_instead(kind: str, tmp_path: pathlib.Path) -> None:
    make, what, remedy = UNNAMED[kind]
    (tmp_path / "in.pt").write_bytes(saved(make()))
    with pytest.raises(unpickling.Refused, match=what) as caught:
        unpickling.convert(str(tmp_path / "in.pt"), str(tmp_path / "out"), 1 << 22)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("kind", STRANGE)
def test_a_file_that_is_something_else_is_told_what_it_is_and_what_would_work(kind: str) -> None:
    make, said = STRANGE[kind]
    with pytest.raises(checkpoints.CheckpointError, match=said) as caught:
        checkpoints.load_into(models.build("lenet5"), make(), name="w")
    assert str(caught.value).startswith("w ")
    assert pickles.AT_HOME not in str(caught.value)  # it would not work there


# ------------------------------------------------------------------------------------------------ safetensors
ODD: tuple[Any, ...] = (
    None,
    "a",
    "\ud800",
    -1,
    3,
    2.0,
    True,
    [],
    [5.0],
    [None],
    [[1], {}],
    [-2],
    [10**30],
    {},
    "F4",
    ["F32"],
)


@pytest.mark.parametrize("seed", range(40))
def test_a_header_that_describes_no_tensors_is_one_sentence_everywhere(seed: int) -> None:
    draw, whole = random.Random(seed), safetensors.torch.save(STATE)
    (length,) = struct.unpack("<Q", whole[:8])
    header = json.loads(whole[8 : 8 + length])
    entry = header[draw.choice(sorted(set(header) - {"__metadata__"}))]
    for _ in range(draw.randint(1, 2)):
        entry[draw.choice(["shape", "dtype", "data_offsets"])] = draw.choice(ODD)
    if draw.random() < 0.3:
        header[draw.choice(["__metadata__", "\ud800", "new"])] = draw.choice(ODD)
    text = json.dumps(header).encode()
    data = struct.pack("<Q", len(text)) + text + whole[8 + length :]
    model, fits = models.build("lenet5"), False
    with pytest.raises(checkpoints.CheckpointError) as caught:
        checkpoints.load_into(model, data, name="w")
    str(caught.value).encode()  # what a page shows is UTF-8
    with contextlib.suppress(checkpoints.CheckpointError):
        fits = uploads.examined(data, model, name="w").fits
        uploads.closest(data, name="w")
    assert not fits


KINDS = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2)


@pytest.mark.parametrize("seed", range(24))
def test_what_is_not_finite_is_refused_before_it_is_kept_in_every_type(seed: int) -> None:
    """Compared with the network on the meta device, and put into it: both take a file or both refuse it."""
    draw, state = random.Random(seed), dict(models.build("resnet20", seed=1).state_dict())
    kind, bad = draw.choice(KINDS), draw.choice([None, torch.nan, torch.inf, 1e300])
    state = {name: value.to(kind) if value.is_floating_point() else value for name, value in state.items()}
    name = draw.choice([one for one in state if state[one].is_floating_point()])
    if bad is not None:
        state[name] = torch.full(state[name].shape, bad, dtype=torch.float64).to(kind)
    data = safetensors.torch.save(state)
    finite = bool(torch.isfinite(state[name].float()).all())
    for act in (
        lambda: uploads.examined(data, models.shadow("resnet20"), name="w"),
        lambda: checkpoints.load_into(models.build("resnet20"), data, name="w"),
    ):
        if finite:
            act()
        else:
            with pytest.raises(checkpoints.CheckpointError, match=f"not finite: {name} has"):
                act()
