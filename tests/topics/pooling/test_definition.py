"""Pooling and upsampling from their definitions: torch as the oracle, loops as the definition, worked numbers, laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.operations import OperationError, pooling
from cnnviz.operations.pooling_windows import TAKES, axes
from cnnviz.records.pooling import PoolingSetting
from cnnviz.topics.pooling import loss, proofs, upsampling

TRUTH = np.array([[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]], dtype=float)
pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
sizes = st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))


def numbers(shape: tuple[int, ...], seed: int, *, ties: bool = False) -> np.ndarray:
    """Positive and negative; with ties: small whole numbers, many of them equal."""
    random = np.random.default_rng(seed)
    return random.integers(-2, 3, shape).astype(float) if ties else random.normal(size=shape)


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, PoolingSetting]:
    """Maps and a setting that PyTorch's layer of that kind takes, whether or not it fits."""
    kind = draw(st.sampled_from(sorted(TAKES)))
    given = {
        "kernel": draw(pairs), "stride": draw(pairs), "padding": draw(st.tuples(st.integers(0, 2), st.integers(0, 2))),
        "dilation": draw(st.tuples(st.integers(1, 3), st.integers(1, 3))), "ceil_mode": draw(st.booleans()),
        "include_pad": draw(st.booleans()), "norm": draw(st.sampled_from([1.0, 2.0, 3.0, 4.5])), "output": draw(pairs),
        "training": draw(st.booleans()),
    }  # fmt: skip
    setting = PoolingSetting(kind, **{name: value for name, value in given.items() if name in TAKES[kind]})
    x = numbers(draw(sizes), draw(st.integers(0, 99)), ties=draw(st.booleans()))
    return (np.abs(x) if kind in ("lp", "stochastic") else x), setting


# ------------------------------------------------------------------------------------------------ against torch
@settings(max_examples=400, deadline=None)
@given(cases())
def test_every_pooling_and_its_gradient_equal_pytorch(case: tuple[np.ndarray, PoolingSetting]) -> None:
    x, setting = case
    try:
        pooled = pooling.pool(x, setting)
    except OperationError as error:
        if "padding alone, which" in str(error):
            assert setting.dilation != (1, 1)
            return
        assert setting.kind in ("max", "average", "lp", "stochastic", "convolution")
        with pytest.raises((RuntimeError, OperationError)):
            _torch_alone(x, setting)
        return
    kept = np.abs(pooled.values[..., None]) > 1e-3  # a root has no slope at zero; PyTorch says NaN there
    values, slope = proofs.proofs(pooled)
    assert values.holds, (setting, values)
    assert pooled.values.shape[0] == x.shape[0]
    if setting.kind != "lp" or kept.all():
        assert slope.difference <= 1e-9, (setting, slope)


def _torch_alone(x: np.ndarray, setting: PoolingSetting) -> None:
    """What PyTorch does where ours says no. Stochastic pooling there is an average over the same windows."""
    import torch
    from torch.nn import functional as F

    batch, s = torch.tensor(x)[None], setting
    if s.kind == "max":
        F.max_pool2d(batch, s.kernel, s.stride, s.padding, s.dilation, s.ceil_mode)
    elif s.kind == "convolution":
        F.conv2d(batch, torch.ones(len(x), 1, *s.kernel).double(), None, s.stride, s.padding, s.dilation, len(x))
    else:
        F.avg_pool2d(batch, s.kernel, s.stride, s.padding, s.ceil_mode)


@settings(max_examples=80, deadline=None)
@given(sizes, st.integers(1, 4), st.booleans(), pairs, st.integers(0, 99))
def test_nearest_and_bilinear_equal_pytorch(
    shape: tuple[int, int, int], scale: int, align: bool, more: tuple[int, int], seed: int
) -> None:
    x = numbers(shape, seed)
    assert proofs.nearest(upsampling.nearest(x, scale), scale).holds
    size = (shape[1] + 3 * more[0] - 3, shape[2] * more[1])
    assert proofs.bilinear(upsampling.bilinear(x, size, align_corners=align), align_corners=align).holds


@settings(max_examples=120, deadline=None)
@given(sizes, pairs, pairs, pairs, pairs, st.integers(0, 99))
def test_transposed_convolution_equals_pytorch(shape, kernel, stride, padding, extra, seed) -> None:  # type: ignore[no-untyped-def]
    x, weights = numbers(shape, seed), numbers(kernel, seed + 1)
    padding, extra = (padding[0] - 1, padding[1] - 1), (extra[0] - 1, extra[1] - 1)
    options = {"stride": stride, "padding": padding, "output_padding": extra}
    try:
        made = upsampling.transposed(x, weights, **options)
    except OperationError:
        with pytest.raises(RuntimeError):
            proofs.transposed(upsampling.nearest(x, 1), weights, **options)
        return
    assert proofs.transposed(made, weights, **options).holds


