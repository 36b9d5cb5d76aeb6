"""Shifts: the image really moves, the cosine is the cosine, halving equals torch, and nothing is left behind."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import networks, samples
from cnnviz.operations import OperationError
from cnnviz.topics.pooling import halving_proofs, pooling_swap, shift_captions, shift_figures, shift_reductions, shifts
from cnnviz.topics.pooling.halving import WAYS, halve
from cnnviz.topics.pooling.shift_records import Exchanged, Shifts

CHOICE = "run:mnist-lenet5-df3d2154"


@pytest.fixture(scope="module")
def lenet() -> networks.Network:
    return networks.open_network(CHOICE)


@pytest.fixture(scope="module")
def measured(lenet: networks.Network) -> Shifts:
    return shifts.measure(lenet, [samples.read("digit-3"), samples.read("digit-8")], names=("3", "8"))


# ------------------------------------------------------------------------------------------------ moving
def test_a_slid_photo_is_the_same_photo_further_left(lenet: networks.Network) -> None:
    spec = networks.open_network("resnet20").spec
    frames = shifts.slid(samples.read("chelsea"), spec)
    assert frames.shape == (17, *spec.input_shape)
    for by in (1, 7, 16):
        assert torch.equal(frames[by][:, :, :-by], frames[0][:, :, by:])
        assert frames[by][:, :, -by:].std() > 0  # what comes in is photo, not an empty border


def test_a_slid_digit_leaves_its_black_ground_behind(lenet: networks.Network) -> None:
    frames = shifts.slid(samples.read("digit-3"), lenet.spec)
    ground = (0 - lenet.spec.mean[0]) / lenet.spec.std[0]
    assert torch.allclose(frames[16][0, :, -16:], torch.tensor(ground))
    assert torch.equal(frames[16][:, :, :-16], frames[0][:, :, 16:])


def test_a_turn_by_nothing_is_the_picture_and_a_turn_there_and_back_almost(lenet: networks.Network) -> None:
    frames = shifts.turned(samples.read("digit-3"), lenet.spec)
    plain = shifts.slid(samples.read("digit-3"), lenet.spec)[0]
    assert torch.allclose(frames[0], plain, atol=1e-4)
    large = shifts._canvas(samples.read("digit-3"), lenet.spec, (60, 60), "crop", centred=True)
    quarter = shifts._rotated(large, 90.0, 28, 28)
    assert torch.allclose(quarter, torch.rot90(plain, 1, (1, 2)), atol=1e-4)  # anticlockwise


# ------------------------------------------------------------------------------------------------ measuring
def test_the_cosine_is_the_cosine() -> None:
    one, other = np.array([[1.0, 0.0]]), np.array([[1.0, 1.0]])
    assert shift_reductions.cosine(one, other) == pytest.approx(1 / math.sqrt(2))
    assert shift_reductions.cosine(one, -3 * one) == pytest.approx(-1)
    assert shift_reductions.cosine(0 * one, one) == 0.0
    assert shift_reductions.cosine(0 * one, 0 * one) == 1.0


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3), st.integers(2, 9), st.integers(2, 9), st.sampled_from(sorted(WAYS)), st.integers(0, 99))
def test_halving_equals_pytorch(channels: int, height: int, width: int, way: str, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(channels, 2 * height, 2 * width))
    found = halve(x, way)
    assert found.shape == (channels, height, width)
    assert np.abs(halving_proofs.by_torch(torch.tensor(x), way).numpy() - found).max() <= 1e-10


def test_a_constant_map_stays_constant_and_a_small_one_is_refused() -> None:
    for way in WAYS:
        assert halve(np.full((1, 6, 8), 2.5), way) == pytest.approx(2.5)
    with pytest.raises(OperationError, match="too small"):
        halve(np.ones((1, 3, 8)), "max")


def test_what_is_measured_is_what_two_recordings_say(measured: Shifts, lenet: networks.Network) -> None:
    """Layer pool1 at 5 px, by hand."""
    frames = shifts.slid(samples.read("digit-8"), lenet.spec)
    with torch.inference_mode():
        one, two = (lenet.model.pool1(torch.relu(lenet.model.conv1(frame[None]))) for frame in (frames[0], frames[5]))
    by_hand = torch.nn.functional.cosine_similarity(one.flatten(), two.flatten(), dim=0).item()
    motion = measured.slide
    assert motion.cosines[1, motion.layers.index("pool1"), 5] == pytest.approx(by_hand, abs=1e-5)
    assert motion.by_place[1, 0, motion.ways.index("max"), 5] == pytest.approx(by_hand, abs=1e-5)


def test_laws(measured: Shifts) -> None:
    for motion in (measured.slide, measured.turn):
        assert motion.amounts[0] == 0
        assert motion.cosines[:, :, 0] == pytest.approx(1.0)
        assert motion.by_place[:, :, :, 0] == pytest.approx(1.0)
        assert np.abs(motion.cosines).max() <= 1
        assert motion.agree[:, 0].all()
    slide = measured.slide
    assert [place.layer for place in slide.reductions] == ["pool1", "pool2"]
    assert [place.cell for place in slide.reductions] == [1, 2]
    along = slide.moved_along[:, 0]
    assert along[:, slide.ways.index("before"), 1:6].min() > 0.97  # a convolution moves with its image
    stride = along[:, slide.ways.index("stride")]
    assert stride[:, 2:9:2].min() > stride[:, 1:9:2].max()  # every second cell: only even shifts are seen
    assert np.isnan(slide.moved_along[:, 1, 0, 1]).all()  # one pixel is half a cell after pooling
    assert np.isnan(measured.turn.moved_along[:, :, :, 1:]).all()


def test_one_picture_has_no_floor_and_the_network_is_left_as_it_was(lenet: networks.Network) -> None:
    before = {name: value.clone() for name, value in lenet.model.state_dict().items()}
    seen: list[float] = []
    found = shifts.measure(lenet, [samples.read("digit-3")], progress=seen.append)
    assert np.isnan(found.slide.floors).all()
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert not lenet.model.training
    assert all(torch.equal(value, before[name]) for name, value in lenet.model.state_dict().items())
    assert not any(module._forward_hooks for module in lenet.model.modules())


def test_exchanged_poolings_are_the_ways_and_the_network_keeps_its_own(lenet: networks.Network) -> None:
    x = torch.randn(2, 3, 8, 6, dtype=torch.float64)
    for way in WAYS:
        theirs = torch.stack([halving_proofs.by_torch(single, way) for single in x])
        assert torch.allclose(pooling_swap.Halving(way)(x), theirs, atol=1e-12)
    other = pooling_swap.exchanged(lenet.model, "blur")
    assert pooling_swap.exchangeable(lenet.model) == ("pool1", "pool2")
    assert pooling_swap.exchangeable(other) == ()
    frames = shifts.slid(samples.read("digit-3"), lenet.spec)
    same = pooling_swap.exchanged(lenet.model, "max")
    with torch.inference_mode():
        assert torch.equal(same(frames[:3]), lenet.model(frames[:3]))


def test_the_exchange_counts_the_classes(measured: Shifts) -> None:
    found = measured.exchanged
    assert found is not None
    assert found.kept.shape == (5, 2, 5)
    assert found.kept[:, :, 0].all()
    assert found.same[0].all()  # trained with the maximum
    table = shift_figures.exchange_table(found)
    row = next(line for line in table.splitlines() if line.startswith("| max |"))
    assert row == "| max | 2 | " + " | ".join(str(found.kept[0, :, at].sum()) for at in range(1, 5)) + " |"
    assert np.array_equal(found.kept[0, :, 2], measured.slide.agree[:, 2])


def test_an_exchange_that_broke_the_network_is_not_praised() -> None:
    kept = np.ones((5, 10, 5), dtype=bool)
    kept[0, :, 1:] = False
    same = np.ones((5, 10), dtype=bool)
    same[2] = False  # every second cell: answers otherwise, and always the same
    made = Exchanged(tuple(WAYS), (0.0, 1.0, 2.0, 4.0, 8.0), ("pool",), kept, same)
    assert "average (40 of 40) and least often with max (0 of 40). The difference is clear" in shift_captions.steadiest(
        made
    )
    assert "With stride the network answers differently" in shift_captions.broken(made)
    kept[0] = True
    kept[0, 0, 1] = False
    assert "too small to tell" in shift_captions.steadiest(made)


# ------------------------------------------------------------------------------------------------ said and drawn
def test_the_words_are_the_numbers(measured: Shifts) -> None:
    slide = measured.slide
    mean = slide.by_place[:, 0].mean(0)
    said = " ".join(shift_captions.verdict(measured))
    assert f"similarity of {mean[0, 2]:.2f} before and {mean[1, 2]:.2f} after max pooling" in said
    assert f"{slide.cosines.mean(0)[-1, 2]:.2f} at fc3" in said
    rows = shift_figures.csv(measured).splitlines()
    row = next(line for line in rows if line.startswith("slide,5,pool1,,"))
    assert float(row.split(",")[5]) == pytest.approx(slide.cosines[:, slide.layers.index("pool1"), 5].mean(), abs=1e-6)


def test_what_is_drawn_is_in_the_order_of_the_amounts(measured: Shifts) -> None:
    made = shift_figures.data(measured)
    turn = made["meta"]["motions"]["turn"]
    assert turn["amounts"] == sorted(turn["amounts"])
    at = measured.turn.amounts.index(-30.0)
    assert turn["depth"]["mean"][0][0] == pytest.approx(measured.turn.cosines[:, 0, at].mean(), abs=1e-4)
    rows, columns = turn["places"][0]["sizes"]["max"]
    assert len(made["blobs"]["turn_0_max"]) == len(turn["amounts"]) * rows * columns
    assert turn["places"][0]["along"]["mean"][0][0] is None


def test_a_network_that_never_shrinks_its_maps_is_said() -> None:
    found = shifts.measure(networks.open_network("fc2layer"), [samples.read("digit-3")])
    assert found.slide.reductions == ()
    assert found.exchanged is None
    assert "never shrinks a map" in shift_captions.verdict(found)[0]
    assert shift_figures.data(found)["meta"]["motions"]["slide"]["places"] == []
