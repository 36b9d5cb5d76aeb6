"""How outputs of every kind are read, against definitions written out slowly, over drawn shapes and values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import outputs
from cnnviz.models import told
from cnnviz.models.entries import ModelError, classes_named
from cnnviz.models.told import Told
from cnnviz.outputs import chances, tensors
from cnnviz.records import Array, Spec
from cnnviz.records.outputs import OUTPUTS, OutputReading

SIZE = 24


def spec(count: int, output: str = "", **changes: Any) -> Spec:
    return Spec("n", "n", (3, SIZE, SIZE), (0.5,) * 3, (0.5,) * 3, classes_named(count), output=output, **changes)


def reading(values: Any, count: int, output: str = "", ended: str = "") -> OutputReading:
    parts = values if isinstance(values, dict) else {"": np.asarray(values)}
    return outputs.read(parts, tensors.main_key(parts), spec(count, output), ended=ended)


logits = st.lists(st.floats(-30, 30), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(logits, st.sampled_from(["softmax", "log-softmax", "sigmoid", ""]), st.sampled_from(["", "labels"]))
def test_what_was_applied_is_not_applied_again(values: list[float], applied: str, kind: str) -> None:
    """Logits, their softmax, log-softmax and sigmoids: each says what the definition, one exp at a time, says."""
    if applied in ("softmax", "log-softmax") and (len(values) == 1 or kind):
        return
    z = np.array(values)
    top = max(values)
    total = sum(math.exp(one - top) for one in values)
    softmax = np.array([math.exp(one - top) / total for one in values])
    sigmoid = np.array([1 / (1 + math.exp(-one)) for one in values])
    given_ = {"softmax": softmax, "log-softmax": z - top - math.log(total), "sigmoid": sigmoid, "": z}[applied]
    ended = {"softmax": "Softmax", "log-softmax": "LogSoftmax", "sigmoid": "Sigmoid", "": "Linear"}[applied]
    found = reading(given_, len(values), kind, ended)
    alone = bool(kind) or applied == "sigmoid" or len(values) == 1
    assert found.kind == ("labels" if alone else "classes")
    assert found.chances is not None
    np.testing.assert_allclose(found.chances, sigmoid if alone else softmax, rtol=1e-9, atol=1e-12)
    assert [score.probability for score in found.scores] == sorted(found.chances, reverse=True)
    shares = chances.distribution(given_, found)
    assert len(chances.sides(found)) == len(shares)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 6), st.integers(6, 24), st.integers(6, 24), st.booleans(), st.integers(0, 2**20))
def test_a_map_has_a_softmax_at_each_cell(count: int, rows: int, columns: int, ended: bool, seed: int) -> None:
    values = np.random.default_rng(seed).normal(0, 3, (count, rows, columns))
    if count == 1:
        truth = 1 / (1 + np.exp(-values))
        given_ = truth if ended else values
    else:
        truth = np.stack([np.exp(values[at]) for at in range(count)]) / np.exp(values).sum(0)
        given_ = truth if ended else values
    found = reading(given_, count, "map", ("Sigmoid" if count == 1 else "Softmax") if ended else "Conv2d")
    assert found.kind == "map"
    assert found.chances is not None
    np.testing.assert_allclose(found.chances, truth, rtol=1e-9, atol=1e-12)
    place = outputs.target(found)
    assert place is not None
    assert 0 <= place < given_.size


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 5), max_size=4), st.integers(0, 6), st.sampled_from(["", *OUTPUTS]),
    st.sampled_from(["", "Linear", "Sigmoid", "Softmax"]), st.integers(0, 3),
)  # fmt: skip
def test_no_output_raises_and_what_is_not_read_says_why(
    shape: list[int], names: int, kind: str, ended: str, broken: int
) -> None:
    """Any shape, any number of names, any declared kind, NaN and infinities: a reading, and a sentence where none."""
    values = np.random.default_rng(0).normal(size=shape)
    values = np.asarray(values, dtype=np.float64)
    if broken and values.size:
        values.flat[0] = (np.nan, np.inf, -np.inf)[broken - 1]
    found = reading(values, names, kind, ended)
    assert found.kind in OUTPUTS
    if found.kind == "unread":
        assert "every layer can be opened" in found.said
    elif found.kind != "boxes":
        assert len(found.names) == (len(found.values) if found.values.ndim else 1)
        assert np.isfinite(found.values).all()
    if found.ranks:
        assert found.chances is not None
        assert ((found.chances >= 0) & (found.chances <= 1)).all() or found.applied
    place = outputs.target(found)
    assert place is None or 0 <= place < max(values.size, 1)
    assert outputs.target_words(found)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5), st.booleans(), st.booleans())
def test_boxes_are_pixels_of_the_input_or_fractions_of_it(count: int, fractions: bool, scored: bool) -> None:
    corners = np.array([[1.0, 2.0, 20.0, 22.0]] * count).reshape(count, 4) / (SIZE if fractions else 1)
    parts: dict[str, Array] = {"0.boxes": corners, "0.labels": np.arange(count)}
    if scored:
        parts["0.scores"] = np.linspace(0.1, 0.9, count)
    found = reading(parts, 3)
    assert found.kind == "boxes"
    assert len(found.boxes) == count
    for box in found.boxes:
        np.testing.assert_allclose((box.left, box.top, box.right, box.bottom), (1, 2, 20, 22))
        assert (box.score is None) == (not scored)
    if scored and count > 1:
        assert found.boxes[0].score == max(box.score or 0 for box in found.boxes)


def test_the_main_output_is_called_so_or_comes_first() -> None:
    one, two = torch.ones(1, 2), torch.zeros(1, 3)
    assert tensors.main({"aux": one, "out": two}) is two
    assert tensors.main((one, [two])) is one
    assert list(tensors.parts({"a": (one, {"b": two})})) == ["a.0", "a.1.b"]
    with pytest.raises(TypeError, match="no tensor"):
        tensors.main({"loss": None})


# ------------------------------------------------------------------------------------------------ what is said of it
@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12), st.text(max_size=8), st.text(max_size=8), st.text(max_size=6))
def test_whatever_is_said_of_a_network_is_taken_or_refused_by_a_sentence(
    size: str, mean: str, channels: str, output: str
) -> None:
    """The remedy stands in every refusal."""
    problem = ""
    try:
        told.applied(spec(2), told.checked(Told(size, mean, mean, channels, output)))
    except ModelError as error:
        problem = str(error)
    assert not problem or any(remedy in problem for remedy in ("write", "one of", "there may be", "say --"))


@pytest.mark.parametrize(
    ("text", "channels", "shape"),
    [
        ("3x64x48", "", (3, 64, 48)),
        ("64", "", (3, 64, 64)),
        ("64x48", "", (3, 64, 48)),
        ("6×32×32", "RGBRGB", (6, 32, 32)),
    ],
)
def test_a_size_is_written_in_several_ways(text: str, channels: str, shape: tuple[int, ...]) -> None:
    said = Told(text, "0.5", "0.25", channels)
    found = told.applied(spec(2), told.checked(said))
    assert found.input_shape == shape
    assert found.mean == (0.5,) * shape[0]
    assert found.std == (0.25,) * shape[0]


@pytest.mark.parametrize(
    "text",
    ["cat\ndog\n", '["cat", "dog"]', '{"1": "dog", "0": "cat"}', '{"dog": 1, "cat": 0}',
     '{"0": ["n01", "cat"], "1": ["n02", "dog"]}'],
)  # fmt: skip
def test_names_come_from_lines_lists_and_objects(text: str) -> None:
    assert told.names_in(text) == ("cat", "dog")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"a": "b"}', "[[1]]", "\n\n"])
def test_a_file_without_names_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match="one name a line"):
        told.names_in(text)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 9), st.integers(1, 5), st.booleans(), st.booleans(), st.integers(0, 2**20))
def test_boxes_of_queries_are_their_centres_and_likeliest_classes(
    queries: int, count: int, named: bool, nested: bool, seed: int
) -> None:
    """DETR's: a softmax whose last class is “no object”; its followers': a sigmoid for each of the named classes."""
    rng = np.random.default_rng(seed)
    logits, centres = rng.normal(0, 3, (queries, count + (not named))), rng.uniform(0.2, 0.8, (queries, 4))
    keys = ("logits", "pred_boxes") if nested else ("pred_logits", "pred_boxes")
    parts = {f"aux_outputs.0.{key}": np.zeros((queries, 4)) for key in keys} | dict(
        zip(keys, (logits, centres), strict=True)
    )
    found = reading(parts, count)
    truth = []
    for row, (x, y, wide, high) in zip(logits, centres, strict=True):
        if named:
            shares = [1 / (1 + math.exp(-one)) for one in row]
        else:
            shares = [math.exp(one) / sum(math.exp(other) for other in row) for one in row]
        label = int(np.argmax(shares))
        if (shares[label] >= 0.5) if named else (label < count):
            corners = [(x - wide / 2) * SIZE, (y - high / 2) * SIZE, (x + wide / 2) * SIZE, (y + high / 2) * SIZE]
            truth.append((shares[label], f"class {label}", corners))
    truth.sort(key=lambda one: -one[0])
    assert found.kind == "boxes"
    assert f"{len(truth)} of {queries} queries" in found.said
    assert [box.label for box in found.boxes] == [label for _, label, _ in truth]
    for box, (score, _, corners) in zip(found.boxes, truth, strict=True):
        np.testing.assert_allclose((box.left, box.top, box.right, box.bottom), corners)
        assert box.score == pytest.approx(score)
