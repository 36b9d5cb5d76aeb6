"""Modules with calls that go round the ordinary ways: recorded, counted, explained, given back as they were."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from torch import nn
from torch.func import functional_call
from torch.utils import checkpoint
from torchvision.models.feature_extraction import create_feature_extractor

from cnnviz import anatomy, capture, networks, units
from cnnviz.capture import values
from cnnviz.modes import to_eval
from tests.support.own_network import forgotten, stranger

SHAPE = (3, 16, 16)
X = torch.rand(1, *SHAPE, generator=torch.Generator().manual_seed(7))


class Around(nn.Module):
    """A convolution, whatever is done to its map, and a linear layer; `part` is what is done it with."""

    def __init__(self, work: Callable[[Any, torch.Tensor], torch.Tensor], part: nn.Module | None = None) -> None:
        super().__init__()
        self.conv, self.part, self.head = nn.Conv2d(3, 4, 3, padding=1), part or nn.Identity(), nn.Linear(4, 5)
        self.work = work

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.work(self, self.conv(x)).float().mean((2, 3)))


class Insisting(Around):
    """Stays in training mode, whoever asks."""

    def train(self, mode: bool = True) -> Insisting:
        super().train(True)
        return self


class Counting(Around):
    """Counts its calls in a buffer, and answers with the count."""

    def __init__(self) -> None:
        super().__init__(lambda net, y: y * net.calls)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return super().forward(x)


def block() -> nn.Module:
    return nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU())


def in_16_bits(net: Any, y: torch.Tensor) -> torch.Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return net.part(y)  # type: ignore[no-any-return]


def with_other_weights(net: Any, y: torch.Tensor) -> torch.Tensor:
    state = {"weight": net.part.weight * 2, "bias": net.part.bias}
    return functional_call(net.part, state, (y,))  # type: ignore[no-any-return]


def as_often_as_it_says(net: Any, y: torch.Tensor) -> torch.Tensor:
    for _ in range(int(y.mean().abs() * 9) % 3 + 1):
        y = net.part(y)
    return y


def blurred(net: Any, y: torch.Tensor) -> torch.Tensor:
    kernel = torch.tensor([1.0, 2.0, 1.0])
    return nn.functional.conv2d(y, (kernel[:, None] * kernel / 16).expand(4, 1, 3, 3), stride=2, groups=4)


def weighted(norm: Callable[[nn.Module], nn.Module]) -> Callable[[], nn.Module]:
    return lambda: Around(lambda net, y: net.part(y), norm(nn.Conv2d(4, 4, 3)))


@torch.jit.script
def mish(y: torch.Tensor) -> torch.Tensor:
    """As networks before torch had it carry it along."""
    return y * torch.tanh(torch.nn.functional.softplus(y))


class Asked(nn.Module):
    """Learned queries, given to another module as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.queries, self.attend = nn.Parameter(torch.rand(1, 1, 4)), nn.MultiheadAttention(4, 2, batch_first=True)

    def forward(self, y: torch.Tensor) -> torch.Tensor:
        tokens = y.flatten(2).transpose(1, 2)
        answer: torch.Tensor = self.attend(self.queries, tokens, tokens)[0]
        return answer.transpose(1, 2).unsqueeze(3)


def operators_norm(net: Any, y: torch.Tensor) -> torch.Tensor:
    """torch's own operators take weights before statistics, torch.nn.functional after."""
    part = net.part
    given = (part.weight, part.bias, part.running_mean, part.running_var)
    return torch.batch_norm(torch.ops.aten.batch_norm.default(y, *given, False, 0.1, 1e-5, False),
                            *given, False, 0.1, 1e-5, False)  # fmt: skip


def measured() -> nn.Module:
    made = nn.BatchNorm2d(4)
    for value in (made.weight, made.bias, made.running_mean, made.running_var):
        nn.init.uniform_(value, 0.5, 3)  # type: ignore[arg-type]
    return made


def offsets() -> nn.Module:
    made = Around(lambda net, y: net.part(y, net.offset(y)), torchvision.ops.DeformConv2d(4, 4, 3, padding=1))
    made.offset = nn.Conv2d(4, 18, 3, padding=1)
    return made


