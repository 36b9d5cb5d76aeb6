"""captum on drawn networks in float64: equal where it is right, and each kind of network that it gets wrong by name.

`requirements-dev.txt` brings it; nothing asks for it at run time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch import nn
from torch.nn import functional

from cnnviz import attribution
from cnnviz.records.attribution import Target
from tests.attribution.test_laws import CLASSES, SIDE, seeds

captum = pytest.importorskip("captum.attr")
CLASS = 1


def chain(seed: int, bend: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    """Two convolutions, each with a rectifier of its own, mean pooling and a linear layer."""
    torch.manual_seed(seed)
    parts = (nn.Conv2d(2, 6, 3, padding=1), bend(), nn.AvgPool2d(2), nn.Conv2d(6, 5, 3), bend(), nn.Flatten())
    return nn.Sequential(*parts, nn.Linear(20, CLASSES)).double().eval()


def images(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """An image and a baseline, [1, 2, SIDE, SIDE]."""
    dice = torch.Generator().manual_seed(seed)
    x, base = torch.randn(2, 1, 2, SIDE, SIDE, dtype=torch.float64, generator=dice)
    return x, base


def ours(model: nn.Module, x: torch.Tensor, method: str, **options: Any) -> np.ndarray:
    """[C, H, W], or [H, W] of a method that has no channels."""
    found = attribution.explain(model, x, method, Target(CLASS), **options)
    return found.map if found.channels is None else found.channels


def theirs(found: torch.Tensor) -> np.ndarray:
    made: np.ndarray = found[0].detach().numpy()
    return made


def near(one: np.ndarray, other: np.ndarray) -> bool:
    return np.allclose(one, other, rtol=1e-6, atol=1e-6 * max(1e-9, float(np.abs(one).max())))


@settings(max_examples=6, deadline=None)
@given(seeds)
def test_gradients_sums_and_rules_agree(seed: int) -> None:
    model, (x, base) = chain(seed), images(seed)
    walked = {"n_steps": 32, "method": "riemann_middle"}
    pairs = {
        "gradient": captum.Saliency(model).attribute(x.clone(), target=CLASS, abs=False),
        "input_gradient": captum.InputXGradient(model).attribute(x.clone(), target=CLASS),
        "integrated_gradients": captum.IntegratedGradients(model).attribute(x, base, target=CLASS, **walked),
        "deeplift": captum.DeepLift(model).attribute(x, base, target=CLASS),
        "guided": captum.GuidedBackprop(model).attribute(x.clone(), target=CLASS),
        "deconvolution": captum.Deconvolution(model).attribute(x.clone(), target=CLASS),
    }
    for method, wanted in pairs.items():
        options: dict[str, Any] = {} if method == "input_gradient" else {"baseline": base}
        options |= {"steps": 32} if method == "integrated_gradients" else {}
        assert near(ours(model, x, method, **options), theirs(wanted)), method


@settings(max_examples=4, deadline=None)
@given(seeds)
def test_windows_side_by_side_take_the_same(seed: int) -> None:
    """captum gives a window's whole drop to each of its pixels, here it is shared out among them."""
    model, (x, base) = chain(seed), images(seed)
    window = (2, 2, 2)
    wanted = captum.Occlusion(model).attribute(x, window, strides=window, baselines=base, target=CLASS)
    found = ours(model, x, "occlusion", baseline=base, per_side=SIDE // 2, wide=1)
    assert near(4 * found, theirs(wanted)[0])


def test_the_same_noise_gives_the_same_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    model, (x, _) = chain(5), images(5)
    spread, count, seed = 0.1 * float(x.max() - x.min()), 6, 3
    dice = torch.Generator().manual_seed(seed)
    drawn = torch.stack([torch.randn(x.shape[1:], generator=dice, dtype=torch.float64) for _ in range(count)])
    monkeypatch.setattr(torch, "normal", lambda mean, std: spread * drawn)  # its own draws cannot be seeded alike
    wanted = captum.NoiseTunnel(captum.Saliency(model)).attribute(
        x.clone(), nt_type="smoothgrad", nt_samples=count, stdevs=spread, target=CLASS, abs=False
    )
    assert near(ours(model, x, "smoothgrad", samples=count, noise=0.1, seed=seed), theirs(wanted))


@pytest.mark.parametrize("method", ["guided", "deconvolution"])
def test_captum_leaves_relu6_its_own_slope(method: str) -> None:
    """captum 0.9.0 looks for nn.ReLU alone: with nn.ReLU6 both rules give the plain gradient, without a word."""
    model, (x, _) = chain(2, nn.ReLU6), images(2)
    name = {"guided": captum.GuidedBackprop, "deconvolution": captum.Deconvolution}[method]
    wanted = theirs(name(model).attribute(x.clone(), target=CLASS))
    assert near(wanted, ours(model, x, "gradient"))
    found = ours(model, x, method)
    assert not near(wanted, found)
    as_relu = ours(chain(2), x, method)  # none of them is full on this image, so both are one network
    assert near(found, as_relu)


def delta(model: nn.Module, x: torch.Tensor, base: torch.Tensor) -> float:
    with torch.no_grad():
        return float(model(x)[0, CLASS] - model(base)[0, CLASS])


def test_captums_deeplift_misses_its_sum_with_relu6() -> None:
    """captum 0.9.0 has no rule for nn.ReLU6: its sum misses f(x) − f(baseline), and ours is it."""
    model, (x, base) = chain(2, nn.ReLU6), images(2)
    wanted = delta(model, x, base)
    missed = theirs(captum.DeepLift(model).attribute(x, base, target=CLASS)).sum() - wanted
    assert abs(missed) > 0.05 * abs(wanted)
    assert ours(model, x, "deeplift", baseline=base).sum() == pytest.approx(wanted, rel=1e-6)


class Functional(nn.Module):
    """Rectifiers that are called and are no modules."""

    def __init__(self, chained: nn.Sequential) -> None:
        super().__init__()
        self.one, self.two, self.head = chained[0], chained[3], chained[6]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.avg_pool2d(functional.relu(self.one(x)), 2)
        return self.head(functional.relu(self.two(x)).flatten(1))


def test_captum_sees_no_rectifier_that_is_called() -> None:
    """Its rules hang on modules: with functional.relu it gives the gradient, and a sum that misses."""
    chained, (x, base) = chain(2), images(2)
    model = Functional(chained)
    assert near(theirs(captum.GuidedBackprop(model).attribute(x.clone(), target=CLASS)), ours(model, x, "gradient"))
    missed = theirs(captum.DeepLift(model).attribute(x, base, target=CLASS)).sum() - delta(model, x, base)
    assert abs(missed) > 0.05 * abs(delta(model, x, base))
    for method in ("guided", "deconvolution", "deeplift"):
        assert near(ours(model, x, method, baseline=base), ours(chained, x, method, baseline=base)), method


def test_captums_maximum_misses_the_sum() -> None:
    """captum 0.9.0: where image and baseline have their maxima in different cells of a pool, its sum misses."""
    torch.manual_seed(1)
    parts = (nn.Conv2d(2, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(96, CLASSES))
    model, (x, base) = nn.Sequential(*parts).double().eval(), images(1)
    wanted = delta(model, x, base)
    missed = theirs(captum.DeepLift(model).attribute(x, base, target=CLASS)).sum() - wanted
    assert abs(missed) > 0.05 * abs(wanted)
    assert ours(model, x, "deeplift", baseline=base).sum() == pytest.approx(wanted, rel=1e-6)


def test_captum_refuses_a_rectifier_that_is_called_twice() -> None:
    torch.manual_seed(4)
    bend, (x, base) = nn.ReLU(), images(4)
    parts = (nn.Conv2d(2, 6, 3, padding=1), bend, nn.Conv2d(6, 6, 3), bend, nn.Flatten(), nn.Linear(216, CLASSES))
    model = nn.Sequential(*parts).double().eval()
    with pytest.raises(RuntimeError, match="ReLU"):
        captum.DeepLift(model).attribute(x, base, target=CLASS)
    assert ours(model, x, "deeplift", baseline=base).sum() == pytest.approx(delta(model, x, base), rel=1e-6)


class Residual(nn.Module):
    """Blocks with a normalisation and a shortcut, as a ResNet has them."""

    def __init__(self, count: int = 4) -> None:
        super().__init__()
        self.first, self.head = nn.Conv2d(2, 4, 3, padding=1), nn.Linear(4 * SIDE**2, CLASSES)
        self.ways = nn.ModuleList(nn.Conv2d(4, 4, 3, padding=1) for _ in range(count))
        self.norms = nn.ModuleList(nn.BatchNorm2d(4) for _ in range(count))
        self.bends = nn.ModuleList(nn.ReLU() for _ in range(count))
        for norm in self.norms:
            nn.init.normal_(norm.running_mean)
            nn.init.uniform_(norm.running_var, 0.05, 0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        for way, norm, bend in zip(self.ways, self.norms, self.bends, strict=True):
            x = bend(norm(way(x)) + x)
        return self.head(x.flatten(1))


def test_captums_relevance_is_not_conserved_past_norms_and_shortcuts() -> None:
    """captum 0.9.0 sends all that reaches a sum both ways, so more arrives than there was; ours accounts for all."""
    torch.manual_seed(3)
    model, (x, _) = Residual().double().eval(), images(3)
    found = attribution.explain(model, x, "lrp", Target(CLASS))
    assert found.law is not None
    assert found.law.difference <= 1e-6 * max(1, abs(found.value))  # with what biases absorb
    arrives = float(captum.LRP(model).attribute(x.clone(), target=CLASS).sum())
    assert abs(arrives) > 3 * abs(found.value)
