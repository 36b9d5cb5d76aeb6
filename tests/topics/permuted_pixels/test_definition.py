"""Permutations against their matrices; the fully connected trick and the CNN's lack of one against slow definitions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import models
from cnnviz.measurements import permutation_proofs
from cnnviz.operations import OperationError, permutation

SIDES = st.integers(1, 6)


@settings(max_examples=60, deadline=None)
@given(SIDES, SIDES, st.integers(0, 10**6))
def test_applied_it_is_its_matrix_and_the_inverse_undoes_it(height: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    order, x = random.permutation(height * width), random.normal(size=(3, height, width))
    moved = permutation.apply(x, order)
    assert np.array_equal(moved.reshape(3, -1).T, permutation.matrix(order) @ x.reshape(3, -1).T)
    assert np.array_equal(permutation.apply(moved, permutation.inverse(order)), x)
    assert np.array_equal(permutation.matrix(permutation.inverse(order)), permutation.matrix(order).T)


@settings(max_examples=40, deadline=None)
@given(SIDES, SIDES, st.integers(0, 10**6))
def test_what_happens_to_neighbours_counted_pair_by_pair(height: int, width: int, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(height * width)
    found = permutation.describe(order, height, width)
    cells = [(row, column) for row in range(height) for column in range(width)]
    kept = pairs = 0
    for one in range(len(cells)):
        for other in range(one + 1, len(cells)):
            side_by_side = [abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1 for a, b in (
                (cells[one], cells[other]), (cells[order[one]], cells[order[other]]))]  # fmt: skip
            pairs += side_by_side[0]
            kept += all(side_by_side)
    assert found.neighbours == pytest.approx(kept / pairs if pairs else 1.0)
    far = [np.hypot(cells[i][0] - cells[j][0], cells[i][1] - cells[j][1]) for i, j in enumerate(order) if i != j]
    assert found.moved == pytest.approx(len(far) / len(cells))
    assert found.distance == pytest.approx(np.mean(far) if far else 0.0)


def test_smoothness_is_one_on_a_slope_and_none_on_noise() -> None:
    rows, columns = np.mgrid[:40, :40]
    assert permutation.smoothness((rows + columns)[None] * 1.0) > 0.9
    noise = np.random.default_rng(0).normal(size=(8, 40, 40))
    assert abs(permutation.smoothness(noise)) < 0.02
    board = (rows + columns)[None] % 2
    assert permutation.smoothness(board) == pytest.approx(-1)
    assert np.isnan(permutation.smoothness(np.ones((2, 3, 3))))


@pytest.mark.parametrize(("order", "word"), [([0, 1, 1, 3], "twice"), ([0, 1, 2], "4 pixels"), ([0, 1, 2, 4], "twice")])
def test_what_is_no_permutation_is_refused(order: list[int], word: str) -> None:
    with pytest.raises(OperationError, match=word):
        permutation.apply(np.zeros((2, 2)), np.array(order))


# ------------------------------------------------------------------------------------------------ networks
def test_permuted_columns_leave_every_logit() -> None:
    network = models.build("fc2layer", seed=3)
    order = np.random.default_rng(1).permutation(784)
    x = torch.randn(16, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    proof = permutation_proofs.moved_columns(network, x, order)
    assert proof.holds
    assert proof.difference < 1e-12
    wrong = np.random.default_rng(2).permutation(784)
    with torch.no_grad():
        network.double()
        moved = x.double().flatten(2)[:, :, order].view(-1, 784)
        weight = network.get_submodule("hidden1").weight
        assert not torch.allclose(x.double().flatten(1) @ weight.T, moved @ weight[:, wrong].T, atol=1e-3)


def test_no_permutation_is_a_trick_that_works_for_a_convolution() -> None:
    """The identity keeps everything: the method itself loses nothing."""
    network = models.build("cnn", seed=0)
    x = torch.randn(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    found = permutation_proofs.no_trick(network, x, np.arange(784))
    assert found.kept == pytest.approx(1)
    assert found.difference < 1e-12
    assert found.agree == 1


def test_the_nearest_convolution_by_least_squares() -> None:
    """Against numpy's solution over the basis of convolution matrices, built tap by tap with conv2d itself."""
    size, side = (6, 5), 3
    kernel = torch.randn(2, 1, side, side, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    order = torch.randperm(30, generator=torch.Generator().manual_seed(4))
    nearest, kept = permutation_proofs.nearest_kernel(kernel, order, size)
    pixels = torch.eye(30, dtype=torch.float64).view(30, 1, *size)

    def dense(one: torch.Tensor) -> np.ndarray:
        return nn.functional.conv2d(pixels, one).flatten(2).permute(1, 2, 0).numpy()  # [F, positions, pixels]

    taps = torch.eye(side * side, dtype=torch.float64).view(-1, 1, side, side)
    basis = np.stack([dense(tap[None])[0].ravel() for tap in taps], axis=1)
    for index in range(2):
        moved = dense(kernel)[index][:, order.numpy()]
        solved = np.linalg.lstsq(basis, moved.ravel(), rcond=None)[0]
        assert np.allclose(nearest[index].ravel().numpy(), solved, atol=1e-12)
    total = dense(kernel)[:, :, order.numpy()]
    assert kept == pytest.approx(1 - ((total - dense(nearest)) ** 2).sum() / (total**2).sum())


def test_the_cnn_has_no_such_trick() -> None:
    network = models.build("cnn", seed=0)
    x = torch.randn(20, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    found = permutation_proofs.no_trick(network, x, np.random.default_rng(1).permutation(784))
    assert found.kept < 0.1
    assert min(found.difference, found.untouched) > 1e-3
