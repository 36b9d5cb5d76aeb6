"""Going on from other weights: what is held stays to the bit, each layer has its own rate, what moved is measured."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from cnnviz import checkpoints, configs, models, training
from cnnviz.records import Steering, Step, TrainConfig
from cnnviz.topics.training_lab import moved
from cnnviz.training import optimization, transfer
from cnnviz.training.resumption import ResumeState

RUN = "digits-lenet5-d2a25f8f"
BASE = TrainConfig("digits", "lenet5", lr=0.05, examples=96, batch_size=32, start=RUN)
NAMES = ("conv1", "conv2", "fc1", "fc2", "fc3")


def trained(config: TrainConfig, **given: object) -> training.Training:
    run = training.train(config, **given)  # type: ignore[arg-type]
    for _ in run:
        pass
    return run


@pytest.mark.parametrize("cut", NAMES)
def test_layers_before_the_cut_stay_to_the_bit_and_the_others_move(cut: str) -> None:
    run = trained(dataclasses.replace(BASE, cut=cut, momentum=0.9, weight_decay=0.01))
    before, after = checkpoints.load(RUN).state_dict(), run.model.state_dict()
    for layer in NAMES:
        same = all(torch.equal(before[name], after[name]) for name in before if name.startswith(f"{layer}."))
        assert same == (NAMES.index(layer) < NAMES.index(cut)), layer


def test_held_normalisation_keeps_its_statistics() -> None:
    options = (("batch_norm", True), ("depth", 2))
    model = models.build("deep_cnn", input_shape=(1, 28, 28), classes=10, **dict(options)).train()
    names = transfer.layers(model)
    norms = [name for name, one in model.named_modules() if isinstance(one, torch.nn.BatchNorm2d)]
    cut = names[names.index(norms[-1])]
    transfer.hold(model, transfer.held(model, cut))
    was = {name: one.clone() for name, one in model.named_buffers()}
    model(torch.randn(8, 1, 28, 28))
    now = dict(model.named_buffers())
    for norm in norms:
        assert torch.equal(was[f"{norm}.running_mean"], now[f"{norm}.running_mean"]) == (norm != cut)


def test_each_layer_s_first_step_is_its_own_rate_times_its_gradient() -> None:
    full, slow = (trained(dataclasses.replace(BASE, examples=32, body_lr=share)) for share in (1.0, 0.1))
    start = checkpoints.load(RUN).state_dict()
    for name, began in start.items():
        far, near = full.model.state_dict()[name] - began, slow.model.state_dict()[name] - began
        share = 1.0 if name.startswith("fc3.") else 0.1
        assert torch.allclose(near, share * far, atol=1e-6), name


def test_schedule_and_steering_keep_the_shares() -> None:
    def rates(run: training.Training) -> list[float]:
        return [group["lr"] for group in run._optimizer.param_groups]

    config = dataclasses.replace(BASE, body_lr=0.25, schedule="cosine")
    run = training.train(config, steering=training.replay({1: Steering(lr=0.02)}))
    found = [rates(run) for event in run if isinstance(event, Step)]
    assert all(body == pytest.approx(0.25 * head) for body, head in found)
    assert found[-1][1] < 0.02


def test_it_is_resumed_to_the_bit() -> None:
    config = dataclasses.replace(BASE, body_lr=0.5, cut="conv2", optimizer="adam", lr=0.002)
    states: list[ResumeState] = []

    def look(run: training.Training) -> None:
        if run.step == 1:
            state = run.state()
            states.append(
                dataclasses.replace(state, tensors={name: one.clone() for name, one in state.tensors.items()})
            )

    whole = trained(config, on_pause_point=look)
    again = trained(config, resume=states[0])
    assert all(
        torch.equal(one, other) for one, other in zip(whole.model.parameters(), again.model.parameters(), strict=True)
    )


WRONG = [
    (dataclasses.replace(BASE, start=None, cut="fc1"), "there is no start"),
    (dataclasses.replace(BASE, frozen=True, body_lr=0.1), "leave one of them"),
    (dataclasses.replace(BASE, body_lr=0.0), "body_lr is 0.0"),
    (dataclasses.replace(BASE, cut="fc9"), "no such layer"),
]


@pytest.mark.parametrize(("config", "said"), WRONG)
def test_what_cannot_be_is_one_sentence(config: TrainConfig, said: str) -> None:
    with pytest.raises(configs.ConfigError, match=said):
        training.train(config)


def test_what_moved_is_the_relative_length_of_the_change() -> None:
    found = moved.of(RUN)
    before = optimization.network(checkpoints.find(RUN).config)
    after = checkpoints.load(RUN)
    assert found.layers == NAMES
    before.requires_grad_(False)
    after.requires_grad_(False)
    for name, change in zip(found.layers, found.change, strict=True):
        old, new = (
            torch.cat([one.flatten() for one in net.get_submodule(name).parameters()]) for net in (before, after)
        )
        assert change == pytest.approx(float((new - old).norm() / old.norm()), rel=1e-4)
        assert change > 0
