"""The convolution from its definition: against torch, against GROUND TRUTH's numbers, and what bad settings say."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnviz.figures.windows import window_data
from cnnviz.operations import OperationError
from cnnviz.topics.convolution import padding
from cnnviz.topics.convolution.convolution import convolve, window
from cnnviz.topics.convolution.proofs import against_torch, by_torch
from cnnviz.topics.convolution.records import MODES, Convolution, ConvolutionSetting

X = np.array([[[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]], dtype=np.float64)
K = np.array([[[[0, 1, 2], [2, 2, 0], [0, 1, 2]]]], dtype=np.float64)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def drawn(draw: st.DrawFn, *, transposed: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, ConvolutionSetting]:
    """Numbers and a setting that give a result."""

    def pair(low: int, high: int) -> tuple[int, int]:
        return draw(st.tuples(st.integers(low, high), st.integers(low, high)))

    groups, within, each = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    kernel, stride, dilation = pair(1, 4), pair(1, 3), pair(1, 3)
    size = pair(1, 9)
    mode = "zeros" if transposed else draw(st.sampled_from(MODES))
    most = [{"reflect": n - 1, "circular": n}.get(mode, 4) for n in size]
    pads: tuple[int, int] | str = tuple(draw(st.integers(0, min(most[a], 4))) for a in (0, 1))  # type: ignore[assignment]
    extra = tuple(draw(st.integers(0, max(stride[a], dilation[a]) - 1)) for a in (0, 1)) if transposed else (0, 0)
    if transposed:  # as much padding as leaves an output
        spans = [stride[a] * (size[a] - 1) + dilation[a] * (kernel[a] - 1) + extra[a] for a in (0, 1)]
        pads = (min(pads[0], spans[0] // 2), min(pads[1], spans[1] // 2))  # type: ignore[type-var, operator]
    else:  # as large an image as the kernel needs
        needed = [dilation[a] * (kernel[a] - 1) + 1 - 2 * pads[a] for a in (0, 1)]  # type: ignore[operator]
        size = (max(size[0], needed[0]), max(size[1], needed[1]))
    if stride == (1, 1) and mode == "zeros" and not transposed and draw(st.booleans()):
        pads = "same"
    setting = ConvolutionSetting(
        stride, pads, dilation, groups, mode, draw(st.booleans()), transposed, (extra[0], extra[1])
    )
    random = np.random.default_rng(draw(st.integers(0, 2**31)))
    x = random.normal(size=(groups * within, *size))
    return x, random.normal(size=(groups * each, within, *kernel)), random.normal(size=groups * each), setting


@pytest.mark.parametrize("transposed", [False, True])
def test_equals_torch_for_any_shape_and_setting(transposed: bool) -> None:
    @QUICK
    @given(drawn(transposed=transposed))
    def compare(case: tuple[np.ndarray, np.ndarray, np.ndarray, ConvolutionSetting]) -> None:
        x, weights, bias, setting = case
        compared(convolve(x, weights, bias, setting=setting))

    compare()


def compared(found: Convolution) -> None:
    wanted = by_torch(found)
    assert found.output.shape == wanted.shape
    assert np.abs(found.output - wanted).max(initial=0) <= 1e-10
    assert against_torch(found).holds


def test_the_worked_numbers() -> None:
    found = convolve(X, K)
    assert found.output.tolist() == [[[12, 12, 17], [10, 17, 19], [9, 6, 14]]]


def test_slowly_by_its_definition() -> None:
    """Five nested loops, with groups, stride, dilation and padding."""
    random = np.random.default_rng(3)
    x, w = random.normal(size=(4, 7, 6)), random.normal(size=(6, 2, 3, 2))
    setting = ConvolutionSetting(stride=(2, 1), padding=(1, 2), dilation=(2, 1), groups=2)
    found = convolve(x, w, setting=setting)
    padded = np.pad(x, ((0, 0), (1, 1), (2, 2)))
    for o in range(6):
        for r in range(found.output.shape[1]):
            for c in range(found.output.shape[2]):
                first = 2 * (o // 3)
                terms = [
                    w[o, k, i, j] * padded[first + k, 2 * r + 2 * i, c + j]
                    for k in range(2) for i in range(3) for j in range(2)
                ]  # fmt: skip
                assert found.output[o, r, c] == pytest.approx(sum(terms))


def test_a_transposed_convolution_lays_kernels_down() -> None:
    random = np.random.default_rng(4)
    x, w = random.normal(size=(2, 3, 4)), random.normal(size=(3, 2, 3, 2))
    found = convolve(x, w, setting=ConvolutionSetting(stride=(2, 3), transposed=True, output_padding=(1, 2)))
    wanted = np.zeros_like(found.output)
    for r in range(3):
        for c in range(4):
            wanted[:, 2 * r : 2 * r + 3, 3 * c : 3 * c + 2] += (w * x[None, :, r, c, None, None]).sum(axis=1)
    assert np.allclose(found.output, wanted, atol=1e-12)


def test_transposed_is_the_adjoint_of_the_convolution() -> None:
    """⟨conv(x), y⟩ = ⟨x, transposed(y)⟩, which is where its name comes from."""
    random = np.random.default_rng(5)
    x, w = random.normal(size=(2, 7, 7)), random.normal(size=(3, 2, 3, 3))
    forward = convolve(x, w, setting=ConvolutionSetting(stride=(2, 2), padding=(1, 1)))
    y = random.normal(size=forward.output.shape)
    turned = ConvolutionSetting(stride=(2, 2), padding=(1, 1), transposed=True)
    back = convolve(y, w.transpose(1, 0, 2, 3), setting=turned)
    assert (forward.output * y).sum() == pytest.approx((x * back.output).sum())


def test_a_shifted_picture_shifts_its_map() -> None:
    x = np.random.default_rng(6).normal(size=(1, 9, 9))
    setting = ConvolutionSetting(padding=(1, 1), mode="circular")
    moved = convolve(np.roll(x, 2, axis=2), K, setting=setting).output
    assert np.allclose(moved, np.roll(convolve(x, K, setting=setting).output, 2, axis=2))


@pytest.mark.parametrize(("size", "shift"), [(3, 0.0), (5, 0.0), (2, 0.5), (4, 0.5)])
def test_an_even_kernel_stands_half_a_pixel_off(size: int, shift: float) -> None:
    found = convolve(X, np.ones((1, 1, size, size)), setting=ConvolutionSetting(padding="same"))
    assert found.output.shape == X.shape
    assert found.shift == (shift, shift)


def test_what_a_stride_drops_is_known() -> None:
    found = window(convolve(np.ones((1, 6, 7)), np.ones((1, 1, 3, 3)), setting=ConvolutionSetting(stride=(2, 3))))
    assert found.dropped == ((5,), (6,))


def test_coverage_of_a_transposed_convolution_is_uneven_where_the_stride_does_not_divide_the_kernel() -> None:
    def coverage(kernel: int) -> np.ndarray:
        setting = ConvolutionSetting(stride=(2, 2), transposed=True)
        return window(convolve(np.ones((1, 5, 5)), np.ones((1, 1, kernel, kernel)), setting=setting)).coverage

    assert set(np.unique(coverage(3)[2:-2, 2:-2])) == {1, 2, 4}
    assert set(np.unique(coverage(4)[2:-2, 2:-2])) == {4}


@pytest.mark.parametrize("mode", MODES)
def test_padding_repeats_the_pixels_that_it_names(mode: str) -> None:
    x = np.arange(20.0).reshape(1, 4, 5)
    padded = padding.pad(x, (1, 2, 3, 0), mode)
    rows, columns = padded.sources
    for r, source in enumerate(rows):
        for c, other in enumerate(columns):
            wanted = x[0, source, other] if source >= 0 and other >= 0 else 0.0
            assert padded.values[0, r, c] == wanted
    numpy_mode = {"zeros": "constant", "replicate": "edge", "circular": "wrap"}.get(mode, mode)
    assert np.array_equal(padded.values, np.pad(x, ((0, 0), (1, 3), (2, 0)), mode=numpy_mode))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("setting", "size", "words"),
    [
        (ConvolutionSetting(dilation=(3, 1)), 3, "spans 7 rows and the padded input has only 5"),
        (ConvolutionSetting(padding=(5, 5), mode="reflect"), 3, "can pad 4 at the most, not 5"),
        (ConvolutionSetting(padding="same", stride=(2, 2)), 3, "stride 1 only"),
        (ConvolutionSetting(groups=2), 3, "choose a number that divides both"),
        (ConvolutionSetting(stride=(0, 1)), 3, "choose 1 or more"),
        (ConvolutionSetting(padding=(-1, 0)), 3, "cannot be negative"),
        (ConvolutionSetting(padding=(1, 1), mode="mirror"), 3, "There is no padding mode 'mirror'"),
        (ConvolutionSetting(padding="full"), 3, "give two numbers"),
        (ConvolutionSetting(transposed=True, output_padding=(1, 0)), 3, "choose 0 or less"),
        (ConvolutionSetting(transposed=True, padding=(4, 4)), 3, "no rows are left"),
        (ConvolutionSetting(transposed=True, mode="reflect"), 3, "choose the mode zeros"),
        (ConvolutionSetting(transposed=True, padding=(-1, 0)), 3, "cannot be negative"),
    ],
)
def test_what_cannot_be_computed_says_the_remedy(setting: ConvolutionSetting, size: int, words: str) -> None:
    with pytest.raises(OperationError, match=re.escape(words)):
        convolve(X, np.ones((1, 1, size, size)), setting=setting)


def test_shapes_that_do_not_fit_are_said() -> None:
    with pytest.raises(OperationError, match="has 3"):
        convolve(np.ones((2, 5, 5)), np.ones((1, 3, 3, 3)))
    with pytest.raises(OperationError, match="2 biases"):
        convolve(X, np.ones((2, 1, 3, 3)), np.ones(3))
    with pytest.raises(OperationError, match="needs numbers"):
        convolve(X[0], K)


# --------------------------------------------------------------------------------------------------- the window drawn
def test_the_window_holds_what_the_browser_needs() -> None:
    found = convolve(X, K, setting=ConvolutionSetting(padding=(1, 1), mode="reflect", stride=(2, 2)))
    data = window_data(window(found))
    assert data["meta"]["padding"] == [1, 1, 1, 1]
    assert data["meta"]["sources"][0] == [1, 0, 1, 2, 3, 4, 3]
    assert np.array_equal(np.frombuffer(data["blobs"]["output"]).reshape(found.output.shape), found.output)
    rows = np.frombuffer(data["blobs"]["rows"], "<i4").reshape(found.rows.shape)
    assert np.array_equal(rows, found.rows)
    assert data["meta"]["digest"] != window_data(window(convolve(X, K)))["meta"]["digest"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "sum"}, "there is no kind"),
        ({"rows": np.zeros((2, 3), int)}, "a line for each of"),
        ({"columns": np.full((3, 3), 5)}, "beyond the 5 × 5"),
        ({"groups": 2}, "do not fall into"),
        ({"weights": np.zeros((1, 1, 2, 2))}, "the weights must be"),
    ],
)
def test_a_window_that_does_not_fit_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(window(convolve(X, K)), **change)
