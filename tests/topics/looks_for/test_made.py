"""The made image and its check, by their definitions; the game's rounds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torch import nn

from cnnviz import capture, galleries, networks
from cnnviz.figures.numbers import lasting
from cnnviz.records import Spec
from cnnviz.topics.looks_for import (
    ascent,
    canvases,
    captions,
    figures,
    game,
    goals,
    made_captions,
    making,
    responses,
    ways,
)
from cnnviz.topics.looks_for.records import Responses, Ways

RUN = "run:mnist-lenet5-df3d2154"


def test_the_climb_goes_up_by_the_same_way_for_the_same_seed() -> None:
    network = networks.open_network(RUN)
    goal, canvas = goals.unit("conv2", 3), canvases.Fourier(network.spec)
    frames = [one for (one,) in making.make(network.model, network.spec, goal, canvas, steps=12, seed=4, every=5)]
    again = [one for (one,) in making.make(network.model, network.spec, goal, canvas, steps=12, seed=4, every=6)]
    assert [frame.step for frame in frames] == [5, 10, 12]
    assert frames[-1].path == again[-1].path
    assert np.array_equal(frames[-1].picture, again[-1].picture)
    assert frames[-1].value > frames[0].value > frames[0].path[0]
    recorded = capture.activations(network.model, frames[-1].tensor)["conv2"].values[3]
    assert frames[-1].value == pytest.approx(float(recorded.mean()), rel=1e-4)
    gallery = galleries.of("digits", network.spec, 4)
    found = responses.of(network.model, gallery, "conv2")
    best = responses.highest(network.model, frames[-1].tensor, network.spec, found)
    assert best[3] == pytest.approx(float(recorded.max()), rel=1e-4)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 999), st.sampled_from((1, 2)), st.booleans(), st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_a_climb_that_is_ended_anywhere_goes_on_as_if_it_had_not_been(
    seed: int, count: int, phases: bool, read: list[int]
) -> None:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3)).eval()
    spec = Spec("drawn", "drawn", (3, 12, 12), (0.5,) * 3, (0.25,) * 3, ())
    canvas: canvases.AscentCanvas = canvases.Fourier(spec)
    if phases:
        canvas = canvases.Phases(spec, torch.rand(3, 12, 7) + 0.1)

    def climb(begun: list[making.Climb] | None) -> Iterator[tuple[ascent.AscentFrame, ...]]:
        goal = goals.unit("2", 1)
        return making.make(
            model, spec, goal, canvas, steps=14, seed=seed, every=3, count=count, apart=0.5, begun=begun
        )  # fmt: skip

    whole, begun, found = list(climb(None)), list[making.Climb](), []
    for frames in read:
        found += itertools.islice(climb(begun), frames)
    found += climb(begun)
    assert [one[0].step for one in found] == [one[0].step for one in whole]
    for one, other in zip(itertools.chain(*found), itertools.chain(*whole), strict=True):
        assert one.path == other.path
        assert one.value == other.value
        assert np.array_equal(one.picture, other.picture)
        assert np.array_equal(one.leaned, other.leaned)
    assert not list(climb(begun)), "it has arrived"


def test_what_pulled_is_seen_and_what_nothing_looks_at_is_seen_through() -> None:
    class Left(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one = nn.Conv2d(1, 2, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.one(x[..., :12])

    torch.manual_seed(0)
    spec = Spec("drawn", "drawn", (1, 28, 28), (0.5,), (0.25,), ())
    frames = list(making.make(Left().eval(), spec, goals.unit("one", 1), canvases.Fourier(spec), steps=6, seed=1))
    (last,) = frames[-1]
    assert last.leaned is not None
    assert last.leaned[:, :11].max() > 0
    assert last.leaned[:, 14:26].max() == 0  # it reads twelve columns, and the image is turned by one at most
    seen = figures.faded(last)
    assert seen.shape == (28, 28, 4)
    assert np.array_equal(seen[..., :3], last.picture)
    assert seen[..., 3].max() == 255
    assert not seen[:, 14:26, 3].any()
    (first,) = frames[0]
    assert first.leaned is not None
    assert (last.leaned >= first.leaned).all()


def test_an_image_is_made_of_waves_between_black_and_white() -> None:
    free = torch.randn(3, 12, 9 // 2 + 1, 2, generator=torch.Generator().manual_seed(0))
    image = ascent.colours(free, (3, 12, 9))
    assert image.shape == (1, 3, 12, 9)
    assert 0 <= float(image.min()) < float(image.max()) <= 1
    lone = torch.zeros(1, 8, 5, 2)
    lone[0, 0, 2, 0] = 30.0  # two waves from side to side, none from top to bottom
    stripes = torch.logit(ascent.colours(lone, (1, 8, 8)))[0, 0]
    assert torch.allclose(stripes, stripes[:1].expand_as(stripes), atol=1e-4)
    assert torch.allclose(stripes[0, :4], stripes[0, 4:], atol=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_likeness_is_spearmans(seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 5, (4, 9)).astype(float)
    values[:, 0] = np.arange(4) + 6.0  # no row is constant
    found = ways.correlations(values)
    for one in range(4):
        for other in range(4):
            assert found[one, other] == pytest.approx(stats.spearmanr(values[one], values[other]).statistic)


def test_a_real_image_takes_the_real_way_and_equals_itself() -> None:
    network = networks.open_network(RUN)
    gallery = galleries.of("digits", network.spec, 40)
    rows = responses.listed(network.model, network.spec.input_shape)
    way = ways.of(network.model, gallery, rows, "conv2", gallery.batch([3]), [3, 3, 3])
    assert way.layers[-1] == "conv2"
    assert np.allclose(way.made, 1)
    assert np.allclose(way.real, 1)
    assert (way.other < 1).all()
    assert "in the same way" in captions.ways(way)


def test_the_sentence_follows_the_numbers() -> None:
    lines = {"real": np.array([0.9, 0.9, 0.9]), "other": np.zeros(3)}
    way = Ways(("a", "b", "c"), np.array([0.9, 0.2, 0.85]), np.full(3, 0.1), **lines, images=9, others=9)
    assert "At 1 of 3 layers, first at b" in captions.ways(way)


def drawn(maps: np.ndarray) -> Responses:
    count = len(maps)
    high = np.random.default_rng(0).normal(size=(5, count)).astype(np.float32)
    network = networks.open_network(RUN)
    field = responses.row_of(network.model, network.spec.input_shape, "conv2").receptive_field
    places = np.zeros((5, count), np.int32)
    return Responses("conv2", high, places, -high, places, high.mean(0), maps.shape[1:], field, (28, 28), 0.0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_round_has_four_maps_that_can_be_told_apart(seed: int) -> None:
    dice = np.random.default_rng(seed)
    maps = dice.normal(size=(9, 6, 6))
    maps[4] = 0
    maps[6] = 2 * maps[7] + 1  # the same to the eye
    one = game.drawn(drawn(maps), maps, seed)
    assert one is not None
    assert one.channel in one.options
    assert len(set(one.options)) == 4
    assert 4 not in one.options
    assert not {6, 7} <= set(one.options)
    assert game.drawn(drawn(maps), maps, seed) == one
    assert game.drawn(drawn(maps[:3]), maps[:3], seed) is None


def test_networks_come_back_without_gradients() -> None:
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(inplace=True)).eval()
    spec = networks.open_network(RUN).spec
    list(making.make(model, spec, goals.unit("0", 1), canvases.Fourier(spec), steps=2))
    assert all(parameter.grad is None for parameter in model.parameters())


@given(st.permutations(range(40)), st.integers(0, 3), st.integers(0, 3))
def test_question_choices_and_answer_name_the_same_four(channels: list[int], right: int, taken: int) -> None:
    options = tuple(channels[:4])
    for place, letter in enumerate("ABCD"):
        assert captions.option(place, None).startswith(f"{letter} ")
        assert captions.option(place, options[place]) == f"{letter}: channel {options[place]}"
    said = captions.guessed(options, options[right], options[taken])
    assert f"belong to {'ABCD'[right]} (channel {options[right]})" in said
    assert said.startswith("Right") == (right == taken)
    assert (f"not to {'ABCD'[taken]} (channel {options[taken]})" in said) == (right != taken)


@given(st.floats(0.01, 3))
def test_every_choice_of_steps_is_said_to_last_as_long_as_its_steps(pace: float) -> None:
    said = made_captions.lengths(pace, (16, 64, 256))
    assert f"16 steps take about {lasting(16 * pace)}, 64: {lasting(64 * pace)}, 256: {lasting(256 * pace)}." in said
    assert f"about {lasting(40 * pace)} left" in made_captions.working(24, 64, 1.0, pace)