ODD: dict[str, Callable[[], nn.Module]] = {
    "torch.vmap": lambda: Around(lambda net, y: torch.vmap(lambda one: one.relu() * 2)(y)),
    "vmap of a module": lambda: Around(lambda net, y: torch.vmap(net.part)(y), nn.Conv2d(4, 4, 3)),
    "weights of the call": lambda: Around(with_other_weights, nn.Conv2d(4, 4, 3)),
    "a checkpoint": lambda: Around(lambda net, y: checkpoint.checkpoint(net.part, y, use_reentrant=False), block()),
    "an old checkpoint": lambda: Around(lambda net, y: checkpoint.checkpoint(net.part, y, use_reentrant=True), block()),
    "autocast": lambda: Around(in_16_bits, nn.Conv2d(4, 4, 3)),
    "always training": lambda: Insisting(lambda net, y: net.part(y), nn.BatchNorm2d(4)),
    "a counting buffer": Counting,
    "as often as the data say": lambda: Around(as_often_as_it_says, block()),
    "constants of 32 bits": lambda: Around(blurred),
    "weight_norm, the older one": weighted(nn.utils.weight_norm),
    "weight_norm": weighted(nn.utils.parametrizations.weight_norm),
    "spectral_norm": weighted(nn.utils.parametrizations.spectral_norm),
    "deformable": offsets,
    "a function of TorchScript": lambda: Around(lambda net, y: mish(y)),
    "a branch of torch's": lambda: Around(lambda net, y: torch.cond(y.sum() > 1e9, net.part, torch.neg, (y,)), block()),
    "learned queries": lambda: Around(lambda net, y: net.part(y), Asked()),
    "norms by torch's own operators": lambda: Around(operators_norm, measured()),
    "values chosen by a mask": lambda: Around(lambda net, y: y[y > 0].mean().repeat(1, 4, 1, 1)),
    "two graphs": lambda: create_feature_extractor(torchvision.models.resnet18(), {"relu": "out"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_an_odd_call_is_recorded_counted_explained_and_undone(name: str) -> None:
    torch.manual_seed(0)
    model = to_eval(ODD[name]())
    state = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    record = capture.activations(model, X)
    for found in (record.logits, capture.logits(model, X), capture.activations(model, X).logits):
        np.testing.assert_array_equal(found, record.logits)
    assert set(capture.contributions(model, X, 0)) == set(record.keys)
    rows = anatomy.inspect(model, SHAPE)
    assert {row.name for row in rows} == set(record.keys) or name == "as often as the data say"
    assert sum(row.parameters for row in rows) <= sum(value.numel() for value in model.parameters())
    proofs = anatomy.prove(model, SHAPE, [(0, 0), (8, 9)])
    assert all(proof.holds for proof in proofs) or name == "as often as the data say"
    _explained(model, record)
    assert all(torch.equal(state[key], tensor) for key, tensor in model.state_dict().items())
    with torch.no_grad():  # last, for it may change the network
        expected = values.array(values.first_tensor(model(X.clone())))
    np.testing.assert_array_equal(record.logits, expected)


def _explained(model: nn.Module, record: Any) -> None:
    """Of some cells of each layer: an explanation is of the recorded number, or a sentence says that there is none."""
    chance = random.Random(1)
    for layer in record:
        size = float(np.abs(layer.values).max())
        for _ in range(3):
            cell = [chance.randrange(length) for length in layer.shape]
            unit = units.explain(model, X, record, layer.key, *cell)
            assert unit.note or unit.products is not None
            if unit.computed is not None:
                assert unit.computed == pytest.approx(unit.recorded, abs=4e-3 * size + 1e-5), (layer.key, cell)


def test_what_is_called_without_torchs_functions_is_a_row_all_the_same() -> None:
    record = capture.activations(ODD["a function of TorchScript"]().eval(), X)
    assert record["script_function"].inputs == ("conv",)
    assert record["float"].inputs == ("script_function",)
    assert "neg" in capture.activations(ODD["a branch of torch's"]().eval(), X).keys
    assert torch.jit.ScriptFunction.__call__ is not None
    np.testing.assert_array_equal(mish(X), X * torch.tanh(nn.functional.softplus(X)))


def test_every_parameter_that_is_used_is_counted() -> None:
    model = ODD["learned queries"]().eval()
    rows = anatomy.inspect(model, SHAPE)
    assert sum(row.parameters for row in rows) == sum(value.numel() for value in model.parameters())


def test_norms_of_both_orders_are_explained_by_their_own_numbers() -> None:
    model = ODD["norms by torch's own operators"]().eval()
    record = capture.activations(model, X)
    for key in ("batch_norm", "batch_norm_1"):
        unit = units.explain(model, X, record, key, 2, 3, 4)
        assert unit.computed == pytest.approx(unit.recorded, rel=1e-4)
        assert "√(" in unit.note


ONLY_WITHOUT_GRADIENTS: dict[str, Callable[[Any, torch.Tensor], torch.Tensor]] = {
    "numpy": lambda net, y: torch.from_numpy(y.numpy() * 2),
    "a flag of what was computed": lambda net, y: y.requires_grad_(False) * 2,
    "weights written over": lambda net, y: net.part(y) * net.part.weight.clamp_(0, 1).mean(),
    "memory of another size": lambda net, y: y.clone().resize_(1, 4, 8, 32),
}


@pytest.mark.parametrize("name", ONLY_WITHOUT_GRADIENTS)
def test_what_runs_without_gradients_alone_is_recorded_and_told(name: str) -> None:
    model = Around(ONLY_WITHOUT_GRADIENTS[name], nn.Conv2d(4, 4, 1)).eval()
    assert capture.activations(model, X).logits.shape == (5,)
    with pytest.raises(ValueError, match="there are no gradients of Around"):
        capture.contributions(model, X, 0)


@pytest.mark.parametrize("limit", [0.5, 5.0])
def test_no_field_is_exact_after_a_branch_on_how_bright_the_image_is(limit: float) -> None:
    """The branch that zeros take is one of two; of what follows nothing is known."""
    model = Around(lambda net, y: net.part(y) if y[:, :1].abs().mean() > limit else y, nn.Conv2d(4, 4, 5))
    nn.init.constant_(model.conv.weight, 0.1)
    nn.init.zeros_(model.conv.bias)  # type: ignore[arg-type]
    rows = anatomy.inspect(model.eval(), SHAPE)
    assert {row.receptive_field.status for row in rows[-3:]} == {"unknown"}
    asked = Around(lambda net, y: net.part(y) if bool(torch.isfinite(y).all()) else y, nn.Conv2d(4, 4, 5))
    assert anatomy.inspect(asked.eval(), SHAPE)[-3].receptive_field.status == "exact"


def test_an_explanation_of_another_number_is_none() -> None:
    model = ODD["weights of the call"]().eval()
    record = capture.activations(model, X)
    unit = units.explain(model, X, record, "part", 1, 2, 3)
    assert unit.computed is None
    assert unit.products is None
    assert "had a hand in it" in unit.note
    assert units.explain(model, X, record, "conv", 1, 2, 3).computed is not None


def test_a_program_of_torch_export_opens_although_it_has_one_mode() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5)).eval()
    program = torch.export.export(net, (torch.zeros(1, 3, 32, 32),)).module()
    for unused in forgotten():
        assert unused is None
        found = networks.open_network(networks.own(stranger(lambda: program)))
        image = torch.rand(1, 3, 32, 32)
        np.testing.assert_allclose(capture.logits(found.model, image), net(image)[0].detach().numpy(), rtol=1e-5)
        assert len(capture.activations(found.model, image).keys) == 6


def test_what_torch_gives_is_its_own_again_afterwards() -> None:
    before = torch.vmap(lambda one: one * 2)(X), checkpoint.CheckpointFunction
    with pytest.raises(AttributeError):
        capture.activations(Around(lambda net, y: torch.vmap(lambda one: one.no_such)(y)).eval(), X)
    torch.testing.assert_close(torch.vmap(lambda one: one * 2)(X), before[0])
    assert checkpoint.CheckpointFunction is before[1]


def test_a_copy_of_two_graphs_is_in_the_mode_that_it_was() -> None:
    model = ODD["two graphs"]().eval()
    assert any(part.training for part in copy.deepcopy(model).modules())  # torchvision's own slip
    assert all(row.receptive_field.status == "exact" for row in anatomy.inspect(model, SHAPE))
    model.train()
    record = capture.activations(model, X)
    assert model.training
    np.testing.assert_array_equal(record.outputs["out"], model.eval()(X)["out"][0].detach().numpy())
