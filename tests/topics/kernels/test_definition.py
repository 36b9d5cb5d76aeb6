"""The classic kernels, and what is read off a learned one: norm, frequencies, orientation, likeness."""

from __future__ import annotations

import cmath

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import nn

from cnnviz import models
from cnnviz.operations import OperationError, classic_kernels
from cnnviz.topics.kernels import analysis, network

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


# ------------------------------------------------------------------------------------------------ what is read off
def grating(angle: float, frequency: float, size: int = 15) -> np.ndarray:
    """Stripes that run at that angle, in a Gaussian window: rows counted downwards, angles upwards."""
    row, column = np.mgrid[:size, :size] - (size - 1) / 2
    across = column * np.sin(np.radians(angle)) + row * np.cos(np.radians(angle))
    return np.cos(2 * np.pi * frequency * across) * np.exp(-(row**2 + column**2) / (2 * (size / 5) ** 2))


@given(
    kernels=arrays(np.float64, st.tuples(*(st.integers(1, n) for n in (2, 3, 4, 5))), elements=st.floats(-3, 3)),
    size=st.sampled_from([5, 9, 33]),
)
@settings(max_examples=25, deadline=None)
def test_the_response_is_the_dft_summed_in_loops(kernels: np.ndarray, size: int) -> None:
    found = analysis.responses(kernels, size=size)
    grid = [(place - size // 2) / size for place in range(size)]
    for row, column in ((0, 0), (size // 2, size // 2), (1, size - 1), (size // 2, 0), (size - 1, 2)):
        for one, response in zip(kernels, found, strict=True):
            power = 0.0
            for plane in one:
                total = 0j
                for (y, x), weight in np.ndenumerate(plane):
                    total += weight * cmath.exp(-2j * cmath.pi * (grid[column] * x + grid[row] * y))
                power += abs(total) ** 2
            assert response[row, column] ** 2 == pytest.approx(power, abs=1e-10 * (1 + power))


@pytest.mark.parametrize("shape", [(7, 5), (11, 11), (16, 9)])
def test_the_response_is_numpys_zero_padded_fft(shape: tuple[int, int]) -> None:
    kernels = np.random.default_rng(0).normal(size=(3, 1, *shape))
    padded = np.fft.fftshift(np.abs(np.fft.fft2(kernels[:, 0], s=(33, 33))), axes=(1, 2))
    assert np.abs(analysis.responses(kernels) - padded).max() < 1e-10


@pytest.mark.parametrize("angle", [0, 20, 45, 90, 110, 135, 170])
@pytest.mark.parametrize("frequency", [0.15, 0.25, 0.35])
def test_a_drawn_grating_has_its_angle_and_frequency(angle: float, frequency: float) -> None:
    found = analysis.analyse(grating(angle, frequency)[None, None])
    assert (found.angles[0] - angle + 90) % 180 - 90 == pytest.approx(0, abs=2.5)
    assert found.frequencies[0] == pytest.approx(frequency, abs=0.01)
    assert found.coherences[0] > 0.6


@pytest.mark.parametrize(
    ("name", "angle"),
    [("sobel_top", 0), ("prewitt_bottom", 0), ("sobel_left", 90), ("diagonal_rising", 45), ("diagonal_falling", 135),
     ("line_vertical", 90), ("line_rising", 45)],
)  # fmt: skip
@pytest.mark.parametrize("size", [3, 5])
def test_classic_edges_run_where_their_names_say(name: str, angle: float, size: int) -> None:
    found = analysis.analyse(classic_kernels.kernel(name, size)[None, None])
    assert found.angles[0] == pytest.approx(angle, abs=1e-6)


def test_a_sobel_answers_most_to_a_quarter_cycle_and_smoothing_to_none() -> None:
    """|W(f_x, 0)| of the Sobel kernel is 8 |sin 2π f_x|: largest at ¼."""
    bank = np.stack([classic_kernels.kernel(name) for name in ("sobel_left", "sobel_top", "blur", "outline")])[:, None]
    found = analysis.analyse(bank)
    assert found.peaks[0] == pytest.approx([0.25, 0], abs=2e-3)
    assert found.peaks[1] == pytest.approx([0, 0.25], abs=2e-3)
    assert found.frequencies[2] == 0
    assert found.responses[2].max() == pytest.approx(1.0)
    assert np.isnan(found.angles[2:]).all()


@pytest.mark.parametrize("size", [3, 5, 7, 11])
def test_each_classic_kernel_is_nearest_to_itself(size: int) -> None:
    names = classic_kernels.names(size)
    bank = np.stack([classic_kernels.kernel(name, size) for name in names])[:, None]
    for factor in (1.0, 0.003):
        found, cosines = analysis.nearest_classic(factor * bank)
        assert found == names
        assert cosines == pytest.approx(1.0)


def test_the_cosine_is_its_definition_and_keeps_the_sign() -> None:
    random = np.random.default_rng(1).normal(size=(1, 1, 3, 3))
    names, found = analysis.classic_cosines(random)
    for name, value in zip(names, found[0], strict=True):
        classic = classic_kernels.kernel(name)
        wanted = (random[0, 0] * classic).sum() / np.sqrt((random**2).sum() * (classic**2).sum())
        assert value == pytest.approx(wanted, abs=1e-12)
    assert analysis.nearest_classic(-classic_kernels.kernel("outline")[None, None])[1] == pytest.approx(-1)


def test_over_several_inputs_no_mixture_is_more_alike() -> None:
    """The closed form against ten thousand tried mixtures of the classic kernel."""
    random = np.random.default_rng(2)
    bank = random.normal(size=(1, 3, 3, 3))
    names, found = analysis.classic_cosines(bank)
    mixtures = random.normal(size=(10_000, 3))
    for name, value in zip(names, found[0], strict=True):
        tried = np.einsum("ni,yx->niyx", mixtures, classic_kernels.kernel(name))
        cosines = np.abs((tried * bank).sum(axis=(1, 2, 3))) / np.sqrt((tried**2).sum(axis=(1, 2, 3)) * (bank**2).sum())
        assert cosines.max() <= abs(value) + 1e-12
        assert cosines.max() == pytest.approx(abs(value), abs=0.02)


def test_planted_duplicates_are_found() -> None:
    bank = np.random.default_rng(3).normal(size=(20, 4, 3, 3))
    bank[7] = 2.5 * bank[2]
    bank[15] = -0.1 * bank[11] + 0.001 * bank[4]
    found = analysis.likeness(bank)
    assert {tuple(pair) for pair in found.pairs[:2].tolist()} == {(2, 7), (11, 15)}
    assert sorted(found.cosines[:2]) == pytest.approx([-1, 1], abs=1e-3)
    assert analysis.pairs_beyond(found.matrix, np.array([0.0, 0.9, 1.1])).tolist() == [190, 2, 0]
    assert found.matrix[3, 5] == pytest.approx(
        (bank[3] * bank[5]).sum() / np.linalg.norm(bank[3]) / np.linalg.norm(bank[5])
    )


def test_like_stands_beside_like() -> None:
    """Three directions, ten noisy copies of each, shuffled: in the chain each family is one stretch."""
    random = np.random.default_rng(5)
    family = random.permutation(np.repeat(np.arange(3), 10))
    bank = np.linalg.qr(random.normal(size=(9, 9)))[0][family] + 0.02 * random.normal(size=(30, 9))
    order = analysis.chained(analysis.similarity(bank.reshape(30, 1, 3, 3)))
    assert sorted(order.tolist()) == list(range(30))
    assert (np.diff(family[order]) != 0).sum() == 2


def test_changes_are_distances_to_the_first() -> None:
    frames = np.random.default_rng(6).normal(size=(4, 2, 3, 5, 5)).astype(np.float32)
    found = analysis.changes(frames)
    assert found[0].tolist() == [0, 0]
    assert found[3, 1] == pytest.approx(float(np.linalg.norm((frames[3, 1] - frames[0, 1]).ravel())), rel=1e-6)


def test_chance_is_what_random_directions_do() -> None:
    assert analysis.by_chance(0.3, 3) == pytest.approx(0.7, abs=1e-6)  # Archimedes: the cap's height
    random = np.random.default_rng(4).normal(size=(2, 40_000, 9))
    cosines = np.abs((random[0] * random[1]).sum(axis=1)) / np.linalg.norm(random, axis=2).prod(axis=0)
    assert analysis.by_chance(0.6, 9) == pytest.approx((cosines >= 0.6).mean(), abs=0.005)


def test_dead_kernels_are_short_beside_their_layer() -> None:
    norms = np.array([1.0, 0.9, 1e-4, 1.2, 0.0])
    assert analysis.dead(norms).tolist() == [False, False, True, False, True]


def test_zeros_have_no_direction_no_likeness_and_frequency_zero() -> None:
    found = analysis.analyse(np.zeros((2, 3, 3, 3)))
    assert found.classics == ("", "")
    assert np.isnan(found.angles).all()
    assert found.frequencies.tolist() == [0, 0]
    assert not analysis.similarity(np.zeros((2, 3, 3, 3))).any()


def test_what_is_no_kernel_is_said() -> None:
    with pytest.raises(OperationError, match="shape"):
        analysis.analyse(np.zeros((3, 3)))
    with pytest.raises(OperationError, match="diverged"):
        analysis.analyse(np.full((1, 1, 3, 3), np.nan))


@pytest.mark.parametrize(
    ("model", "module", "said"),
    [
        (nn.MaxPool2d(2), "", "This layer keeps no kernels of its own: no layer of this network has any."),
        (
            nn.Sequential(nn.Conv3d(3, 4, 3)),
            "0",
            "0 convolves over 3 axes. Kernels over two axes are shown: no other",
        ),
        (
            nn.Sequential(nn.Conv1d(3, 4, 3), nn.Conv2d(3, 4, 3)),
            "0",
            "over one axis. Kernels over two axes are shown: choose",
        ),
        (nn.Sequential(nn.ReLU(), nn.Conv2d(3, 4, 3)), "0", "keeps no kernels of its own: choose a convolution."),
    ],
)
def test_a_layer_without_kernels_is_told_what_would_have_some(model: nn.Module, module: str, said: str) -> None:
    with pytest.raises(OperationError) as caught:
        network.bank(model, module, models.spec("lenet5"))
    assert said in str(caught.value)
