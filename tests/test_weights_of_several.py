"""Files that hold more than one network's weights, or were written otherwise than torch writes them by itself."""

from __future__ import annotations

import random
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import nn

from cnnviz import checkpoints, models
from cnnviz.checkpoints import unpickling, uploads
from tests.test_weights_fit import STATE, same, saved, to_bytes


@pytest.mark.parametrize("seed", range(8))
def test_of_several_networks_in_a_file_the_chosen_one_is_taken(seed: int, tmp_path: Path) -> None:
    """Whatever else lies beside it: a larger teacher, a discriminator, a running average with a counter more."""
    draw = random.Random(seed)
    teacher = {key: torch.zeros(2 * value.numel()) for key, value in STATE.items()} | {"more": torch.ones(3)}
    average = {"module." + key: torch.zeros_like(value) for key, value in STATE.items()} | {
        "n_averaged": torch.ones(())
    }
    others = [("teacher", teacher), ("netD", teacher), ("model_ema", average), ("ema", average)]
    prefix = draw.choice(["", "module.", "backbone."])
    file = [
        *draw.sample(others, 2),
        (draw.choice(["student", "netG", "net"]), {prefix + k: v for k, v in STATE.items()}),
    ]
    draw.shuffle(file)
    names = [name for name, _ in file]
    if any(name.startswith(("model_ema", "ema")) for name in names):  # a copy of its shapes: the usual place decides
        file = [(name if name not in ("student", "netG") else "model", value) for name, value in file]
    (tmp_path / "in.pt").write_bytes(saved(dict(file)))
    wanted = {key: value.numel() for key, value in STATE.items()}
    unpickling.convert(str(tmp_path / "in.pt"), str(tmp_path / "out"), 1 << 22, wanted)
    model = models.build("lenet5", seed=5)
    checkpoints.load_into(model, (tmp_path / "out").read_bytes())
    assert same(STATE, dict(model.state_dict()))


def test_the_file_for_a_network_is_chosen_by_its_names_through_the_process() -> None:
    large = {key: torch.zeros(2 * value.numel()) for key, value in STATE.items()} | {"more": torch.ones(3)}
    model = models.build("lenet5", seed=5)
    said = checkpoints.load_into(model, saved({"teacher": large, "student": STATE}))
    assert "its part `student` taken" in said
    assert same(STATE, dict(model.state_dict()))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(("own", "copy"), [("encoder_q.", "encoder_k."), ("student.", "teacher."), ("online.", "ema.")])
def test_of_two_alike_the_trained_one_is_taken_and_the_other_said(own: str, copy: str, order: tuple[int, int]) -> None:
    parts = [{own + k: v for k, v in STATE.items()}, {copy + k: torch.zeros_like(v) for k, v in STATE.items()}]
    model = models.build("lenet5", seed=5)
    said = checkpoints.load_into(model, to_bytes({**parts[order[0]], **parts[order[1]]}))
    assert f"the prefix `{own}` taken off the names (`{copy}` would fit as well)" in said
    assert same(STATE, dict(model.state_dict()))


def test_the_norms_of_other_libraries_are_read() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.BatchNorm2d(4))
    for value in net.state_dict().values():
        value.copy_(torch.rand(value.shape) * 9)
    theirs = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
    state = {
        name if name.startswith("0.") else name[:2] + theirs[name[2:]]: value
        for name, value in net.state_dict().items() if "tracked" not in name
    }  # fmt: skip
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.BatchNorm2d(4))
    said = checkpoints.load_into(model, to_bytes(state))
    assert "`gamma`, `beta` and `moving_…` of norms read as PyTorch's names" in said
    assert all(torch.equal(v, model.state_dict()[k]) for k, v in net.state_dict().items() if "tracked" not in k)


def test_another_protocol_is_told_and_the_line_converts_it(tmp_path: Path) -> None:
    with pytest.raises(checkpoints.CheckpointError, match="another pickle_protocol than 2") as caught:
        uploads.readable(saved({"epoch": 3, "model": STATE}, pickle_protocol=4), "w.pt")
    line = str(caught.value).partition("that is: ")[2]
    torch.save({"epoch": 3, "model": STATE}, tmp_path / "FILE", pickle_protocol=4)
    done = subprocess.run([sys.executable, *shlex.split(line)[1:]], cwd=tmp_path, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr[-500:]
    assert same(STATE, safetensors.torch.load_file(tmp_path / "weights.safetensors"))
