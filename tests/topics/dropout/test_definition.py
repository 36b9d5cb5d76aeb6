"""Dropout from its definition: torch as oracle under the mask it drew, loops, laws, and chance within five sigma."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnviz.operations import OperationError
from cnnviz.topics.dropout import masks, proofs, statistics

X = np.array([1.5, -2.0, 0.0, 0.5, 3.0, -1.0, 0.25, 2.0])
shapes = st.one_of(st.tuples(st.integers(1, 40)), st.tuples(st.integers(1, 6), st.integers(1, 7), st.integers(1, 7)))
shares = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))


def numbers(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


# ------------------------------------------------------------------------------------------------ against torch
@settings(max_examples=150, deadline=None)
@given(shapes, shares, st.integers(0, 99), st.booleans())
def test_values_and_gradient_equal_pytorch_under_the_mask_that_it_drew(
    shape: tuple[int, ...], p: float, seed: int, channels: bool
) -> None:
    x = numbers(shape, seed)
    kept, output, gradient = proofs.their_mask(x, p, channelwise=channels and len(shape) == 3)
    ours = masks.drop(x, kept, p).upscale
    span = max(1.0, ours.train_scale) * max(1.0, float(np.abs(x).max()))
    assert np.abs(output - ours.train).max() <= 1e-10 * span
    assert np.abs(gradient - ours.gradient).max() <= 1e-10 * span
    if channels and len(shape) == 3:
        assert all(len(np.unique(channel)) == 1 for channel in kept)


def test_the_mask_of_dropped_ones_is_the_mask_of_the_same_seed() -> None:
    """A second way to the mask that PyTorch drew: the same seed twice."""
    x = torch.tensor(numbers((500,), 3))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        kept = functional.dropout(torch.ones_like(x), 0.3).numpy() != 0
        torch.manual_seed(5)
        output = functional.dropout(x, 0.3).numpy()
    assert 0 < kept.sum() < 500
    np.testing.assert_allclose(masks.drop(x.numpy(), kept, 0.3).upscale.train, output, rtol=0, atol=1e-12)


@pytest.mark.parametrize("channels", [False, True])
def test_the_page_proofs_hold_at_every_p(channels: bool) -> None:
    x = numbers((5, 4, 3), 0)
    uniform = masks.uniform(x.shape, seed=2, channelwise=channels)
    found = proofs.proofs(x, uniform, [step / 20 for step in range(21)])
    assert len(found) == 4
    assert all(proof.holds for proof in found), found


def test_a_wrong_scale_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masks, "train_scale", lambda p: 1.0 if p == 1 else 1 / (1 - p) ** 2)
    found = proofs.proofs(X, masks.uniform(X.shape, seed=2), [0.3])
    assert not any(proof.holds for proof in found)


# ------------------------------------------------------------------------------------------------ the definition
@settings(max_examples=60, deadline=None)
@given(shares, st.integers(0, 99))
def test_both_conventions_unit_by_unit(p: float, seed: int) -> None:
    x, u = numbers((12,), seed), masks.uniform((12,), seed=seed)
    found = masks.drop(x, masks.keep(u, p), p)
    for at in range(12):
        m = 1 if float(u[at]) >= p else 0
        assert found.upscale.train[at] == (0 if p == 1 else pytest.approx(x[at] * m / (1 - p), rel=1e-12))
        assert found.upscale.evaluated[at] == x[at]
        assert found.downscale.train[at] == x[at] * m
        assert found.downscale.evaluated[at] == pytest.approx(x[at] * (1 - p), rel=1e-12)
        assert found.downscale.gradient[at] == m
        assert found.upscale.gradient[at] == (0 if p == 1 else pytest.approx(m / (1 - p)))


def test_gradients_are_finite_differences() -> None:
    kept, step = masks.keep(masks.uniform(X.shape, seed=4), 0.4), 1e-6
    found = masks.drop(X, kept, 0.4)
    for name in ("upscale", "downscale"):
        for field, slope in (("train", "gradient"), ("evaluated", "gradient_eval")):
            up, down = (getattr(getattr(masks.drop(X + d, kept, 0.4), name), field) for d in (step, -step))
            np.testing.assert_allclose((up - down) / (2 * step), getattr(getattr(found, name), slope), atol=1e-8)


def test_the_two_conventions_differ_by_one_factor() -> None:
    """Training over testing is the same ratio, so a network trained either way computes the same."""
    found = masks.drop(X, masks.keep(masks.uniform(X.shape, seed=0), 0.25), 0.25)
    np.testing.assert_allclose(found.upscale.train * 0.75, found.downscale.train)
    np.testing.assert_allclose(found.upscale.evaluated * 0.75, found.downscale.evaluated)


def test_no_and_all_units_at_the_ends() -> None:
    u = np.array([0.0, 0.3, np.nextafter(1, 0)])
    assert masks.keep(u, 0.0).all()
    assert not masks.keep(u, 1.0).any()
    everything, nothing = (masks.drop(np.ones(3), masks.keep(u, p), p) for p in (0.0, 1.0))
    assert (everything.upscale.train == 1).all()
    assert (everything.downscale.evaluated == 1).all()
    assert not nothing.upscale.train.any()
    assert not nothing.upscale.gradient.any()
    assert not nothing.downscale.evaluated.any()
    assert not functional.dropout(torch.ones(3), 1.0).any()  # what PyTorch does with its 0 / 0


def test_less_p_keeps_whatever_more_p_keeps() -> None:
    u = masks.uniform((200,), seed=0)
    for low, high in ((0.1, 0.2), (0.2, 0.9)):
        assert (masks.keep(u, low) | ~masks.keep(u, high)).all()


def test_one_number_a_channel_decides_for_all_its_cells() -> None:
    u = masks.uniform((6, 3, 4), seed=1, channelwise=True)
    kept = masks.keep(u, 0.5, (6, 3, 4))
    assert u.shape == (6,)
    assert kept.shape == (6, 3, 4)
    assert [bool(channel.all()) for channel in kept] == [bool(value >= 0.5) for value in u]
    assert all(channel.all() or not channel.any() for channel in kept)


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_a_p_that_is_no_probability_is_refused(p: float) -> None:
    with pytest.raises(OperationError, match="from 0 to 1"):
        masks.keep(np.zeros(3), p)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_values_that_are_not_finite_are_refused(bad: float) -> None:
    with pytest.raises(OperationError, match="not finite"):
        masks.drop(np.array([1.0, bad]), np.array([True, False]), 0.5)


def test_random_numbers_of_another_shape_are_refused() -> None:
    with pytest.raises(OperationError, match="one a value or one a channel"):
        masks.keep(np.zeros(5), 0.5, (4, 3, 3))


# ------------------------------------------------------------------------------------------------ on average
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_error_of_the_mean_falls_as_the_root_of_n(p: float, seed: int) -> None:
    found = statistics.averages(X, p, seed=seed)
    assert found.slope is not None
    assert found.slope_error is not None
    assert abs(found.slope + 0.5) < 5 * found.slope_error
    assert found.slope_error < 0.03
    assert found.counts[0] == 1
    assert found.counts[-1] == 10_000
    # mean of R·K' squared errors: within five standard deviations of the last point's expectation
    relative = 5 * np.sqrt(2 / found.errors.shape[1])  # K units of unequal size: at least one of them counts
    assert abs((found.rms[-1] / found.expected[-1]) ** 2 - 1) < relative
    np.testing.assert_allclose(found.downscale_rms, found.rms * (1 - p), rtol=1e-9)
    np.testing.assert_allclose(found.downscale_expected, found.expected * (1 - p), rtol=1e-9)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5, 0.95])
def test_mean_and_variance_lie_within_five_sigma(p: float) -> None:
    found = statistics.averages(X, p, seed=7)
    sigma = np.abs(X) * np.sqrt(p / (1 - p) / (found.masks * found.errors.shape[1]))
    assert (np.abs(found.errors[-1].mean(0)) <= 5 * sigma + 1e-12).all()
    assert (np.abs(found.variance - found.variance_formula) <= found.variance_band + 1e-12).all()
    np.testing.assert_allclose(found.variance_formula, X**2 * p / (1 - p), rtol=1e-12)
    assert (found.variance_band[X != 0] < 0.15 * found.variance_formula[X != 0]).all()  # and the band says something


def test_variance_of_the_two_values_that_a_unit_can_take() -> None:
    """E y² − (E y)² over the two outcomes, 0 and x/(1−p)."""
    for p in (0.2, 0.5, 0.75):
        outcomes, chances = np.stack([X / (1 - p), 0 * X]), np.array([[1 - p], [p]])
        mean = (outcomes * chances).sum(0)
        np.testing.assert_allclose(mean, X, atol=1e-12)
        variance = (outcomes**2 * chances).sum(0) - mean**2
        np.testing.assert_allclose(statistics.averages(X, p, masks=10).variance_formula, variance, atol=1e-12)


def test_at_the_ends_there_is_no_slope_to_fit_or_a_flat_one() -> None:
    nothing, everything = (statistics.averages(X, p, masks=100) for p in (0.0, 1.0))
    assert nothing.slope is None
    assert not nothing.rms.any()
    assert not nothing.variance.any()
    assert everything.slope == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(everything.rms, np.sqrt((X**2).mean()))
    assert statistics.averages(np.zeros(3), 0.5, masks=100).slope is None


def test_the_same_seed_draws_the_same_masks() -> None:
    one, same, other = (statistics.averages(X, 0.5, masks=50, seed=seed) for seed in (3, 3, 4))
    assert (one.errors == same.errors).all()
    assert (one.errors != other.errors).any()


def test_a_fitted_line_finds_its_own_slope() -> None:
    counts = np.array([1, 3, 10, 40, 1000])
    assert statistics.fitted(counts, 7 * counts**-0.73) == pytest.approx(-0.73)
    assert statistics.fitted(counts, counts**-0.5) == pytest.approx(
        np.polyfit(np.log(counts), np.log(counts**-0.5), 1)[0]
    )


@pytest.mark.parametrize("x", [np.zeros(0), np.zeros(17), np.array([np.nan]), np.zeros((2, 2))])
def test_means_of_too_few_too_many_or_broken_values_are_refused(x: np.ndarray) -> None:
    with pytest.raises(OperationError, match="1 to 16"):
        statistics.averages(x, 0.5)


@pytest.mark.parametrize("p", [0.0, 0.2, 0.7])
def test_pytorchs_own_mean_is_x(p: float) -> None:
    assert proofs.pytorch_mean(X, p).holds


def test_pytorchs_mean_at_p_1_is_not_x() -> None:
    assert not proofs.pytorch_mean(X, 1.0).holds


def test_torchs_random_numbers_are_left_as_they_were() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        before = torch.get_rng_state()
        proofs.pytorch_mean(X, 0.5)
        assert torch.equal(before, torch.get_rng_state())


# ------------------------------------------------------------------------------------------------ two masks
@pytest.mark.parametrize("units", [1, 64, 1280])
def test_two_masks_share_what_chance_expects(units: int) -> None:
    found = statistics.sharing(units, seed=1)
    sigma = found.deviation / np.sqrt(found.both.shape[1])
    assert (np.abs(found.both.mean(1) - found.expected_both) <= 5 * sigma + 1e-9).all()
    assert (found.both[0] == units).all()
    assert not found.both[-1].any()
    assert np.isnan(found.jaccard[-1]).all()
    assert (found.jaccard[0] == 1).all()
    if units == 1280:  # E(both)/E(either); the mean of the ratio is that but for terms of 1/K
        np.testing.assert_allclose(np.nanmean(found.jaccard[1:-1], 1), found.expected_jaccard[1:-1], atol=0.01)


def test_the_number_of_subnetworks() -> None:
    assert statistics.subnetworks(8).exact == 256
    assert statistics.subnetworks(64).exact == 2**64
    large = statistics.subnetworks(1280)
    assert large.exact is None
    text = str(2**1280)
    assert large.exponent == len(text) - 1 == 385
    assert large.mantissa == pytest.approx(float(f"{text[0]}.{text[1:12]}"), rel=1e-9)


def test_masks_over_nothing_are_refused() -> None:
    with pytest.raises(OperationError, match="at least one"):
        statistics.sharing(0)
