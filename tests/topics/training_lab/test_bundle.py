"""A network to take away: its Python computes the same, and the zip's script classifies files without this project."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import nn

from cnnviz import checkpoints, images, models
from cnnviz.models import own_stack
from cnnviz.records import TrainConfig
from cnnviz.topics.training_lab import bundle, file_names, model_card, network_source
from cnnviz.training import augmentation
from tests.support.exhaustive import sample
from tests.support.waiting import PATIENCE

DIGIT, PERMUTED, PHOTO = "mnist-lenet5-df3d2154", "mnist-cnn-373d20be", "shapes-net-d2b13a74"
KINDS = st.sampled_from(sorted(own_stack.KINDS.keys() - {"flatten", "linear"}))


# ------------------------------------------------------------------------------------------------ the network as text
@pytest.mark.parametrize("name", models.trainable())
def test_what_is_written_of_a_network_computes_the_same(name: str) -> None:
    model = models.build(name, seed=1)
    made = run_text(network_source.of(model, models.spec(name).input_shape))
    made.load_state_dict(model.state_dict(), strict=True)
    x = torch.randn(3, *models.spec(name).input_shape)
    with torch.no_grad():
        assert torch.equal(made.eval()(x), model.eval()(x))


@settings(max_examples=40, deadline=None)
@given(st.lists(KINDS, max_size=6), st.integers(0, 2**20))
def test_so_does_any_stack_of_one_s_own(kinds: list[str], seed: int) -> None:
    drawn = [(kind, *(setting.usual for setting in own_stack.KINDS[kind].settings)) for kind in kinds]
    layers = [*drawn, ("flatten",), ("linear", 0)]
    if any(step.problem for step in own_stack.walk(layers, (1, 28, 28), 10)):
        return
    model = models.build("sequence", seed=seed, layers=tuple(layers))
    made = run_text(network_source.of(model, (1, 28, 28)))
    assert made.state_dict().keys() == model.state_dict().keys()


def run_text(text: str) -> nn.Module:
    scope: dict[str, type[nn.Module]] = {}
    exec(compile(text, "network.py", "exec"), scope)
    assert "cnnviz" not in text
    return scope["Network"]()


class Branches(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1) if x.sum() > 0 else -x.flatten(1)


class Odd(nn.Linear):
    """A layer of another kind than its name says."""


@pytest.mark.parametrize("model", [Branches(), nn.Sequential(nn.Flatten(), nn.Sequential(Odd(784, 10)))])
def test_what_cannot_be_written_says_why(model: nn.Module) -> None:
    if isinstance(model, Branches):
        with pytest.raises(network_source.SourceError, match="cannot be written down"):
            network_source.of(model, (1, 28, 28))
    else:  # traced through to the function that it calls, and its weights are read by name
        made = run_text(network_source.of(model, (1, 28, 28)))
        made.load_state_dict(model.state_dict())


# ------------------------------------------------------------------------------------------------ the zip
@pytest.mark.parametrize("run_id", sample([DIGIT, PERMUTED, PHOTO], [PERMUTED, PHOTO]))
def test_its_script_says_what_cnnviz_says(run_id: str, tmp_path: Path) -> None:
    folder = unpacked(run_id, tmp_path)
    spec = checkpoints.spec(run_id)
    random = np.random.default_rng(3)
    size = (spec.input_shape[2], spec.input_shape[1]) if spec.digit else (57, 41)
    colours = random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(colours if spec.input_shape[0] == 3 else colours[..., 0]).save(folder / "image.png")
    said = printed(folder, "image.png")
    picture = Image.open(folder / "image.png").convert("RGB")
    if spec.digit:
        grey = torch.from_numpy(np.array(picture.convert("L"), dtype=np.float32) / 255)[None, None]
        seen = augmentation.permuted(grey, checkpoints.find(run_id).config)
        x = (seen - spec.mean[0]) / spec.std[0]
    else:
        x = images.to_tensor(picture, spec)
    with torch.no_grad():
        shares = torch.softmax(checkpoints.load(run_id)(x), 1)[0]
    best = shares.argsort(descending=True)[:5].tolist()
    assert said == [f"{spec.classes[place]}: {100 * shares[place]:.1f} %" for place in best]


def unpacked(run_id: str, folder: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(bundle.of(run_id))).extractall(folder)
    return folder / run_id


def printed(folder: Path, *arguments: str) -> list[str]:
    """What predict.py prints where this project cannot be imported."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); sys.argv[1:] = {list(arguments)!r}\n"
    code += "import importlib.util; assert importlib.util.find_spec('cnnviz') is None\n"
    code += "import runpy; runpy.run_path('predict.py', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=folder, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_it_holds_settings_curves_and_a_card(tmp_path: Path) -> None:
    folder = unpacked(DIGIT, tmp_path)
    assert TrainConfig.from_json(json.loads((folder / "config.json").read_text("utf-8"))).model == "lenet5"
    rows = list(csv.DictReader((folder / "history.csv").open()))
    assert {row["kind"] for row in rows} == {"step", "epoch"}
    assert 0.98 < float(rows[-1]["test_accuracy"]) < 1
    header, text = (folder / "README.md").read_text("utf-8").split("---\n")[1:]
    assert "pipeline_tag: image-classification" in header
    assert "value: 0.99" in header
    assert "LeNet-5 on MNIST" in text


@given(st.text(max_size=60))
def test_a_name_from_outside_is_text_in_the_card(name: str) -> None:
    card = checkpoints.read_card(checkpoints.find(DIGIT).path)
    said = {"rows": 28, "columns": 28, "channels": 1, "digit": True}
    text = model_card.of(DIGIT, bundle_card(card, name), said)
    _, header, body = text.split("---\n", 2)
    named = [line.split(": ", 1)[1] for line in header.splitlines() if line.startswith("      name:")]
    assert [json.loads(one) for one in named] == [name or "mnist"]
    assert body.count("\n# ") == 1
    assert "<" not in body.replace("\\<", "")


def bundle_card(card: checkpoints.Card, title: str) -> checkpoints.Card:
    return dataclasses.replace(card, dataset_title=title)


def test_a_run_on_photographs_of_ones_own_has_a_name_that_any_system_takes() -> None:
    assert file_names.of("folder:pets-efficientnet_lite0-8cfd44cd-2") == "folder_pets-efficientnet_lite0-8cfd44cd-2"
    assert file_names.of(DIGIT) == DIGIT
