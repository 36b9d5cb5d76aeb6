"""Colours and feature maps: equal numbers look equal, zero is seen, and the PNG holds what was recorded."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnviz.figures import channels, maps, mosaic_packets, palettes
from cnnviz.records import Activations, Field, Interval, Layer

DARK_AND_LIGHT = [(name, theme) for name in palettes.names() for theme in palettes.THEMES]
SIDES = [(name, theme) for name in palettes.DIVERGING for theme in palettes.THEMES]


def layer(values: np.ndarray, *, kind: str = "convolution", key: str = "conv1") -> Layer:
    return Layer(key, 0, kind, "Conv2d 3×3, 1 → 4", key, (), "conv1", values.astype(np.float32))


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


# ---------------------------------------------------------------------------------------------------------- palettes
@pytest.mark.parametrize(("name", "theme"), DARK_AND_LIGHT)
def test_a_palette_is_256_read_only_colours(name: str, theme: str) -> None:
    table = palettes.lut(name, theme)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    with pytest.raises(ValueError):
        table[0] = 0


@pytest.mark.parametrize(("name", "theme"), SIDES)
def test_lightness_moves_one_way_from_zero_and_alike_on_both_sides(name: str, theme: str) -> None:
    light = palettes.to_oklab(palettes.lut(name, theme))[..., 0]  # OKLab lightness
    negative, positive = light[palettes.ZERO : 0 : -1], light[palettes.ZERO :]
    direction = -1 if theme == "light" else 1
    assert (np.diff(positive) * direction > 0).all()
    assert (np.diff(negative) * direction > 0).all()
    assert np.abs(negative - positive).max() < 0.01


@pytest.mark.parametrize(("name", "theme"), SIDES)
def test_zero_is_neutral_and_no_page_background(name: str, theme: str) -> None:
    zero = palettes.lut(name, theme)[palettes.ZERO]
    assert int(zero.max()) - int(zero.min()) <= 2
    assert palettes.contrast(zero, np.array(palettes.BACKGROUNDS[theme])) >= 1.4


@pytest.mark.parametrize("theme", palettes.THEMES)
def test_magnitudes_run_one_way_in_equal_steps_from_a_visible_zero(theme: str) -> None:
    table = palettes.lut("magnitude", theme)
    light = palettes.to_oklab(table[1:])[..., 0]  # OKLab lightness
    assert (np.diff(light) * (-1 if theme == "light" else 1) > -1e-3).all()
    steps = np.linalg.norm(np.diff(palettes.to_oklab(table[1::32]), axis=0), axis=1)
    assert steps.max() / steps.min() < 1.1
    assert palettes.contrast(table[1], np.array(palettes.BACKGROUNDS[theme])) >= 1.3


@pytest.mark.parametrize(("name", "theme"), SIDES)
def test_signs_differ_for_colour_blind_eyes(name: str, theme: str) -> None:
    """Viénot, Brettel & Mollon (1999): what protanopes and deuteranopes see, in linear RGB."""
    protan = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])
    deutan = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
    table = palettes.lut(name, theme)
    for matrix in (protan, deutan):
        seen = [((table[index] / 255.0) ** 2.2) @ matrix.T for index in (64, 192)]
        seen = [palettes.to_oklab(255 * np.clip(one, 0, 1) ** (1 / 2.2)) for one in seen]
        assert np.linalg.norm(seen[0] - seen[1]) > 0.08


def test_oklab_knows_white_black_and_red() -> None:
    """Values of Ottosson's article."""
    lab = palettes.to_oklab(np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0]]))
    assert lab == pytest.approx(np.array([[1, 0, 0], [0, 0, 0], [0.62796, 0.22486, 0.12585]]), abs=1e-3)


def test_a_wrong_palette_is_answered_with_the_right_ones() -> None:
    with pytest.raises(KeyError, match=r"jet.*activations, weights, magnitude, grey"):
        palettes.lut("jet")
    with pytest.raises(KeyError, match="light, dark"):
        palettes.lut("grey", "sepia")


def test_contrast_is_wcags() -> None:
    assert palettes.contrast(np.array([0, 0, 0]), np.array([255, 255, 255])) == pytest.approx(21.0)
    assert palettes.contrast(np.array([119, 119, 119]), np.array([255, 255, 255])) == pytest.approx(4.48, abs=0.01)


