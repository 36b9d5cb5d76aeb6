"""Normalisation from its definition, against torch, against worked numbers, and against what statistics promise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cnnviz.operations import OperationError
from cnnviz.topics.batch_norm import feature_scaling, folding, normalization, proofs, running
from cnnviz.topics.batch_norm.records import Running

SHAPES = st.one_of(
    st.tuples(st.integers(2, 6), st.integers(1, 6)),
    st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(2, 5)),
    st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(1, 4), st.integers(2, 5)),
)
EPS = st.sampled_from([1e-5, 1e-3, 0.1, 1.0])


def t(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.array(values))


def drawn(shape: tuple[int, ...], seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, γ and β of that shape, away from zero mean and unit spread."""
    random = np.random.default_rng(seed)
    return 3 * random.normal(size=shape) + 1, random.normal(size=shape[1]), random.normal(size=shape[1])


def far(ours: np.ndarray, theirs: torch.Tensor) -> float:
    assert ours.shape == tuple(theirs.shape)
    return float(np.abs(ours - theirs.numpy()).max())


# ------------------------------------------------------------------------------------------------ against torch
@settings(max_examples=60, deadline=None)
@given(SHAPES, EPS, st.floats(0, 1), st.integers(0, 999))
def test_training_mode_and_its_running_statistics(
    shape: tuple[int, ...], eps: float, momentum: float, seed: int
) -> None:
    x, gamma, beta = drawn(shape, seed)
    stored = Running(np.full(shape[1], 0.5), np.full(shape[1], 2.0))
    mean, variance = t(stored.mean), t(stored.variance)
    theirs = functional.batch_norm(t(x), mean, variance, t(gamma), t(beta), training=True, momentum=momentum, eps=eps)
    found = normalization.batch_norm(x, gamma, beta, eps=eps)
    moved = normalization.update(stored, found, momentum)
    assert far(found.y, theirs) <= 1e-10
    assert far(moved.mean, mean) <= 1e-10
    assert far(moved.variance, variance) <= 1e-10


@settings(max_examples=40, deadline=None)
@given(SHAPES, EPS, st.integers(0, 999))
def test_eval_mode(shape: tuple[int, ...], eps: float, seed: int) -> None:
    x, gamma, beta = drawn(shape, seed)
    random = np.random.default_rng(seed + 1)
    stored = Running(random.normal(size=shape[1]), random.uniform(0.1, 3, shape[1]))
    theirs = functional.batch_norm(t(x), t(stored.mean), t(stored.variance), t(gamma), t(beta), eps=eps)
    assert far(normalization.batch_norm_eval(x, stored, gamma, beta, eps=eps).y, theirs) <= 1e-10


@settings(max_examples=60, deadline=None)
@given(SHAPES, EPS, st.integers(0, 999))
def test_layer_instance_and_group(shape: tuple[int, ...], eps: float, seed: int) -> None:
    x, gamma, beta = drawn(shape, seed)
    wide = [part.reshape(-1, *[1] * (len(shape) - 2)) for part in (gamma, beta)]
    full = [t(np.broadcast_to(part, shape[1:])) for part in wide]
    layer = normalization.layer_norm(x, gamma, beta, eps=eps)
    assert far(layer.y, functional.layer_norm(t(x), shape[1:], *full, eps=eps)) <= 1e-10
    if len(shape) > 2:
        instance = normalization.instance_norm(x, gamma, beta, eps=eps)
        theirs = functional.instance_norm(t(x), weight=t(gamma), bias=t(beta), eps=eps)
        assert far(instance.y, theirs) <= 1e-10
    for groups in normalization.divisors(shape[1]):
        if x[0].size == groups and x[0].size > 1:
            continue  # one value a group: torch refuses some of these shapes
        found = normalization.group_norm(x, groups, gamma, beta, eps=eps)
        if x.shape[0] * x.size // (x.shape[0] * groups) > 1 and found.count > 1:
            assert far(found.y, functional.group_norm(t(x), groups, t(gamma), t(beta), eps)) <= 1e-10