@settings(max_examples=80, deadline=None)
@given(sizes, pairs, pairs, st.booleans(), st.integers(0, 99))
def test_unpooling_equals_pytorch(shape, kernel, stride, ceil, seed) -> None:  # type: ignore[no-untyped-def]
    try:
        pooled = pooling.pool(numbers(shape, seed), PoolingSetting("max", kernel, stride, ceil_mode=ceil))
    except OperationError:
        return
    assert proofs.unpool(upsampling.unpool(pooled), pooled).holds


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 5), st.integers(1, 5))
def test_pixel_shuffle_equals_pytorch(channels: int, factor: int, height: int, width: int) -> None:
    x = numbers((channels * factor**2, height, width), 3)
    assert proofs.shuffle(upsampling.shuffle(x, factor), factor).holds


# ------------------------------------------------------------------------------------------------ worked numbers
def test_the_worked_numbers() -> None:
    setting = PoolingSetting("max", (3, 3), (1, 1))
    assert pooling.pool(TRUTH, setting).values[0].tolist() == [[3, 3, 3], [3, 3, 3], [3, 2, 3]]
    average = pooling.pool(TRUTH, PoolingSetting("average", (3, 3), (1, 1))).values[0]
    assert np.round(average, 1).tolist() == [[1.7, 1.7, 1.7], [1.0, 1.2, 1.8], [1.1, 0.8, 1.3]]


def test_a_window_written_out() -> None:
    pooled = pooling.pool(TRUTH, PoolingSetting("average", (2, 2), (2, 2), (1, 1)))
    assert pooled.values[0, 0, 0] == 3 / 4  # three padded cells count
    assert (
        pooling.pool(TRUTH, PoolingSetting("average", (2, 2), (2, 2), (1, 1), include_pad=False)).values[0, 0, 0] == 3
    )
    assert pooling.pool(TRUTH, PoolingSetting("lp", (2, 2), (2, 2))).values[0, 0, 0] == pytest.approx(math.sqrt(18))


def test_the_output_size_with_ceil_mode_and_what_is_dropped() -> None:
    floor = axes((5, 5), PoolingSetting("max", (2, 2), (2, 2)))
    ceil = axes((5, 5), PoolingSetting("max", (2, 2), (2, 2), ceil_mode=True))
    assert (len(floor[0].places), len(ceil[0].places)) == (2, 3)
    assert floor[0].unused.tolist() == [4]
    assert ceil[0].unused.tolist() == []


def test_adaptive_windows_overlap_and_cover_everything() -> None:
    rows, _ = axes((7, 7), PoolingSetting("adaptive_average", output=(3, 3)))
    windows = [places[there].tolist() for places, there in zip(rows.places, rows.there, strict=True)]
    assert windows == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]


# ------------------------------------------------------------------------------------------------ laws
def test_stochastic_pooling_draws_as_often_as_the_definition_says() -> None:
    setting = [PoolingSetting("stochastic", (2, 2), (2, 2), seed=seed) for seed in range(4000)]
    drawn = np.stack([pooling.pool(TRUTH, item).values[0] for item in setting])
    expected = pooling.pool(TRUTH, PoolingSetting("stochastic", (2, 2), (2, 2), training=False)).values[0]
    assert expected[0, 0] == 18 / 6
    spread = drawn.std(0) / math.sqrt(len(drawn))
    assert (np.abs(drawn.mean(0) - expected) <= 5 * spread + 1e-9).all()
    assert np.array_equal(pooling.pool(TRUTH, setting[7]).values, pooling.pool(TRUTH, setting[7]).values)


def test_a_window_of_zeros_stays_zero() -> None:
    for training in (True, False):
        pooled = pooling.pool(np.zeros((4, 4)), PoolingSetting("stochastic", (2, 2), (2, 2), training=training))
        assert not pooled.values.any()


def test_l1_is_the_sum_and_a_large_p_is_nearly_the_maximum() -> None:
    x = np.abs(numbers((1, 6, 6), 1))
    total, greatest = (pooling.pool(x, PoolingSetting("lp", (2, 2), (2, 2), norm=p)).values for p in (1.0, 60.0))
    assert total == pytest.approx(4 * pooling.pool(x, PoolingSetting("average", (2, 2), (2, 2))).values)
    assert greatest == pytest.approx(pooling.pool(x, PoolingSetting("max", (2, 2), (2, 2))).values, rel=0.03)


def test_the_gradient_equals_a_finite_difference() -> None:
    x = numbers((1, 6, 5), 4)
    for kind in ("max", "average", "convolution", "adaptive_average"):
        setting = PoolingSetting(kind, (3, 2), (2, 1), output=(2, 3))
        found = pooling.gradient(pooling.pool(x, setting))
        for place in np.ndindex(x.shape):
            step = np.zeros(x.shape)
            step[place] = 1e-5
            up, down = (pooling.pool(x + sign * step, setting).values.sum() for sign in (1, -1))
            assert found[place] == pytest.approx((up - down) / 2e-5, abs=1e-6)


def test_a_box_convolution_is_average_pooling() -> None:
    x = numbers((2, 8, 8), 5)
    one, other = (pooling.pool(x, PoolingSetting(kind, (2, 2), (2, 2))).values for kind in ("convolution", "average"))
    assert one == pytest.approx(other, abs=1e-12)


