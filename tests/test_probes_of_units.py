"""Probes of hidden units and of normalisation, against numpy.corrcoef and running averages kept by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import models
from cnnviz.probes import hidden_units, normalisation

NONE = torch.zeros(0, 1, 28, 28)


def by_numpy(values: np.ndarray) -> float:
    """The mean of |r| over all pairs of columns, pair by pair."""
    pairs = [(i, j) for i in range(values.shape[1]) for j in range(i)]
    return float(np.mean([abs(np.corrcoef(values[:, i], values[:, j])[0, 1]) for i, j in pairs]))


@settings(max_examples=25, deadline=None)
@given(pictures=st.integers(3, 40), units=st.integers(2, 9), seed=st.integers(0, 2**16))
def test_mean_correlation_is_numpy_s_over_all_pairs(pictures: int, units: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(pictures, units)) @ np.random.default_rng(seed + 1).normal(
        size=(units, units)
    )
    assert hidden_units.mean_correlation(torch.from_numpy(values)) == pytest.approx(by_numpy(values), abs=1e-10)


def test_units_that_never_change_are_left_out() -> None:
    values = np.random.default_rng(0).normal(size=(20, 3))
    with_dead = np.column_stack([values[:, 0], np.full(20, 3.0), values[:, 1:], np.zeros(20)])
    assert hidden_units.mean_correlation(torch.from_numpy(with_dead)) == pytest.approx(by_numpy(values), abs=1e-10)
    assert math.isnan(hidden_units.mean_correlation(torch.from_numpy(with_dead[:, [0, 1]])))


def test_laws_of_correlation() -> None:
    """Copies correlate fully, whatever their scale and sign; orthogonal columns not at all; float32 is enough."""
    one = torch.randn(50, 1, generator=torch.Generator().manual_seed(0))
    assert hidden_units.mean_correlation(torch.cat([one, -3 * one + 7, 0.1 * one], 1)) == pytest.approx(1, abs=1e-5)
    waves = torch.from_numpy(np.array([[1, 1, 1], [-1, 1, -1], [1, -1, -1], [-1, -1, 1]], np.float64))
    assert hidden_units.mean_correlation(waves) == pytest.approx(0, abs=1e-12)


def test_co_adaptation_looks_at_hidden_layers_before_their_activation_and_without_dropout() -> None:
    model = models.build("fc2layer", seed=1, input_shape=(1, 28, 28), classes=10, hidden=12, dropout=0.5).train()
    pictures = torch.rand(40, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    found = hidden_units.co_adaptation(model, pictures)
    assert hidden_units.co_adaptation(model, pictures) == found, "a mask would give other numbers each time"
    state = {name: value.double().numpy() for name, value in model.state_dict().items()}
    first = pictures.flatten(1).double().numpy() @ state["hidden1.weight"].T + state["hidden1.bias"]
    second = np.maximum(first, 0) @ state["hidden2.weight"].T + state["hidden2.bias"]
    assert list(found) == ["hidden1", "hidden2"]
    assert found["hidden1"] == pytest.approx(by_numpy(first), rel=1e-4)
    assert found["hidden2"] == pytest.approx(by_numpy(second), rel=1e-4)
    assert model.training
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_running_statistics_are_the_averages_kept_by_hand() -> None:
    """Ioffe and Szegedy: each batch moves them a tenth of the way to its mean and its unbiased variance."""
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU()).train()
    assert normalisation.running_means(model, NONE) == {"1": 0.0}
    assert normalisation.running_deviations(model, NONE) == {"1": 1.0}
    generator = torch.Generator().manual_seed(0)
    mean, variance = np.zeros(3), np.ones(3)
    for _ in range(4):
        batch = torch.randn(5, 1, 8, 8, generator=generator)
        with torch.no_grad():
            maps = model[0](batch).double().numpy()
            model(batch)
        mean = 0.9 * mean + 0.1 * maps.mean(axis=(0, 2, 3))
        variance = 0.9 * variance + 0.1 * maps.transpose(1, 0, 2, 3).reshape(3, -1).var(axis=1, ddof=1)
    assert normalisation.running_means(model, NONE)["1"] == pytest.approx(math.sqrt((mean**2).mean()), rel=1e-5)
    assert normalisation.running_deviations(model, NONE)["1"] == pytest.approx(np.sqrt(variance).mean(), rel=1e-5)


def test_layers_without_stored_statistics_are_left_out() -> None:
    model = nn.Sequential(nn.BatchNorm2d(2, track_running_stats=False), nn.Linear(2, 2), nn.BatchNorm1d(2))
    assert list(normalisation.running_means(model, NONE)) == ["2"]
    assert normalisation.running_deviations(nn.Linear(2, 2), NONE) == {}


def test_every_convolution_of_a_normalised_vgg_has_its_statistics_in_order() -> None:
    model = models.build("vgg_cifar", width=0.1)
    names = [name for name, module in model.named_modules() if isinstance(module, nn.BatchNorm2d)]
    assert list(normalisation.running_means(model, NONE)) == names
    assert len(names) == 8
    assert normalisation.running_means(models.build("vgg_cifar", width=0.1, batch_norm=False), NONE) == {}
