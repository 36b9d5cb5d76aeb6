"""Relevance by LRP's rules: what reaches the image and what is absorbed make the score; formulas as loops; zennit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cnnviz import attribution
from cnnviz.attribution import relevance
from cnnviz.records.attribution import Target
from tests.attribution.test_laws import CLASSES, SIDE, bends, drawn, pools, seeds

METHODS = ("lrp", "lrp_alpha_beta", "lrp_composite")


def chain(seed: int) -> tuple[nn.Sequential, torch.Tensor]:
    """Convolution, norm, ReLU, mean pooling, two dense layers, with biases; and an image of 6 × 6 pixels."""
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.Conv2d(3, 3, 2), nn.ReLU(), nn.AvgPool2d(5, 1),
        nn.Flatten(), nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, CLASSES),
    ).double().eval()  # fmt: skip
    nn.init.normal_(model[1].running_mean)
    nn.init.normal_(model[1].weight)
    nn.init.uniform_(model[1].running_var, 0.5, 2)
    return model, torch.randn(1, 2, 6, 6, dtype=torch.float64)


@settings(max_examples=12, deadline=None)
@given(seeds, bends, pools, st.sampled_from(METHODS), st.sampled_from(("class", "difference", "unit")))
def test_what_reaches_the_image_and_what_is_absorbed_are_the_score(
    seed: int, bend: str, pool: str, method: str, kind: str
) -> None:
    model, x = drawn(seed, bend=bend, pool=pool)
    target = Target(2, kind, other=1, layer="two" if kind == "unit" else "")  # type: ignore[arg-type]
    found = attribution.explain(model, x, method, target)
    assert found.law is not None
    assert found.law.difference <= 1e-6 * max(1, abs(found.value))


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_without_negative_shares_a_positive_score_gives_a_positive_map(seed: int) -> None:
    model, x = drawn(seed)
    found = attribution.explain(model, x, "lrp_alpha_beta", Target(0))
    assert (found.channels * np.sign(found.value) >= -1e-12).all()
    assert abs(found.map.sum()) <= abs(found.value) * (1 + 1e-9)


def affine(layers: nn.Module, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(weights [outputs, inputs], what it makes of zeros) of layers that only weigh and add."""
    count = int(np.prod(shape))
    with torch.no_grad():
        zero = layers(torch.zeros(1, *shape, dtype=torch.float64)).flatten()
        each = layers(torch.eye(count, dtype=torch.float64).view(count, *shape)).flatten(1) - zero
    return each.T.numpy(), zero.numpy()


def by_loops(model: nn.Sequential, x: torch.Tensor, index: int, rules: tuple[str, ...]) -> np.ndarray:
    """Relevance of each number of the image, layer by layer from the formulas; a rule for each affine layer."""
    parts = (model[:2], model[3], model[5:8], model[9])  # between them stand ReLUs
    inputs = [x, (one := model[:3](x)), (two := model[3:5](one)), model[5:9](two)]
    with torch.no_grad():
        relevance = np.zeros(CLASSES)
        relevance[index] = float(model(x)[0, index])
    for part, given_, rule in reversed(list(zip(parts, inputs, rules, strict=True))):
        weights, bias = affine(part, tuple(given_.shape[1:]))
        relevance = shared(given_.detach().numpy().ravel(), weights, bias, relevance, rule)
    return relevance.reshape(x.shape[1:])


