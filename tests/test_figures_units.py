"""The unit card's data and the figures of predictions, against slow definitions, laws and what a bare run prints."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import math
import re

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import images, models, samples
from cnnviz.figures import looks, numbers, palettes, predictions
from cnnviz.outputs import chances
from cnnviz.records import Blanked, Unit, UnitStage
from cnnviz.topics.explore import figures


def convolution(channels: int = 6, size: int = 3, seed: int = 0) -> tuple[Unit, torch.Tensor, torch.nn.Conv2d]:
    """A unit of a real small convolution, explained by hand: output channel 1, row 0, column 2, padding 1."""
    torch.manual_seed(seed)
    layer = torch.nn.Conv2d(channels, 4, size, padding=1)
    source = torch.randn(1, channels, 8, 8)
    recorded = layer(source)[0, 1, 0, 2].item()
    padded = np.pad(source[0].double().numpy(), ((0, 0), (1, 1), (1, 1)))
    patch = padded[:, 0:size, 2 : 2 + size]
    kernel = layer.weight[1].detach().double().numpy()
    bias = layer.bias[1].item()
    computed = float((patch * kernel).sum() + bias)
    stage = UnitStage("relu", "activation", "ReLU", max(0.0, recorded), f"max(0, {recorded:.3f})", max(0.0, recorded))
    unit = Unit(
        "conv", "convolution", f"Conv2d {size}×{size}, {channels} → 4", 1, 0, 2,
        recorded, computed, bias, patch, kernel,
        patch * kernel, tuple(range(channels)), (-1, 1), (-1, 1, 2, 4), None, (stage,),
    )  # fmt: skip
    return unit, source, layer


def linear(inputs: int = 30) -> Unit:
    random = np.random.default_rng(1)
    patch, kernel = random.normal(size=inputs), random.normal(size=inputs)
    total = float((patch * kernel).sum() + 0.5)
    return Unit(
        "fc", "linear", "Linear 30 → 10", 7, 0, 0, total, total, 0.5, patch, kernel, patch * kernel,
        tuple(range(inputs)), (0, 0), (0, 0, 28, 28), None,
    )  # fmt: skip


def pooling(operation: str, note: str = "") -> Unit:
    window = np.array([[[0.5, -1.0], [2.25, 0.25]]])
    value = 2.25 if "Max" in operation else 0.5
    return Unit(
        "pool", "pooling", operation, 3, 2, 2, value, value, 0.0, window, None, None, (3,), (4, 4), (4, 4, 6, 6), None,
        note=note,
    )  # fmt: skip


def packed(text: str, shape: list[int]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)


# ------------------------------------------------------------------------------------------------ the ladder
def test_the_ladder_climbs_from_zero_to_what_torch_computes() -> None:
    unit, source, layer = convolution()
    rungs = figures.ladder(unit, 12)
    running = 0.0
    for rung in rungs[:-1]:
        assert rung["start"] == pytest.approx(running, abs=1e-12)
        running += rung["value"]
        assert rung["stop"] == pytest.approx(running, abs=1e-12)
    oracle = torch.nn.functional.conv2d(source.double(), layer.weight.double(), layer.bias.double(), padding=1)
    assert running == pytest.approx(oracle[0, 1, 0, 2].item(), abs=1e-12)
    assert [rung["label"] for rung in rungs[-3:]] == ["other 42 terms", "bias", "sum"]
    assert rungs[-1]["value"] == pytest.approx(running)


def test_the_terms_are_the_largest_products_and_name_their_place() -> None:
    unit, _, _ = convolution()
    slow = sorted(
        ((abs(unit.products[c, r, k]), c, r, k) for c in range(6) for r in range(3) for k in range(3)), reverse=True
    )[:5]
    found = figures.terms(unit, 5)
    assert [(term.channel, term.row, term.column) for term in found] == [place[1:] for place in slow]
    for rung, (_, c, r, k) in zip(figures.ladder(unit, 5), slow, strict=False):
        assert rung["place"] == [c, r, k]
        assert rung["label"] == f"ch {c} ({r}, {k})"
        assert rung["detail"] == f"{numbers.number(unit.patch[c, r, k])} × {numbers.number(unit.kernel[c, r, k])}"


def test_a_group_names_its_own_input_channels() -> None:
    unit, _, _ = convolution(channels=2)
    grouped = Unit(**{**vars(unit), "input_channels": (10, 11)})
    assert {term.channel for term in figures.terms(grouped, 18)} == {10, 11}
    assert {rung["place"][0] for rung in figures.ladder(grouped, 18) if rung["place"]} == {0, 1}
    assert figures.card(grouped, picture_shape=(8, 8))["channels"] == [10, 11]


@pytest.mark.parametrize(("top", "others"), [(1, 53), (53, 1), (54, 0), (100, 0)])
def test_shown_and_other_terms_add_up(top: int, others: int) -> None:
    unit, _, _ = convolution()
    labels = [rung["label"] for rung in figures.ladder(unit, top)]
    expected = [f"other {others} term{'s' if others > 1 else ''}"] if others else []
    assert [label for label in labels if label.startswith("other")] == expected
    assert len(labels) == min(top, 54) + len(expected) + 2


def test_explained_is_a_share_of_the_absolute_products_and_never_rounded_up() -> None:
    unit, _, _ = convolution()
    products = np.array([[[9.95]], [[-0.05]]])
    tiny = Unit(**{**vars(unit), "products": products, "patch": products, "kernel": np.ones_like(products)})
    assert figures.explained(tiny, 1) == "the 1 largest of 2 terms explain 99 % of Σ|product|"
    assert figures.explained(tiny, 2) == "all 2 terms are shown"
    zero = Unit(**{**vars(tiny), "products": 0 * products})
    assert figures.explained(zero, 1) == "all 2 products are zero"
    sizes = sorted((abs(value) for value in unit.products.ravel()), reverse=True)
    share = int(re.search(r"explain (\d+) %", figures.explained(unit, 12)).group(1))
    assert share == math.floor(100 * sum(sizes[:12]) / sum(sizes))


# ------------------------------------------------------------------------------------------------ the card
def test_the_card_is_plain_data_and_keeps_every_number() -> None:
    unit, _, _ = convolution()
    card = figures.card(unit, picture_shape=(8, 8), blanked=Blanked(1.0, 1.0, -0.25))
    again = json.loads(json.dumps(card))
    assert again["form"] == "kernel"
    np.testing.assert_array_equal(packed(again["patch"], again["shape"]), unit.patch.astype("f4"))
    np.testing.assert_array_equal(packed(again["kernel"], again["shape"]), unit.kernel.astype("f4"))
    np.testing.assert_allclose(again["sums"], unit.products.sum(axis=(1, 2)), rtol=1e-6)
    sizes = np.abs(np.asarray(again["sums"]))[again["order"]]
    assert sorted(again["order"]) == list(range(6))
    assert (np.diff(sizes) <= 0).all()
    assert again["blanked"] == {
        "before": "1.00",
        "outside": "1.00",
        "inside": "−0.250",
        "difference": "0",
        "agrees": True,
    }
    assert again["stages"][0]["agrees"] is True
    lut = np.frombuffer(base64.b64decode(again["luts"]["dark"]["weights"]), np.uint8).reshape(256, 3)
    np.testing.assert_array_equal(lut, palettes.lut("weights", "dark"))


def test_the_proof_fails_where_the_numbers_differ() -> None:
    unit, _, _ = convolution()
    assert figures.proof(unit)["agrees"] is True
    allowed = figures.tolerance(unit)
    assert allowed == pytest.approx(1e-4 * max(1.0, np.abs(unit.products).sum()))
    wrong = Unit(**{**vars(unit), "recorded": unit.computed + 1.01 * allowed})
    assert figures.proof(wrong)["agrees"] is False
    unknown = Unit(**{**vars(unit), "computed": None})
    assert figures.proof(unknown)["agrees"] is None
    assert figures.ladder(unknown, 12) == []


def test_a_linear_layer_is_a_list_without_its_thousands_of_inputs() -> None:
    card = figures.card(linear(), picture_shape=(28, 28), top=4)
    assert (card["form"], card["patch"], card["kernel"], card["sums"], card["channels"]) == ("list", "", "", [], [])
    assert card["title"] == "fc · output 7"
    assert re.fullmatch(r"input \d+", card["ladder"][0]["label"])
    assert card["field"]["words"] == "sees the whole image (28 × 28 px)"


def test_pooling_frames_its_winner_and_says_its_rule() -> None:
    largest = figures.card(pooling("MaxPool2d 2×2", "the largest of 4 cells, at row 5, column 4"), picture_shape=(8, 8))
    assert largest["form"] == "window"
    assert largest["winner"] == [0, 1, 0]
    assert largest["rule"] == "the largest of 4 cells, at row 5, column 4: 2.25"
    mean = figures.card(pooling("AvgPool2d 2×2"), picture_shape=(8, 8))
    assert mean["winner"] is None
    assert mean["rule"] == "the 4 values that this cell reads: 0.500"
    assert mean["ladder"] == []


def test_a_unit_without_window_is_its_formula() -> None:
    unit = Unit(
        "add", "addition", "add", 0, 1, 1, 0.75, 0.75, 0.0, None, None, None, (), (0, 0), None, None, note="0.5 + 0.25"
    )
    card = figures.card(unit, picture_shape=(8, 8))
    assert card["form"] == "value"
    assert [(stage["formula"], stage["agrees"]) for stage in card["stages"]] == [("0.5 + 0.25", True)]
    assert card["field"]["box"] is None


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((-1, 1, 2, 4), "receptive field 3 × 3 px: rows −1 to 1 (1 outside), columns 1 to 3"),
        ((5, 6, 10, 11), "receptive field 5 × 5 px: rows 5 to 9 (2 outside), columns 6 to 10 (3 outside)"),
        ((2, 3, 3, 4), "receptive field 1 × 1 px: row 2, column 3"),
        ((-5, 0, 8, 9), "sees the whole image (8 × 8 px)"),
    ],
)
def test_the_box_is_told_in_words(box: tuple[int, int, int, int], words: str) -> None:
    unit = Unit(**{**vars(convolution()[0]), "box": box})
    assert figures.field(unit, (8, 8))["words"] == words


def test_the_waterfall_ends_at_the_sum() -> None:
    unit, _, _ = convolution()
    trace = figures.waterfall(unit, top=7, theme="dark").data[0]
    assert isinstance(trace, go.Waterfall)
    assert sum(trace.x[:-1]) == pytest.approx(unit.computed)
    assert trace.measure[-1] == "total"
    with pytest.raises(ValueError, match="no products"):
        figures.waterfall(pooling("MaxPool2d"))


# ------------------------------------------------------------------------------------------------ numbers and colours
@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_written_number_reads_back_within_three_digits(value: float) -> None:
    text = numbers.number(value)
    back = float(text.replace("−", "-").replace(",", ""))
    assert "-" not in text
    assert back == pytest.approx(value, rel=0.051 if "e" in text else 0.00501, abs=0.0)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_and_marks_stand_out_from_their_background(name: str) -> None:
    paint = looks.colours(name)
    for text in (paint.text, paint.muted):
        assert min(looks.contrast(text, ground) for ground in (paint.background, paint.surface)) >= 4.5
    for mark in (*looks.SERIES, paint.accent, paint.positive, paint.negative, paint.good, paint.bad):
        assert looks.contrast(mark, paint.background) >= 3
    assert looks.contrast(paint.good, paint.background) >= 4.5
    assert looks.contrast(paint.bad, paint.background) >= 4.5


def test_contrast_of_black_on_white_is_21() -> None:
    assert looks.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert looks.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the classic that just fails AA
    with pytest.raises(KeyError, match="sepia"):
        looks.colours("sepia")


# ------------------------------------------------------------------------------------------------ predictions
def test_scores_are_the_softmax_and_log_softmax_gives_the_same() -> None:
    logits = np.array([2.0, -1.0, 0.5, 700.0, 699.0], np.float32)
    slow = [math.exp(z - 700.0) for z in logits.tolist()]
    found = chances.scores(logits, list("abcde"))
    assert [score.label for score in found[:2]] == ["d", "e"]
    for score in found:
        assert score.probability == pytest.approx(slow[score.index] / sum(slow), rel=1e-12)
    logged = torch.log_softmax(torch.from_numpy(logits).double(), 0).numpy()
    for one, other in zip(found, chances.scores(logged, list("abcde")), strict=True):
        assert one.probability == pytest.approx(other.probability, rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-80, 80), min_size=2, max_size=40), st.floats(-1e3, 1e3))
def test_adding_a_constant_to_every_logit_changes_nothing(logits: list[float], shift: float) -> None:
    before = chances.probabilities(np.array(logits))
    np.testing.assert_allclose(chances.probabilities(np.array(logits) + shift), before, atol=1e-9)
    assert before.sum() == pytest.approx(1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-30, 30), min_size=1, max_size=30), st.sampled_from([np.float16, np.float32, np.float64]))
def test_logits_their_softmax_and_their_log_softmax_say_the_same(values: list[float], kind: type) -> None:
    logits, names = np.array(values), [f"class {index}" for index in range(len(values))]
    pairs = logits if len(values) > 1 else np.array([values[0], 0.0])
    share = (np.exp(pairs - pairs.max()) / np.exp(pairs - pairs.max()).sum())[: len(values)]
    ended = "sigmoid" if len(values) == 1 else "softmax"
    for given_, last in ((logits, "linear"), (share.astype(kind), ended)):
        found = chances.scores(given_, names, ended=last)
        table = predictions.softmax_table(given_, names, top=30, ended=last)
        for score in found:
            assert score.probability == pytest.approx(share[score.index], abs=2e-3)
        assert sum(row["ratio"] for row in table) == pytest.approx(1)
        assert next(r["ratio"] for r in table if r["class"] == "class 0") == pytest.approx(share[0], abs=4e-3)


@pytest.mark.parametrize("logit", [-4.0, 0.0, 4.0, 700.0, -700.0])
def test_one_logit_is_a_sigmoid(logit: float) -> None:
    (score,) = chances.scores(np.array([logit]), ["defect"])
    assert score.probability == pytest.approx(0.5 * (1 + math.tanh(logit / 2)), abs=1e-15)


def test_probabilities_are_not_put_through_softmax_again() -> None:
    said = chances.scores(np.array([0.99, 0.005, 0.005]), ["a", "b", "c"])
    assert [score.probability for score in said] == [0.99, 0.005, 0.005]


def test_the_softmax_table_adds_up() -> None:
    logits = np.array([3.0, 1.0, 0.2, -2.0])
    rows = predictions.softmax_table(logits, list("wxyz"), top=2)
    assert [row["class"] for row in rows] == ["w", "x", "2 other classes"]
    assert sum(row["ratio"] for row in rows) == pytest.approx(1)
    for row in rows:
        assert row["ratio"] == pytest.approx(row["exp(logit − max)"] / row["sum"])
    assert rows[0]["sum"] == pytest.approx(np.exp(logits - 3.0).sum())


def test_bars_keep_the_rest_and_never_claim_a_certainty() -> None:
    found = predictions.bars(chances.scores(np.array([20.0, 1.0, 0.0]), ["cat", "dog", "fox"]), top=2)
    assert [row["percent"] for row in found["rows"]] == ["> 99.9 %", "< 0.1 %"]
    assert found["words"].startswith("1 other class together")
    assert found["rest"] == pytest.approx(1 - sum(row["probability"] for row in found["rows"]))
    assert predictions.bars(chances.scores(np.zeros(2), ["a", "b"]))["words"] == ""


def test_doubt_is_said_where_there_is_doubt_and_only_there() -> None:
    names = ["plane", "car", "bird"]
    assert predictions.fit_note(chances.scores(np.array([5.0, 0, 0]), names)) == ""
    note = predictions.fit_note(chances.scores(np.array([0.2, 0.1, 0.0]), names))
    assert "plane, has only 36.7 %" in note
    assert "these 3 classes (plane, car, bird)" in note
    assert "33.3 %" in note
    many = predictions.fit_note(chances.scores(np.zeros(1000), [f"class {i}" for i in range(1000)]))
    assert "these 1,000 classes;" in many


@pytest.mark.parametrize(
    ("logits", "said"),
    [
        (np.zeros(3), "logits"),
        (np.array([1.0, np.nan]), "Of 2 outputs, 1 is not finite"),
        (np.array([np.inf, 0.0]), "Of 2 outputs, 1 is not finite"),
    ],
)
def test_logits_that_cannot_be_scored_are_refused(logits: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        chances.scores(logits, ["a", "b"])


# ------------------------------------------------------------------------------------------------ snippets, run
def printed(code: str) -> list[list[str]]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, "snippet", "exec"), {})
    return [line.split() for line in said.getvalue().splitlines()]


@pytest.mark.parametrize("name", ["lenet5", "net"])
def test_snippets_run_as_they_stand_and_print_the_recorded_value(name: str, tmp_path) -> None:
    from PIL import Image

    from cnnviz import capture, images, networks, units

    path = tmp_path / "it's a picture.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 50, 3), np.uint8)).save(path)
    network = networks.open_network(name)
    x = images.to_tensor(images.read(path), network.spec)
    recording = capture.activations(network.model, x)
    done = set()
    for layer in recording:
        if layer.kind in done or layer.kind not in ("convolution", "linear", "pooling", "activation"):
            continue
        done.add(layer.kind)
        place = (1, 0, 1) if layer.values.ndim == 3 else (1, 0, 0)
        unit = units.explain(network.model, x, recording, layer.key, *place)
        lines = dict(printed(figures.snippet(unit, name, str(path))))
        assert float(lines["recorded"]) == pytest.approx(unit.recorded, abs=1e-6)
        if layer.kind in ("convolution", "linear"):
            assert float(lines["computed"]) == pytest.approx(unit.computed, abs=1e-9)
        said = printed(predictions.activations_snippet(name, layer.key, str(path)))
        assert said[0][0] == layer.key
        assert float(said[1][1]) == pytest.approx(float(layer.values.mean()), abs=1e-5)
    assert {"convolution", "linear", "pooling", "activation"} <= done


def test_a_sample_is_read_by_its_name() -> None:
    code = predictions.activations_snippet("lenet5", "conv1", "sample:chelsea")
    assert "from cnnviz import capture, images, networks, samples" in code
    assert "samples.read('chelsea')" in code


def test_what_lies_in_the_padding_is_called_so_and_counted() -> None:
    unit = Unit(**{**vars(convolution(channels=1)[0]), "padding": ((0, 0), (0, 1), (0, 2))})
    assert figures.explained(unit, 9) == "all 9 terms are shown; 3 of 9 lie in the padding"
    rungs = [rung for rung in figures.ladder(unit, 9) if rung["place"]]
    assert {tuple(rung["place"][1:]) for rung in rungs if rung["detail"].startswith("padding × ")} == set(unit.padding)
    card = figures.card(unit, picture_shape=(8, 8))
    assert card["padding"] == [[0, 0], [0, 1], [0, 2]]
    assert "pale where they lie outside" in card["field"]["enlarged"]
    inside = Unit(**{**vars(unit), "padding": (), "box": (1, 1, 4, 4)})
    assert "padding" not in figures.explained(inside, 9)
    assert "pale" not in figures.card(inside, picture_shape=(8, 8))["field"]["enlarged"]


def test_a_photograph_in_a_network_of_digits_is_told_gently_and_nothing_else_is() -> None:
    digits, photos = models.spec("lenet5"), models.spec("efficientnet_lite0")
    photographs = {item.name: images.is_photograph(samples.read(item.name)) for item in samples.names()}
    assert all(photographs[name] for name in ("chelsea", "coffee", "china", "astronaut", "camera", "coins"))
    assert not any(photographs[f"digit-{digit}"] for digit in range(10))
    assert not any(photographs[name] for name in ("digit-on-paper", "drawn-three"))
    assert "only 10 classes (0, 1, 2" in predictions.misfit_note(digits, photograph=True)
    for spec, photograph in ((digits, False), (photos, True)):
        assert predictions.misfit_note(spec, photograph=photograph) == ""