def test_every_enlarged_value_is_the_sum_of_its_sources() -> None:
    x = numbers((1, 3, 4), 6)
    kernel = numbers((3, 3), 7)
    for made in (
        upsampling.nearest(x, 2),
        upsampling.bilinear(x, (7, 9)),
        upsampling.transposed(x, kernel, stride=(2, 2)),
    ):
        flat = np.append(x.ravel(), 0.0)
        assert made.values == pytest.approx((flat[made.sources] * made.weights).sum(-1), abs=1e-12)


def test_the_checkerboard_is_counted() -> None:
    even = upsampling.transposed(np.ones((4, 4)), np.ones((4, 4)), stride=(2, 2), padding=(1, 1)).coverage
    uneven = upsampling.transposed(np.ones((4, 4)), np.ones((3, 3)), stride=(2, 2), padding=(1, 1)).coverage
    assert set(even[1:-1, 1:-1].ravel()) == {4}
    assert set(uneven[1:-1, 1:-1].ravel()) == {1, 2, 4}


def test_what_is_lost_is_measured() -> None:
    x = np.kron(numbers((3, 3), 8), np.ones((2, 2)))  # constant in every window: nothing to lose
    lost = {item.way: item for item in loss.restore(pooling.pool(x, PoolingSetting("max", (2, 2), (2, 2))))}
    assert math.isinf(lost["nearest"].psnr)
    assert lost["switches"].kept == 18
    assert lost["nearest"].kept == 9
    by_hand = 10 * math.log10(np.ptp(x) ** 2 / np.mean((x - lost["switches"].values[0]) ** 2))
    assert lost["switches"].psnr == pytest.approx(by_hand)
    average = loss.restore(pooling.pool(x, PoolingSetting("average", (2, 2), (2, 2))))
    assert [item.way for item in average] == ["nearest", "bilinear"]


# ------------------------------------------------------------------------------------------------ bad settings
@pytest.mark.parametrize(
    ("x", "setting", "words"),
    [
        (np.ones((1, 1)), PoolingSetting("max", (2, 2), (1, 1), (1, 1), (2, 2)), "has no maximum"),
        (TRUTH, PoolingSetting("max", (6, 6)), "does not fit into 5"),
        (TRUTH, PoolingSetting("max", (3, 3), (1, 1), (2, 2)), "at most 1"),
        (-TRUTH, PoolingSetting("stochastic", (2, 2)), "none may be negative"),
        (-TRUTH, PoolingSetting("lp", (2, 2), norm=3.0), "take p = 2"),
        (TRUTH, PoolingSetting("lp", (2, 2), norm=0.5), "raise p"),
        (TRUTH, PoolingSetting("adaptive_max", output=(0, 1)), "raise it"),
        (TRUTH, PoolingSetting("max", (2, 2), (0, 1)), "1 or more"),
        (TRUTH, PoolingSetting("median"), "choose one of"),
    ],
)
def test_what_cannot_be_is_one_sentence_with_the_remedy(x: np.ndarray, setting: PoolingSetting, words: str) -> None:
    with pytest.raises(OperationError, match=words):
        pooling.pool(x, setting)


def test_what_cannot_be_enlarged_says_so() -> None:
    with pytest.raises(OperationError, match="below the stride"):
        upsampling.transposed(TRUTH, np.ones((2, 2)), output_padding=(1, 1))
    with pytest.raises(OperationError, match="removes everything"):
        upsampling.transposed(np.ones((1, 1)), np.ones((2, 2)), padding=(1, 1))
    with pytest.raises(OperationError, match="take 8"):
        upsampling.shuffle(np.ones((5, 2, 2)), 2)
    with pytest.raises(OperationError, match="keeps switches"):
        upsampling.unpool(pooling.pool(TRUTH, PoolingSetting("average", (2, 2), (2, 2))))
    with pytest.raises(OperationError, match="one weight for each cell"):
        pooling.pool(TRUTH, PoolingSetting("convolution", (2, 2)), weights=np.ones((3, 3)))


@pytest.mark.parametrize("side", [2, 3, 5])
def test_a_flat_map_comes_back_as_it_was_from_every_pooling(side: int) -> None:
    flat = np.full((2, 12, 11), 0.75)
    for found in loss.compare(flat, side, span=1.0):
        for way in found.restored:
            if way.way != "switches":
                assert np.allclose(way.values, 0.75, atol=1e-12), (found.kind, way.way)


def test_adaptive_and_global_pooling_make_the_sizes_they_promise() -> None:
    x = np.random.default_rng(1).random((3, 13, 10))
    assert loss.shrink(x, "adaptive_average", 4).values.shape == (3, 4, 3)
    assert np.allclose(loss.shrink(x, "global_average", 4).values[:, 0, 0], x.mean((1, 2)))
    assert np.allclose(loss.shrink(x, "global_max", 2).values[:, 0, 0], x.max((1, 2)))
    assert np.allclose(loss.shrink(x[:, :12], "lp", 2).values[0, 0, 0], np.sqrt((x[0, :2, :2] ** 2).sum()))