# ------------------------------------------------------------------------------------------------------------ numbers
def test_limits_are_symmetric_about_zero_when_any_value_is_negative() -> None:
    found = maps.limits(np.array([[[-3.0, 1.0]], [[0.5, 2.0]]]))
    assert (found.low, found.high, found.signed, found.clipped_share) == (-3.0, 3.0, True, 0.0)
    found = maps.limits(np.array([[[0.0, 1.0]], [[0.5, 2.0]]]))
    assert (found.low, found.high, found.signed) == (0.0, 2.0, False)


def test_limits_by_map_give_each_its_own() -> None:
    found = maps.limits(np.array([[[-3.0, 1.0]], [[0.5, 2.0]]]), "map")
    assert found.high.tolist() == [3.0, 2.0]
    assert found.low.tolist() == [-3.0, -2.0]
    with pytest.raises(ValueError, match=r"'map' or by 'layer', not by 'network'"):
        maps.limits(np.zeros((1, 2, 2)), "network")


def test_clipping_is_counted_and_only_done_for_outliers() -> None:
    values = noise(4, 50, 50)
    assert maps.limits(values).clipped_share == 0.0
    values[0, 0, 0] = 1000.0
    found = maps.limits(values)
    assert found.high < 10
    assert found.clipped_share == pytest.approx(float((np.abs(values) > found.high).mean()))
    assert 0 < found.clipped_share <= 0.005
    assert maps.limits(values, clip=False).high == 1000.0


def test_statistics_are_numpys_channel_by_channel() -> None:
    values = np.maximum(noise(6, 9, 7), 0)
    values[2] = 0.0
    values[4] = 1.5
    found = maps.statistics(values)
    for index, one in enumerate(values):
        assert found.mean[index] == pytest.approx(one.mean(), rel=1e-5)
        assert found.variance[index] == pytest.approx(one.var(), rel=1e-4, abs=1e-9)
        assert found.maximum[index] == one.max()
        assert found.share_zero[index] == pytest.approx((one == 0).mean())
    assert np.flatnonzero(found.dead).tolist() == [2, 4]
    assert found.share_zero.mean() == pytest.approx(float((values == 0).mean()))


def test_in_a_vector_only_a_zero_is_dead() -> None:
    assert maps.statistics(np.array([0.0, 2.0, -1.0])).dead.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("operation", "bounds", "share"),
    [("ReLU6", (None, 6.0), 0.5), ("Sigmoid", (0.0, 1.0), 1.0), ("Tanh", (-1.0, 1.0), 0.75), ("ReLU", None, 0.0)],
)
def test_saturation_is_counted_against_the_activations_own_bounds(operation: str, bounds: object, share: float) -> None:
    top = 6.0 if operation.startswith("ReLU") else 1.0
    values = np.array([[[top, top], [0.0, 1.0]]])
    assert maps.bounds(operation) == bounds
    assert maps.statistics(values, operation=operation).saturated[0] == pytest.approx(share)


def test_a_log_of_a_bounded_function_is_not_bounded() -> None:
    assert maps.bounds("LogSigmoid") is None


def test_energy_is_the_mean_square() -> None:
    values = noise(5, 8, 6)
    assert maps.energy(values) == pytest.approx((values.astype(np.float64) ** 2).mean(axis=(1, 2)), rel=1e-5)
    assert maps.energy(np.array([3.0, -2.0], dtype=np.float32)).tolist() == [9.0, 4.0]


@pytest.mark.timed
def test_energy_of_a_resnets_layers_takes_less_than_40_ms() -> None:
    shapes = (
        [(64, 112, 112)] * 3 + [(64, 56, 56)] * 15 + [(128, 28, 28)] * 18 + [(256, 14, 14)] * 18 + [(512, 7, 7)] * 15
    )
    values = [np.ones(shape, dtype=np.float32) for shape in shapes]
    seconds = []
    for _ in range(5):
        since = time.perf_counter()
        for one in values:
            maps.energy(one)
        seconds.append(time.perf_counter() - since)
    assert min(seconds) < 0.04


def test_a_histogram_counts_every_value_once() -> None:
    values = noise(3, 20, 20)
    found = maps.histogram(values, bins=30)
    assert found.counts.sum() == values.size
    assert len(found.edges) == 31
    assert found.edges[0] == pytest.approx(values.min())
    assert found.edges[-1] == pytest.approx(values.max())
    assert maps.histogram(np.full((2, 3, 3), 4.0)).counts.tolist() == [18]