def test_momentum_none_is_the_plain_average() -> None:
    layer = nn.BatchNorm1d(3, momentum=None, dtype=torch.float64)
    stored = normalization.start(3)
    for batches in range(4):
        x = drawn((5, 3), batches)[0]
        layer(t(x))
        stored = normalization.update(stored, normalization.batch_norm(x), None, batches=batches)
    assert far(stored.mean, layer.running_mean) <= 1e-12
    assert far(stored.variance, layer.running_var) <= 1e-12


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.sampled_from([1, 3]), st.integers(1, 2), st.booleans(), st.integers(0, 999))
def test_folding_against_the_two_layers(each: int, size: int, stride: int, has_bias: bool, seed: int) -> None:
    torch.manual_seed(seed)
    convolution = nn.Conv2d(2, 2 * each, size, stride, padding=size // 2, bias=has_bias, dtype=torch.float64)
    norm = nn.BatchNorm2d(2 * each, eps=1e-3, dtype=torch.float64).eval()
    for values in (norm.running_mean, norm.weight.data, norm.bias.data):
        values.normal_()
    norm.running_var.uniform_(0.2, 3)
    arrays = [part.detach().numpy() for part in (norm.running_mean, norm.running_var, norm.weight, norm.bias)]
    bias = convolution.bias.detach().numpy() if has_bias else None
    folded = folding.fold(
        (convolution.weight.detach().numpy(), bias), Running(*arrays[:2]), (arrays[2], arrays[3]), eps=1e-3
    )
    x = torch.randn(2, 2, 6, 6, dtype=torch.float64)
    with torch.no_grad():
        one = functional.conv2d(x, t(folded.folded_weight), t(folded.folded_bias), stride, size // 2)
        assert float((norm(convolution(x)) - one).abs().max()) <= 1e-10


# ------------------------------------------------------------------------------------------------ worked numbers
def test_one_feature_of_four() -> None:
    found = normalization.batch_norm(np.array([[1.0], [2.0], [3.0], [4.0]]))
    assert found.y[:, 0] == pytest.approx([-1.3416353, -0.4472118, 0.4472118, 1.3416353], abs=2e-7)
    after = normalization.update(normalization.start(1), found, 0.1)
    assert after.mean[0] == pytest.approx(0.25)
    assert after.variance[0] == pytest.approx(1.0666666, abs=1e-7)


def test_columns_of_three() -> None:
    found = normalization.batch_norm(np.arange(1.0, 10).reshape(3, 3))
    assert np.sqrt(found.variance) == pytest.approx([2.4495] * 3, abs=1e-4)
    assert found.x_hat[:, 1] == pytest.approx([-1.2247, 0, 1.2247], abs=1e-4)


def test_each_channel_of_pictures_is_over_n_h_w() -> None:
    x = drawn((3, 2, 4, 5), 0)[0]
    found = normalization.batch_norm(x)
    assert found.count == 60
    for channel in range(2):
        total = 0.0
        for n in range(3):
            for row in range(4):
                for column in range(5):
                    total += x[n, channel, row, column]
        assert found.mean[channel] == pytest.approx(total / 60, abs=1e-12)


# ------------------------------------------------------------------------------------------------ laws
@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 50), st.floats(-20, 20), st.integers(0, 99))
def test_scale_and_shift_of_the_input_vanish(scale: float, shift: float, seed: int) -> None:
    x = drawn((6, 3), seed)[0]
    one = normalization.batch_norm(x, eps=0).x_hat
    other = normalization.batch_norm(scale * x + shift, eps=0).x_hat
    assert np.abs(one - other).max() < 1e-9


