"""Questions: the right answer is PyTorch's or the survey's, no two answers read alike, and every mistake is its own."""

from __future__ import annotations

import json
import math
import random

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cnnviz import anatomy, quiz
from cnnviz.quiz import export, layer_costs, output_sizes
from tests import drawn_questions

SMALL = st.floats(-9, 9, allow_nan=False).map(lambda value: round(value, 2))
SEEDS = st.integers(0, 99)
STATES = {
    "output_size": {"size": 28, "kernel": 5, "stride": 2, "padding": 1, "dilation": 1},
    "parameters": {"inputs": 6, "outputs": 16, "kernel": (5, 5), "cells": 100},
    "macs": {"inputs": 6, "outputs": 16, "kernel": (5, 5), "cells": 100, "cells_in": 196},
    "stacked_field": {"kernel": 3, "stride": 2, "dilation": 1, "depth": 3},
    "field_on_top": {"layer": "conv2", "size": 16, "step": 2},
    "pooled_window": {"values": [[3, 3, 2], [0, 0, 1], [3, 1, 2]], "kernel": (2, 2)},
    "activation_value": {"function": "relu", "values": [-1.5, 2.0]},
    "activation_slope": {"function": "sigmoid", "values": [-1.5, 2.0]},
    "gradient_bound": {"depth": 6},
    "normalised_cell": {"values": [1.0, 2.0, 6.0], "mean": 0.5, "variance": 2.0},
    "dropped_unit": {"values": [1.5, -2.0], "p": 0.4},
    "odds": {"first": "7", "second": "2", "logits": (8.5, 6.0)},
    "epoch_steps": {"images": 1_797, "batch": 64},
    "joined_channels": {"branches": (64, 128, 32, 32), "join": "concatenated"},
    "which_map": {"values": np.arange(25.0).reshape(5, 5).tolist(), "kernel": [[1, 0, -1], [2, 0, -2], [1, 0, -1]]},
    "residual_cell": {"cells": [(1.5, -2.0), (0.5, 0.75)]},
    "dense_reads": {"first": 64, "growth": 32, "layers": 6},
    "separable_weights": {"inputs": 32, "outputs": 64, "side": 3},
    "gated_cell": {"cells": [(1.5, 0.25), (-2.0, 0.75)]},
    "shuffled_place": {"channels": 12, "groups": 3},
    "descended_weight": {"weights": [(0.5, -2.0), (1.0, 3.0)], "rate": 0.1},
    "best_measured": {"question": "Which?", "results": [("FC", 0.87, 0.01), ("CNN", 0.95, 0.01), ("MLP", 0.8, 0.01)]},
    "measured_accuracy": {"question": "Which?", "results": [("FC", 0.87, 0.01), ("CNN", 0.95, 0.01)]},
    "neighbours_vote": {"votes": [("pixels", 0.6, 0.05), ("conv1", 0.62, 0.05), ("fc2", 0.97, 0.02)]},
    "half_of_the_record": {"channel": "channel 3", "images": 300, "reached": 41},
    "least_cost": {"of": "parameters", "costs": [("LeNet-5", 61_706), ("AlexNet", 61_100_840), ("CNN", 6_422)]},
    **{kind: make(random.Random(f"{kind} 0")) for kind, (make, _) in drawn_questions.KINDS.items()},
}  # fmt: skip


def test_every_kind_is_tried_here() -> None:
    assert set(STATES) == set(quiz.KINDS)


@pytest.mark.parametrize("kind", STATES)
def test_one_answer_is_right_and_all_read_differently(kind: str) -> None:
    for seed in range(20):
        found = quiz.ask(kind, seed, **STATES[kind])
        assert found is not None
        assert found.kind == kind
        assert found == quiz.ask(kind, seed, **STATES[kind])  # the seed says the order, too
        texts = [option.text for option in found.options]
        assert len(set(texts)) == len(texts)
        assert 2 <= len(texts) <= 4
        assert sum(option.is_right for option in found.options) == 1
        assert all(option.said.endswith((".", ")")) and option.said[0].isprintable() for option in found.options)
        assert found.words.endswith("?")


