"""The classic kernels, and what is read off a learned one: norm, frequencies, orientation, likeness."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.operations import OperationError, classic_kernels

# GROUND TRUTH: as the textbooks print them.
PRINTED = {
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "blur": [[1 / 16, 2 / 16, 1 / 16], [2 / 16, 4 / 16, 2 / 16], [1 / 16, 2 / 16, 1 / 16]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "outline": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "sobel_top": [[1, 2, 1], [0, 0, 0], [-1, -2, -1]],
    "sobel_left": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    "sobel_bottom": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "sobel_right": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "prewitt_top": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    "prewitt_left": [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
    "diagonal_rising": [[2, 1, 0], [1, 0, -1], [0, -1, -2]],
}


@pytest.mark.parametrize("name", PRINTED)
def test_each_has_its_printed_numbers(name: str) -> None:
    assert classic_kernels.kernel(name) == pytest.approx(np.array(PRINTED[name], dtype=np.float64))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 11])
def test_every_size_is_finite_square_and_keeps_its_sum(size: int) -> None:
    for name in classic_kernels.names(size):
        numbers = classic_kernels.kernel(name, size)
        assert numbers.shape == (size, size)
        assert np.isfinite(numbers).all()
        keeps = name in ("identity", "box", "blur", "gaussian", "sharpen")
        if name != "emboss":
            assert numbers.sum() == pytest.approx(1.0 if keeps else 0.0, abs=1e-9), name


def test_the_5_by_5_sobel_is_the_usual_table() -> None:
    usual = np.outer([1, 2, 0, -2, -1], [1, 4, 6, 4, 1])
    assert 16 * classic_kernels.kernel("sobel_top", 5) == pytest.approx(usual)


def test_a_size_or_a_name_that_does_not_exist_is_answered_with_what_does() -> None:
    with pytest.raises(OperationError, match="from 3 × 3 to 63 × 63"):
        classic_kernels.kernel("sobel_top", 2)
    with pytest.raises(KeyError, match="sobel_top"):
        classic_kernels.kernel("sobel_tip")
    assert "sobel_top" not in classic_kernels.names(2)
