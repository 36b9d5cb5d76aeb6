"""Training the last layer alone: what is computed once gives what the whole network would have given."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import checkpoints, configs, datasets, models, samples, training
from cnnviz.records import Epoch, Finished, Step, TrainConfig
from cnnviz.training import frozen

RUN = "digits-lenet5-d2a25f8f"
HEAD = TrainConfig("digits", "lenet5", lr=0.05, momentum=0.9, examples=200, batch_size=50, start=RUN, frozen=True)


def photos(folder: Path, *, count: int = 6, size: int = 64) -> str:
    """A zip of two folders of crops of two photographs, added as a data set of one's own."""
    rng, target = np.random.default_rng(0), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, title in (("cats", "chelsea"), ("cups", "coffee")):
            photo = samples.read(title)
            for number in range(count):
                left, top = (int(rng.integers(0, side // 3)) for side in photo.size)
                crop = photo.crop((left, top, left + photo.width // 2, top + photo.height // 2))
                file = io.BytesIO()
                crop.save(file, "PNG")
                archive.writestr(f"{name}/{number}.png", file.getvalue())
    return datasets.from_zip(target.getvalue(), "photos", size=size).name


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    return photos(tmp_path)


def steps(config: TrainConfig) -> tuple[list[Step], training.Training]:
    run = training.train(config)
    return [event for event in run if isinstance(event, Step)], run


def test_its_steps_are_those_of_the_whole_network_with_all_else_held() -> None:
    found, run = steps(HEAD)
    model = checkpoints.load(RUN).eval()
    head = frozen.only(model, frozen.head(model, 10))
    optimizer = torch.optim.SGD(head.parameters(), lr=HEAD.lr, momentum=HEAD.momentum)
    data, (mean, std) = datasets.load("digits"), checkpoints.normalisation(HEAD)
    chosen = torch.randperm(len(data.labels), generator=torch.Generator().manual_seed(0))[:200]
    images = (data.images[chosen].float() / 255 - mean[0]) / std[0]
    order = torch.randperm(200, generator=torch.Generator().manual_seed(HEAD.seed))
    for step, part in zip(found, order.split(50), strict=True):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images[part]), data.labels[chosen][part])
        loss.backward()
        optimizer.step()
        assert step.loss == pytest.approx(float(loss.detach()), rel=1e-3, abs=1e-6)
    for name, one in model.state_dict().items():
        assert torch.allclose(run.model.state_dict()[name], one, atol=1e-5), name


def test_all_other_layers_stay_as_they_were_to_the_bit() -> None:
    before = checkpoints.load(RUN).state_dict()
    _, run = steps(HEAD)
    name = frozen.head(run.model, 10)
    for key, one in run.model.state_dict().items():
        assert torch.equal(one, before[key]) == (not key.startswith(f"{name}.")), key


def test_its_evaluation_is_that_of_the_network_that_is_left(own: str) -> None:
    config = TrainConfig(
        own, "efficientnet_lite0", epochs=20, optimizer="adam", lr=0.01, batch_size=4, start="published", frozen=True,
        snapshots=1,
    )  # fmt: skip
    run = training.train(config)
    events = list(run)
    found = training.evaluate(run.model, datasets.load(own, "test"), config)
    finished = next(event for event in events if isinstance(event, Finished))
    assert finished.test_accuracy == found.accuracy
    assert finished.test_loss == pytest.approx(found.loss, rel=1e-3, abs=1e-5)
    assert [event for event in events if isinstance(event, Epoch)][-1].train_accuracy == 1.0, "two photographs"
    published = models.pretrained("efficientnet_lite0")[0].state_dict()
    assert all(
        torch.equal(one, published[key]) for key, one in run.model.state_dict().items() if "classifier" not in key
    )
    assert checkpoints.normalisation(config) == ((0.5,) * 3, (0.5,) * 3)
    assert checkpoints.describe(config, run.model).mean == (0.5, 0.5, 0.5)


def test_a_head_of_other_classes_begins_anew_on_a_run_of_ones_own() -> None:
    config = dataclasses.replace(HEAD, dataset="shapes", model="net", start="shapes-net-d2b13a74")
    assert frozen.head(steps(config)[1].model, len(datasets.info("shapes").classes)) == "fc3"
    lenet = models.build("lenet5", classes=4)
    from cnnviz.training.optimization import _begin_from

    _begin_from(lenet, checkpoints.load(RUN).state_dict(), frozen.head(lenet, 4))
    assert torch.equal(lenet.conv1.weight, checkpoints.load(RUN).conv1.weight)
    with pytest.raises(RuntimeError):
        _begin_from(lenet, checkpoints.load(RUN).state_dict(), "")


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"start": None}, "there is none"), ({"augmentation": ("flip",)}, "would change nothing"),
     ({"start": "published"}, "no published weights on board"),
     ({"start": "published", "model": "efficientnet_lite0"}, "take a data set of colour images")],
)  # fmt: skip
def test_what_cannot_be_held_is_said(changed: dict[str, object], said: str) -> None:
    with pytest.raises(configs.ConfigError, match=said):
        configs.check(dataclasses.replace(HEAD, **changed))  # type: ignore[arg-type]


