"""What "nothing" looks like: each baseline by its definition, and that the methods' sums follow it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage  # type: ignore[import-untyped]

from cnnviz import attribution
from cnnviz.attribution import baselines
from cnnviz.records.attribution import Target
from tests.attribution.test_laws import close, drawn

MEAN, STD = (0.4, 0.6), (0.2, 0.3)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(baselines.NAMES))
def test_sums_are_held_against_the_chosen_baseline(seed: int, name: str) -> None:
    model, x = drawn(seed)
    base = baselines.of(name, x, MEAN, STD, seed=seed)
    with torch.no_grad():
        delta = float(model(x)[0, 1] - model(base)[0, 1])
    assert close(attribution.explain(model, x, "deeplift", Target(1), baseline=base).map.sum(), delta)
    walked = attribution.explain(model, x, "integrated_gradients", Target(1), baseline=base)
    assert walked.law is not None
    assert walked.law.holds


def test_each_is_what_its_name_says() -> None:
    x = torch.randn(1, 2, 24, 30, dtype=torch.float64)
    colours = {"mean": MEAN, "black": (0, 0), "white": (1, 1)}
    for name, wanted in colours.items():
        back = baselines.of(name, x, MEAN, STD) * torch.tensor(STD).view(-1, 1, 1) + torch.tensor(MEAN).view(-1, 1, 1)
        assert torch.allclose(back, torch.tensor(wanted).to(x).view(1, -1, 1, 1).expand_as(x), atol=1e-6)
    found = baselines.of("blur", x, MEAN, STD)[0, 1].numpy()
    assert np.allclose(found, ndimage.gaussian_filter(x[0, 1].numpy(), 2.0, mode="nearest", radius=6), atol=1e-9)
    one, other, third = (baselines.of("noise", x, MEAN, STD, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one, other)
    assert not torch.equal(one, third)
    low, high = baselines.ends(MEAN, STD)
    assert bool(((one >= low.view(-1, 1, 1) - 1e-6) & (one <= high.view(-1, 1, 1) + 1e-6)).all())
    with pytest.raises(KeyError, match="black"):
        baselines.of("grey", x, MEAN, STD)
