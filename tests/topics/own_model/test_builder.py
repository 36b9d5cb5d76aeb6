"""A network from a list of layers: against torch by hand, its reasons, its config, its run; weights and modules."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save as to_bytes
from torch import nn

from cnnviz import checkpoints, limits, models, networks, training
from cnnviz.checkpoints import uploads
from cnnviz.command_line import USAGE, Arguments
from cnnviz.models import own_networks, own_stack
from cnnviz.records import Epoch, Finished, Started, TrainConfig
from cnnviz.topics.own_model import costs
from pages.shared import command_line
from pages.shared.command_line import NamedInputs

DIGIT = (1, 28, 28)


@pytest.fixture(autouse=True)
def _no_own_networks() -> Iterator[None]:
    own_networks.OWN.clear()
    yield
    own_networks.OWN.clear()


# ------------------------------------------------------------------------------------------------ layers
def test_lenet5_is_lenet5() -> None:
    """The same numbers as the network of this name, through the same weights."""
    ours, theirs = models.build("sequence", seed=3), models.build("lenet5", seed=3)
    for mine, their in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert mine.shape == their.shape
        mine.data.copy_(their.data)
    x = torch.randn(2, *DIGIT)
    assert torch.equal(ours(x), theirs(x))
    found = costs.survey(own_stack.LENET5, DIGIT, 10)
    assert (found.parameters, found.macs, found.works) == (61_706, 416_520, True)
    assert [layer.field.size for layer in found.layers[:6] if layer.field] == [5, 5, 6, 14, 14, 16]


LAYERS = st.lists(
    st.sampled_from([
        ("conv", 4, 3, 1, 1, 1, 1), ("conv", 6, 5, 2, 0, 1, 2), ("conv", 8, 3, 1, 0, 2, 1), ("batch_norm",), ("relu",),
        ("tanh",), ("max_pool", 2, 2, 0), ("avg_pool", 3, 2, 1), ("dropout", 30), ("flatten",), ("linear", 12),
        ("global_pool",), ("leaky_relu",), ("sigmoid",), ("max_pool", 3, 1, 2),
    ]),
    min_size=1, max_size=7,
).map(tuple)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(LAYERS)
def test_shapes_are_those_of_real_layers_and_the_first_that_torch_refuses_is_marked(layers: Any) -> None:
    """Built by hand, layer by layer, with numbers in them."""
    x, steps = torch.randn(2, 3, 20, 18), own_stack.walk(layers, (3, 20, 18), 5)
    for place, step in enumerate(steps):  # noqa: B007  (read after the loop)
        kind, *numbers = step.layer
        try:
            x = own_stack.KINDS[kind].make(tuple(x.shape[1:]), 5, *numbers)(x)
        except (RuntimeError, ValueError, IndexError) as error:
            said = str(error).splitlines()[0][:300]
            break
        assert (step.shape, step.problem) == (tuple(x.shape[1:]), "")
    else:
        return
    assert step.problem == said
    assert not any(later.shape or later.problem for later in steps[place + 1 :])


@pytest.mark.parametrize(
    ("layers", "place", "reason"),
    [
        ((("flatten",), ("conv", 6, 5, 1, 0, 1, 1)), 1, "Expected 3D"),
        ((("conv", 6, 5, 1, 0, 1, 4),), 0, "divisible by groups"),
        ((("conv", 6, 15, 1, 0, 8, 1),), 0, "Kernel size can't be greater"),
        ((("conv", 1025, 3, 1, 1, 1, 1),), 0, "channels is 1025; 1 to 1024 would work"),
        ((("pool", 2),), 0, "is no layer; it begins with one of conv"),
        ((("relu", 3),), 0, "it takes 0: none"),
        ((("conv", 512, 1, 1, 7, 1, 1), ("conv", 1024, 1, 1, 14, 1, 1)), 1, "numbers of one image"),
        ((("flatten",), ("linear", 8192), ("linear", 8192)), 2, "parameters; up to 50,000,000"),
    ],
)
def test_what_does_not_fit_says_where_and_why(layers: Any, place: int, reason: str) -> None:
    steps = own_stack.walk(layers, DIGIT, 10)
    assert reason in steps[place].problem
    assert [index for index, step in enumerate(steps) if step.problem] == [place]
    with pytest.raises(models.ModelError, match=f"layer {place + 1} "):
        models.build("sequence", layers=layers)
    assert not costs.survey(layers, DIGIT, 10).works


def test_what_does_not_classify_says_what_is_needed() -> None:
    found = costs.survey((("conv", 6, 5, 1, 0, 1, 1),), DIGIT, 10)
    assert "ends with the shape [6, 24, 24]; it needs 10 numbers" in found.ending
    with pytest.raises(models.ModelError, match="end with Flatten and a Linear layer"):
        models.build("sequence", layers=(("flatten",), ("linear", 9)))
    assert "has no layer" in costs.survey((), DIGIT, 10).ending


@given(LAYERS)
def test_there_and_back_as_text(layers: Any) -> None:
    assert own_stack.from_text(own_stack.to_text(layers)) == layers


@pytest.mark.parametrize("text", ["conv", "conv a b", "conv 6 5 1 2 1 -1", "nothing", "linear 99999999", "relu," * 61])
def test_text_that_is_no_list_of_layers_is_refused(text: str) -> None:
    with pytest.raises(models.ModelError):
        own_stack.from_text(text)


@pytest.mark.parametrize("name", own_stack.STARTS)
def test_the_code_runs_as_it_stands(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = costs.survey(own_stack.STARTS[name][1], (3, 32, 32), 7)
    exec(compile(costs.code(found), "code", "exec"), {})
    assert capsys.readouterr().out == f"output: [1, 7]\nparameters: {found.parameters}\n"


# ------------------------------------------------------------------------------------------------ trained
def test_it_trains_and_its_checkpoint_opens(tmp_path: Path) -> None:
    layers = own_stack.SMALL_CNN
    config = TrainConfig("digits", "sequence", epochs=1, examples=256, options=(("layers", layers),))
    assert TrainConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    assert config.run_id != TrainConfig("digits", "sequence", options=(("layers", own_stack.LENET5),)).run_id
    run = training.train(config)
    events = list(run)
    assert [type(events[0]), type(events[-2]), type(events[-1])] == [Started, Epoch, Finished]
    folder = tmp_path / "runs" / config.run_id
    checkpoints.save(run.model, folder / checkpoints.WEIGHTS)
    checkpoints.write_run(folder, checkpoints.describe(config, run.model))
    opened = networks.open_network(networks.run_choice(config.run_id))
    x = torch.randn(1, *DIGIT)
    with torch.no_grad():
        torch.testing.assert_close(opened.model(x), run.model.eval()(x), rtol=0, atol=1e-5)
    assert [type(module).__name__ for module in opened.model.children()][:4] == [
        "Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d",
    ]  # fmt: skip


def test_layers_that_do_not_fit_the_pictures_cannot_start() -> None:
    config = TrainConfig("digits", "sequence", options=(("layers", (("conv", 4, 15, 1, 0, 8, 1),)),))
    with pytest.raises(training.ConfigError, match=r"layer 1 \(conv1\) does not fit"):
        training.check(config)


# ------------------------------------------------------------------------------------------------ weights
def test_a_file_that_fits_is_opened_with_its_very_numbers() -> None:
    model = models.build("lenet5", seed=11)
    data = to_bytes(dict(model.state_dict()))
    assert {one.state for one in uploads.compared(data, models.shadow("lenet5"))} == {"fits"}
    opened = networks.open_network(networks.UPLOAD + uploads.keep(data, "lenet5"))
    assert all(torch.equal(value, model.state_dict()[key]) for key, value in opened.model.state_dict().items())
    assert "your file" in opened.spec.title


def test_a_file_is_compared_name_by_name() -> None:
    state = dict(models.build("lenet5").state_dict())
    state["conv9.weight"] = state.pop("conv1.weight")
    state["fc1.weight"] = torch.zeros(120, 256)
    state["fc2.bias"] = torch.zeros(84, dtype=torch.int64)
    found = {one.name: one for one in uploads.compared(to_bytes(state), models.shadow("lenet5"))}
    states = {name: one.state for name, one in found.items() if one.state != "fits"}
    assert states == {
        "conv1.weight": "missing", "fc1.weight": "wrong shape", "fc2.bias": "wrong type", "conv9.weight": "unexpected",
    }  # fmt: skip
    assert (found["fc1.weight"].wanted, found["fc1.weight"].found) == ("[120, 400]", "[120, 256]")
    with pytest.raises(checkpoints.CheckpointError, match="does not fit LeNet5"):
        uploads.keep(to_bytes(state), "lenet5")
    assert not list(Path(checkpoints.runs_folder()).glob("uploads/*"))


class Trap:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (exec, ("import builtins; builtins.trapped = True",))


def test_a_pickle_is_never_read() -> None:
    with pytest.raises(checkpoints.CheckpointError, match=r"is a pickle .* not opened here; .*torch.save"):
        uploads.compared(pickle.dumps(Trap()), models.shadow("lenet5"))
    assert not hasattr(__import__("builtins"), "trapped")


def test_what_is_too_large_or_torn_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = to_bytes({"x": torch.zeros(3)})
    with pytest.raises(checkpoints.CheckpointError, match="cut off"):
        uploads.compared(data[:6], models.shadow("lenet5"))
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 10)
    with pytest.raises(checkpoints.CheckpointError, match="up to 10 are read"):
        uploads.compared(data, models.shadow("lenet5"))


def test_only_the_last_files_are_kept_and_no_path_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.networks_of_visitor.variable, "2")
    kept = [uploads.keep(to_bytes(dict(models.build("cnn", seed=seed).state_dict())), "cnn") for seed in range(3)]
    assert len(list((checkpoints.runs_folder() / "uploads").iterdir())) == 2
    assert uploads.open_upload(kept[-1])[0] == "cnn"
    for strange in (f"../uploads/{kept[-1]}", "cnn.0000000000000000", ""):
        with pytest.raises(checkpoints.CheckpointError, match="no longer kept"):
            networks.open_network(networks.UPLOAD + strange)


# ------------------------------------------------------------------------------------------------ a module
def tiny() -> nn.Module:
    torch.manual_seed(5)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 6))


def test_a_module_is_opened_with_what_its_function_put_in() -> None:
    opened = networks.open_network(networks.own(f"{__name__}:tiny"))
    assert torch.equal(opened.model[0].weight, tiny()[0].weight)  # type: ignore[index]
    assert opened.provenance.kind == "trained"
    assert len(opened.spec.classes) == 6


def test_a_module_is_opened_with_a_file_of_weights(tmp_path: Path) -> None:
    other = tiny()
    nn.init.constant_(other[3].bias, 7.0)  # type: ignore[index]
    file = checkpoints.save(other, tmp_path / "tiny.safetensors")
    opened = networks.open_network(networks.own(f"{__name__}:tiny", file))
    assert opened.model.state_dict()["3.bias"].tolist() == [7.0] * 6
    assert "tiny.safetensors" in opened.provenance.label


def test_weights_that_do_not_fit_a_module_are_refused_and_nothing_is_registered(tmp_path: Path) -> None:
    file = checkpoints.save(nn.Linear(2, 2), tmp_path / "other.safetensors")
    with pytest.raises(checkpoints.CheckpointError, match="does not fit"):
        networks.own(f"{__name__}:tiny", file)
    with pytest.raises(checkpoints.CheckpointError, match="cannot be read"):
        networks.own(f"{__name__}:tiny", tmp_path / "nothing.safetensors")
    assert not own_networks.OWN


@pytest.mark.parametrize(
    ("given_", "sentence"),
    [
        (["--weights", "w.safetensors"], "without --model"),
        (["--modle", "a:b"], "unrecognized arguments: --modle"),
        (["--model"], "expected one argument"),
    ],
)
def test_wrong_arguments_are_one_sentence_with_the_right_ones(given_: list[str], sentence: str) -> None:
    with pytest.raises(command_line.ArgumentsError, match=sentence) as caught:
        command_line.read(given_)
    assert USAGE in str(caught.value)


def test_arguments() -> None:
    assert command_line.read([]) == Arguments()
    words = ["cat.png", "--model", "a.b:c", "--weights", "w.safetensors"]
    assert command_line.read(words) == Arguments(Path("cat.png"), "a.b:c", Path("w.safetensors"))


def test_the_module_is_looked_for_in_the_folder_of_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "from torch import nn\ndef two():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 2))\n"
    (tmp_path / "nets_of_a_user.py").write_text(lines)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert command_line.open_named(("--model", "nets_of_a_user:two")) == NamedInputs(choice="nets_of_a_user:two")
    named = command_line.open_named(("--model", "nets_of_a_user:three"))
    assert not named.choice
    assert "has no function three; it has two" in named.problems[0]