def test_the_order_comes_from_the_seed() -> None:
    places = {
        quiz.ask("parameters", seed, **STATES["parameters"]).options.index(right)  # type: ignore[union-attr]
        for seed in range(30)
        for right in [quiz.ask("parameters", seed, **STATES["parameters"]).right]
    }  # type: ignore[union-attr]
    assert len(places) == 4


def test_an_unknown_kind_names_the_close_ones() -> None:
    with pytest.raises(KeyError, match="output_size"):
        quiz.ask("output_sizes")


AXES = st.builds(
    output_sizes.LayerAxis, st.integers(6, 40), st.integers(1, 5), st.integers(1, 4), st.integers(0, 2),
    st.integers(1, 2),
)  # fmt: skip


def _torch_size(axis: output_sizes.LayerAxis, *, left: int | None = None, right: int | None = None) -> int:
    pads = (axis.padding if left is None else left, axis.padding if right is None else right)
    x = functional.pad(torch.zeros(1, 1, axis.size), pads)
    return functional.conv1d(x, torch.zeros(1, 1, axis.kernel), stride=axis.stride, dilation=axis.dilation).shape[-1]


@settings(deadline=None, max_examples=40)
@given(AXES)
def test_sizes_and_their_mistakes_are_what_torch_makes(axis: output_sizes.LayerAxis) -> None:
    assume(axis.out > 0 and axis.size >= axis.reach)
    assert axis.out == _torch_size(axis)
    made = {one.name: one.value for one in output_sizes.mistakes(axis) if one.value is not None}
    flat = output_sizes.LayerAxis(axis.size, axis.kernel, axis.stride, axis.padding)
    slow = output_sizes.LayerAxis(axis.size, axis.kernel, 1, axis.padding, axis.dilation)
    assert made.get("padding once", 0) in (0, _torch_size(axis, right=0))
    assert made.get("padding forgotten", 0) in (0, _torch_size(axis, left=0, right=0))
    assert made.get("dilation forgotten", 0) in (0, _torch_size(flat))
    assert made.get("stride forgotten", 0) in (0, _torch_size(slow))
    more = functional.pad(torch.zeros(1, 1, axis.size), (axis.padding, axis.padding + axis.stride - 1))
    up = functional.conv1d(more, torch.zeros(1, 1, axis.kernel), stride=axis.stride, dilation=axis.dilation).shape[-1]
    assert made.get("rounded up", up) == up
    assert ("rounded up" in made) == (up != axis.out)


