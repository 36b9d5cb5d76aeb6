"""Test images that have moved: by the definition, in training and in evaluation; a digit at every place."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import checkpoints, datasets, images, models, samples, training
from cnnviz.experiments import shifted_pictures
from cnnviz.measurements.permuted_pixels import run_id
from cnnviz.records import Finished, Step, TrainConfig
from cnnviz.topics.shifted_pictures import captions, digits, figures
from cnnviz.training import augmentation, evaluation
from cnnviz.training.augmentation import DIRECTIONS, moved


def slowly(pictures: np.ndarray, by: int) -> np.ndarray:
    """Pixel by pixel: what lies `by` pixels against the image's direction comes here, black from outside."""
    result = np.zeros_like(pictures)
    count, channels, height, width = pictures.shape
    for i, c, y, x in np.ndindex(count, channels, height, width):
        down, right = DIRECTIONS[i % 8]
        from_y, from_x = y - by * down, x - by * right
        if 0 <= from_y < height and 0 <= from_x < width:
            result[i, c, y, x] = pictures[i, c, from_y, from_x]
    return result


# ------------------------------------------------------------------------------------------------ the definition
@settings(max_examples=25, deadline=None)
@given(
    count=st.integers(1, 19), channels=st.integers(1, 3), height=st.integers(1, 9), width=st.integers(1, 9),
    by=st.integers(0, 11), seed=st.integers(0, 999),
)  # fmt: skip
def test_moved_by_definition(count: int, channels: int, height: int, width: int, by: int, seed: int) -> None:
    pictures = np.random.default_rng(seed).integers(0, 256, (count, channels, height, width), dtype=np.uint8)
    given_ = torch.from_numpy(pictures.copy())
    found = moved(given_, by)
    assert found.dtype == torch.uint8
    assert np.array_equal(found.numpy(), slowly(pictures, by))
    assert np.array_equal(given_.numpy(), pictures), "what was given stays as it was"


def test_the_eight_directions_are_the_eight_neighbours() -> None:
    assert sorted(DIRECTIONS) == [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0)]


def test_moving_there_and_back_loses_only_the_edge() -> None:
    """Image i goes one way, image i + 4 the opposite way."""
    pictures = torch.randint(1, 256, (8, 1, 12, 12), dtype=torch.uint8)
    there = moved(pictures, 3)
    back = moved(there[[4, 5, 6, 7, 0, 1, 2, 3]], 3)[[4, 5, 6, 7, 0, 1, 2, 3]]
    assert torch.equal(back[:, :, 3:9, 3:9], pictures[:, :, 3:9, 3:9])
    assert not torch.equal(back, pictures)


# ------------------------------------------------------------------------------------------------ in a run
def test_only_test_pictures_move() -> None:
    """The same losses on the way, step by step, and another accuracy at the end."""
    config = TrainConfig("digits", "cnn", epochs=1, lr=0.05, momentum=0.5)
    runs = [list(training.train(dataclasses.replace(config, test_shift=by))) for by in (0, 4)]
    losses = [[event.loss for event in events if isinstance(event, Step)] for events in runs]
    assert losses[0] == losses[1]
    ends = [events[-1] for events in runs]
    assert all(isinstance(event, Finished) for event in ends)
    assert ends[0].test_accuracy != ends[1].test_accuracy


def test_evaluation_moves_what_the_config_says() -> None:
    """Against the slow definition, normalised and classified by hand."""
    model, data = models.build("cnn", seed=2), datasets.load("digits", "test")
    few = dataclasses.replace(data, images=data.images[:40], labels=data.labels[:40])
    config = TrainConfig("digits", "cnn", test_shift=3)
    info = datasets.info("digits")
    x = (torch.from_numpy(slowly(few.images.numpy(), 3)).float() / 255 - info.mean[0]) / info.std[0]
    with torch.no_grad():
        answers = model(x).argmax(1)
    found = evaluation.evaluate(model, few, config)
    assert found.predictions.tolist() == answers.tolist()
    assert found.accuracy == pytest.approx(float((answers == few.labels).float().mean()))
    unmoved = evaluation.evaluate(model, few, dataclasses.replace(config, test_shift=0))
    assert unmoved.predictions.tolist() == evaluation.evaluate(model, few).predictions.tolist()


def test_a_permuted_run_moves_the_permuted_picture() -> None:
    pictures = datasets.load("digits", "test").images[:9]
    config = TrainConfig("digits", "cnn", permutation=4, test_shift=2)
    assert torch.equal(augmentation.as_tested(pictures, config), moved(augmentation.permute_pixels(pictures, 4), 2))


@pytest.mark.parametrize("by", [-1, 28, 1.5])
def test_a_shift_that_makes_no_sense_is_refused(by: float) -> None:
    with pytest.raises(training.ConfigError, match="test_shift"):
        training.check(TrainConfig("digits", "cnn", test_shift=by))  # type: ignore[arg-type]