def test_one_group_is_layer_norm_and_c_groups_are_instance_norm() -> None:
    x = drawn((2, 6, 3, 3), 5)[0]
    assert np.array_equal(normalization.group_norm(x, 1).group, normalization.layer_norm(x).group)
    assert np.array_equal(normalization.group_norm(x, 6).group, normalization.instance_norm(x).group)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: normalization.batch_norm(np.ones((1, 3))), "more than one value a channel"),
        (lambda: normalization.batch_norm(np.ones((4, 2)), eps=0), "divides by zero"),
        (lambda: normalization.batch_norm(np.ones(3)), r"axes \[N, C\]"),
        (lambda: normalization.batch_norm(np.eye(3), eps=-1), "cannot be negative"),
        (lambda: normalization.batch_norm(np.eye(3), np.ones(2)), "3 are needed"),
        (lambda: normalization.group_norm(np.ones((2, 6)), 4), "choose 1, 2, 3, 6"),
        (lambda: normalization.instance_norm(np.ones((2, 6))), "wider maps"),
        (lambda: normalization.by_name("weight", np.eye(3)), "choose batch"),
        (lambda: normalization.batch_norm_eval(np.eye(3), normalization.start(2)), "give one each"),
        (lambda: normalization.batch_norm_eval(np.eye(1), Running(np.zeros(1), -np.ones(1))), "negative"),
        (lambda: normalization.update(normalization.start(3), normalization.batch_norm(np.eye(3)), 1.5), "is a share"),
        (lambda: running.trace(np.arange(9.0), batch_size=1), "choose 2 or more"),
        (lambda: running.noise(np.arange(1.0)), "more data"),
        (lambda: feature_scaling.standardised(np.ones((4, 2))), "one that varies"),
        (lambda: feature_scaling.surface(np.ones((4, 2)), np.arange(4.0)), "no single minimum"),
        (
            lambda: folding.fold(
                (np.ones((2, 1, 1, 1)), None), normalization.start(3), (np.ones(3), np.ones(3)), eps=0
            ),
            "choose a pair",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_says_what_would_work(call: object, says: str) -> None:
    with pytest.raises(OperationError, match=says):
        call()  # type: ignore[operator]


# ------------------------------------------------------------------------------------------------ running, noise
def test_the_trace_is_torchs_own_over_the_same_batches() -> None:
    values = np.random.default_rng(3).normal(5, 2, 200)
    found = running.trace(values, batch_size=8, batches=30)
    cut = running.cut_batches(values, 8, batches=30)
    for number, momentum in enumerate(found.momenta):
        layer = nn.BatchNorm1d(1, momentum=momentum, dtype=torch.float64)
        for step in range(30):
            batch = t(cut[step])[:, None]
            stored = layer.eval()(batch)
            trained = layer.train()(batch)
            gap = float(((stored - trained) ** 2).mean().sqrt().detach())
            assert found.gap[number, step] == pytest.approx(gap, rel=1e-9)
        assert found.mean[number, -1] == pytest.approx(float(layer.running_mean), abs=1e-10)
        assert found.variance[number, -1] == pytest.approx(float(layer.running_var), abs=1e-10)


def test_the_proof_of_the_trace_holds_and_would_fail_for_other_batches() -> None:
    values = np.random.default_rng(4).normal(1, 3, 300)
    found = running.trace(values, batch_size=16)
    assert proofs.running(found, values).holds
    assert not proofs.running(found, values[::-1]).holds


def test_every_example_is_used_once_an_epoch() -> None:
    cut = running.cut_batches(np.arange(40.0), 8, batches=10, seed=1)
    assert sorted(cut[:5].ravel()) == sorted(cut[5:].ravel()) == list(range(40))


def test_the_spread_of_batch_statistics_is_what_theory_says() -> None:
    values = np.random.default_rng(0).gamma(2.0, size=3000)
    found = running.noise(values, batches=600)
    expected = found.expected_mean * found.finite
    assert found.means.std(axis=1) == pytest.approx(expected, rel=0.15)
    assert found.unbiased.std(axis=1) == pytest.approx(found.expected_variance * found.finite, rel=0.2)
    n = np.array(found.sizes)
    assert found.biased == pytest.approx(found.unbiased * ((n - 1) / n)[:, None])
    assert found.unbiased.mean(axis=1) == pytest.approx(values.var(ddof=1), rel=0.12)
    assert (np.diff(found.x_hat.std(axis=1)) < 0).all()  # larger batches, steadier outputs


# ------------------------------------------------------------------------------------------------ two features
def test_normalising_rounds_the_ravine() -> None:
    features, target = feature_scaling.examples(10, 0)
    raw = feature_scaling.surface(features, target)
    even = feature_scaling.surface(feature_scaling.standardised(features), target)
    assert raw.condition > 50 > 2 > even.condition
    stable = np.array(feature_scaling.SHARES) < 1
    assert (raw.losses[stable, -1] < raw.losses[stable, 0]).all()
    beyond = np.array(feature_scaling.SHARES) > 1
    assert not (raw.losses[beyond, -1] <= raw.losses[beyond, 0]).any()  # 2/λmax is the border
    first, second = feature_scaling.arrival(raw)[9], feature_scaling.arrival(even)[9]
    assert second is not None
    assert first is None or first > second


def test_contours_have_the_loss_that_they_are_of() -> None:
    found = feature_scaling.surface(*feature_scaling.examples(4, 1))
    for level, curve in zip(found.levels, found.contours, strict=True):
        assert feature_scaling.loss(found.features, found.target, curve) == pytest.approx(level, rel=1e-9)
    assert all(proof.holds for proof in proofs.descent(found))


def test_proofs_hold_and_would_fail_for_wrong_numbers() -> None:
    x = drawn((3, 4, 2, 3), 9)[0]
    step = normalization.batch_norm(x)
    assert all(proof.holds for proof in (*proofs.training(step), *proofs.relatives(x, (1, 2, 4))))
    wrong = normalization.batch_norm(x, eps=1e-3)
    object.__setattr__(wrong, "eps", 1e-5)
    assert not proofs.training(wrong)[0].holds
    stored = Running(np.ones(4), np.full(4, 2.0))
    assert proofs.evaluating(normalization.batch_norm_eval(x, stored), stored).holds
    assert not proofs.evaluating(step, stored).holds
