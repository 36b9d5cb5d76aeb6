"""Curves, confusion, gallery, histogram and images: held against slow definitions and against what they must keep."""

from __future__ import annotations

import io
import json

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnviz.figures import curves, pictures
from cnnviz.records import Epoch, Started, Step
from cnnviz.topics.explore import distributions
from cnnviz.topics.training_lab import captions as training_lab
from cnnviz.topics.training_lab import confusion_figures, gallery_figures


def run(steps: int = 2000, seed: int = 0) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    at = np.arange(1, steps + 1)
    loss = 2.3 * np.exp(-at / 300) + 0.1 + random.gamma(2, 0.05, steps)
    ends = np.array([steps // 2, steps])
    return {
        "step": at, "loss": loss, "accuracy": np.clip(1 - loss / 2.5, 0, 1), "epoch_step": ends,
        "test_loss": np.array([0.4, 0.3]), "test_accuracy": np.array([0.88, 0.93]),
    }  # fmt: skip


def decoded(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


# ------------------------------------------------------------------------------------------------ curves
def test_the_running_mean_is_its_definition() -> None:
    values = np.random.default_rng(0).normal(size=60)
    decay = 0.5 ** (1 / 7)
    for t, found in enumerate(curves.smooth(values, half_life=7)):
        weights = [decay ** (t - s) for s in range(t + 1)]
        assert found == pytest.approx(sum(w * v for w, v in zip(weights, values, strict=False)) / sum(weights))
    np.testing.assert_allclose(curves.smooth(np.full(9, 3.0)), 3.0)


def test_the_running_mean_goes_by_steps_where_a_value_stands_for_several() -> None:
    """A value that is the mean of n steps weighs as those n steps would, each with that value."""
    random = np.random.default_rng(1)
    counts, values = random.integers(1, 60, 30), random.normal(size=30)
    steps = counts.cumsum()
    spread = curves.smooth(np.repeat(values, counts))
    np.testing.assert_allclose(curves.smooth(values, steps), spread[steps - 1], rtol=1e-9)


def test_the_running_mean_steps_over_what_is_not_finite() -> None:
    found = curves.smooth(np.array([np.nan, 1.0, np.inf, 1.0]))
    assert np.isnan(found[0])
    np.testing.assert_allclose(found[1:], 1.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9000), st.integers(0, 99))
def test_thinning_keeps_the_spikes_and_the_order(length: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=length)
    steps, kept = curves.thin(np.arange(length), values)
    assert len(kept) <= curves.POINTS
    assert (np.diff(steps) > 0).all()
    np.testing.assert_array_equal(values[steps], kept)
    assert kept.min() == values.min()
    assert kept.max() == values.max()


def test_live_options_are_json_in_percent_with_every_axis_named() -> None:
    options = json.loads(json.dumps(curves.live(run(), steps=4000), allow_nan=False))
    assert [axis["name"] for axis in options["yAxis"]] == ["loss (nats)", "accuracy (%)"]
    assert options["xAxis"][1] | {"name": "step", "max": 4000} == options["xAxis"][1]
    assert len(options["series"]) == 6
    assert all(len(series["data"]) <= curves.POINTS for series in options["series"])
    tested = [series for series in options["series"] if series["name"] == "test images"]
    assert tested[1]["data"] == [[1000, 88.0], [2000, 93.0]]


def test_a_run_that_diverged_leaves_a_gap_and_says_so() -> None:
    history = run(10)
    history["loss"] = np.array([2.3] * 5 + [np.nan, np.inf] + [np.nan] * 3)
    options = json.loads(json.dumps(curves.live(history, "loss"), allow_nan=False))
    assert [y for _, y in options["series"][0]["data"]][4:7] == [2.3, None, None]
    assert "In 5 of them the loss was not a finite number" in curves.words(history)


def test_a_run_that_has_not_begun_is_an_empty_chart() -> None:
    nothing = curves.history([])
    assert all(series["data"] == [] for series in curves.live(nothing)["series"])
    assert curves.words(nothing) == "No step has been taken yet."
    assert isinstance(curves.learning(nothing), go.Figure)


def test_history_reads_events() -> None:
    events = [
        Started("r", "cpu", "float32", 2, 1, 128, 10, 99, ("a", "b")),
        Step(1, 1, 2.5, 0.1, 0.01, 0.1, 900.0), Step(2, 1, 2.0, 0.3, 0.01, 0.2, 900.0),
        Epoch(1, 2, 2.25, 0.2, 1.5, 0.4, 0.3),
    ]  # fmt: skip
    found = curves.history(events)
    assert found["loss"].tolist() == [2.5, 2.0]
    assert (found["epoch_step"].tolist(), found["test_accuracy"].tolist()) == ([2.0], [0.4])
    assert curves.words(found).startswith("In 2 steps")
    assert curves.words(found).endswith("The network gets 40.0 % of the test images right.")


def test_several_runs_are_told_apart_by_more_than_colour() -> None:
    chart = curves.figure({"cnn": run(), "fc": run(seed=1), "net": run(seed=2)}, "accuracy", theme="light")
    means = [trace for trace in chart.data if trace.mode == "lines"]
    assert len({trace.line.dash for trace in means}) == len({trace.line.color for trace in means}) == 3
    assert [trace.name for trace in chart.data][:2] == ["cnn, training", "cnn, test"]
    assert max(max(trace.y) for trace in chart.data) > 50  # percent
    assert len(curves.learning({"cnn": run(), "fc": run(seed=1)}).data) == 8
    with pytest.raises(KeyError, match="loss, accuracy"):
        curves.figure({"cnn": run()}, "lr")


# ------------------------------------------------------------------------------------------------ confusion
COUNTS = [[8, 2, 0], [1, 3, 0], [0, 0, 0]]
NAMES = ("cat", "dog", "fox")


def test_accuracy_by_class_carries_its_n() -> None:
    share, totals = confusion_figures.accuracies(COUNTS)
    assert share[:2].tolist() == [0.8, 0.75]
    assert np.isnan(share[2])
    assert totals.tolist() == [10, 4, 0]
    assert confusion_figures.overall(COUNTS) == pytest.approx(11 / 14)
    assert list(confusion_figures.per_class(COUNTS, NAMES).data[0].text) == [
        "80.0 %  n = 10",
        "75.0 %  n = 4",
        "no images",
    ]


def test_the_line_of_the_mean_crosses_no_number_of_a_bar() -> None:
    """Numbers stand at a bar's root, the line beyond the middle of the axis; short bars end before both."""
    chart = confusion_figures.per_class(COUNTS, NAMES)
    mean = chart.layout.shapes[0].x0
    assert chart.data[0].insidetextanchor == "start"
    assert mean > 50
    assert list(chart.data[0].textposition) == ["inside", "inside", "outside"]


def test_the_matrix_shows_counts_that_stand_out_from_their_cells() -> None:
    for name in ("light", "dark", None):
        cells, text = confusion_figures.matrix(COUNTS, NAMES, theme=name).data
        np.testing.assert_allclose(cells.z[0], [80, 20, 0])
        assert list(text.text) == ["8", "2", "0", "1", "3", "0", "0", "0", "0"]
        assert set(text.textfont.color) <= {"#000000", "#ffffff"}
    assert len(confusion_figures.matrix(np.eye(40, dtype=int), [str(i) for i in range(40)]).data) == 1


def test_the_commonest_confusions_are_sentences() -> None:
    assert confusion_figures.confusions(COUNTS, NAMES) == (("cat", "dog", 2, 10), ("dog", "cat", 1, 4))
    assert training_lab.confused(COUNTS, NAMES) == (
        "2 of 10 images of cat are taken for dog. 1 of 4 images of dog is taken for cat."
    )
    assert training_lab.confused([[1, 0, 0], [0, 1, 0], [0, 0, 1]], NAMES) == ""


def test_a_class_s_name_is_no_markup() -> None:
    assert training_lab.confused([[0, 3], [0, 1]], ["![x](y)", "$b$"]) == (
        "3 of 3 images of !\\[x\\](y) are taken for \\$b\\$."
    )


@pytest.mark.parametrize(
    ("counts", "names"), [([[1, 2]], NAMES[:1]), ([[1, -1], [0, 0]], NAMES[:2]), (COUNTS, NAMES[:2])]
)
def test_what_is_no_confusion_matrix_is_refused(counts: list[list[int]], names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="confusion matrix"):
        confusion_figures.matrix(counts, names)


# ------------------------------------------------------------------------------------------------ gallery
def test_tiles_say_what_the_network_says() -> None:
    logits = np.array([[4.0, 0, 0], [0, 0.5, 0.4]])
    first, second = gallery_figures.tiles(logits, [0, 2], NAMES)
    assert (first.said, first.right, first.runner_up) == ("cat", True, "")
    assert second.words == "dog, 39.8 %, wrong: it is fox"
    assert second.runner_up == "fox 36.0 %"
    assert training_lab.right([first, second]) == "1 of 2 classified correctly"
    with pytest.raises(ValueError, match="logits"):
        gallery_figures.tiles(logits, [0], NAMES)


def test_the_gallery_holds_each_picture_unsmoothed_and_marks_the_wrong_ones() -> None:
    random = np.random.default_rng(0)
    shown = [random.integers(0, 255, shape, np.uint8) for shape in ((3, 8, 8), (1, 8, 8), (8, 8), (8, 8, 3))]
    captions = gallery_figures.tiles(np.eye(4, 3), [0, 1, 2, 1], NAMES)
    sheet = decoded(gallery_figures.png(shown, captions, theme="light"))
    inside = sheet[4 : 4 + 144, 14 : 14 + 144]
    np.testing.assert_array_equal(inside[::18, ::18, :3], np.moveaxis(shown[0], 0, -1))
    same = [
        gallery_figures.png(shown, tuple(gallery_figures.GalleryTile("cat", "cat", 0.9, right) for _ in shown))
        for right in (True, False)
    ]
    marks = [decoded(data)[150:180, 14:32, 3] > 0 for data in same]
    assert (marks[0] != marks[1]).any()  # another shape, not only another colour
    sprite = decoded(gallery_figures.sprite(shown, size=24))
    assert sprite.shape == (24, 96, 4)
    np.testing.assert_array_equal(sprite[::3, 48:72:3, 0], shown[2])


def test_long_names_do_not_run_into_the_next_picture() -> None:
    tile = gallery_figures.GalleryTile("a" * 80, "an extraordinarily long class name", 0.5, False)
    sheet = decoded(gallery_figures.png([np.zeros((8, 8), np.uint8)] * 2, [tile, tile], columns=2))
    assert not sheet[150:, 165:180, 3].any()


# ------------------------------------------------------------------------------------------------ distributions
@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200))
@example([1.1e-23, -1.0])
@example([5e-324])
@example([0.0])
def test_a_histogram_loses_no_value_and_no_bin_mixes_signs(values: list[float]) -> None:
    found = distributions.spread(np.array(values))
    assert found.counts.sum() == len(values)
    assert np.isclose(found.edges, 0, atol=0).any()
    assert found.mean == pytest.approx(float(np.mean(values)), rel=1e-9, abs=1e-9)


