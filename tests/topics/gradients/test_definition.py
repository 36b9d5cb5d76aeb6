"""The gradients of a deep stack: by the chain rule in numpy, by loops, by autograd, and the bound that holds them."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.operations import OperationError
from cnnviz.topics.gradients import backpropagation, captions, figures, proofs, spreads
from cnnviz.topics.gradients import depth as gradient_depth
from cnnviz.topics.gradients.depth import Batch
from cnnviz.topics.gradients.records import INITIALISATIONS, DepthStack

SMALL = Batch(
    torch.randn(6, 1, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(3)),
    torch.tensor([0, 1, 2, 1, 0, 1]),  # no class as often as another: nothing cancels
    3,
    "six small pictures",
)


def slow_norms(stack: DepthStack) -> list[float]:
    """‖∂L/∂W‖ of every layer and the read-out by loops over images, from the definition."""
    matrices = [item.numpy() for item in gradient_depth.weights(stack, SMALL, 0)]
    totals = [np.zeros_like(matrix) for matrix in matrices]
    for picture, label in zip(SMALL.images.flatten(1).numpy(), SMALL.labels.tolist(), strict=True):
        outputs = [picture]
        for matrix in matrices[:-1]:
            outputs.append(1 / (1 + np.exp(-matrix @ outputs[-1])))
        odds = np.exp(matrices[-1] @ outputs[-1])
        error = odds / odds.sum() - np.eye(3)[label]
        totals[-1] += np.outer(error, outputs[-1]) / len(SMALL.labels)
        pulled = matrices[-1].T @ error
        for layer in range(stack.depth - 1, -1, -1):
            h = outputs[layer + 1]
            delta = pulled * h * (1 - h)
            totals[layer] += np.outer(delta, outputs[layer]) / len(SMALL.labels)
            pulled = matrices[layer].T @ delta
    return [float(np.sqrt((total**2).sum())) for total in totals]


def test_the_norms_are_those_of_backpropagation_by_hand() -> None:
    stack = DepthStack(depth=4, width=5)
    found = gradient_depth.measure(stack, SMALL, seeds=2)
    np.testing.assert_allclose(found.weight_gradients[0], slow_norms(stack), rtol=1e-12)
    assert not np.allclose(found.weight_gradients[0], found.weight_gradients[1])


@settings(deadline=None, max_examples=40)
@given(
    activation=st.sampled_from(sorted(backpropagation.FUNCTIONS)),
    start=st.sampled_from(INITIALISATIONS),
    depth=st.integers(2, 6),
    width=st.integers(1, 7),
    skip=st.booleans(),
)
def test_the_chain_rule_equals_autograd(activation: str, start: str, depth: int, width: int, skip: bool) -> None:
    stack = DepthStack(depth=depth, width=width, activation=activation, initialisation=start, skip=skip)
    proof = proofs.chain_rule(stack, SMALL)
    assert proof is not None
    assert proof.difference <= 1e-10


@pytest.mark.parametrize("kind", ["dense", "convolution"])
@pytest.mark.parametrize("activation", sorted(gradient_depth.ACTIVATIONS))
@pytest.mark.parametrize("extra", [(False, False), (True, True)])
def test_one_gradient_against_a_finite_difference(kind: str, activation: str, extra: tuple[bool, bool]) -> None:
    stack = DepthStack(kind, 3, 4, activation, "Xavier", *extra)
    proof = proofs.finite_difference(stack, SMALL)
    assert proof.holds, proof
    assert gradient_depth.measure(stack, SMALL, seeds=1).weight_gradients.min() > 0


def test_what_is_not_written_out_is_not_claimed() -> None:
    assert proofs.chain_rule(DepthStack(batch_norm=True), SMALL) is None
    assert proofs.chain_rule(DepthStack(kind="convolution", width=4), SMALL) is None
    with pytest.raises(OperationError, match="sigmoid"):
        backpropagation.backpropagation(np.ones((1, 2)), np.array([0]), [np.ones((2, 2))] * 2, activation="GELU")
    with pytest.raises(OperationError, match="that wide"):
        backpropagation.backpropagation(np.ones((1, 3)), np.array([0]), [np.ones((2, 2))] * 2, activation="ReLU")


# ------------------------------------------------------------------------------------------------------------ the bound
@pytest.mark.parametrize("depth", [2, 10, 40])
def test_orthogonal_sigmoids_never_exceed_a_quarter_a_layer(depth: int) -> None:
    """All matrices after the first are square and orthogonal: norm 1, so 0.25^k holds as it stands."""
    found = gradient_depth.measure(DepthStack(depth=depth, width=16, initialisation="orthogonal"), SMALL)
    assert found.slope == 0.25
    np.testing.assert_allclose(found.bound, found.weighed_bound, rtol=1e-9)
    np.testing.assert_allclose(found.bound[0] / found.bound[-1], 0.25 ** (depth - 1), rtol=1e-12)
    assert (found.activation_gradients[0] <= found.bound * (1 + 1e-12)).all()
    assert (found.activation_gradients[0, :-1] < found.bound[:-1]).all()


@pytest.mark.parametrize("kind", ["dense", "convolution"])
@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("activation", ["sigmoid", "ReLU", "GELU", "tanh", "SELU"])
def test_the_weighed_bound_always_holds(kind: str, skip: bool, activation: str) -> None:
    for start in ("N(0, 1)", "He"):
        found = gradient_depth.measure(DepthStack(kind, 6, 5, activation, start, skip=skip), SMALL)
        assert (found.activation_gradients[0] <= found.weighed_bound * (1 + 1e-9)).all()
    assert not len(gradient_depth.measure(DepthStack(kind, 3, 5, activation, batch_norm=True), SMALL).weighed_bound)


def test_the_norm_of_a_convolution_is_no_smaller_than_its_matrix_says() -> None:
    weight = torch.randn(3, 3, 3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    unit = torch.eye(3 * 25, dtype=torch.float64).view(-1, 3, 5, 5)
    matrix = torch.nn.functional.conv2d(unit, weight, padding=1).flatten(1)
    true = float(torch.linalg.matrix_norm(matrix, ord=2))
    assert true <= gradient_depth.norm(weight, 5) <= 1.6 * true


@pytest.mark.parametrize(("activation", "slope"), [("tanh", 1), ("ReLU", 1), ("SELU", 1.7580993), ("GELU", 1.1289)])
def test_the_steepest_slopes_are_the_known_ones(activation: str, slope: float) -> None:
    assert gradient_depth.steepest(activation) == pytest.approx(slope, rel=1e-4)


# ------------------------------------------------------------------------------------------------- what settings change
def test_zeros_give_exactly_zero_below_the_read_out() -> None:
    for activation in ("sigmoid", "ReLU"):
        found = gradient_depth.measure(DepthStack(activation=activation, initialisation="zeros"), SMALL)
        assert (found.weight_gradients[:, :-1] == 0).all()
        assert (found.activation_gradients == 0).all()
        assert (found.weight_gradients[:, -1] > 0).all() == (activation == "sigmoid")  # ReLU's outputs are zero too
        assert "exactly zero" in captions.verdict(found)


def test_sigmoids_vanish_and_he_keeps_and_skips_help() -> None:
    given = gradient_depth.batch("digits", 32)
    plain = gradient_depth.measure(DepthStack(), given)
    assert "vanishes" in captions.verdict(plain)
    assert figures.per_layer(plain) < 0.25
    kept = gradient_depth.measure(DepthStack(activation="ReLU", initialisation="He"), given)
    assert "reaches the first layer" in captions.verdict(kept)
    skips = gradient_depth.measure(DepthStack(skip=True), given)
    assert skips.middle("activation_gradients")[0] > 1e6 * plain.middle("activation_gradients")[0]


def test_exploding_gradients_are_said() -> None:
    wide = DepthStack(activation="ReLU", initialisation="N(0, 1)", depth=50, width=32)
    found = gradient_depth.measure(wide, SMALL, seeds=1)
    assert "explodes" in captions.verdict(found)
    huge = Batch(SMALL.images * 1e290, SMALL.labels, 3, "bright pictures")
    found = gradient_depth.measure(wide, huge, seeds=1)
    assert not np.isfinite(found.weight_gradients).all()
    assert "Too large for a number" in captions.verdict(found)
    header, blob = figures.packet([found])
    assert {"infinite", "undefined"} & set(header["frames"][0]["weight_gradients"][0])
    assert len(blob) == 3 * 50 * header["bins"]


def test_training_starts_from_the_measured_stack_and_stops_when_it_diverges() -> None:
    stack = DepthStack(depth=3, width=5, activation="ReLU", initialisation="He")
    frames = list(gradient_depth.train(stack, SMALL, steps=20, lr=0.05))
    np.testing.assert_array_equal(
        frames[0].weight_gradients[0], gradient_depth.measure(stack, SMALL, seeds=1).weight_gradients[0]
    )
    assert [frames[0].step, frames[1].step, frames[-1].step] == [0, 1, 20]
    assert frames[-1].losses[0] < frames[0].losses[0]
    broken = list(gradient_depth.train(stack, SMALL, steps=20, lr=1e200))
    assert broken[-1].step < 20
    assert "smaller learning rate" in captions.training(broken, steps=20)


def test_histograms_count_every_value_once() -> None:
    random = np.random.default_rng(0)
    layers = [random.normal(size=500), random.normal(size=500) * 1e-6, np.full(500, 2.0), np.full(500, np.nan)]
    found = spreads.histograms(layers)
    assert found.counts.sum(axis=1).tolist() == [500, 500, 500, 0]
    strip = spreads.strip(layers)
    assert strip.scale == "signed log"
    np.testing.assert_allclose(strip.shares.sum(axis=1), [1, 1, 1, 0])
    assert spreads.strip(layers[:1]).scale == "linear"


# ------------------------------------------------------------------------------------------------------- what one takes
@pytest.mark.parametrize(
    "stack",
    [
        DepthStack(depth=3),
        DepthStack("convolution", 3, 4, "ReLU", "He", True, True),
        *[DepthStack(depth=2, width=8, activation=name) for name in sorted(gradient_depth.ACTIVATIONS)],
        *[DepthStack(depth=2, width=8, initialisation=name) for name in INITIALISATIONS],
    ],
)
def test_the_snippet_runs_and_finds_the_same_norms(stack: DepthStack) -> None:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(figures.snippet(stack, "digits", 16), names)
    found = gradient_depth.measure(stack, gradient_depth.batch("digits", 16), seeds=1)
    np.testing.assert_allclose(names["norms"], found.weight_gradients[0], rtol=1e-9)


def test_the_table_has_a_line_a_layer() -> None:
    found = gradient_depth.measure(DepthStack(depth=3, width=4), SMALL)
    lines = figures.table(found).splitlines()
    assert lines[0] == "layer,weight_gradients,activation_gradients,mean,std,zeros,flat,bound"
    assert len(lines) == 4
    assert float(lines[2].split(",")[1]) == pytest.approx(found.middle("weight_gradients")[1], rel=1e-5)
