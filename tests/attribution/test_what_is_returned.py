"""What is explained is what the network returns, whatever else it computes; and what has no gradients says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import attribution, capture
from cnnviz.attribution import DoesNotFit, Target
from cnnviz.topics.explore import canvas
from cnnviz.topics.looks_for import responses

X = torch.randn(1, 3, 12, 12, generator=torch.Generator().manual_seed(3))
METHODS = ("gradient", "integrated_gradients", "grad_cam", "occlusion", "deeplift", "lrp")


class Net(nn.Module):
    """Two convolutions and five scores; `ending` makes of the scores and the maps what is returned."""

    def __init__(self, ending: Callable[[Any, torch.Tensor, torch.Tensor], Any] | None = None) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.second, self.scores = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 6, 3), nn.Linear(6, 5)
        self.other, self.ending = nn.Linear(6, 5), ending

    def forward(self, x: torch.Tensor) -> Any:
        maps = torch.relu(self.second(torch.relu(self.first(x))))
        scores = self.scores(maps.mean((2, 3)))
        return scores if self.ending is None else self.ending(self, scores, maps)


def a_statistic_afterwards(net: Any, scores: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
    net.seen = scores.softmax(1).amax(1)
    return scores


def a_head_afterwards(net: Any, scores: torch.Tensor, maps: torch.Tensor) -> Any:
    return scores, 3 * net.other(maps.amax((2, 3)))


def a_head_before_by_name(net: Any, scores: torch.Tensor, maps: torch.Tensor) -> Any:
    return {"aux": net.other(maps.amax((2, 3))), "out": scores, "features": maps.square()}


def without_a_batch(net: Any, scores: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
    return scores.reshape(5)


def chances(net: Any, scores: torch.Tensor, maps: torch.Tensor) -> Any:
    return scores.softmax(1), maps.sum()


ENDINGS = (a_statistic_afterwards, a_head_afterwards, a_head_before_by_name, without_a_batch, chances)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("method", METHODS)
def test_the_map_is_of_what_the_network_returns(method: str, ending: Callable[..., Any]) -> None:
    plain, found = (
        attribution.explain(net.double().eval(), X.double(), method, Target(2)) for net in (Net(), Net(ending))
    )
    assert found.value == pytest.approx(plain.value, rel=1e-12)
    np.testing.assert_allclose(found.map, plain.map, rtol=1e-9, atol=1e-9 * abs(plain.map).max())


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_canvas_hangs_its_scores_on_what_made_them(ending: Callable[..., Any]) -> None:
    recording = capture.activations(Net(ending).eval(), X)
    made = recording.output
    assert made is not None
    assert np.array_equal(made.values, recording.logits)
    layout = canvas.network(recording).layout
    shown = [entry["key"] for entry in layout["layers"]]
    assert layout["output"] == (made.key if made.key in shown else "scores")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_class_is_a_unit_of_the_layer_that_is_returned(ending: Callable[..., Any]) -> None:
    net = Net(ending).eval()
    rows = responses.listed(net, (3, 12, 12))
    layer = responses.scores(rows, capture.activations(net, X), 5)
    assert layer in ("scores", "reshape")


class NoBackward(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x * 2


class Raising(NoBackward):
    @staticmethod
    def backward(ctx: Any, *given: torch.Tensor) -> torch.Tensor:
        raise KeyError("mine, in /home/me/net.py")


class Misshapen(NoBackward):
    @staticmethod
    def backward(ctx: Any, *given: torch.Tensor) -> torch.Tensor:
        return given[0][:, :1]


def in_inference_mode(y: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return y * 2


def in_no_grad(y: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return y * 2


@torch.library.custom_op("cnnviz_tests::doubled", mutates_args=())
def doubled(y: torch.Tensor) -> torch.Tensor:
    return y * 2


REFUSED = (NoBackward.apply, Raising.apply, Misshapen.apply, in_inference_mode, doubled)
WITHOUT = (*REFUSED, in_no_grad, torch.Tensor.detach, lambda y: y + torch.unique(y).mean(), lambda y: y.long().float())


class Through(Net):
    """The same with a call between its convolutions."""

    def __init__(self, call: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.call = call

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = torch.relu(self.second(self.call(self.first(x))))
        scores: torch.Tensor = self.scores(maps.mean((2, 3)))
        return scores


@pytest.mark.parametrize("call", WITHOUT)
def test_every_method_gives_a_map_or_one_sentence(call: Callable[[torch.Tensor], torch.Tensor]) -> None:
    net = Through(call).eval()
    for method in attribution.names():
        few = {"masks": 20} if method == "rise" else {}
        said, found = "", None
        try:
            found = attribution.explain(net, X, method, Target(2), **few)
        except DoesNotFit as why:
            said = str(why)
        assert "\n" not in said
        assert "/home" not in said
        assert said if found is None else np.isfinite(found.map).all()


@pytest.mark.parametrize("call", REFUSED)
def test_what_cannot_be_differentiated_is_said_and_recorded_all_the_same(call: Callable[..., torch.Tensor]) -> None:
    net = Through(call).eval()
    with pytest.raises(ValueError, match="there are no gradients of Through: PyTorch cannot differentiate"):
        capture.contributions(net, X, 0)
    with pytest.raises(DoesNotFit, match="occlusion works"):
        attribution.explain(net, X, "gradient", Target(2))
    with torch.no_grad():
        np.testing.assert_array_equal(capture.activations(net, X).logits, net(X)[0].numpy())