def test_a_relu_shows_its_zeros_without_hiding_the_rest() -> None:
    values = np.maximum(np.random.default_rng(0).normal(size=5000), 0)
    chart = distributions.histogram(values, title="relu")
    assert any("exactly zero" in note.text for note in chart.layout.annotations)
    assert chart.layout.yaxis.range[1] < chart.data[0].y.max()
    plain = distributions.histogram(values[values > 0])
    assert not plain.layout.annotations


def test_broken_values_are_counted() -> None:
    assert distributions.spread(np.array([1.0, np.nan, -np.inf])).broken == 2
    assert "2 are not finite" in distributions.spread(np.array([1.0, np.nan, -np.inf])).words
    with pytest.raises(ValueError, match="none of them finite"):
        distributions.histogram(np.array([np.nan]))


# ------------------------------------------------------------------------------------------------ images
@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 3), (3, 5, 4)])
def test_a_png_comes_back_exactly(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    np.testing.assert_array_equal(decoded(pictures.png(array)), array)


@pytest.mark.parametrize("array", [np.zeros((2, 2)), np.zeros((2, 2, 2), np.uint8), np.zeros((0, 2), np.uint8)])
def test_what_is_no_picture_is_refused(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a PNG needs"):
        pictures.png(array)


def test_enlarging_repeats_pixels() -> None:
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    big = pictures.enlarge(array, 4)
    assert big.shape == (8, 12)
    np.testing.assert_array_equal(big[1::4, 2::4], array)
    assert pictures.enlarge_to(array, 10).shape == (6, 9)
    assert pictures.enlarge_to(array, 2).shape == (2, 3)


def test_a_strip_keeps_shapes_and_labels() -> None:
    steps = [("as read", np.full((60, 40, 3), 9, np.uint8)), ("28 × 28", np.full((28, 28), 7, np.uint8))]
    picture, labels = pictures.strip(steps, size=56, gap=8)
    assert picture.shape == (56, 120, 4)
    assert labels == ("as read", "28 × 28")
    assert (picture[:, 64:, 0] == 7).all()
    assert picture[0, 0, 3] == 0  # the first is taller than wide: nothing beside it
    assert picture[28, 28].tolist() == [9, 9, 9, 255]


def test_a_thumbnail_fits() -> None:
    wide = Image.new("RGB", (900, 300), "red")
    assert decoded(pictures.thumbnail_png(wide, 300)).shape == (100, 300, 3)
    assert decoded(pictures.thumbnail_png(Image.new("RGB", (20, 10)), 100)).shape == (50, 100, 3)
    assert wide.size == (900, 300)