@settings(deadline=None, max_examples=40)
@given(AXES, SEEDS)
def test_the_size_that_is_asked_for_differs_from_the_state_by_one_setting(
    axis: output_sizes.LayerAxis, seed: int
) -> None:
    found = quiz.ask(
        "output_size", seed, size=axis.size, kernel=axis.kernel, stride=axis.stride, padding=axis.padding,
        dilation=axis.dilation,
    )  # fmt: skip
    assume(found is not None)
    words = found.words  # type: ignore[union-attr]
    name, _, old, _, new = words.partition("Change the ")[2].split()[:5]
    assert getattr(axis, name) == int(old)
    other = output_sizes.LayerAxis(**{**vars(axis), name: int(new)})
    assert found.right.value == _torch_size(other)  # type: ignore[union-attr]


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 3), st.integers(1, 4), st.sampled_from((1, 2)), st.integers(1, 3), st.booleans(), st.integers(3, 6)
)
def test_costs_are_those_of_the_layer_in_torch(
    within: int, out: int, groups: int, side: int, bias: bool, cells: int
) -> None:
    layer = layer_costs.Costs(
        within * groups, out * groups, (side, side), groups, bias, cells=cells**2, cells_in=(cells + side - 1) ** 2
    )
    module = nn.Conv2d(layer.inputs, layer.outputs, side, groups=groups, bias=bias)
    rows = anatomy.inspect(nn.Sequential(module), (layer.inputs, cells + side - 1, cells + side - 1))
    assert layer.parameters == sum(one.numel() for one in module.parameters()) == rows[-1].parameters
    assert layer.macs == rows[-1].macs
    made = {one.name: one.value for one in layer_costs.parameter_mistakes(layer)}
    assert made["bias forgotten"] == (module.weight.numel() if bias else None)
    assert made["groups forgotten"] in (
        None,
        sum(one.numel() for one in nn.Conv2d(layer.inputs, layer.outputs, side, bias=bias).parameters()),
    )
    swapped = nn.Conv2d(layer.outputs, layer.inputs, side, groups=groups, bias=bias)
    assert made["channels swapped"] in (None, sum(one.numel() for one in swapped.parameters()))
    macs = {one.name: one.value for one in layer_costs.mac_mistakes(layer)}
    assert macs["positions forgotten"] == module.weight.numel()
    assert macs["counted twice"] == 2 * rows[-1].macs


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 2), st.integers(1, 3), SEEDS)
def test_fields_are_those_of_the_survey(kernel: int, stride: int, dilation: int, depth: int, seed: int) -> None:
    found = quiz.ask("stacked_field", seed, kernel=kernel, stride=stride, dilation=dilation, depth=depth)
    assume(found is not None)
    deep = int(found.words.split()[0])  # type: ignore[union-attr]
    layers = [nn.Conv2d(1, 1, kernel, stride, dilation * (kernel - 1), dilation) for _ in range(deep)]
    row = anatomy.inspect(nn.Sequential(*layers), (1, 400, 400))[-1]
    assert found.right.value == row.receptive_field.size  # type: ignore[union-attr]
    on_top = quiz.ask("field_on_top", seed, layer="x", size=row.receptive_field.size, step=stride**deep)
    assume(on_top is not None)
    side = int(on_top.words.partition("further. A ")[2].split()[0])  # type: ignore[union-attr]
    higher = anatomy.inspect(nn.Sequential(*layers, nn.Conv2d(1, 1, side, padding=side)), (1, 400, 400))[-1]
    assert on_top.right.value == higher.receptive_field.size  # type: ignore[union-attr]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(SMALL, min_size=4, max_size=4), min_size=4, max_size=4),
    st.sampled_from(("max", "average")),
    SEEDS,
)
def test_a_pooled_window_is_what_torch_pools(values: list[list[float]], kind: str, seed: int) -> None:
    found = quiz.ask("pooled_window", seed, values=values, kernel=(2, 2), kind=kind)
    assume(found is not None)
    x = torch.tensor(values, dtype=torch.float64)[None]
    layer = (nn.MaxPool2d if kind == "max" else nn.AvgPool2d)(2, 1)
    assert (layer(x) - found.right.value).abs().min() < 1e-9  # type: ignore[union-attr]
    other = (nn.AvgPool2d if kind == "max" else nn.MaxPool2d)(2, 1)
    for option in found.wrong:  # type: ignore[union-attr]
        if "instead" in option.mistake:
            assert (other(x) - option.value).abs().min() < 1e-9


TORCH = {"relu": torch.relu, "leaky_relu": functional.leaky_relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(sorted(TORCH)), SMALL.filter(bool), SEEDS)
def test_values_and_slopes_are_torchs(function: str, x: float, seed: int) -> None:
    at = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    value = TORCH[function](at)
    [slope] = torch.autograd.grad(value, at)
    asked = quiz.ask("activation_value", seed, function=function, values=[x])
    back = quiz.ask("activation_slope", seed, function=function, values=[x])
    assert asked is None or math.isclose(asked.right.value, value.item(), abs_tol=1e-9)
    assert back is None or math.isclose(back.right.value, slope.item(), abs_tol=1e-9)
    for option in asked.wrong if asked else ():
        if option.mistake.endswith(" instead"):
            assert math.isclose(option.value, TORCH[option.mistake.split()[0]](at).item(), abs_tol=1e-9)
    for option in back.wrong if back else ():
        if option.mistake == "value for slope":
            assert math.isclose(option.value, value.item(), abs_tol=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.lists(SMALL, min_size=2, max_size=6, unique=True), SMALL, st.floats(0.1, 4), SMALL, SMALL, SEEDS)
