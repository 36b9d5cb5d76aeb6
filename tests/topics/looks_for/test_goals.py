"""Images made for other goals than a channel: their canvases, their numbers, and what two kinds of images differ in."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import capture, galleries, networks
from cnnviz.networks import Network
from cnnviz.records import Spec
from cnnviz.topics.looks_for import ascent, canvases, goals, making

RUN = "run:mnist-lenet5-df3d2154"
COLOURED = "run:shapes-net-d2b13a74"


@pytest.fixture(scope="module")
def network() -> Network:
    return networks.open_network(RUN)


@pytest.fixture(scope="module")
def coloured() -> Network:
    return networks.open_network(COLOURED)


def last(
    network: Network, goal: goals.Goal, canvas: canvases.AscentCanvas, **options: int | float
) -> tuple[ascent.AscentFrame, ...]:
    return list(making.make(network.model, network.spec, goal, canvas, **options))[-1]  # type: ignore[arg-type]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 15), st.integers(0, 999))
def test_a_direction_along_one_channel_is_that_channel(channel: int, seed: int) -> None:
    values = torch.randn(3, 16, 4, 5, generator=torch.Generator().manual_seed(seed))
    lone = goals.direction("x", np.eye(16)[channel]).score(values)
    assert torch.allclose(lone, goals.unit("x", channel).score(values), atol=1e-6)
    way = np.random.default_rng(seed).normal(size=16)
    wanted = values.double().numpy().mean((2, 3)) @ way
    assert np.allclose(goals.direction("x", way).score(values), wanted, atol=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([(3, 12, 10), (1, 9, 12), (3, 8, 8)]), st.integers(0, 999))
def test_phases_leave_every_frequency_as_strong_as_it_was(shape: tuple[int, int, int], seed: int) -> None:
    dice = torch.Generator().manual_seed(seed)
    spec = Spec("d", "drawn", shape, (0.5,) * shape[0], (1.0,) * shape[0], ())
    strong = torch.rand(shape[0], shape[1], shape[2] // 2 + 1, generator=dice) * 0.1
    canvas = canvases.Phases(spec, strong)
    image = canvas.image(canvas.start(dice, 2))
    assert image.shape == (2, *shape)
    waves = torch.fft.rfft2(canvases.planes(image), norm="ortho").abs()
    inside = slice(1, (shape[2] + 1) // 2)  # the first and the last column are their own mirror image
    assert torch.allclose(waves[..., inside], strong[..., inside].expand_as(waves[..., inside]), atol=2e-3)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([(3, 12, 10), (1, 9, 11), (3, 7, 7)]), st.integers(0, 999))
def test_a_canvas_begins_with_the_image_that_it_is_given(shape: tuple[int, int, int], seed: int) -> None:
    dice = torch.Generator().manual_seed(seed)
    spec = Spec("d", "drawn", shape, (0.5,) * shape[0], (1.0,) * shape[0], ())
    image = torch.rand(1, *shape, generator=dice)
    canvas = canvases.Fourier(spec, image)
    again = canvas.image(canvas.start(dice, 1))
    assert torch.allclose(again, image.clamp(canvases.EDGE, 1 - canvases.EDGE), atol=1e-4)


def test_what_a_layer_knows_comes_nearer_and_the_image_itself_is_there(network: Network) -> None:
    gallery = galleries.of("digits", network.spec, 3)
    x = gallery.batch([1])
    wanted = torch.from_numpy(np.array(capture.activations(network.model, x)["conv2"].values))[None]
    goal = goals.known("conv2", wanted)
    assert float(goal.score(wanted)[0]) == 0
    assert float(goal.score(torch.zeros_like(wanted))[0]) == pytest.approx(-1)
    (found,) = last(network, goal, canvases.Fourier(network.spec), steps=60, seed=1)
    assert found.value > -0.5
    assert found.value > found.path[0]


def test_a_dream_sees_more_of_what_is_there(network: Network) -> None:
    x = galleries.of("digits", network.spec, 3).batch([2])
    begun = x * torch.tensor(network.spec.std).view(-1, 1, 1) + torch.tensor(network.spec.mean).view(-1, 1, 1)
    (found,) = last(network, goals.dream("conv2"), canvases.Fourier(network.spec, begun), steps=8)
    there = np.square(capture.activations(network.model, x)["conv2"].values).mean() / 2
    assert found.value > 1.2 * there


def test_a_phase_image_drives_its_class(coloured: Network) -> None:
    gallery = galleries.of("shapes", coloured.spec, 40)
    canvas = canvases.Phases(coloured.spec, canvases.strengths(gallery))
    (found,) = last(coloured, goals.unit("fc3", 3), canvas, steps=40, seed=2)
    assert found.value > max(found.path[:5])


def test_images_made_apart_are_less_alike(coloured: Network) -> None:
    def alike(apart: float) -> float:
        frames = last(coloured, goals.unit("conv2", 1), canvases.Fourier(coloured.spec), steps=30, count=2, apart=apart)
        maps = [capture.activations(coloured.model, frame.tensor)["conv2"].values for frame in frames]
        return float(making.likeness(torch.from_numpy(np.stack(maps)))[0])

    assert alike(4.0) < alike(0.0) - 0.01


def test_a_direction_parts_its_two_classes(coloured: Network) -> None:
    gallery = galleries.of("shapes", coloured.spec, 120)
    found = goals.between(coloured.model, gallery, "fc2", 0, 3)
    assert np.linalg.norm(found.vector) == pytest.approx(1, rel=1e-5)
    first, second = (found.along[gallery.labels == label] for label in (0, 3))
    assert np.nanmean(second) > np.nanmean(first)
    assert found.right > 0.8
    with pytest.raises(ValueError, match="two classes"):
        goals.between(coloured.model, gallery, "fc2", 2, 2)


@given(st.integers(0, 5), st.integers(1, 6), st.integers(1, 6), st.integers(0, 999))
def test_one_cell_is_the_middle_one_and_a_vectors_number_itself(channel: int, high: int, wide: int, seed: int) -> None:
    values = torch.randn(2, 6, high, wide, generator=torch.Generator().manual_seed(seed))
    found = goals.cell("", channel).score(values)
    assert torch.equal(found, values[:, channel, high // 2, wide // 2])
    assert torch.equal(goals.cell("", channel).score(values[:, :, 0, 0]), values[:, channel, 0, 0])


def test_an_image_made_for_one_cell_is_blank_where_the_cell_does_not_look(network: Network) -> None:
    """The middle cell's slope reaches its field, and the few pixels by which the image is moved; no further."""
    (frame,) = list(
        making.make(network.model, network.spec, goals.cell("conv1", 3), canvases.Fourier(network.spec), steps=8)
    )[-1]
    assert frame.leaned is not None
    pulled = np.argwhere(frame.leaned > 0)
    assert len(pulled)
    far = np.ptp(pulled, axis=0)
    assert (far < np.array(network.spec.input_shape[1:]) / 2).all(), far