def test_the_networks_limit_leaves_the_input_out() -> None:
    recording = Activations(
        (layer(np.full((1, 2, 2), 90.0), kind="input", key="input"), layer(np.array([[[-7.0, 2.0]]]))), np.zeros(2)
    )
    assert maps.network_limit(recording) == 7.0
    turning = replace(recording.layers[1], values=np.array([[[3 - 4j, 1j]]]))
    assert maps.network_limit(replace(recording, layers=(turning,))) == 5.0


def test_nan_and_infinity_are_nothing_to_see_and_break_nothing() -> None:
    values = noise(2, 4, 4)
    values[0, 0, 0], values[1, 1, 1] = np.nan, np.inf
    span = maps.limits(values)
    entries = maps.quantise(values, span)
    assert np.isfinite(span.high)
    assert entries[0, 0, 0] == entries[1, 1, 1] == 0
    assert (entries != 0).sum() == values.size - 2
    json.dumps(maps.mosaic_data(layer(values))["meta"], allow_nan=False)


# ------------------------------------------------------------------------------------------------------------ images
@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.integers(1, 6), st.integers(1, 6), st.integers(1, 9))
def test_tiles_place_every_map_where_its_index_says(count: int, height: int, width: int, columns: int) -> None:
    entries = np.arange(1, count * height * width + 1, dtype=np.int64).reshape(count, height, width).astype(np.uint8)
    grid = maps.tiles(entries, columns=columns, gap=1)
    across = min(columns, count)
    for channel in range(count):
        row, column = divmod(channel, across)
        top, left = row * (height + 1), column * (width + 1)
        assert (grid[top : top + height, left : left + width] == entries[channel]).all()


def test_tiles_follow_an_order() -> None:
    entries = np.array([[[1]], [[2]], [[3]]], dtype=np.uint8)
    assert maps.tiles(entries, order=np.array([2, 0]), columns=2).tolist() == [[3, 0, 1]]


def test_quantise_keeps_zero_at_the_neutral_entry_and_signs_apart() -> None:
    span = maps.ColourLimits(-2.0, 2.0)
    entries = maps.quantise(np.array([[[-2.0, -0.01, 0.0, 0.02, 2.0, 9.0]]]), span)
    assert entries.ravel().tolist() == [1, 127, 128, 129, 255, 255]
    entries = maps.quantise(np.array([[[0.0, 1.0, 2.0]]]), maps.ColourLimits(0.0, 2.0, signed=False))
    assert entries.ravel().tolist() == [1, 128, 255]
    assert (maps.quantise(np.zeros((1, 2, 2)), maps.ColourLimits(0.0, 0.0)) == 128).all()


def test_the_png_holds_the_palette_entries_exactly() -> None:
    values = noise(6, 5, 4)
    opened = Image.open(io.BytesIO(maps.mosaic_png(values, columns=3, theme="dark")))
    assert opened.mode == "P"
    assert np.array_equal(np.asarray(opened), maps.tiles(maps.quantise(values, maps.limits(values)), columns=3))
    colour = np.asarray(opened.convert("RGB"))[0, 0]
    entry = maps.quantise(values, maps.limits(values))[0, 0, 0]
    assert colour.tolist() == palettes.lut("activations", "dark")[entry].tolist()


def test_labels_enlarge_by_whole_numbers() -> None:
    opened = Image.open(io.BytesIO(maps.mosaic_png(noise(4, 8, 8), labels=True, columns=2)))
    assert opened.mode == "RGB"
    assert opened.size == (2 * 32 + 4, 2 * (32 + 14) + 4)
    picture = np.asarray(opened)[14:46, :32]
    assert (picture[::4, ::4].repeat(4, 0).repeat(4, 1) == picture).all()


@pytest.mark.parametrize("shape", [(6, 28, 28), (64, 5, 5), (120,), (3, 224, 224)])
def test_a_mosaic_for_a_slide_is_wide_enough_and_shows_every_cell_alike(shape: tuple[int, ...]) -> None:
    png = maps.mosaic_png(noise(*shape), labels=True, wide=1600)
    assert 1600 - 8 <= Image.open(io.BytesIO(png)).width <= 3200


# -------------------------------------------------------------------------------------------------- for the component
def test_the_browser_gets_the_recorded_numbers_exactly_up_to_sixty_thousand_cells() -> None:
    values = noise(5, 7, 6)
    data = maps.mosaic_data(layer(values))
    assert data["meta"]["drawn"] is None
    assert data["whole"] == b""
    assert np.array_equal(np.frombuffer(data["values"], "<f4").reshape(5, 7, 6), values)