def test_a_normalised_cell_is_what_batch_norm_makes(
    values: list[float], mean: float, variance: float, gamma: float, beta: float, seed: int
) -> None:
    found = quiz.ask(
        "normalised_cell", seed, values=values, gamma=gamma, beta=beta, mean=mean, variance=variance, eps=1e-5
    )
    assume(found is not None)
    made = {}
    for training in (True, False):
        layer = nn.BatchNorm1d(1, eps=1e-5, dtype=torch.float64).train(training)
        with torch.no_grad():
            layer.weight.fill_(gamma), layer.bias.fill_(beta), layer.running_mean.fill_(mean)
            layer.running_var.fill_(variance)
            made[training] = layer(torch.tensor(values, dtype=torch.float64)[:, None])
    training = "in train mode" in found.words  # type: ignore[union-attr]
    assert (made[training] - found.right.value).abs().min() < 1e-6  # type: ignore[union-attr]
    for option in found.wrong:  # type: ignore[union-attr]
        if "instead" in option.mistake:
            assert (made[not training] - option.value).abs().min() < 1e-6


@settings(deadline=None, max_examples=40)
@given(SMALL.filter(bool), st.floats(0.05, 0.95), SEEDS)
def test_a_dropped_unit_is_what_dropout_passes_on(x: float, p: float, seed: int) -> None:
    found = quiz.ask("dropped_unit", seed, values=[x], p=p)
    assume(found is not None)
    training = "train mode" in found.words  # type: ignore[union-attr]
    torch.manual_seed(seed)
    passed = functional.dropout(torch.full((400,), x, dtype=torch.float64), p, training)
    kept = passed[passed != 0] if training else passed
    assert not len(kept) or (kept - found.right.value).abs().max() < 1e-9  # type: ignore[union-attr]


@settings(deadline=None, max_examples=40)
@given(st.floats(-5, 5), st.floats(0.01, 8))
def test_odds_are_the_quotient_of_softmax(smaller: float, gap: float) -> None:
    found = quiz.ask("odds", first="a", second="b", logits=(smaller + gap, smaller))
    assume(found is not None)
    first, second = torch.softmax(torch.tensor([smaller + gap, smaller], dtype=torch.float64), 0)
    assert math.isclose(found.right.value, float(first / second), rel_tol=1e-9)  # type: ignore[union-attr]


@settings(deadline=None, max_examples=40)
@given(st.integers(20, 5000), st.integers(1, 128), st.integers(1, 3), SEEDS)
def test_steps_are_the_batches_of_a_loader(images: int, batch: int, epochs: int, seed: int) -> None:
    found = quiz.ask("epoch_steps", seed, images=images, batch=batch, epochs=epochs)
    assume(found is not None)
    size = int(found.words.partition("batches of ")[2].split(",")[0])  # type: ignore[union-attr]
    loader = torch.utils.data.DataLoader(range(images), batch_size=size)  # type: ignore[arg-type]
    assert found.right.value == len(loader) * epochs  # type: ignore[union-attr]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 64), min_size=2, max_size=4), st.booleans())
def test_joined_channels_are_those_of_cat_and_add(branches: list[int], added: bool) -> None:
    branches = [branches[0]] * len(branches) if added else branches
    maps = [torch.zeros(1, one, 1, 1) for one in branches]
    joined = sum(maps[1:], maps[0]) if added else torch.cat(maps, dim=1)
    found = quiz.ask("joined_channels", branches=branches, join="added" if added else "concatenated")
    assume(found is not None)
    assert found.right.value == joined.shape[1]  # type: ignore[union-attr]


