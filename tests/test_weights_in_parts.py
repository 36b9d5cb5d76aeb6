"""Weights that a file holds in parts arrive as the layer that wrote them computes them, and it is said."""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Callable

import pytest
import safetensors.torch
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

from cnnviz import checkpoints, models
from cnnviz.checkpoints import uploads

Wrap = Callable[[nn.Module, random.Random], nn.Module]


def to_bytes(model: nn.Module) -> bytes:
    return safetensors.torch.save({key: value.clone().contiguous() for key, value in model.state_dict().items()})


# ------------------------------------------------------------------------------------------------ what people wrap
def axis_of(layer: nn.Module, draw: random.Random) -> int | None:
    return draw.choice([0, 1, None, *range(layer.weight.dim())])  # type: ignore[operator, union-attr]


def older_weight_norm(layer: nn.Module, draw: random.Random) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the older spelling is what old files hold
        return weight_norm(layer, dim=axis_of(layer, draw))  # type: ignore[arg-type]


def newer_weight_norm(layer: nn.Module, draw: random.Random) -> nn.Module:
    return parametrizations.weight_norm(layer, dim=axis_of(layer, draw))  # type: ignore[arg-type]


def older_spectral_norm(layer: nn.Module, draw: random.Random) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return spectral_norm(layer, n_power_iterations=draw.randrange(1, 4))


def newer_spectral_norm(layer: nn.Module, draw: random.Random) -> nn.Module:
    return parametrizations.spectral_norm(layer, n_power_iterations=draw.randrange(1, 4))


def pruned(layer: nn.Module, draw: random.Random) -> nn.Module:
    for _ in range(draw.randrange(1, 3)):
        prune.random_unstructured(layer, "weight", amount=draw.random() * 0.8)
    if draw.random() < 0.5:
        prune.l1_unstructured(layer, "bias", amount=1)
    return layer


WRAPS: tuple[Wrap, ...] = (older_weight_norm, newer_weight_norm, older_spectral_norm, newer_spectral_norm, pruned)
KINDS = (
    nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d,
)  # fmt: skip


def layer_of(kind: type[nn.Module], draw: random.Random) -> tuple[Callable[[], nn.Module], torch.Tensor]:
    """(what builds a drawn layer of this kind, an input for it). Often as many inputs as outputs."""
    inputs, outputs = draw.choice([1, 2, 4, 4]), draw.choice([1, 2, 4, 4])
    if kind is nn.Linear:
        return lambda: nn.Linear(inputs, outputs), torch.randn(1, inputs)
    groups = 2 if inputs % 2 == outputs % 2 == 0 and draw.random() < 0.3 else 1
    side, axes = draw.randrange(1, 4), int(kind.__name__[-2])
    return lambda: kind(inputs, outputs, side, groups=groups), torch.randn(1, inputs, *[5] * axes)


class Pair(nn.Module):
    """Two layers, of which the first is drawn."""

    def __init__(self, first: nn.Module) -> None:
        super().__init__()
        self.body = nn.Sequential(first, nn.ReLU())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.body(x)
        return out


def trained(model: nn.Module, x: torch.Tensor) -> nn.Module:
    """Some steps in training mode, so that what is stored is no longer as it was made; then in eval mode."""
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05)
    for _ in range(3):
        optimiser.zero_grad()
        model.train()(x).square().sum().backward()
        optimiser.step()
    return model.eval()


# ------------------------------------------------------------------------------------------------ the law
@pytest.mark.parametrize("seed", range(int(os.environ.get("CNNVIZ_DRAWN", "60"))))
def test_a_plain_network_answers_as_the_one_that_wrote_the_file(seed: int) -> None:
    draw = random.Random(seed)
    torch.manual_seed(seed)
    build, x = layer_of(draw.choice(KINDS), draw)
    wrap = draw.choice(WRAPS)
    source = trained(Pair(wrap(build(), draw)), x)
    plain = Pair(build()).eval()
    said = checkpoints.load_into(plain, to_bytes(source))
    with torch.no_grad():
        wanted = source(x)
        assert torch.equal(plain.body[0].weight, source.body[0].weight)  # type: ignore[index]
        assert torch.equal(plain(x), wanted)
    assert any("put together" in one for one in said)


@pytest.mark.parametrize("wrap", WRAPS)
def test_prefixes_and_halves_and_whole_networks(wrap: Wrap) -> None:
    draw = random.Random(0)
    source, plain = models.build("lenet5", seed=1), models.build("lenet5", seed=2)
    for layer in list(source.modules()):
        if isinstance(layer, nn.Conv2d | nn.Linear):
            wrap(layer, draw)
    state = {f"module.{key}": value.half() for key, value in source.state_dict().items()}
    data = safetensors.torch.save(state)
    assert all(row.state == "fits" for row in uploads.examined(data, plain).rows)
    said = checkpoints.load_into(plain, data)
    source.half().float()
    with torch.no_grad():
        source.eval()(torch.zeros(1, 1, 28, 28))
    for name, layer in plain.named_modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            torch.testing.assert_close(layer.weight, source.get_submodule(name).weight, rtol=1e-6, atol=1e-6)
    assert any("put together" in one for one in said)
    assert any("`module.`" in one for one in said)


def test_a_network_that_has_them_in_parts_itself_keeps_them() -> None:
    draw = random.Random(1)
    source, own = (Pair(newer_weight_norm(nn.Linear(3, 2), draw)) for _ in range(2))
    checkpoints.load_into(own, to_bytes(source))
    assert all(torch.equal(value, own.state_dict()[key]) for key, value in source.state_dict().items())


def test_a_parametrisation_that_is_not_known_is_refused_by_name() -> None:
    source = Pair(parametrizations.orthogonal(nn.Linear(3, 3)))
    with pytest.raises(checkpoints.CheckpointError, match=r"body\.0\.parametrizations\.weight\.original"):
        checkpoints.load_into(Pair(nn.Linear(3, 3)), to_bytes(source))
