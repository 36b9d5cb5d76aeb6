"""Permutations of pixels as training applies them: nothing is lost, what must stay stays, old runs keep their ids."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz import configs
from cnnviz.records import TrainConfig
from cnnviz.training import augmentation

SEEDS = st.integers(0, 2**40)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 12), st.integers(1, 12), st.floats(0, 1), st.integers(1, 12))
def test_an_order_moves_every_pixel_to_one_place(seed: int, height: int, width: int, share: float, block: int) -> None:
    block = min(block, height, width)
    order = augmentation.pixel_order(seed, height, width, share=share, block=block)
    assert sorted(order.tolist()) == list(range(height * width))
    moved = int((order != torch.arange(height * width)).sum())
    squares = (height // block) * (width // block)
    assert moved <= round(share * squares) * block**2


@pytest.mark.parametrize("seed", [0, 9])
def test_the_whole_permutation_is_the_one_that_shipped_runs_have(seed: int) -> None:
    assert torch.equal(augmentation.pixel_order(seed, 28, 28), augmentation.pixel_permutation(seed, 784))


def test_squares_move_as_wholes() -> None:
    """Each 4 × 4 square of the result is one of the image's, unturned."""
    image = torch.arange(16 * 16, dtype=torch.int32).view(1, 1, 16, 16)
    result = augmentation.permute_pixels(image, 3, block=4)[0, 0].numpy()
    before = {tuple(row.ravel()) for half in np.split(image[0, 0].numpy(), 4) for row in np.split(half, 4, 1)}
    after = {tuple(row.ravel()) for half in np.split(result, 4) for row in np.split(half, 4, 1)}
    assert after == before
    assert not np.array_equal(result, image[0, 0].numpy())


def test_pixels_that_fill_no_whole_square_stay() -> None:
    order = augmentation.pixel_order(1, 28, 28, block=5).view(28, 28)
    places = torch.arange(784).view(28, 28)
    assert torch.equal(order[25:], places[25:])
    assert torch.equal(order[:, 25:], places[:, 25:])


def test_a_larger_share_contains_a_smaller_one() -> None:
    """What moves at 25 % is among what moves at 50 %, but for a pixel that came back to its own place."""
    places = torch.arange(784)
    few, many = (augmentation.pixel_order(5, 28, 28, share=share) for share in (0.25, 0.5))
    alone = set(places[few != places].tolist()) - set(places[many != places].tolist())
    assert len(alone) <= 3
    assert int((many != places).sum()) > 1.9 * int((few != places).sum())


def test_each_picture_its_own_order_loses_no_pixel() -> None:
    images = torch.randint(0, 256, (5, 3, 6, 8), dtype=torch.uint8)
    moved = augmentation.permute_each(images, 2)
    for picture, other in zip(images, moved, strict=True):
        columns = sorted(map(tuple, picture.flatten(1).T.tolist()))
        assert columns == sorted(map(tuple, other.flatten(1).T.tolist())), "channels move together"
    same = torch.arange(48, dtype=torch.uint8).view(1, 1, 6, 8).expand(4, 1, 6, 8)
    assert len({tuple(row.flatten().tolist()) for row in augmentation.permute_each(same, 2)}) == 4


def test_orders_for_each_picture_do_not_depend_on_how_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    images = torch.randint(0, 256, (7, 1, 4, 4), dtype=torch.uint8)
    whole = augmentation.permute_each(images, 2)
    monkeypatch.setattr(augmentation, "AT_A_TIME", 3)
    assert torch.equal(augmentation.permute_each(images, 2), whole)


def test_test_pictures_get_other_orders_than_training_pictures() -> None:
    images = torch.arange(64, dtype=torch.uint8).view(1, 1, 8, 8)
    config = TrainConfig("mnist", "cnn", permutation=0, permutation_fresh=True)
    train, test = (augmentation.permuted(images, config, split=split) for split in ("train", "test"))
    assert not torch.equal(train, test)
    fixed = TrainConfig("mnist", "cnn", permutation=0)
    assert torch.equal(augmentation.permuted(images, fixed), augmentation.permuted(images, fixed, split="test"))


@pytest.mark.parametrize(
    ("model", "permutation", "digest"),
    [("fc2layer", None, "9d92c189"), ("fc2layer", 0, "fa2460a4"), ("cnn", None, "19abe802"), ("cnn", 0, "373d20be")],
)
def test_old_run_ids_stay(model: str, permutation: int | None, digest: str) -> None:
    assert TrainConfig("mnist", model, momentum=0.5, snapshots=12, permutation=permutation).digest == digest


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"permutation_share": 1.5}, "permutation_share"),
        ({"permutation_block": 0}, "permutation_block"),
        ({"permutation_block": 29}, "28 pixels"),
        ({"permutation": None, "permutation_block": 2}, "permutation is None"),
        ({"permutation": None, "permutation_fresh": True}, "permutation is None"),
    ],
)
def test_a_permutation_that_cannot_be_is_refused(changes: dict[str, object], word: str) -> None:
    config = TrainConfig.from_json({"dataset": "digits", "model": "cnn", "permutation": 0} | changes)
    with pytest.raises(configs.ConfigError, match=word):
        configs.check(config)
