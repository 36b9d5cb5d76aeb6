"""Weights as people have them: whatever the names, types and wrapping, the numbers arrive, or it is said why not."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import re
import shlex
import struct
import subprocess
import sys
import tomllib
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
import torchvision
from torch import nn

from cnnviz import checkpoints, limits, models, networks
from cnnviz.checkpoints import pickles, unpickling, uploads

State = dict[str, torch.Tensor]
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))


def to_bytes(state: State) -> bytes:
    return safetensors.torch.save({name: tensor.clone().contiguous() for name, tensor in state.items()})


def framed(state: State, padding: int) -> bytes:
    """The same file with so many spaces after the header, as the format allows."""
    data = to_bytes(state)
    length = int.from_bytes(data[:8], "little")
    return struct.pack("<Q", length + padding) + data[8 : 8 + length] + b" " * padding + data[8 + length :]


def filled(name: str, seed: int) -> nn.Module:
    """A network whose buffers, too, differ from the ones it is built with."""
    model = models.build(name, seed=seed)
    random = torch.Generator().manual_seed(seed)
    for key, tensor in model.state_dict().items():
        if "running" in key:
            tensor.copy_(torch.rand(tensor.shape, generator=random) + 0.5)
    return model


def same(one: State, other: State, but: tuple[str, ...] = ()) -> bool:
    return all(torch.equal(value, other[key]) for key, value in one.items() if not key.endswith(but))


# ------------------------------------------------------------------------------------------------ any framing
def test_a_header_of_any_length_is_read() -> None:
    state = dict(models.build("cnn", seed=1).state_dict())
    first_bytes = set()
    for padding in range(256):
        data = framed(state, padding)
        first_bytes.add(data[0])
        model = models.build("cnn", seed=2)
        checkpoints.load_into(model, data)
        assert same(state, dict(model.state_dict()))
    assert first_bytes == set(range(256))  # 0x80 begins a pickle, 0x50 0x4b a zip


# ------------------------------------------------------------------------------------------------ any names
def wrapped(state: State, draw: random.Random) -> State:
    for prefix in draw.sample(["module.", "model.", "_orig_mod.", "net.", "backbone.body."], draw.randrange(1, 4)):
        state = {prefix + key: tensor for key, tensor in state.items()}
    return state


def in_lightning(state: State, draw: random.Random) -> State:
    return {**{"model." + key: tensor for key, tensor in state.items()}, "criterion.weight": torch.ones(10)}


def without_counters(state: State, draw: random.Random) -> State:
    return {key: tensor for key, tensor in state.items() if "num_batches" not in key}


def counted(state: State, draw: random.Random) -> State:
    return {**state, "total_ops": torch.zeros(1), "conv1.total_params": torch.zeros(1)}


def wider(state: State, draw: random.Random) -> State:
    return {key: tensor.double() if tensor.is_floating_point() else tensor.int() for key, tensor in state.items()}


def shuffled(state: State, draw: random.Random) -> State:
    return dict(draw.sample(sorted(state.items(), key=lambda item: item[0]), len(state)))


def as_convolutions(state: State, draw: random.Random) -> State:
    return {key: tensor[..., None, None] if key == "fc.weight" else tensor for key, tensor in state.items()}


CHANGES = (wrapped, in_lightning, without_counters, counted, wider, shuffled, as_convolutions)


@pytest.mark.parametrize("seed", range(int(os.environ.get("CNNVIZ_DRAWN", "12"))))
def test_drawn_chains_of_what_people_do_to_a_file_leave_its_numbers(seed: int) -> None:
    draw = random.Random(seed)
    name = draw.choice(["resnet18", "squeezenet1_1", "vgg_cifar", "lenet5", "mobilenet_v2"])
    source = dict(filled(name, seed=1).state_dict())
    file = source
    chain = [*draw.sample(CHANGES[:1] + CHANGES[2:], draw.randrange(1, 4)), *draw.choice([(), (in_lightning,)])]
    for change in chain:
        file = change(file, draw)
    model = models.build(name, seed=2)
    said = checkpoints.load_into(model, to_bytes(file))
    assert same(source, dict(model.state_dict()), but=("num_batches_tracked",) if without_counters in chain else ())
    assert said or set(chain) <= {shuffled, without_counters, as_convolutions, counted, wider}


def test_tied_weights_stored_once() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Linear(4, 4), nn.Linear(4, 4)
            self.two.weight = self.one.weight

    for lacking in ("one.weight", "two.weight"):
        state = dict(Tied().state_dict())
        del state[lacking]
        model = Tied()
        (said,) = checkpoints.load_into(model, to_bytes(state))
        assert f"{lacking} is tied to" in said
        assert torch.equal(model.two.weight, next(tensor for key, tensor in state.items() if "weight" in key))
    torn = {**Tied().state_dict(), "two.weight": torch.ones(4, 4)}
    with pytest.raises(checkpoints.CheckpointError, match=r"different numbers for one.weight and two.weight"):
        checkpoints.load_into(Tied(), to_bytes(torn))


def test_old_densenet_names() -> None:
    state = dict(models.build("densenet121", seed=1).state_dict())
    old = {key.replace("norm1.", "norm.1.").replace("norm2.", "norm.2.").replace("conv1.", "conv.1.")
           .replace("conv2.", "conv.2."): tensor for key, tensor in state.items()}  # fmt: skip
    assert set(old) != set(state)
    model = models.build("densenet121", seed=2)
    assert any("old DenseNet" in one for one in checkpoints.load_into(model, to_bytes(old)))
    assert same(state, dict(model.state_dict()))


def test_auxiliary_heads_that_only_one_side_has() -> None:
    whole = torchvision.models.googlenet(weights=None, init_weights=False, aux_logits=True).state_dict()
    plain = models.build("googlenet", seed=1)
    said = checkpoints.load_into(plain, to_bytes(dict(whole)))
    assert any("surplus" in one for one in said)
    assert same(dict(plain.state_dict()), dict(whole))
    both = models.build("googlenet_aux", seed=1)
    said = checkpoints.load_into(both, to_bytes(dict(plain.state_dict())))
    assert any("left untrained" in one for one in said)
    image = torch.randn(1, 3, 96, 96)
    with torch.no_grad():
        assert torch.equal(both(image), plain(image))


# ------------------------------------------------------------------------------------------------ another head
@pytest.mark.parametrize(("name", "head"), [("resnet18", "fc"), ("squeezenet1_1", "classifier.1"), ("lenet5", "fc3")])
@pytest.mark.parametrize("classes", [1, 7])
def test_a_head_with_another_number_of_classes(name: str, head: str, classes: int) -> None:
    state = dict(models.build(name, seed=1).state_dict())
    for part in ("weight", "bias"):
        state[f"{head}.{part}"] = state[f"{head}.{part}"][:classes].clone()
    opened = networks.open_network(networks.UPLOAD + uploads.keep(to_bytes(state), name))
    assert same(state, dict(opened.model.state_dict()))
    assert len(opened.spec.classes) == classes
    assert f"a head of {classes} class" in opened.provenance.detail
    with torch.no_grad():
        assert opened.model(torch.zeros(1, *opened.spec.input_shape)).shape == (1, classes)


def test_a_head_in_a_sequential_of_dropout_and_a_linear_layer() -> None:
    tuned = torchvision.models.resnet18(weights=None)
    tuned.fc = nn.Sequential(nn.Dropout(0.5), nn.Linear(512, 3))
    model = models.build("resnet18")
    said = checkpoints.load_into(model, to_bytes({f"module.{key}": value for key, value in tuned.state_dict().items()}))
    assert any("`fc.1` taken for `fc`" in one for one in said)
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(model(image), tuned.eval()(image), rtol=0, atol=0)


def test_another_width_inside_is_no_head() -> None:
    state = dict(models.build("lenet5").state_dict())
    state |= {"fc1.weight": torch.zeros(60, 400), "fc1.bias": torch.zeros(60), "fc2.weight": torch.zeros(84, 60)}
    with pytest.raises(checkpoints.CheckpointError, match=r"fc1.weight \[60, 400\] instead of \[120, 400\]"):
        checkpoints.load_into(models.build("lenet5"), to_bytes(state))


# ------------------------------------------------------------------------------------------------ refused in words
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_not_finite_are_refused_with_the_tensors_name(bad: float) -> None:
    draw = random.Random(str(bad))
    state = dict(models.build("lenet5").state_dict())
    name = draw.choice(sorted(state))
    state[name] = state[name].clone()
    state[name].view(-1)[draw.randrange(state[name].numel())] = bad
    before = dict(models.build("lenet5", seed=3).state_dict())
    model = models.build("lenet5", seed=3)
    for refuse in (
        lambda: checkpoints.load_into(model, to_bytes(state)),
        lambda: uploads.compared(to_bytes(state), models.shadow("lenet5")),
        lambda: uploads.keep(to_bytes(state), "lenet5"),
    ):
        with pytest.raises(checkpoints.CheckpointError, match=rf"not finite: {name} has 1 of"):
            refuse()
    assert same(before, dict(model.state_dict()))


def test_both_sides_of_what_does_not_fit_are_shown_and_the_right_network_is_proposed() -> None:
    state = dict(models.build("resnet34").state_dict())
    data = to_bytes({"module." + key: tensor for key, tensor in state.items()})
    assert uploads.closest(data) == "resnet34"
    with pytest.raises(checkpoints.CheckpointError, match="does not fit ResNet"):
        uploads.keep(data, "resnet18")
    renamed = {key.replace("fc.", "answer."): tensor for key, tensor in state.items()}
    rows = {row.name: row for row in uploads.compared(to_bytes(renamed), models.shadow("resnet34"))}
    assert (rows["fc.weight"].state, rows["fc.weight"].found) == ("missing", "answer.weight")
    assert uploads.closest(to_bytes({"x": torch.zeros(3)})) == ""


# ------------------------------------------------------------------------------------------------ pickles
class Trap:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (os.system, ("touch trapped",))


def saved(value: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


STATE = dict(models.build("lenet5", seed=4).state_dict())
FILES = {
    "a state dict": lambda: saved(OrderedDict(STATE)),
    "Lightning's": lambda: saved({"epoch": 3, "state_dict": {"model." + key: value for key, value in STATE.items()}}),
    "beside its optimiser": lambda: saved({"optimizer": {"state": {0: {"m": torch.ones(3)}}}, "net": STATE}),
    "as before torch 1.6": lambda: saved(STATE, _use_new_zipfile_serialization=False),
    "not contiguous": lambda: saved({key: value.t().contiguous().t() for key, value in STATE.items() if value.ndim < 3}
                                    | {key: value for key, value in STATE.items() if value.ndim > 2}),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_tensors_in_a_pickle_are_read(kind: str, tmp_path: Path) -> None:
    (tmp_path / "in.pt").write_bytes(FILES[kind]())
    unpickling.convert(str(tmp_path / "in.pt"), str(tmp_path / "out"), 1 << 20)
    model = models.build("lenet5", seed=5)
    checkpoints.load_into(model, (tmp_path / "out").read_bytes())
    assert same(STATE, dict(model.state_dict()))


def test_they_are_read_in_a_process_of_its_own() -> None:
    data, said = uploads.readable(FILES["Lightning's"](), "w.pt")
    assert "weights_only=True" in said[0]
    model = models.build("lenet5", seed=5)
    checkpoints.load_into(model, data)
    assert same(STATE, dict(model.state_dict()))


def test_what_could_run_is_refused_and_the_line_that_converts_it_works(tmp_path: Path) -> None:
    here = set(Path.cwd().iterdir())
    with pytest.raises(checkpoints.CheckpointError, match=r"torch\.save did not write"):
        uploads.readable(pickle.dumps(Trap()), "w.pt")
    with pytest.raises(checkpoints.CheckpointError, match=r"is a pickle .* more than") as caught:
        uploads.readable(saved({"a": torch.zeros(3), "b": Trap()}), "w.pt")
    assert set(Path.cwd().iterdir()) == here
    line = str(caught.value).partition("that is: ")[2]
    torch.save(nn.Sequential(nn.Linear(2, 3)), tmp_path / "FILE")
    done = subprocess.run([sys.executable, *shlex.split(line)[1:]], cwd=tmp_path, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr[-500:]
    assert set(safetensors.torch.load_file(tmp_path / "weights.safetensors")) == {"0.weight", "0.bias"}


def test_a_small_file_that_asks_for_much_memory_or_is_torn_is_refused() -> None:
    huge = torch.zeros(1).expand(400_000_000)  # 4 bytes stored, 1.6 GB once it is copied
    torn = saved(STATE)[:5000]
    for data, said in ((saved({"w": huge}), "up to .* are read"), (torn, "damaged")):
        with pytest.raises(checkpoints.CheckpointError, match=said):
            uploads.readable(data, "w.pt")


def test_the_process_that_reads_it_has_no_more_memory_than_the_file_explains(tmp_path: Path) -> None:
    source = tmp_path / "in.pt"
    source.write_bytes(saved({"w": torch.zeros(1).expand(300_000_000)}))
    run = [sys.executable, "-I", str(pickles.WORKER), str(source), str(tmp_path / "out"), str(2_000_000_000), "60"]
    done = subprocess.run(run, capture_output=True, check=False)
    assert "more memory than its size explains" in json.loads(done.stdout)["error"]
    assert not (tmp_path / "out").exists()


def test_uploads_are_as_large_as_the_pages_say() -> None:
    server = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["server"]
    assert server["maxUploadSize"] == max(limits.IMAGE_MB, limits.ZIP_MB, limits.WEIGHTS_MB)
    assert uploads.LARGEST_UPLOAD == limits.WEIGHTS_MB << 20
    assert uploads.LARGEST_UPLOAD <= checkpoints.weights.LARGEST_FILE


@pytest.mark.parametrize(("of", "into"), [("resnet18", "lenet5"), ("resnet18", "cnn"), ("vgg_cifar", "net")])
def test_what_is_said_of_a_strangers_tensors_is_what_its_file_says(of: str, into: str) -> None:
    """A block of another network has names like this one's (`layer1.0.conv1.weight`): no prefix is taken off for it."""
    state = models.build(of).state_dict()
    with pytest.raises(checkpoints.CheckpointError) as caught:
        checkpoints.load_into(models.build(into), safetensors.torch.save(dict(state)))
    said = re.findall(r"(\S+) \[([\d, ]+)\] instead of", str(caught.value))
    assert said or "of another shape" not in str(caught.value)
    for name, shape in said:
        assert list(state[name].shape) == [int(length) for length in shape.split(",")], name
