"""Many images at a time: what a network makes of each is what it makes of it alone, whatever its output is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnviz import attribution, capture, datasets, galleries
from cnnviz.attribution import DoesNotFit, Target
from cnnviz.records import Spec
from cnnviz.topics.image_map import features
from cnnviz.topics.looks_for import quick_pass, responses
from cnnviz.tracing.apart import are_apart

SPEC = Spec("drawn", "drawn", (3, 32, 32), (0.5,) * 3, (0.25,) * 3, datasets.info("shapes").classes)
Ending = Callable[[torch.Tensor, torch.Tensor], Any]  # of the maps and the scores


class Net(nn.Module):
    """A small network; `norm` may look at what comes with an image."""

    def __init__(self, ending: Ending, norm: nn.Module | None = None, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.norm = nn.Conv2d(3, 4, 3, stride=2), norm or nn.Identity()
        self.scores, self.ending = nn.Linear(4, 5), ending
        self.to(dtype)

    def forward(self, x: torch.Tensor) -> Any:
        maps = F.relu(self.norm(self.first(x)))
        return self.ending(maps, self.scores(maps.mean((2, 3))))


class Before(nn.Module):
    """Each image's maps, and half of those of the one before it."""

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return maps + 0.5 * torch.cat((torch.zeros_like(maps[:1]), maps[:-1]))


ENDINGS: dict[str, Ending] = {
    "scores": lambda maps, scores: scores,
    "one number of all": lambda maps, scores: scores.mean(),
    "without a batch": lambda maps, scores: scores.sum(0),
    "maps": lambda maps, scores: maps,
    "whole numbers": lambda maps, scores: scores.argmax(1),
    "truth": lambda maps, scores: scores > 0,
    "complex": lambda maps, scores: torch.fft.fft(scores),
    "constant": lambda maps, scores: torch.zeros(1, 5),
    "boxes": lambda maps, scores: [{"boxes": torch.zeros(0, 4), "scores": torch.zeros(0)}],
    "several": lambda maps, scores: {"aux": maps, "out": scores},
}
NETS: dict[str, Callable[[], nn.Module]] = {
    **{name: (lambda ending=ending: Net(ending)) for name, ending in ENDINGS.items()},
    "batch statistics": lambda: Net(ENDINGS["scores"], nn.BatchNorm2d(4, track_running_stats=False)),
    "those before it": lambda: Net(
        lambda maps, scores: scores + 5 * scores[:1].flip(1) * (torch.arange(len(scores)) > 0)[:, None]
    ),
    "sees those before it": lambda: Net(ENDINGS["scores"], Before()),
    "float64": lambda: Net(ENDINGS["scores"], dtype=torch.float64),
    "bfloat16": lambda: Net(ENDINGS["scores"], dtype=torch.bfloat16),
    "nothing in it": nn.Identity,
}


def drawn_law(name: str) -> Callable[[torch.Tensor], tuple[torch.Tensor, ...]]:
    """What `are_apart` asks: the scores and the maps of a drawn network, as one call gives them."""
    model = NETS[name]().eval()

    def made(batch: torch.Tensor) -> tuple[torch.Tensor, ...]:
        with torch.no_grad():
            return (model(batch),)

    return made


@pytest.mark.parametrize(
    ("name", "wanted"),
    {
        "scores": True, "maps": True, "whole numbers": True, "truth": True, "complex": True, "nothing in it": True,
        "one number of all": False, "without a batch": False, "constant": False, "batch statistics": False,
        "those before it": False, "sees those before it": False,
    }.items(),
)  # fmt: skip
def test_images_go_together_only_where_each_comes_out_as_alone(name: str, wanted: bool) -> None:
    made = drawn_law(name)
    for seed in range(5):
        two = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(seed))
        assert are_apart(made, two) == wanted
        assert are_apart(made, two.flip(0)) == wanted


def test_a_number_that_is_none_keeps_nobody_apart_and_one_images_own_error_is_raised() -> None:
    def nan(batch: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (batch.flatten(1) * float("nan"),)

    def none(batch: torch.Tensor) -> tuple[torch.Tensor, ...]:
        raise ValueError("no image at all")

    assert are_apart(nan, torch.ones(2, 3))
    with pytest.raises(ValueError, match="no image"):
        are_apart(none, torch.ones(2, 3))


def tolerance(name: str) -> float:
    return 2e-2 if name == "bfloat16" else 1e-4


@pytest.mark.parametrize("name", NETS)
def test_features_on_the_map_are_each_images_own(name: str) -> None:
    model, gallery = NETS[name]().eval(), galleries.of("shapes", SPEC, 5, seed=1)
    found = features.of(model, gallery)
    for image in range(5):
        recording = capture.activations(model, gallery.batch([image]))
        for layer, values in zip(found.layers[1:], found.values[1:], strict=True):
            alone = recording[layer].values
            alone = np.abs(alone) if np.iscomplexobj(alone) else alone
            alone = alone.mean((1, 2)) if alone.ndim == 3 else alone.reshape(-1)
            np.testing.assert_allclose(values[image], alone, atol=tolerance(name), rtol=tolerance(name))
        is_scores = recording.logits.shape == (5,) and recording.logits.dtype.kind == "f" and name != "truth"
        assert found.answers[image] == (recording.logits.argmax() if is_scores else -1)


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("quickly", [False, True])
def test_what_drives_a_unit_is_each_images_own(name: str, quickly: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_pass, "MANY", 1 if quickly else 10**12)
    model, gallery = NETS[name]().eval(), galleries.of("shapes", SPEC, 5, seed=1)
    for row in responses.listed(model, SPEC.input_shape):
        found = responses.of(model, gallery, row.name)
        for image in range(5):
            alone = capture.activations(model, gallery.batch([image]))[row.name].values
            alone = np.abs(alone) if np.iscomplexobj(alone) else alone
            highest = alone.reshape(len(alone), -1).max(1)
            np.testing.assert_allclose(found.high[image], highest, atol=tolerance(name), rtol=tolerance(name))


@pytest.mark.parametrize("method", ["integrated_gradients", "smoothgrad", "occlusion", "rise", "score_cam"])
@pytest.mark.parametrize("name", ["batch statistics", "without a batch", "several", "sees those before it"])
def test_a_map_of_many_passes_is_what_one_image_at_a_time_gives(
    name: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, x = NETS[name]().double().eval(), galleries.of("shapes", SPEC, 1, seed=1).batch([0]).double()
    few = {"masks": 24} if method == "rise" else {}
    found = attribution.explain(model, x, method, Target(2), **few)
    monkeypatch.setattr(attribution.AttributionRequest, "_fitting", lambda self, size: 1)
    alone = attribution.explain(model, x, method, Target(2), **few)
    np.testing.assert_allclose(found.map, alone.map, rtol=1e-6, atol=1e-9 * np.abs(alone.map).max())


@pytest.mark.parametrize("name", NETS)
def test_every_method_answers_or_says_why_not(name: str) -> None:
    model = NETS[name]().eval()
    for method in attribution.names():
        try:
            found = attribution.explain(model, galleries.of("shapes", SPEC, 1).batch([0]), method, Target(0))
        except DoesNotFit:
            continue
        assert found.map.shape == (32, 32)
