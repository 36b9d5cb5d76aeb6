"""`out=` is differentiated by copying, what has no derivative says so, and no output loops or blames a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import capture, outputs

X = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(7))
Work = Callable[[torch.Tensor], Any]


class Net(nn.Module):
    def __init__(self, work: Work) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.work = nn.Conv2d(3, 4, 3), work

    def forward(self, x: torch.Tensor) -> Any:
        return self.work(self.conv(x))


def same_shape(y: torch.Tensor) -> torch.Tensor:
    made = torch.empty_like(y)
    torch.mul(y, y, out=made)
    return made.mean((2, 3))


def from_nothing(y: torch.Tensor) -> torch.Tensor:
    made = torch.empty(0)
    torch.sigmoid(y, out=made)
    return made.mean((2, 3))


def over_itself(y: torch.Tensor) -> torch.Tensor:
    z = y * 1
    torch.mul(z, z, out=z)
    return (z + y).mean((2, 3))


PLAIN: dict[Work, Work] = {
    same_shape: lambda y: (y * y).mean((2, 3)),
    from_nothing: lambda y: y.sigmoid().mean((2, 3)),
    over_itself: lambda y: (y * y + y).mean((2, 3)),
}


@pytest.mark.parametrize("work", PLAIN)
def test_out_has_the_gradients_of_the_same_without(work: Work) -> None:
    net, plain = Net(work).eval(), Net(PLAIN[work]).eval()
    found, expected = (capture.gradients(each, X, 2, ["input", "conv"]) for each in (net, plain))
    for key in ("input", "conv"):
        np.testing.assert_allclose(found[key], expected[key], rtol=1e-5, atol=1e-8)
        assert abs(found[key]).max() > 0
    with torch.no_grad():
        np.testing.assert_array_equal(capture.activations(net, X).logits, net(X)[0].numpy())


def test_a_call_without_a_derivative_is_named() -> None:
    net = Net(lambda y: torch.unique(y.round())[None, :4]).eval()
    with pytest.raises(ValueError, match=r"no gradients of Net: PyTorch cannot differentiate .*_unique2"):
        capture.contributions(net, X, 0)
    assert capture.activations(net, X).logits.shape == (4,)


def test_a_tensor_that_was_given_anothers_memory_reads_that_one() -> None:
    def given(y: torch.Tensor) -> torch.Tensor:
        z = torch.zeros(2)
        z.set_(y.detach())
        return z.mean((2, 3))

    def taken(y: torch.Tensor) -> torch.Tensor:
        z = y.sigmoid()
        y.set_(z.data)
        return y.mean((2, 3))

    for work, source in ((given, "detach"), (taken, "data")):
        net = Net(work).eval()
        record = capture.activations(net, X)
        assert source in record["mean"].inputs
        with torch.no_grad():
            np.testing.assert_array_equal(record.logits, net(X)[0].numpy())
            np.testing.assert_array_equal(record["conv"].values, net.conv(X)[0].numpy())


@pytest.mark.parametrize("kind", [dict, list])
def test_an_output_that_holds_itself(kind: type) -> None:
    def work(y: torch.Tensor) -> Any:
        held: Any = {"out": y.mean((2, 3))} if kind is dict else [y.mean((2, 3))]
        held.update({"self": held}) if kind is dict else held.append(held)
        return held

    record = capture.activations(Net(work).eval(), X)
    assert record.keys == ("input", "conv", "mean")
    assert record.logits.shape == (4,)


def test_a_class_that_is_ruled_out_is_no_divergence() -> None:
    def masked(y: torch.Tensor) -> torch.Tensor:
        return y.mean((2, 3)).masked_fill(torch.tensor([False, True, False, False]), float("-inf"))

    said = outputs.unnamed(capture.activations(Net(masked).eval(), X)).said
    assert "Of 4 outputs, 1 is −∞" in said
    assert "diverged" not in said
    assert "diverged" in outputs.unnamed(capture.activations(Net(lambda y: y.mean((2, 3)) / 0).eval(), X)).said


@pytest.mark.parametrize(
    "work",
    [
        lambda z: torch.where(z > 0, 1.0, 0.0),
        lambda z: (z > 0) * 1.0,
        lambda z: torch.heaviside(z, torch.tensor(0.0)),
        lambda z: torch.zeros_like(z).masked_fill(z > 0, 1.0),
    ],
    ids=["where", "times one", "heaviside", "filled"],
)
def test_zeros_and_ones_of_a_choice_are_decisions(work: Work) -> None:
    net = Net(lambda y: work(y.mean((2, 3)) - y.mean())).eval()
    found = outputs.unnamed(capture.activations(net, X))
    assert found.kind == "unread"
    assert "decisions" in found.said


@pytest.mark.parametrize(
    "work",
    [
        lambda y: torch.cat([y, y[:, :0]], 1),
        lambda y: torch.cat([y[:, :, :0], y], 2),
        lambda y: y + y.to_sparse().to_dense(),
        lambda y: torch.sparse.mm(y.mean((2, 3)).to_sparse(), torch.eye(4))[:, :, None, None],
    ],
    ids=["no channels", "no rows", "sparse", "a sparse product"],
)
def test_values_without_numbers_or_with_few_stored_have_contributions_too(work: Work) -> None:
    net = Net(lambda y: work(y).mean((2, 3))).eval()
    record, found = capture.activations(net, X), capture.contributions(net, X, 0)
    assert set(found) == set(record.keys)
    assert all(np.isfinite(channels).all() for channels in found.values())
    assert found["conv"].sum() == pytest.approx(net(X)[0, 0].item(), abs=1e-5)  # linear from there on
