"""Runs beside each other: what differs, seeds together, curves over steps, epochs and seconds; and a race."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cnnviz import models
from cnnviz.records import TrainConfig
from cnnviz.topics.training_lab import (
    comparison,
    comparison_captions,
    comparison_figures,
    comparison_tables,
    heats,
)
from cnnviz.topics.training_lab.records import ComparedRun

BASE = TrainConfig("digits", "lenet5", epochs=3)
OTHER: dict[str, Any] = {"lr": 0.1, "batch_size": 128, "optimizer": "adam", "seed": 5, "augmentation": ("crop",)}


def run(config: TrainConfig, *, number: int = 0, epochs: int = 3, per_epoch: int = 20, name: str = "") -> ComparedRun:
    """A run of made-up but seeded numbers, with a line every second step."""
    rng = np.random.default_rng(number)
    steps = np.arange(2, epochs * per_epoch + 1, 2, dtype=float)
    ends = np.arange(1, epochs + 1) * float(per_epoch)
    curves = {"step": steps, "loss": rng.random(len(steps)), "accuracy": rng.random(len(steps)), "seconds": steps / 10}
    curves |= {"epoch": np.arange(1.0, epochs + 1), "epoch_step": ends, "epoch_seconds": ends / 10}
    curves |= {"test_loss": rng.random(epochs), "test_accuracy": rng.random(epochs)}
    right = float(curves["test_accuracy"][-1])
    return ComparedRun(f"run-{number}", "LeNet-5", name, "finished", config, curves, per_epoch, right, epochs * 2.0)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(sorted(OTHER))))
def test_exactly_the_settings_that_differ_are_named(changed: set[str]) -> None:
    configs = [BASE, dataclasses.replace(BASE, **{name: OTHER[name] for name in changed}), BASE]
    assert set(comparison.differing(configs)) == changed
    words = comparison.label(configs[1], comparison.differing(configs))
    assert words.count(", ") == max(0, len(changed) - 1)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.001, 0.01, 0.1]), st.integers(0, 3)), min_size=1, max_size=8))
def test_runs_are_together_where_only_their_seeds_differ(drawn: list[tuple[float, int]]) -> None:
    runs = [run(dataclasses.replace(BASE, lr=lr, seed=seed), number=i) for i, (lr, seed) in enumerate(drawn)]
    found = comparison.groups(runs)
    assert {frozenset(one.run_id for one in group.runs) for group in found} == {
        frozenset(one.run_id for one in runs if one.config.lr == lr) for lr, _ in drawn
    }
    assert len({group.label for group in found}) == len(found)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*(st.booleans() for _ in OTHER), st.integers(0, 2)), min_size=2, max_size=9))
def test_however_much_differs_names_are_short_and_no_two_are_equal(drawn: list[tuple[Any, ...]]) -> None:
    runs = []
    for number, (*changed, network) in enumerate(drawn):
        values = {name: value for (name, value), there in zip(OTHER.items(), changed, strict=True) if there}
        one = run(dataclasses.replace(BASE, epochs=3 + network, **values), number=number)
        runs.append(dataclasses.replace(one, title=f"Network {network}"))
    said = comparison.labels(runs)
    assert len(set(said)) == len(runs)
    assert all(one.count(", ") <= comparison.SPELLED for one in said)
    groups = [group.label for group in comparison.groups(runs)]
    assert len(set(groups)) == len(groups)


def test_equal_settings_are_told_apart_as_takes_and_a_name_goes_before() -> None:
    runs = [run(BASE), run(BASE, number=1), run(dataclasses.replace(BASE, lr=0.5), number=2, name="too fast")]
    first, second, third = comparison.labels(runs)
    assert first != second
    assert second.endswith("take 2")
    assert third == "too fast"


def test_a_network_is_called_by_its_title_in_the_legend_and_in_the_table() -> None:
    made = (run(BASE), run(dataclasses.replace(BASE, model="fc2layer"), number=1))
    titles = ({"model": "LeNet-5"}, {"model": "FC2Layer"})
    runs = [dataclasses.replace(one, called=called) for one, called in zip(made, titles, strict=True)]
    assert comparison.labels(runs) == ("LeNet-5", "FC2Layer")
    assert [one["network"] for one in comparison_tables.rows(runs)] == ["LeNet-5", "FC2Layer"]


@pytest.mark.parametrize("quantity", comparison.QUANTITIES)
@pytest.mark.parametrize("axis", comparison.AXES)
def test_a_mean_and_its_interval_are_those_of_the_points_at_each_place(quantity: str, axis: str) -> None:
    runs = [run(dataclasses.replace(BASE, seed=seed), number=seed) for seed in range(4)]
    (group,) = comparison.groups(runs)
    drawn = comparison.curve(group, quantity, axis, half_life=0)
    for place in range(0, len(drawn.x), 37):
        at = drawn.x[place]
        values = [np.interp(at, *comparison.points(one, quantity, axis)) for one in runs]
        low, high = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
        assert drawn.mean[place] == pytest.approx(np.mean(values))
        assert (drawn.low[place], drawn.high[place]) == pytest.approx((low, high), rel=1e-3, abs=1e-3)


def test_an_epoch_is_over_where_it_ended_and_goes_on_as_planned_after_that() -> None:
    found = run(BASE, epochs=2, per_epoch=20)
    curves = {**found.curves, "epoch_step": np.array([20.0, 60.0])}  # the batch size was halved after the first
    found = dataclasses.replace(found, curves=curves)
    assert comparison.epochs_at(found, np.array([0.0, 10, 20, 40, 60, 70])) == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5])
    begun = dataclasses.replace(found, curves={**curves, "epoch_step": np.zeros(0), "epoch": np.zeros(0)})
    assert comparison.epochs_at(begun, np.array([0.0, 10, 20])) == pytest.approx([0, 0.5, 1])


def test_the_measured_line_stands_behind_its_running_mean() -> None:
    runs = [run(BASE), run(dataclasses.replace(BASE, lr=0.5), number=1)]
    found = comparison.groups(runs)
    smoothed = comparison_figures.figure(found, axis="step", half_life=20)
    raw = comparison_figures.figure(found, axis="step", half_life=0)
    assert len(smoothed.data) == 2 * len(raw.data) == 8
    assert np.array_equal(smoothed.data[0].y, runs[0].curves["loss"])
    assert np.ptp(smoothed.data[1].y) < np.ptp(smoothed.data[0].y)
    assert sum(bool(trace.showlegend) for trace in smoothed.data) == 2


def test_a_name_of_ones_own_is_no_markup_in_the_figure() -> None:
    runs = [run(BASE, name="<b>%{x}"), run(dataclasses.replace(BASE, lr=0.5), number=1)]
    figure = comparison_figures.figure(comparison.groups(runs), axis="step", half_life=0)
    assert all("<b>" not in (trace.name or "") + (trace.hovertemplate or "").split("<br>")[0] for trace in figure.data)


def test_the_table_has_only_what_differs_and_the_csv_every_digit() -> None:
    runs = [run(BASE), run(dataclasses.replace(BASE, lr=0.25), number=1)]
    line = comparison_tables.rows(runs)[1]
    assert line["learning rate"] == "0.25"
    assert not {"batch size", "optimiser", "seed"} & set(line)
    read = list(csv.DictReader(io.StringIO(comparison_tables.as_csv(runs))))
    assert [float(one["lr"]) for one in read] == [0.01, 0.25]
    assert [float(one["test_accuracy"]) for one in read] == [one.accuracy for one in runs]


@pytest.mark.parametrize(("apart", "said"), [(0.4, "do not touch"), (0.001, "overlap")])
def test_the_verdict_says_whether_the_intervals_touch(apart: float, said: str) -> None:
    runs = []
    for lr, base in ((0.01, 0.5), (0.1, 0.5 + apart)):
        for seed, more in enumerate((-0.01, 0.0, 0.01)):
            one = run(dataclasses.replace(BASE, lr=lr, seed=seed), number=seed)
            runs.append(dataclasses.replace(one, accuracy=base + more))
    words = comparison_captions.verdict(comparison.groups(runs))
    assert words.startswith("Most test images right: **learning rate 0.1**")
    assert said in words


def test_one_seed_each_is_not_called_certain_and_nothing_tested_says_nothing() -> None:
    runs = [run(BASE), run(dataclasses.replace(BASE, lr=0.5), number=1)]
    assert "several seeds" in comparison_captions.verdict(comparison.groups(runs))
    untested = [dataclasses.replace(one, accuracy=None) for one in runs]
    assert comparison_captions.verdict(comparison.groups(untested)) == ""


# ------------------------------------------------------------------------------------------------ the race
@given(st.lists(st.floats(1e-6, 10), min_size=1, max_size=6))
def test_typed_numbers_come_back_each_once(values: list[float]) -> None:
    typed = ", ".join(map(repr, values))
    assert heats.numbers("lr", typed) == tuple(dict.fromkeys(values))


@pytest.mark.parametrize("text", ["0.1, fast", "1..2", "0.1 0.2"])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(heats.HeatError, match="commas between"):
        heats.numbers("lr", text)


def test_all_else_stays_and_seeds_follow_each_other() -> None:
    base = dataclasses.replace(BASE, seed=3, weight_decay=0.1)
    found = heats.configs(base, "lr", (0.01, 0.1), seeds=2)
    assert [(one.lr, one.seed) for one in found] == [(0.01, 3), (0.01, 4), (0.1, 3), (0.1, 4)]
    assert set(comparison.differing(found)) == {"lr", "seed"}
    with pytest.raises(heats.HeatError, match="2 to 8"):
        heats.configs(base, "lr", (0.01,))
    with pytest.raises(heats.HeatError, match="2 to 8"):
        heats.configs(base, "lr", (0.01, 0.1), seeds=5)
    with pytest.raises(heats.HeatError, match="lr is -1"):
        heats.configs(base, "lr", (0.01, -1.0))


def test_batch_normalisation_races_only_where_the_network_can_be_built_both_ways() -> None:
    able = [name for name in models.trainable() if "batch_norm" in heats.raced(name)]
    assert {"vgg_cifar", "deep_cnn"} <= set(able)
    assert "lenet5" not in able
    without, with_it = heats.configs(dataclasses.replace(BASE, model="deep_cnn"), "batch_norm", (False, True))
    kinds = [any("BatchNorm" in type(part).__name__ for part in _built(one).modules()) for one in (without, with_it)]
    assert kinds == [False, True]


def _built(config: TrainConfig) -> Any:
    return models.build(config.model, input_shape=(1, 28, 28), classes=10, **dict(config.options))


def test_a_momentum_is_left_out_where_the_optimiser_has_none() -> None:
    found = heats.configs(dataclasses.replace(BASE, momentum=0.9), "optimizer", ("sgd", "adam"))
    assert [one.momentum for one in found] == [0.9, 0.0]
    assert not math.isnan(found[0].lr)
