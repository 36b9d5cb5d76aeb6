"""Activation functions, softmax, the zig-zag and the dying neuron: against PyTorch, laws, and known numbers."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from cnnviz.operations import OperationError, activation
from cnnviz.topics.activations import dying_neuron, proofs, softmax
from cnnviz.topics.activations.facts import facts, mean_output, saturation
from cnnviz.topics.activations.zigzag import zigzag

EVERY = activation.names()
number = st.floats(-1e4, 1e4, allow_nan=False)


def drawn(name: str, share: float) -> float | None:
    """A parameter inside the range in which a function is shown; None where it has none."""
    known = activation.family[name].parameter
    return None if known is None else known.low + share * (known.high - known.low)


# ------------------------------------------------------------------------------------------------------- the family
@pytest.mark.parametrize("name", EVERY)
@given(x=st.lists(number, min_size=1, max_size=30), share=st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_value_and_slope_equal_pytorch(name: str, x: list[float], share: float) -> None:
    p, numbers = drawn(name, share), np.array(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, slope = activation.value(name, numbers, p), activation.slope(name, numbers, p)
    np.testing.assert_allclose(value, proofs.value(name, numbers, p), rtol=1e-13, atol=1e-10)
    loose = 1e-8 if name == "hard_sigmoid" else 1e-10  # PyTorch keeps 1/6 in single precision in the backward pass
    np.testing.assert_allclose(slope, proofs.slope(name, numbers, p), rtol=1e-13, atol=loose)


@pytest.mark.parametrize("name", EVERY)
def test_nothing_overflows_and_shapes_stay(name: str) -> None:
    x = np.array([[-1e300, -1e4, -745.0], [745.0, 1e4, 1e150]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, slope = activation.value(name, x), activation.slope(name, x)
    assert value.shape == slope.shape == x.shape
    assert np.isfinite(value).all()
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("name", EVERY)
def test_the_flat_ends_are_flat_and_nothing_else_is(name: str) -> None:
    function, x = activation.family[name], np.linspace(-20, 20, 4001)
    flat = np.zeros(x.shape, dtype=bool)
    if function.flat_below is not None:
        flat |= x <= function.flat_below
    if function.flat_above is not None:
        flat |= x >= function.flat_above
    slope = activation.slope(name, x)
    assert (slope[flat] == 0).all()
    assert (np.abs(slope[~flat]) > 0).mean() > 0.99  # GELU, SiLU and hard-swish pass through a valley


@pytest.mark.parametrize("name", EVERY)
def test_its_pytorch_line_runs_and_equals_it(name: str) -> None:
    x = torch.linspace(-6, 6, 101, dtype=torch.float64)
    line = activation.family[name].torch.format(p=activation.parameter(name))
    found = eval(line, {"torch": torch, "F": F, "x": x})
    np.testing.assert_allclose(found.numpy(), activation.value(name, x.numpy()), atol=1e-12)


@pytest.mark.parametrize("name", EVERY)
def test_the_proofs_of_every_function_hold(name: str) -> None:
    assert all(proof.holds for proof in proofs.function(name))


def test_a_wrong_formula_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "value", lambda name, x, p=None: activation.value("tanh", x))
    assert not proofs.function("sigmoid")[0].holds


def test_softplus_differs_from_pytorchs_shortcut_by_what_is_said() -> None:
    x = torch.tensor([20.0 + 1e-9], dtype=torch.float64)
    apart = abs(float(F.softplus(x)) - activation.value("softplus", x.numpy())[0])
    assert apart == pytest.approx(math.exp(-20), rel=1e-2)


@pytest.mark.parametrize("bad", [np.array([1.0, np.nan]), np.array([np.inf])])
def test_what_is_no_number_is_said(bad: np.ndarray) -> None:
    with pytest.raises(OperationError, match="finite"):
        activation.value("relu", bad)
    with pytest.raises(OperationError, match="choose one there"):
        activation.value("elu", np.zeros(1), 99.0)
    with pytest.raises(KeyError, match="close: relu"):
        activation.value("rellu", np.zeros(1))


# ------------------------------------------------------------------------------------------------------------ facts
def test_the_numbers_of_the_course() -> None:
    sigmoid = facts("sigmoid")
    assert (sigmoid.steepest, sigmoid.steepest_at) == (0.25, 0.0)
    assert activation.slope("sigmoid", 6.0) == pytest.approx(2.466e-3, abs=1e-6)
    assert [0.25**depth for depth in (5, 10, 20)] == pytest.approx([9.77e-4, 9.54e-7, 9.09e-13], rel=1e-3)
    assert facts("tanh").steepest == 1.0


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("sigmoid", 0, 1), ("tanh", -1, 1), ("relu", 0, math.inf), ("relu6", 0, 6), ("elu", -1, math.inf),
     ("selu", -1.7580993408, math.inf), ("gelu", -0.1699712, math.inf), ("silu", -0.2784645, math.inf),
     ("softplus", 0, math.inf), ("hard_swish", -0.375, math.inf), ("leaky_relu", -math.inf, math.inf)],
)  # fmt: skip
def test_ranges(name: str, low: float, high: float) -> None:
    found = facts(name)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-7), pytest.approx(high, abs=1e-7))


@pytest.mark.parametrize(
    ("name", "mean"), [("relu", 1 / math.sqrt(2 * math.pi)), ("sigmoid", 0.5), ("tanh", 0.0), ("selu", 0.0)]
)
def test_the_mean_output_for_normal_input(name: str, mean: float) -> None:
    assert mean_output(name) == pytest.approx(mean, abs=1e-8)


def test_only_odd_functions_are_called_odd() -> None:
    assert {name for name in EVERY if facts(name).odd} == {"tanh", "identity"}


def test_saturated_stretches_are_where_the_slope_is_small() -> None:
    ((low, start), (end, high)) = saturation("sigmoid", 0.01)
    root = math.log((1 + math.sqrt(1 - 4 * 0.01)) / (1 - math.sqrt(1 - 4 * 0.01)))  # σ(1 − σ) = 0.01
    assert (low, high) == (-12.0, 12.0)
    assert (-start, end) == (pytest.approx(root, abs=0.006), pytest.approx(root, abs=0.006))
    assert saturation("identity", 0.01) == ()


# ---------------------------------------------------------------------------------------------------------- softmax
@given(z=st.lists(st.floats(-800, 800), min_size=1, max_size=12), t=st.floats(0.05, 50))
@settings(max_examples=80, deadline=None)
def test_softmax_and_its_jacobian_equal_pytorch(z: list[float], t: float) -> None:
    found = softmax.softmax(np.array(z), t)
    logits = torch.tensor(z, dtype=torch.float64)
    np.testing.assert_allclose(found.probabilities, F.softmax(logits / t, dim=0).numpy(), atol=1e-12)
    table = softmax.jacobian(found)
    theirs = torch.autograd.functional.jacobian(lambda row: F.softmax(row / t, dim=0), logits)
    np.testing.assert_allclose(table, np.asarray(theirs), atol=1e-10)
    np.testing.assert_allclose(table.sum(axis=0), 0, atol=1e-12)


def test_temperature_moves_between_certain_and_even() -> None:
    z = np.array([2.0, 1.0, 0.0])
    spread = [softmax.entropy(softmax.softmax(z, t)) for t in (0.02, 0.5, 1.0, 4.0, 1e4)]
    assert spread == sorted(spread)
    assert spread[0] == pytest.approx(0, abs=1e-12)
    assert spread[-1] == pytest.approx(math.log(3), abs=1e-6)


@pytest.mark.parametrize(
    ("z", "t", "words"), [([], 1, "at least one"), ([1, np.nan], 1, "finite"), ([1, 2], 0, "above 0")]
)
def test_softmax_says_what_is_wrong(z: list[float], t: float, words: str) -> None:
    with pytest.raises(OperationError, match=words):
        softmax.softmax(np.array(z), t)


# ---------------------------------------------------------------------------------------------------------- zig-zag
def test_positive_inputs_give_both_gradients_one_sign() -> None:
    positive, centred = zigzag("sigmoid"), zigzag("tanh")
    assert (positive.inputs > 0).all()
    assert positive.same_sign == 1.0
    assert 0.2 < centred.same_sign < 0.8
    assert positive.length / positive.straight > centred.length / centred.straight > 1


def test_the_path_is_gradient_descent_and_ends_lower() -> None:
    found = zigzag("tanh", rate=0.2, steps=30, batch=4, seed=3)
    np.testing.assert_allclose(np.diff(found.path, axis=0), -0.2 * found.gradients, atol=1e-14)
    assert found.losses[-1] < 0.05 * found.losses[0]
    assert proofs.zigzag(found).holds
    assert found.surface.shape == (49, 49)
    assert found.surface[12, 36] == pytest.approx(0, abs=1e-20)  # the plane's point (1.5, −1.5) is the goal


def test_with_all_examples_at_once_the_argument_no_longer_holds() -> None:
    assert zigzag("sigmoid", batch=64).same_sign < 0.5


@pytest.mark.parametrize(("rate", "batch", "words"), [(0, 1, "above 0"), (9.0, 1, "run away"), (0.1, 65, "1 to 64")])
def test_the_zigzag_says_what_is_wrong(rate: float, batch: int, words: str) -> None:
    with pytest.raises(OperationError, match=words):
        zigzag("sigmoid", rate=rate, batch=batch)


# ------------------------------------------------------------------------------------------------------------ dying
@pytest.fixture(scope="module")
def two_kinds() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    labels = np.arange(40) % 2.0
    return random.random((40, 9)) * 0.4 + 0.5 * labels[:, None], labels


RATES = np.geomspace(0.01, 3, 25)


def test_a_long_step_kills_relu_for_good_and_not_leaky_relu(two_kinds: tuple[np.ndarray, np.ndarray]) -> None:
    relu = dying_neuron.train("relu", *two_kinds, RATES, steps=40)
    leaky = dying_neuron.train("leaky_relu", *two_kinds, RATES, steps=40)
    dead = relu.dead_at >= 0
    assert dead[-1]
    assert not dead[0]
    for place in np.flatnonzero(dead):
        since = relu.dead_at[place]
        assert (relu.active[place, since:] == 0).all()
        assert (relu.weights[place, since:] == relu.weights[place, since]).all()
    assert (leaky.dead_at == -1).all()
    assert (leaky.gradient > 0).all()


def test_the_threshold_lies_between_a_rate_that_kills_and_one_that_does_not(
    two_kinds: tuple[np.ndarray, np.ndarray],
) -> None:
    swept = dying_neuron.train("relu", *two_kinds, RATES, steps=40).dead_at >= 0
    kills, spares = dying_neuron.threshold("relu", *two_kinds, RATES, swept, steps=40)
    assert kills is not None
    assert spares is not None
    assert spares < kills < spares * 1.001
    ends = dying_neuron.train("relu", *two_kinds, np.array([spares, kills]), steps=40).dead_at
    assert ends[0] == -1
    assert ends[1] >= 0
    assert dying_neuron.threshold("relu", *two_kinds, RATES[:3], swept[:3]) == (None, RATES[2])


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
@pytest.mark.parametrize("place", [0, 12, 24])
def test_the_training_equals_autograds(two_kinds: tuple[np.ndarray, np.ndarray], name: str, place: int) -> None:
    found = dying_neuron.train(name, *two_kinds, RATES, steps=40)
    assert proofs.dying(found, *two_kinds, place, 0.01).holds


def test_beyond_the_longest_rate_plain_descent_diverges(two_kinds: tuple[np.ndarray, np.ndarray]) -> None:
    edge = dying_neuron.longest_rate(two_kinds[0])
    ends = dying_neuron.train("identity", *two_kinds, np.array([0.95, 1.1]) * edge, steps=400)
    assert ends.losses[0, -1] < ends.losses[0, 0]
    assert ends.losses[1, -1] > 1e3


def test_wrong_shapes_are_said(two_kinds: tuple[np.ndarray, np.ndarray]) -> None:
    with pytest.raises(OperationError, match="labels"):
        dying_neuron.train("relu", two_kinds[0], two_kinds[1][:3], RATES)
    with pytest.raises(OperationError, match="above 0"):
        dying_neuron.train("relu", *two_kinds, np.array([0.0]))