def test_a_network_that_goes_on_after_its_last_linear_layer_is_refused() -> None:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(9, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 2 * self.fc(x.flatten(1))

    model = Scaled()
    layer = frozen.only(model, frozen.head(model, 3))
    with pytest.raises(configs.ConfigError, match="goes on after it"):
        frozen.features(model, layer, torch.ones(2, 1, 3, 3, dtype=torch.uint8), frozen.unchanged(torch.device("cpu")))
    with pytest.raises(configs.ConfigError, match="does not end in one"):
        frozen.head(model, 4)


ENDINGS: dict[str, tuple[nn.Module, ...]] = {
    "averaged": (), "rectified": (nn.ReLU(),), "log-softmax": (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LogSoftmax(1)),
}  # fmt: skip


@pytest.mark.parametrize("ending", list(ENDINGS))
def test_a_convolution_may_be_the_last_layer(ending: str) -> None:
    """As in Network in Network and SqueezeNet: what is kept gives the network's output after the layer has learned."""
    torch.manual_seed(0)
    after = (*ENDINGS[ending], nn.AdaptiveAvgPool2d(1), nn.Flatten())
    body = (nn.Conv2d(1, 5, 3), nn.ReLU(), nn.Dropout(), nn.Conv2d(5, 4, 1))
    model = nn.Sequential(*body, *(ENDINGS[ending] if ending == "log-softmax" else after))
    layer = frozen.only(model, frozen.head(model, 4))
    images = torch.randint(0, 256, (40, 1, 9, 7), dtype=torch.uint8)
    normalise = frozen.unchanged(torch.device("cpu"))
    seen, answer = frozen.features(model, layer, images, normalise)
    assert seen.shape == (40, 5, 7, 5)
    with torch.no_grad():
        layer.weight.copy_(torch.randn(4, 5, 1, 1))
        found = answer(seen)
        wanted = model.eval()(images.float())
    torch.testing.assert_close(found.log_softmax(1) if ending == "log-softmax" else found, wanted)
    assert [one for one in model.parameters() if one.requires_grad] == [layer.weight, layer.bias]


def test_more_than_memory_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frozen, "MOST", 5 * 9 * 7 * 4 * 30)
    model = nn.Sequential(nn.Conv2d(1, 5, 3, padding=1), nn.Conv2d(5, 4, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    layer = frozen.only(model, frozen.head(model, 4))
    images = torch.ones(31, 1, 9, 7, dtype=torch.uint8)
    with pytest.raises(configs.ConfigError, match=r"train on 30 \(examples\)"):
        frozen.features(model, layer, images, frozen.unchanged(torch.device("cpu")))


def test_an_interrupted_head_goes_on_to_the_bit(tmp_path: Path) -> None:
    config, path = dataclasses.replace(HEAD, epochs=3), tmp_path / "state.safetensors"
    whole, _ = steps(config)

    def keep(run: training.Training) -> None:
        if run.step >= 5 and not path.exists():
            run.state().save(path)

    list(training.train(config, on_pause_point=keep))
    again = [one for one in training.train(config, resume=training.ResumeState.load(path)) if isinstance(one, Step)]
    assert [(one.step, one.loss) for one in again] == [(one.step, one.loss) for one in whole[-len(again) :]]
    assert 0 < len(again) <= len(whole) - 5