@settings(deadline=None, max_examples=40)
@given(SMALL, SMALL, st.booleans())
def test_a_residual_cell_is_what_the_block_passes_on(x: float, branch: float, rectified: bool) -> None:
    found = quiz.ask("residual_cell", cells=[(x, branch)], rectified=rectified)
    assume(found is not None)
    block = torch.tensor(branch, dtype=torch.float64) + torch.tensor(x, dtype=torch.float64)
    assert math.isclose(found.right.value, float(torch.relu(block) if rectified else block), abs_tol=1e-12)  # type: ignore[union-attr]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 64), st.integers(1, 48), st.integers(3, 12), SEEDS)
def test_a_dense_layer_reads_what_was_concatenated(first: int, growth: int, layers: int, seed: int) -> None:
    found = quiz.ask("dense_reads", seed, first=first, growth=growth, layers=layers)
    assume(found is not None)
    maps = [torch.zeros(1, first, 1, 1)]
    read = []
    for _ in range(layers):
        read.append(torch.cat(maps, 1).shape[1])
        maps.append(torch.zeros(1, growth, 1, 1))
    layer = int(found.words.partition("does layer ")[2].split()[0])  # type: ignore[union-attr]
    assert found.right.value == read[layer - 1]  # type: ignore[union-attr]


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 32), st.integers(1, 32), st.integers(1, 5))
def test_separable_weights_are_those_of_two_layers(inputs: int, outputs: int, side: int) -> None:
    found = quiz.ask("separable_weights", inputs=inputs, outputs=outputs, side=side)
    assume(found is not None)
    both = nn.Sequential(nn.Conv2d(inputs, inputs, side, groups=inputs), nn.Conv2d(inputs, outputs, 1))
    assert found.right.value == sum(layer.weight.numel() for layer in both)  # type: ignore[union-attr, misc]


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 6), st.integers(2, 6), SEEDS)
def test_a_shuffle_is_torchs(groups: int, each: int, seed: int) -> None:
    found = quiz.ask("shuffled_place", seed, channels=groups * each, groups=groups)
    assume(found is not None)
    order = functional.channel_shuffle(torch.arange(groups * each, dtype=torch.float64).view(1, -1, 1, 1), groups)
    place = int(found.words.partition("at place ")[2].split()[0])  # type: ignore[union-attr]
    assert found.right.value == int(order[0, place, 0, 0])  # type: ignore[union-attr]


@settings(deadline=None, max_examples=40)
@given(SMALL, SMALL.filter(bool), st.floats(0.001, 2))
def test_a_step_is_that_of_sgd(weight: float, gradient: float, rate: float) -> None:
    found = quiz.ask("descended_weight", weights=[(weight, gradient)], rate=rate)
    assume(found is not None)
    held = nn.Parameter(torch.tensor(weight, dtype=torch.float64))
    held.grad = torch.tensor(gradient, dtype=torch.float64)
    torch.optim.SGD([held], lr=rate).step()
    assert math.isclose(found.right.value, held.item(), abs_tol=1e-12)  # type: ignore[union-attr]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(SMALL, min_size=5, max_size=5), min_size=5, max_size=5),
    st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=3, max_size=3), SEEDS,
)  # fmt: skip
def test_the_map_of_a_kernel_is_torchs(values: list[list[float]], kernel: list[list[int]], seed: int) -> None:
    found = quiz.ask("which_map", seed, values=values, kernel=kernel)
    assume(found is not None)
    x, w = (torch.tensor(one, dtype=torch.float64)[None, None] for one in (values, kernel))

    def is_a_corner(made: np.ndarray, of: torch.Tensor) -> bool:
        whole = functional.conv2d(x, of)[0, 0].numpy()
        corners = np.lib.stride_tricks.sliding_window_view(whole, (2, 2)).reshape(-1, 2, 2)
        return bool(np.isclose(corners, made).all(axis=(1, 2)).any())

    assert is_a_corner(found.right.value, w)  # type: ignore[union-attr]
    turned = {"kernel turned": w.flip((2, 3)), "rows and columns swapped": w.transpose(2, 3), "sign turned": -w}
    for option in found.wrong:  # type: ignore[union-attr]
        assert is_a_corner(option.value, turned.get(option.mistake, w / 9))


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 1), SEEDS)
def test_zeros_are_asked_of_only_where_there_are_some_and_others(zeros: float, seed: int) -> None:
    found = quiz.ask("zeros_after_dropout", seed, layer="relu1", zeros=zeros, probabilities=[0.3, 0.6])
    assert (found is None) == (round(zeros, 3) in (0, 1))
    if found is not None:
        assert len(found.wrong) >= 2


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(0.1, 0.99), st.floats(0, 0.05)), min_size=2, max_size=6), SEEDS)
def test_what_lies_within_the_noise_is_not_called_wrong(drawn: list[tuple[float, float]], seed: int) -> None:
    results = [(f"net {at}", mean, half) for at, (mean, half) in enumerate(drawn)]
    found = quiz.ask("best_measured", seed, question="Which?", results=results)
    assume(found is not None)
    by_name = {label: (mean, half) for label, mean, half in results}
    best, noise = by_name[found.right.value]  # type: ignore[union-attr]
    assert best == max(mean for _, mean, _ in results)
    for option in found.wrong:  # type: ignore[union-attr]
        mean, half = by_name[option.value]
        assert mean + half < best - noise


