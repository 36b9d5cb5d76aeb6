"""The time machine: frames of a shipped run are its snapshots, and the packet holds their numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnviz import checkpoints, datasets, runs, training
from cnnviz.records import Finished, TrainConfig
from cnnviz.records.inside import BINS, Inside
from cnnviz.topics.training_lab import inside_packets, time_machine
from cnnviz.training import inside

RUN = "digits-lenet5-d2a25f8f"


@pytest.fixture(scope="module")
def frames() -> tuple[Inside, ...]:
    return time_machine.frames(RUN, np.full((1, 28, 28), 0.5, np.float32))


def test_every_frame_is_the_snapshot_of_its_step(frames: tuple[Inside, ...]) -> None:
    steps = checkpoints.find(RUN).snapshots
    assert [one.step for one in frames[:-1]] == list(steps)
    assert frames[-1].step > steps[-1]
    for frame, step in ((frames[0], steps[0]), (frames[-1], None)):
        model = checkpoints.load(RUN, step=step)
        assert np.array_equal(frame.kernels, model.get_parameter(f"{frame.kernel_layer}.weight").detach().numpy())
        with torch.inference_mode():
            scores = model(torch.full((1, 1, 28, 28), 0.5)).softmax(1)[0].numpy()
        assert frame.scores == pytest.approx(scores, abs=1e-5)
        assert frame.confusion.sum() == min(time_machine.TESTED, len(datasets.load("digits", "test").labels))
    first, last = (np.trace(one.confusion) / one.confusion.sum() for one in (frames[0], frames[-1]))
    assert last > 0.9 > 0.5 > first


def test_the_packet_draws_the_numbers_of_every_frame(frames: tuple[Inside, ...]) -> None:
    packet = inside_packets.packet(frames, runs.get(RUN).history(), checkpoints.spec(RUN).classes)
    meta, blobs = packet["meta"], packet["blobs"]
    count, (kernels, gradients) = len(frames), meta["tiles"][:2]
    shape = (count, *kernels["shape"])
    drawn = np.frombuffer(blobs[kernels["blob"]], np.uint8).reshape(shape).astype(float)
    values = np.stack([one.kernels for one in frames])
    assert len(set(kernels["limits"])) == 1
    step = kernels["limits"][0] / 127
    assert np.abs((drawn - 128) * step - values).max() <= 0.51 * step
    assert len(set(gradients["limits"])) > 1
    assert len(blobs["confusion"]) == count * meta["confusion"] ** 2
    heights = np.frombuffer(blobs["counts"], np.uint8).reshape(count, 2, -1, BINS)
    assert (heights.max(-1) == 255).all()
    for column in (one for table in meta["tables"] for one in table["columns"]):
        known = [value for row in column["values"] for value in row if value]
        assert all(column["low"] * 0.999 <= value <= column["high"] * 1.001 for value in known)
    _, active = meta["tables"][:2]
    assert [column["title"] for column in active["columns"]] == ["dead"]
    spread = np.frombuffer(blobs[active["blob"]], np.uint8).reshape(count, 2, len(active["names"]), BINS)
    assert (spread.max(-1) == 255).all()
    assert (spread[:, 0, :, : BINS // 2] == 0).all(), "a ReLU gives nothing below zero"
    assert spread[:, 1, :, : BINS // 2].any(), "the loss pulls some values up"
    assert active["limits"] == [
        [[pytest.approx(float(one), rel=1e-3) for one in kind] for kind in (frame.reach, frame.steepest)]
        for frame in frames
    ]


def test_without_the_data_set_one_s_own_image_is_looked_at_and_nothing_is_invented(
    frames: tuple[Inside, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_machine, "FRAMES", 2)
    monkeypatch.setattr(datasets, "status", lambda name: datasets.Status(False, False, "it is not here"))
    found = time_machine.frames(RUN, np.full((1, 28, 28), 0.5, np.float32))
    assert found[-1].scores == pytest.approx(frames[-1].scores, abs=1e-5)
    assert np.array_equal(found[-1].kernels, frames[-1].kernels)
    assert np.isnan(found[-1].dead).all()
    assert np.isnan(found[-1].gradients).all()
    packet = inside_packets.packet(found, runs.get(RUN).history(), checkpoints.spec(RUN).classes)
    assert packet["meta"]["confusion"] == 0
    assert [len(table["columns"]) for table in packet["meta"]["tables"]] == [1, 0], (
        "weights, and no share of dead units"
    )
    assert [column["title"] for column in packet["meta"]["tables"][0]["columns"]] == ["weights"]
    monkeypatch.setattr(datasets, "load", _refused)
    with pytest.raises(datasets.DatasetError):
        time_machine.frames(RUN, None)


def _refused(*_: object, **__: object) -> None:
    raise datasets.MissingError("it is not here")


def test_what_is_not_finite_is_a_gap_and_no_error() -> None:
    config = TrainConfig("digits", "fc2layer", examples=64, lr=1000.0)
    run = training.train(config, stop_at_divergence=False)
    list(run)
    with torch.no_grad():
        next(run.model.parameters()).fill_(float("nan"))
    images = run.test_images(8)
    labels = torch.zeros(8, dtype=torch.int64)
    found = inside.of(run.model, images, step=1, gradients=inside.gradients_of(run.model, images, labels))
    curves = {"step": np.zeros(0), "loss": np.zeros(0), "epoch_step": np.zeros(0), "test_accuracy": np.zeros(0)}
    packet = inside_packets.packet([found], curves, [str(digit) for digit in range(10)], live=True)
    assert None in packet["meta"]["tables"][0]["columns"][0]["values"][0]
    assert None in packet["meta"]["scores"][0]


def test_the_curve_ends_with_the_test_of_a_run_that_ran_out_of_time() -> None:
    curves = {"epoch_step": np.array([40, 68]), "test_accuracy": np.array([0.4, 0.533])}
    ended = Finished("time", 85, 2, 0.7, 0.8, (), 3.0, 5000)
    found = inside_packets.with_the_end(curves, [ended])
    assert found["epoch_step"].tolist() == [40, 68, 85]
    assert found["test_accuracy"].tolist() == [0.4, 0.533, 0.8]
    same = inside_packets.with_the_end(found, [ended])
    assert same["epoch_step"].tolist() == [40, 68, 85]
    assert curves["epoch_step"].tolist() == [40, 68]