def test_crops_move_as_far_as_the_verdict_says() -> None:
    """A dot in the middle turns up at every distance up to the padding, and at none beyond."""
    picture = torch.zeros(400, 1, 28, 28, dtype=torch.uint8)
    picture[:, :, 14, 14] = 255
    normalise = augmentation.Normalisation.of((0.0,), (1.0,), device=torch.device("cpu"))
    batches = augmentation.Batches(
        picture, torch.zeros(400, dtype=torch.int64), batch_size=400, normalise=normalise, seed=0,
        augmentation=("crop",),
    )  # fmt: skip
    ((found, _),) = batches.epoch()
    at = (found[:, 0].flatten(1).argmax(1)[:, None] // torch.tensor([28, 1])) % 28 - 14
    assert at.abs().max() == augmentation.PADDING
    assert set(at.flatten().tolist()) == set(range(-4, 5))


# ------------------------------------------------------------------------------------------------ one digit
def test_every_place_is_where_it_says() -> None:
    spec = checkpoints.spec(run_id("cnn", permuted=False))
    x = images.to_tensor(samples.read("digit-on-paper"), spec)
    black = -spec.mean[0] / spec.std[0]
    found = digits.everywhere(x, spec, reach=2).view(5, 5, 28, 28)
    for down in range(-2, 3):
        for right in range(-2, 3):
            expected = np.full((28, 28), black, dtype=np.float32)
            for y, column in np.ndindex(28, 28):
                if 0 <= y - down < 28 and 0 <= column - right < 28:
                    expected[y, column] = x[0, 0, y - down, column - right]
            assert np.allclose(found[down + 2, right + 2].numpy(), expected, atol=1e-5)


def test_the_grid_is_what_the_networks_say() -> None:
    picture = samples.read("digit-on-paper")
    found = digits.grid(picture, reach=4)
    assert found.probabilities.shape == (2, 9, 9, 10)
    assert np.allclose(found.probabilities.sum(-1), 1, atol=1e-5)
    for index, model in enumerate(("fc2layer", "cnn")):
        run = run_id(model, permuted=False)
        x = images.to_tensor(picture, checkpoints.spec(run))
        with torch.no_grad():
            plain = checkpoints.load(run)(x).softmax(1)[0].numpy()
            up = checkpoints.load(run)(_up(x, checkpoints.spec(run).mean[0], checkpoints.spec(run).std[0]))
        assert np.allclose(found.probabilities[index, 4, 4], plain, atol=1e-5)
        assert np.allclose(found.probabilities[index, 1, 4], up.softmax(1)[0].numpy(), atol=1e-5)
    words = captions.grid(found)
    fc, cnn = figures.kept(found)
    assert f"at {fc} of the 49 places" in words
    assert f"at {cnn} of the 49 places within 3 pixels of it." in words
    answers = found.probabilities.argmax(-1)
    assert cnn == sum(answers[1, y, x] == answers[1, 4, 4] for y in range(1, 8) for x in range(1, 8))


def _up(x: torch.Tensor, mean: float, std: float) -> torch.Tensor:
    """Moved up by three pixels."""
    return torch.cat([x[:, :, 3:], torch.full((1, 1, 3, 28), -mean / std)], dim=2)


def test_both_networks_are_of_one_size() -> None:
    assert digits.parameters() == {"FC": 6442, "CNN": 6422}


def test_ten_digits_are_moved_as_the_experiment_moves_them() -> None:
    found = digits.ten((0, 2))
    assert found.labels.tolist() == list(range(10))
    assert np.array_equal(found.pictures[1][:, None], slowly(found.pictures[0][:, None], 2))
    header, blobs = figures.shifted_digits(found)
    assert len(blobs["pictures"]) == 2 * 10 * 28 * 28
    assert header["directions"][:3] == ["right", "down right", "down"]
    network = checkpoints.load(run_id("cnn", permuted=False))
    assert isinstance(network, nn.Module)
    spec = checkpoints.spec(run_id("cnn", permuted=False))
    with torch.no_grad():
        x = (torch.from_numpy(found.pictures[1]).float()[:, None] / 255 - spec.mean[0]) / spec.std[0]
        assert network(x).argmax(1).tolist() == found.answers[1, 1].tolist()


def test_labels_say_what_the_configs_do() -> None:
    configs = {cell.label: cell.config for cell in shifted_pictures.EXPERIMENT.cells}
    assert len(configs) == 4 * len(shifted_pictures.SHIFTS)
    for name, config in configs.items():
        assert config.test_shift == int(name.split(", ")[1].split()[0])
        assert config.augmentation == (("crop",) if "with crops" in name else ())
        assert config.model == ("fc2layer" if name.startswith("FC") else "cnn")