def shared(x: np.ndarray, w: np.ndarray, bias: np.ndarray, relevance: np.ndarray, rule: str) -> np.ndarray:
    """R of each input: its product over all products and what the rule lets of the bias, times R of each output."""
    ends = np.repeat([[-4.0, -5.0], [4.0, 5.0]], len(x) // 2, axis=1)[:, : len(x)]
    product: Callable[[float, float, int], float] = {
        "zero": lambda a, b, i: a * b,
        "positive": lambda a, b, i: max(0.0, a * b),
        "box": lambda a, b, i: a * b - ends[0, i] * max(b, 0.0) - ends[1, i] * min(b, 0.0),
    }[rule]
    found = np.zeros(len(x))
    for j, above in enumerate(relevance):
        products = [product(x[i], w[j, i], i) for i in range(len(x))]
        below = sum(products) + {"zero": bias[j], "positive": max(0.0, bias[j]), "box": 0.0}[rule]
        for i in range(len(x)):
            found[i] += products[i] / below * above if below else 0
    return found


@settings(max_examples=2, deadline=None)
@given(seeds)
def test_the_rules_are_their_formulas(seed: int) -> None:
    model, x = chain(seed)
    wanted = by_loops(model, x, 1, ("positive",) * 4)
    found = attribution.explain(model, x, "lrp_alpha_beta", Target(1))
    assert np.allclose(found.channels, wanted, atol=1e-9)
    wanted = by_loops(model, x, 1, ("box", "positive", "zero", "zero"))
    ends = {"low": torch.tensor([-4.0, -5.0]), "high": torch.tensor([4.0, 5.0])}
    found = attribution.explain(model, x, "lrp_composite", Target(1), epsilon=0.0, **ends)
    assert np.allclose(found.channels, wanted, atol=1e-9)


def test_zennit_agrees_where_it_is_right() -> None:
    pytest.importorskip("zennit")
    from zennit import composites, rules, types
    from zennit.attribution import Gradient
    from zennit.canonizers import SequentialMergeBatchNorm

    model, x = chain(5)
    low, high = (torch.tensor(end, dtype=torch.float64).view(1, 2, 1, 1) for end in ((-4.0, -5.0), (4.0, 5.0)))
    tiny = 1e-14
    layers = [
        (types.Activation, rules.Pass()), (types.AvgPool, rules.Norm(stabilizer=tiny)),
        (types.Convolution, rules.ZPlus(stabilizer=tiny)),
    ]  # fmt: skip
    first = [(types.Convolution, rules.ZBox(low=low, high=high, stabilizer=tiny))]
    dense = {"lrp_composite": rules.Epsilon(epsilon=tiny), "lrp_alpha_beta": rules.AlphaBeta(1, 0, stabilizer=tiny)}
    for method, rule in dense.items():
        composite = composites.SpecialFirstLayerMapComposite(
            layer_map=[*layers, (nn.Linear, rule)], first_map=first if method == "lrp_composite" else [],
            canonizers=[SequentialMergeBatchNorm()],
        )  # fmt: skip
        with Gradient(model, composite) as attributor:
            score = model(x)[0, 1].detach()
            _, wanted = attributor(x.clone(), nn.functional.one_hot(torch.tensor([1]), CLASSES) * score)
        found = attribution.explain(model, x, method, Target(1), epsilon=0.0, low=low.view(-1), high=high.view(-1))
        assert np.allclose(found.channels, wanted[0].numpy(), atol=1e-8), method


class Skipping(nn.Module):
    """x + y as an operator, which no module hook sees."""

    def __init__(self, *, in_place: bool = False) -> None:
        super().__init__()
        self.in_place = in_place
        self.one, self.two, self.head = nn.Conv2d(2, 4, 1), nn.Conv2d(4, 4, 1), nn.Linear(4 * SIDE**2, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.relu(self.one(x))
        z = self.two(y)
        if self.in_place:
            z += y
        else:
            z = z + y
        return self.head(functional.relu(z, inplace=self.in_place).flatten(1))


@pytest.mark.parametrize("method", METHODS)
def test_a_sum_written_in_place_is_the_same_sum(method: str) -> None:
    torch.manual_seed(0)
    model, x = Skipping().double().eval(), torch.randn(1, 2, SIDE, SIDE, dtype=torch.float64)
    wanted = attribution.explain(model, x, method, Target(1))
    model.in_place = True
    found = attribution.explain(model, x, method, Target(1))
    assert np.allclose(found.channels, wanted.channels, atol=1e-12)
    assert found.law is not None
    assert found.law.holds


def test_a_sum_without_a_module_shares_relevance_here_and_doubles_it_in_zennit() -> None:
    torch.manual_seed(0)
    model, x = Skipping().double().eval(), torch.randn(1, 2, SIDE, SIDE, dtype=torch.float64)
    for value in (model.one.bias, model.two.bias, model.head.bias):
        nn.init.zeros_(value)
    found = attribution.explain(model, x, "lrp_alpha_beta", Target(1))
    assert found.map.sum() == pytest.approx(found.value, rel=1e-9)
    pytest.importorskip("zennit")
    from zennit.attribution import Gradient
    from zennit.composites import EpsilonPlus

    with Gradient(model, EpsilonPlus()) as attributor:
        score = model(x)[0, 1].detach()
        _, theirs = attributor(x.clone(), functional.one_hot(torch.tensor([1]), CLASSES) * score)
    assert abs(float(theirs.sum()) / float(score)) > 1.2


def test_what_cannot_be_split_by_sign_says_so_and_what_can_is_read() -> None:
    class Called(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight, self.head = nn.Parameter(torch.randn(3, 2, 3, 3)), nn.Linear(3, CLASSES)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(functional.conv2d(x, self.weight).relu().mean((2, 3)))

    torch.manual_seed(1)
    model, x = Called(), torch.randn(1, 2, SIDE, SIDE)
    with pytest.raises(attribution.DoesNotFit, match="cannot be read"):
        attribution.explain(model, x, "lrp_alpha_beta", Target(0))
    assert attribution.explain(model, x, "lrp", Target(0)).law.holds  # type: ignore[union-attr]


@pytest.mark.parametrize("make", [nn.Conv2d, nn.ConvTranspose2d])
def test_layers_of_every_shape_conserve(make: Callable[..., nn.Module]) -> None:
    torch.manual_seed(2)
    model = nn.Sequential(
        nn.ZeroPad2d(1), make(4, 4, 3, stride=2, padding=1, groups=2), nn.BatchNorm2d(4), nn.ReLU6(),
        nn.Conv2d(4, 4, 3, padding=1, padding_mode="circular", dilation=2 // 2), nn.Hardswish(), nn.Flatten(),
        nn.LazyLinear(CLASSES),
    ).double().eval()  # fmt: skip
    x = torch.randn(1, 4, SIDE, SIDE, dtype=torch.float64)
    model(x)
    for method in METHODS:
        found = attribution.explain(model, x, method, Target(1))
        assert found.law.difference <= 1e-6 * max(1, abs(found.value))  # type: ignore[union-attr]


@pytest.mark.parametrize("method", ["lrp_alpha_beta", "lrp_composite"])
def test_a_dense_layer_shares_out_the_same_however_many_outputs_go_at_a_time(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, x = chain(3)
    wanted = attribution.explain(model, x, method, Target(1))
    monkeypatch.setattr(relevance, "_NUMBERS", 6)  # two outputs of the first dense layer, one of the second
    found = attribution.explain(model, x, method, Target(1))
    assert np.allclose(found.map, wanted.map, rtol=1e-10, atol=1e-14)
    assert found.law is not None
    assert found.law.holds