@pytest.mark.parametrize(("shape", "scale"), [((8, 130, 70), 1.0), ((3, 211, 301), 1e-20), ((70_000, 1, 1), 1e30)])
def test_beyond_that_it_gets_what_is_drawn_and_may_ask_for_every_number(shape: tuple[int, ...], scale: float) -> None:
    values = noise(*shape) * np.float32(scale)
    values[1] = 0
    data = maps.mosaic_data(layer(values))
    meta = data["meta"]
    assert np.array_equal(np.frombuffer(data["whole"], "<f4").reshape(shape), values)
    assert meta["tops"] == [float(np.abs(one).max()) for one in values]
    assert all(abs(one.ravel()[at]) == top for one, at, top in zip(values, meta["peaks"], meta["tops"], strict=True))
    assert len(data["values"]) <= mosaic_packets.DRAWN_CELLS
    height, width = meta["drawn"]
    side = -(-shape[1] // height)
    codes = np.frombuffer(data["values"], np.int8).reshape(shape[0], height, width)
    for row, column in ((0, 0), (height - 1, width - 1), (height // 2, width // 3)):
        cells = values[0, row * side : (row + 1) * side, column * side : (column + 1) * side]
        assert abs(codes[0, row, column] / 127 * meta["tops"][0] - cells.mean()) <= meta["tops"][0] / 253
    assert not codes[1].any()


@pytest.mark.parametrize("shape", [(5, 7, 6), (8, 130, 70)])
def test_a_gradient_travels_beside_the_maps_on_a_scale_of_its_own(shape: tuple[int, ...]) -> None:
    values, slopes = np.abs(noise(*shape)), np.abs(noise(*shape)[::-1]) * np.float32(1e-3)
    data = maps.mosaic_data(layer(values), gradient=slopes, gradient_of="cat")
    about = data["meta"]["gradient"]
    assert about is not None
    assert about["of"] == "cat"
    assert about["limits"]["signed"] is True
    assert about["limits"]["layer"] <= slopes.max()
    numbers = data["whole_gradient"] or data["gradient"]
    assert np.array_equal(np.frombuffer(numbers, "<f4").reshape(shape), slopes)
    assert about["drawn"] == data["meta"]["drawn"]
    assert data["meta"]["digest"] != maps.mosaic_data(layer(values))["meta"]["digest"]


def test_the_meta_is_plain_and_says_what_the_picture_needs() -> None:
    field = Field(Interval(7, 2, 3), Interval(5, 2, 2))
    picture = np.zeros((12, 16, 3), dtype=np.uint8)
    data = maps.mosaic_data(
        layer(np.maximum(noise(3, 4, 4), 0)), contributions=np.array([1.0, -2.0, 3.0]), field=field, picture=picture,
        network_limit=9.0, selected={"channel": 1, "row": 2, "column": 3},
    )  # fmt: skip
    meta = json.loads(json.dumps(data["meta"], allow_nan=False))
    assert meta["field"] == {"rows": [7, 2, 3], "columns": [5, 2, 2], "status": "exact", "note": ""}
    assert meta["picture"] == [12, 16]
    assert Image.open(io.BytesIO(data["picture"])).size == (16, 12)
    assert meta["limits"]["network"] == 9.0
    assert meta["limits"]["signed"] is False
    assert meta["channels"]["contribution"] == [1.0, -2.0, 3.0]
    assert meta["selected"] == {"channel": 1, "row": 2, "column": 3}


def test_the_digest_changes_with_what_is_drawn_and_not_with_what_is_chosen() -> None:
    values = noise(3, 4, 4)
    same = maps.mosaic_data(layer(values))["meta"]["digest"]
    assert maps.mosaic_data(layer(values), selected={"channel": 1})["meta"]["digest"] == same
    assert maps.mosaic_data(layer(values + 1))["meta"]["digest"] != same
    assert maps.mosaic_data(layer(values), contributions=np.ones(3))["meta"]["digest"] != same
    assert maps.mosaic_data(layer(values, key="conv2"))["meta"]["digest"] != same


@pytest.mark.parametrize("shape", [(5,), (4, 6), (2, 3, 4), (2, 3, 4, 5), ()])
def test_the_first_axis_counts_the_channels_whatever_was_recorded(shape: tuple[int, ...]) -> None:
    values = noise(*shape) if shape else np.float32(2.0).reshape(())
    found = channels.as_maps(values)
    assert found.ndim == 3
    assert len(found) == (shape[0] if shape else 1)
    assert found.size == values.size
    assert len(maps.energy(values)) == len(found)
    assert maps.mosaic_data(layer(values))["meta"]["maps"] == list(found.shape)