def test_the_bound_on_a_gradient_is_met_where_the_sigmoid_is_steepest() -> None:
    for seed in range(10):
        found = quiz.ask("gradient_bound", seed, depth=6)
        layers = int(found.words.partition("through ")[2].split()[0])  # type: ignore[union-attr]
        x = torch.zeros((), dtype=torch.float64, requires_grad=True)
        y = x
        for _ in range(layers):
            y = torch.sigmoid(y)
            y = y - y.detach()  # back to 0, where it is steepest
        [slope] = torch.autograd.grad(y, x)
        assert math.isclose(found.right.value, slope.item())  # type: ignore[union-attr]


def _set() -> list[quiz.Question]:
    found = [quiz.ask(kind, 3, **state) for kind, state in STATES.items()]
    return [one for one in found if one is not None]


def test_jupyterquiz_reads_the_set() -> None:
    read = json.loads(export.jupyterquiz(_set()))
    assert len(read) == len(STATES)
    for item in read:  # https://github.com/jmshea/jupyterquiz/blob/main/schema/mc_schema.json
        assert set(item) == {"question", "type", "answers"}
        assert item["type"] == "multiple_choice"
        assert sum(answer["correct"] is True for answer in item["answers"]) == 1
        assert all(set(answer) == {"answer", "correct", "feedback"} for answer in item["answers"])
        assert all(isinstance(answer["answer"], str) and answer["feedback"] for answer in item["answers"])


def test_markdown_has_the_answers_after_the_questions() -> None:
    questions = _set()
    asked, _, answers = export.markdown("Convolution", questions).partition("## Answers")
    for at, question in enumerate(questions, start=1):
        letter = export.LETTERS[question.options.index(question.right)]
        assert f"\n{at}. **{letter}**. " in answers
        assert f"\n{at}. " in asked
    assert "**" not in asked


def test_a_name_from_outside_is_no_markup_in_the_set() -> None:
    found = quiz.ask("odds", first="<b>![x](y)", second="$z$", logits=(3.0, 1.0))
    assert found is not None
    text = export.markdown("# <script>", [found])
    assert "<b>" not in text.replace("\\<b", "")
    assert "![x](y)" not in text
    assert "\\<script" in text


def test_chance_is_the_seeds_alone() -> None:
    random.seed(1)
    first = quiz.ask("epoch_steps", 4, images=999, batch=64)
    random.seed(2)
    assert first == quiz.ask("epoch_steps", 4, images=999, batch=64)
