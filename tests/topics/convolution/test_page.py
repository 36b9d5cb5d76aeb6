"""The convolution page as Streamlit runs it, without a browser: every part, every preset, bad settings, snippets."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.ndimage import median_filter
from streamlit.testing.v1 import AppTest
from torch import nn

from cnnviz import capture, samples
from cnnviz.operations import OperationError, classic_kernels
from cnnviz.topics.convolution import (
    board_settings,
    captions,
    examples,
    figures,
    filtering,
    intermediate_maps,
    layer_patch,
    pixel_values,
    sharing_figures,
    stacks,
    weight_sharing,
)
from cnnviz.topics.convolution.convolution import channel_sums, convolve, window
from cnnviz.topics.convolution.proofs import against_torch, by_torch
from cnnviz.topics.convolution.records import MODES, ConvolutionSetting
from tests.support import ROOT
from tests.support.app import turn_to, written
from tests.support.waiting import PATIENCE

X, K = examples.INPUT[None], examples.KERNEL[None, None]
SETTINGS = {
    "plain": (1, 1, (3, 3), ConvolutionSetting()),
    "stride": (1, 1, (3, 2), ConvolutionSetting(stride=(2, 1), padding=(1, 0))),
    "same": (2, 3, (2, 4), ConvolutionSetting(padding="same", dilation=(1, 2))),
    "groups": (4, 2, (3, 3), ConvolutionSetting(groups=2, flipped=True)),
    "transposed": (2, 4, (3, 3), ConvolutionSetting((2, 2), (1, 1), groups=2, transposed=True, output_padding=(1, 1))),
    **{mode: (1, 1, (3, 3), ConvolutionSetting(padding=(2, 1), mode=mode)) for mode in MODES},
}


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in link.items():
        app.query_params[name] = value
    turn_to(app, "pages/layers/convolution/page.py").run()
    assert not app.exception
    return app


def made(channels: int, outputs: int, kernel: tuple[int, int], setting: ConvolutionSetting) -> Any:
    x = np.stack([examples.numbers(5, 5, channel) for channel in range(channels)])
    within = channels // setting.groups
    weights = np.array([[examples.kernel(*kernel, o, c) for c in range(within)] for o in range(outputs)])
    return convolve(x, weights, np.full(outputs, 0.5), setting=setting)


# ------------------------------------------------------------------------------------------------- words and snippets
@pytest.mark.parametrize("name", SETTINGS)
def test_the_pytorch_code_runs_as_it_stands_and_gives_the_same(name: str) -> None:
    found = made(*SETTINGS[name])
    place: dict[str, Any] = {}
    exec(figures.torch_code(found), place)
    assert np.allclose(place["y"].numpy(), found.output, atol=1e-10)
    layer = eval(figures.torch_line(found), {"nn": torch.nn})
    assert layer(torch.zeros(1, *found.x.shape)).shape[1:] == found.output.shape


@pytest.mark.parametrize("name", SETTINGS)
def test_the_formula_ends_in_the_size_that_torch_gives(name: str) -> None:
    found = made(*SETTINGS[name])
    ends = [int(formula.rsplit("= ", 1)[1]) for formula in figures.size_formula(found)]
    assert tuple(ends) == by_torch(found).shape[1:]


def test_sentences_have_the_numbers_of_the_setting() -> None:
    def facts(channels: int, outputs: int, kernel: tuple[int, int], setting: ConvolutionSetting) -> str:
        found = made(channels, outputs, kernel, setting)
        return " ".join(captions.facts(found, window(found)))

    plain = "1 bias, 10 parameters in all. One pass takes 81 multiply-adds."
    assert plain in facts(1, 1, (3, 3), ConvolutionSetting())
    assert "No window reads input row 4 and column 4" in facts(1, 1, (2, 2), ConvolutionSetting(stride=(2, 2)))
    assert "0.500 rows and 0.500 columns off" in facts(1, 1, (2, 2), ConvolutionSetting(padding="same"))
    assert "27 weights instead of 81" in facts(3, 3, (3, 3), ConvolutionSetting(groups=3))
    uneven = ConvolutionSetting(stride=(2, 2), transposed=True)
    assert "1 to 4 products. The kernel size is not a multiple of the stride" in facts(1, 1, (3, 3), uneven)
    assert "no checkerboard" in facts(1, 1, (4, 4), uneven)
    assert "differ by up to" in facts(1, 1, (2, 3), ConvolutionSetting(flipped=True))


def test_a_layer_without_bias_has_none_in_count_and_code() -> None:
    x, weights = np.ones((2, 5, 5)), np.ones((3, 2, 3, 3))
    bare, full = convolve(x, weights), convolve(x, weights, np.zeros(3))
    assert (bare.parameters, full.parameters) == (54, 57)
    assert "no bias, 54 parameters" in captions.size(bare)
    assert "3 biases, 57 parameters" in captions.size(full)
    assert figures.torch_line(bare) == "nn.Conv2d(2, 3, kernel_size=3, bias=False)"
    layer = runs(figures.torch_code(bare))["layer"]
    assert sum(parameter.numel() for parameter in layer.parameters()) == bare.parameters


@pytest.mark.parametrize("name", SETTINGS)
def test_a_flipped_kernel_is_drawn_and_printed_turned(name: str) -> None:
    """What is drawn multiplies to the output; the layer in the program holds what is drawn."""
    channels, outputs, kernel, setting = SETTINGS[name]
    found = made(channels, outputs, kernel, replace(setting, flipped=True))
    drawn = window(found)
    assert drawn.weights is not None
    assert np.array_equal(drawn.weights, found.weights[:, :, ::-1, ::-1])
    assert drawn.names[1] == "kernel turned 180°"
    assert "weight.flip(2, 3)" in figures.torch_layer(found)
    sums = channel_sums(drawn.input, drawn.weights, drawn.rows, drawn.columns, groups=drawn.groups)
    assert np.allclose(sums.sum(axis=1) + 0.5, found.output, atol=1e-12)
    place = runs(figures.torch_code(found))
    kept = place["layer"].weight.detach().numpy()
    wanted = figures.transposed_layout(drawn.weights, setting) if setting.transposed else drawn.weights
    assert np.array_equal(kept, wanted)


# ------------------------------------------------------------------------------------------------------- step by step
def ask(app: AppTest, **values: Any) -> AppTest:
    """As the browser hands back what was let go of."""
    app.session_state["convolution.board"] = {"asked": {**board_settings.FIRST, **values}}
    return app.run()


def test_an_empty_bias_is_a_layer_without_one() -> None:
    app = ask(opened(), bias=None)
    assert not app.exception
    assert "no bias, 9 parameters" in written(app)
    assert any(line.value == "nn.Conv2d(1, 1, kernel_size=3, bias=False)" for line in app.code)
    ask(app, bias=2.0)
    assert "1 bias, 10 parameters" in written(app)


def test_it_opens_on_the_worked_example_with_its_proof() -> None:
    app = opened()
    assert "equals torch.nn.functional.conv2d: largest difference **0**" in written(app)
    assert "[1, 5, 5] → [1, 3, 3]" in written(app)


@pytest.mark.parametrize("name", board_settings.PRESETS)
def test_every_preset_gives_a_proven_result_and_a_link_that_brings_it_back(name: str) -> None:
    app = ask(opened(), **board_settings.PRESETS[name])
    assert not app.exception
    assert not app.error
    assert ":green[:material/check_circle:]" in written(app)
    link = {key: value for key, value in app.query_params.items() if key.startswith("convolution.")}
    again = opened(**link)
    assert [line.value for line in again.code] == [line.value for line in app.code]


def test_a_kernel_larger_than_the_picture_keeps_the_last_result() -> None:
    app = ask(opened(), kernel=7)
    assert not app.exception
    assert any(line.value == "nn.Conv2d(1, 1, kernel_size=3)" for line in app.code)
    ask(app, kernel=7, padding=1)
    assert any(line.value == "nn.Conv2d(1, 1, kernel_size=7, padding=1)" for line in app.code)


def test_typed_numbers_reach_snippet_proof_and_link() -> None:
    app = ask(opened(), typed={"x.0.0.1": 7, "w.0.0.1.1": -0.25, "x.0.30.30": 5})
    assert app.query_params["convolution.typed"] == "x.0.0.1~7_w.0.0.1.1~-0.25_x.0.30.30~5"
    place = runs(snippet(app, "import torch"))
    assert place["x"][0, 0, 1] == 7
    assert place["weight"][0, 0, 1, 1] == -0.25
    assert ":green[:material/check_circle:]" in written(app)
    ask(app, typed={})
    assert "convolution.typed" not in app.query_params


def test_a_link_brings_the_setting_back_and_what_it_cannot_is_said_and_leaves() -> None:
    app = opened(**{"convolution.stride": "2", "convolution.padding": "1", "convolution.mode": "reflect"})
    wanted = 'nn.Conv2d(1, 1, kernel_size=3, stride=2, padding=1, padding_mode="reflect")'
    assert any(line.value == wanted for line in app.code)
    app = opened(**{"convolution.stride": "9", "convolution.padding": "1"})
    assert "asks for stride “9”, which is left out: whole numbers from 1 to 5 would work" in app.warning[0].value
    assert "convolution.stride" not in app.query_params
    assert any(line.value == "nn.Conv2d(1, 1, kernel_size=3, padding=1)" for line in app.code)


def test_it_works_on_the_picture_at_hand() -> None:
    app = opened(**{"convolution.source": "Image", "picture": "coffee"})
    assert not app.error
    assert "[1, 16, 16] → [1, 14, 14]" in written(app)
    app.toggle(key="convolution.colour").set_value(True).run()
    assert "[3, 16, 16] → [1, 14, 14]" in written(app)


def test_a_trained_layer_step_by_step_equals_what_the_network_recorded() -> None:
    app = opened(**{"convolution.source": "Network layer", "picture": "coffee"})
    assert not app.error
    assert written(app).count(":green[:material/check_circle:]") == 2
    assert "stem.conv computed in the network" in written(app)


@pytest.mark.parametrize("output", [0, 3])
def test_a_piece_of_every_small_layer_is_cut_inside_the_padding(output: int) -> None:
    layers = (
        nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 5, padding=2, groups=4),
        nn.Conv2d(4, 8, 3, dilation=2, groups=2, bias=False),
    )  # fmt: skip
    model = nn.Sequential(*layers).eval()
    recording = capture.activations(model, torch.rand(1, 3, 40, 30))
    keys = layer_patch.layers(model, recording)
    assert len(keys) == 3
    for key in keys:
        cut = layer_patch.cut(model, recording, key, output=output, size=12)
        assert cut.proof.holds
        assert max(cut.found.x.shape[1:]) <= 12
        assert cut.found.output.shape[1:] == cut.recorded.shape
        row, column = np.unravel_index(np.abs(recording[key].values[output]).argmax(), recording[key].shape[1:])
        inside = (0 < row < recording[key].shape[1] - 1) and (0 < column < recording[key].shape[2] - 1)
        if inside and key == keys[-1]:  # no padding there: the peak itself is shown
            assert np.abs(cut.recorded).max() == pytest.approx(np.abs(recording[key].values[output]).max())
    with pytest.raises(OperationError, match="output channels"):
        layer_patch.cut(model, recording, keys[0], output=4, size=12)


def test_a_wide_layer_channel_by_channel_equals_what_the_network_recorded() -> None:
    app = opened(**{"convolution.source": "Network layer", "picture": "coffee", "layer": "head.conv"})
    assert not app.error
    assert "320 maps and the bias 0 add up to channel 0 as recorded" in written(app)
    assert written(app).count(":green[:material/check_circle:]") == 1
    script = next(
        item.value for item in app.code if "intermediate_maps.measure" in item.value and "open_network" in item.value
    )
    place: dict[str, Any] = {}
    exec(script, place)
    assert place["found"].layer.values.shape == (320, 7, 7)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(12, 6, 3, stride=2, padding=1),
        nn.Conv2d(12, 6, 3, padding=2, dilation=2, groups=2, bias=False),
        nn.Conv2d(12, 6, 5, padding=2, padding_mode="reflect"),
        nn.Conv2d(12, 6, (1, 3), padding="same"),
    ],
)
def test_the_maps_of_single_channels_are_what_the_layer_makes_of_them(layer: nn.Conv2d) -> None:
    """Each by itself: the layer on an image whose other channels are zero, without its bias."""
    model = nn.Sequential(nn.Conv2d(3, 12, 3), layer).eval()
    recording = capture.activations(model, torch.rand(1, 3, 14, 11))
    key = intermediate_maps.layers(model, recording)[-1]
    found = intermediate_maps.measure(model, recording, key, output=4)
    assert found.proof.holds
    inputs = torch.from_numpy(recording[recording[key].inputs[0]].values.copy())
    for index, channel in enumerate(found.read):
        alone = torch.zeros_like(inputs)
        alone[channel] = inputs[channel]
        expected = layer(alone[None])[0, 4] - (0 if layer.bias is None else layer.bias[4])
        np.testing.assert_allclose(found.layer.values[index], expected.detach().numpy(), atol=1e-5)
    sizes = np.abs(found.layer.values).sum(axis=(1, 2))
    strongest = [int(channel - found.read[0]) for channel in found.strongest(0.5)]
    assert sizes[strongest].sum() >= 0.5 * sizes.sum() > sizes[strongest[:-1]].sum()
    with pytest.raises(OperationError, match="6 output channels"):
        intermediate_maps.measure(model, recording, key, output=6)


# -------------------------------------------------------------------------------------------------- the other parts
def part(name: str, **link: str) -> AppTest:
    return opened(**{"convolution.part": name, **link})


def runs(code: str) -> dict[str, Any]:
    place: dict[str, Any] = {}
    exec(code, place)
    return place


def snippet(app: AppTest, start: str) -> str:
    return next(str(item.value) for item in app.code if str(item.value).startswith(start))


@pytest.mark.parametrize("name", sorted(classic_kernels.names(3)))
def test_every_classic_kernel_filters_the_picture(name: str) -> None:
    x = np.random.default_rng(0).random((3, 20, 30))
    found = filtering.apply(x, classic_kernels.kernel(name), normalise=True)
    assert against_torch(found.convolution).holds
    assert found.convolution.output.shape == x.shape
    total = found.convolution.weights[0, 0].sum()
    assert total == pytest.approx(0, abs=1e-12) or total == pytest.approx(1)


def test_a_kernel_is_chosen_resized_and_normalised_on_the_picture() -> None:
    app = part("On your image", picture="coffee")
    assert "The weights add up to 0: a flat area" in written(app)
    app.selectbox(key="convolution.classic").set_value("box").run()
    app.slider(key="convolution.filter_size").set_value(7).run()
    assert not app.exception
    assert "The weights add up to 1.00, so flat areas keep" in written(app)
    assert ":green[:material/check_circle:]" in written(app)
    app.slider(key="convolution.filter_size").set_value(2).run()
    app.selectbox(key="convolution.classic").set_value("prewitt_left").run()
    app.toggle(key="convolution.normalise").set_value(True).run()
    app.toggle(key="convolution.filter_colour").set_value(True).run()
    assert not app.exception
    assert not app.error


def test_the_filter_snippet_runs_and_gives_the_same() -> None:
    app = part("On your image", picture="coffee")
    place = runs(snippet(app, "import numpy"))
    x = pixel_values.whole(samples.read("coffee"), 240, grey=True)
    wanted = filtering.apply(x, classic_kernels.kernel("sobel_top")).convolution.output
    assert np.allclose(place["y"].numpy(), wanted, atol=1e-10)


def test_what_takes_noise_away_is_measured() -> None:
    app = part("On your image", picture="coffee")
    assert "comes closest" in written(app)
    found = filtering.denoise(np.full((1, 30, 30), 0.5), "gaussian", 0.1)
    assert filtering.by_kernel(found, np.ones((5, 5)), normalise=True).psnr == pytest.approx(
        next(item.psnr for item in found.restored if item.name == "Mean (box) 5 × 5")
    )
    app.segmented_control(key="convolution.noise").set_value("salt").run()
    assert "Median 3 × 3 comes closest" in written(app)


def test_psnr_and_the_median_by_their_definition() -> None:
    random = np.random.default_rng(1)
    x = random.random((1, 8, 9))
    assert filtering.psnr(x, x) == math.inf
    assert filtering.psnr(x, x + 0.1) == pytest.approx(20.0)
    wanted = median_filter(x[0], size=5, mode="nearest")
    assert np.array_equal(filtering.median(x, 5)[0], wanted)
    assert np.array_equal(filtering.noisy(x, "salt", 0.3, 5), filtering.noisy(x, "salt", 0.3, 5))
    hit = filtering.noisy(np.full((1, 200, 200), 0.5), "salt", 0.3) != 0.5
    assert hit.mean() == pytest.approx(0.3, abs=0.02)
    spread = filtering.noisy(np.full((1, 200, 200), 0.5), "gaussian", 0.1).std()
    assert spread == pytest.approx(0.1, abs=0.005)


def test_bad_filters_say_the_remedy() -> None:
    with pytest.raises(OperationError, match="cannot be normalised"):
        filtering.apply(X, np.zeros((3, 3)), normalise=True)
    with pytest.raises(OperationError, match="choose gaussian or salt"):
        filtering.noisy(X, "pepper", 0.1)


def test_sharing_counts_what_pytorch_counts() -> None:
    app = part("Weight sharing")
    assert "1,216 parameters" in written(app)
    assert written(app).count(":green[:material/check_circle:]") == 3
    found = weight_sharing.compare((3, 32, 32), 16, (5, 5))
    assert [cost.parameters for cost in found.layers] == [1216, 953_344, 38_547_712]
    assert runs(snippet(app, "from torch import nn"))["counts"] == [cost.parameters for cost in found.layers]
    app.number_input(key="convolution.side").set_value(31).run()
    app.number_input(key="convolution.height").set_value(8).run()
    assert "larger than the padded 8 × 32 input" in app.error[0].value
    assert "From 3 × 32 × 32" in written(app)


def test_every_layer_s_count_stands_in_its_name_where_no_edge_cuts_it() -> None:
    costs = weight_sharing.compare((3, 32, 32), 16, (5, 5)).layers
    chart = sharing_figures.cost_bars(costs)
    assert chart.data[0].text is None
    assert all(
        f"{cost.parameters:,}" in label for cost, label in zip(costs[::-1], chart.layout.yaxis.ticktext, strict=True)
    )


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_matrices_have_a_colour_for_each_weight_of_their_own(look: str) -> None:
    unrolled, _ = weight_sharing.unrolled(X[0], K[0, 0])
    colours = {}
    for kind in sharing_figures.KINDS:
        picture = np.asarray(Image.open(io.BytesIO(sharing_figures.matrix_png(unrolled, kind, look=look))))
        middles = picture[
            sharing_figures.CELL // 2 :: sharing_figures.CELL, sharing_figures.CELL // 2 :: sharing_figures.CELL
        ]
        assert middles.shape[:2] == (9, 25)
        colours[kind] = middles
    ground = colours["convolution"][0, -1]
    assert (colours["convolution"] != ground).any(axis=2).sum() == 81
    assert len(np.unique(colours["convolution"].reshape(-1, 3), axis=0)) == 10  # nine weights and "no connection"
    assert not (colours["full"] == ground).all(axis=2).any()
    assert np.array_equal(unrolled.matrix != 0, (unrolled.tap >= 0) & np.isin(unrolled.tap, np.flatnonzero(K)))


def test_a_1x1_convolution_equals_a_linear_layer_on_colours_and_in_a_network() -> None:
    app = part("1 × 1 is linear", picture="coffee")
    assert ":green[:material/check_circle:] nn.Conv2d with a 1 × 1 kernel" in written(app)
    assert runs(snippet(app, "import torch"))["difference"] < 1e-12
    app.segmented_control(key="convolution.mixed").set_value("A layer of a network").run()
    assert not app.exception
    assert ":green[:material/check_circle:] nn.Conv2d with a 1 × 1 kernel" in written(app)


def test_a_network_without_1x1_convolutions_is_said() -> None:
    app = part("1 × 1 is linear", network="lenet5", **{"convolution.mixed": "A layer of a network"})
    assert not app.exception
    assert "has no 1 × 1 convolution" in app.info[0].value


def test_stacks_have_the_same_field_and_fewer_parameters() -> None:
    app = part("Small kernels stacked")
    assert "Two 3 × 3 need 73,856 parameters instead of 102,464 (27.9 % fewer)" in written(app)
    five, seven = (stacks.compare(width, 64, 16) for width in (5, 7))
    assert [item.parameters for item in five[:2]] == [64 * 64 * 25 + 64, 2 * (64 * 64 * 9 + 64)]
    assert [item.parameters for item in seven[:2]] == [64 * 64 * 49 + 64, 3 * (64 * 64 * 9 + 64)]
    assert five[0].macs == 64 * 64 * 25 * 16 * 16
    assert {item.field for item in five} == {(5, 5)}
    assert {item.measured_field for item in seven} == {(7, 7)}
    assert stacks.fields_agree(five + seven).holds
    assert five[1].paths.tolist() == np.outer([1, 2, 3, 2, 1], [1, 2, 3, 2, 1]).tolist()
    runs(snippet(app, "from cnnviz import anatomy"))
