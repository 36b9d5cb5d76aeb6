"""What cells say they see is what a NaN reaches: for networks drawn of every operation that has a rule.

Thousands of them: `python -m tests.drawn_networks 4000`.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz import anatomy, capture, units
from cnnviz.records import Row
from tests import drawn_networks, drawn_steps

DRAWN = int(os.environ.get("CNNVIZ_DRAWN_NETWORKS", "160"))
BATCH = 20


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("first", range(0, DRAWN, BATCH))
def test_a_nan_reaches_exactly_the_cells_that_say_they_see_its_pixel(first: int) -> None:
    known = 0
    for seed in range(first, first + BATCH):
        net, found = drawn_networks.proofs(seed)
        assert found
        for proof in found:
            assert proof.holds, (seed, net.words, proof.layer, proof.pixel, proof.missed, proof.silent)
            known += proof.status != "unknown" and proof.said.any()
    assert known > 3 * BATCH  # a law about nothing would hold too


def test_every_kind_of_step_is_drawn() -> None:
    words = {word for seed in range(200) for word in drawn_networks.Drawn(seed, 2).words}
    assert words == set(drawn_steps.STEPS)


# ------------------------------------------------------------------------------------------------ by gradient
Change = Callable[[nn.Module, torch.Tensor], torch.Tensor]


class After(nn.Module):
    """A 3×3 convolution, and something after it."""

    def __init__(
        self, change: Callable[[nn.Module, torch.Tensor], torch.Tensor], layer: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.first, self.change = nn.Conv2d(3, 4, 3, padding=1), change
        self.layer = layer if layer is not None else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.change(self.layer, self.first(x))


def _written(layer: nn.Module, x: torch.Tensor) -> torch.Tensor:
    y = x * 2
    y.add_(layer(x))
    return F.leaky_relu(y)  # lets the gradient through on both sides of 0


def _halves(_: nn.Module, x: torch.Tensor) -> torch.Tensor:
    y = x.reshape(1, 4, 2, 12, 24)
    return y[:, :, 0] + y[:, :, 1]


CASES: dict[str, tuple[Change, nn.Module | None]] = {
    "a gate by a convolution as large as the map": (lambda layer, x: x * layer(x), nn.Conv2d(4, 4, 24)),
    "statistics of the batch": (lambda layer, x: layer(x), nn.BatchNorm2d(4, track_running_stats=False)),
    "statistics of the batch, as a function": (lambda _, x: F.batch_norm(x, None, None, training=True), None),
    "a gated linear unit along the columns": (lambda layer, x: layer(x), nn.GLU()),
    "an addition in place, by the older name": (_written, nn.Conv2d(4, 4, 5, padding=2)),
    "power pooling": (lambda _, x: F.lp_pool2d(x[:, :, :9, :9], 2, 5, 2), None),
    "rows cut in two and added": (_halves, None),
    "an even window, padded by reflection": (
        lambda layer, x: layer(x), nn.Conv2d(4, 4, 4, padding="same", padding_mode="reflect"),
    ),
    "a bound that is a tensor": (lambda layer, x: x.clamp(min=layer(x)), nn.Conv2d(4, 4, 5, padding=2)),
    "one row": (lambda _, x: x[:, :, 5:6], None),
    "a mean over fewer columns": (lambda _, x: F.avg_pool2d(x, (24, 20)), None),
    "transposed": (lambda layer, x: layer(x), nn.ConvTranspose2d(4, 2, 3, 2, 1)),
    "uneven windows": (lambda layer, x: layer(x), nn.AdaptiveAvgPool2d((7, 5))),
    "strides that differ": (lambda layer, x: x + F.interpolate(layer(x), scale_factor=2), nn.Conv2d(4, 4, 2, 2)),
    "fewer rows of the nearest, met by a branch": (
        lambda layer, x: F.interpolate(x, size=(23, 6)) + layer(F.interpolate(x, size=(23, 6))),
        nn.Conv2d(4, 4, (3, 1), padding="same"),
    ),
    "antialiased": (lambda _, x: F.interpolate(x, size=(9, 7), mode="bilinear", antialias=True), None),
    "squared and summed": (lambda _, x: x.pow(2).sum(1, keepdim=True), None),
    "rolled and turned": (lambda _, x: x.roll(3, 2).flip(3), None),
}  # fmt: skip


def edges_of(seen: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def by_gradient(model: nn.Module, row: Row, cell: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box around the pixels that a cell of the network's output has a gradient by."""
    x = torch.rand(1, 3, 24, 24, dtype=torch.float64, requires_grad=True)
    value = model(x)[0].select(row.axes[0], cell[0]).select(row.axes[1] - 1, cell[1])
    (gradient,) = torch.autograd.grad((value * torch.rand_like(value)).sum(), x)
    return edges_of((gradient[0] != 0).any(0).numpy())


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_box_is_what_the_gradient_says(name: str) -> None:
    model = After(*CASES[name])
    torch.manual_seed(0)
    for part in model.modules():  # some were drawn when this file was read
        if hasattr(part, "reset_parameters"):
            part.reset_parameters()
    model = model.double().eval()
    row = anatomy.inspect(model, (3, 24, 24))[-1]
    assert row.receptive_field.status in ("exact", "whole")
    for cell in {(0, 0), (row.cells[0] // 2, row.cells[1] // 2), (row.cells[0] - 1, row.cells[1] - 1)}:
        assert row.receptive_field.clipped(*cell, 24, 24) == by_gradient(model, row, cell), cell


# ------------------------------------------------------------------------------------------------ not understood
class Own(nn.Conv2d):
    """Called a convolution, and is none."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) - x.mean()


def _hooked() -> nn.Module:
    layer = nn.Conv2d(4, 4, 3)
    layer.register_forward_hook(lambda _module, _inputs, output: output - output.mean())
    return layer


def _replaced() -> nn.Module:
    layer = nn.ReLU()
    layer.forward = lambda x: x - x.mean()  # type: ignore[method-assign,assignment]
    return layer


@pytest.mark.parametrize("layer", [Own(4, 4, 1), _hooked(), _replaced(), nn.FractionalMaxPool2d(2, output_size=5)])
def test_what_no_rule_understands_is_unknown_and_so_is_all_that_follows(layer: nn.Module) -> None:
    fields = anatomy.fields(nn.Sequential(nn.Conv2d(3, 4, 1), layer, nn.Sequential(nn.Conv2d(4, 2, 3))), (3, 12, 12))
    statuses = [field.status for field in fields.values()]
    assert statuses[:2] == ["exact", "exact"]
    assert set(statuses[2:]) == {"unknown"}


def test_a_proof_finds_a_field_that_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 2, 5))
    assert all(proof.holds for proof in anatomy.prove(model, (3, 12, 12)))
    narrow = anatomy.inspect(nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 2, 5, dilation=1)), (3, 12, 12))
    wide = anatomy.inspect(nn.Sequential(nn.Conv2d(3, 4, 1), nn.Conv2d(4, 2, 5, padding=0)), (3, 12, 12))
    monkeypatch.setattr(anatomy, "inspect", lambda *_: (*narrow[:1], wide[1], narrow[2]))
    found = anatomy.prove(model, (3, 12, 12), [(5, 5)])
    assert [(proof.layer, proof.missed) for proof in found if not proof.holds] == [("0", 8)]


def test_a_proof_needs_an_image() -> None:
    with pytest.raises(ValueError, match="images of shape"):
        anatomy.prove(nn.Linear(4, 2), (4,))


class Turned(nn.Module):
    """[1, C, H, W] to [1, H, C, W] and back to a vector, as networks that read text do."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 8, 3, padding=1), nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.conv(x).permute(0, 2, 1, 3).mean((1, 3)))


def test_a_unit_of_a_turned_map_has_the_box_of_its_row_and_column() -> None:
    torch.manual_seed(0)
    model, x = Turned().eval(), torch.randn(1, 3, 16, 16)
    unit = units.explain(model, x, capture.activations(model, x), "permute", 12, 3, 5)
    assert unit.box == (11, 4, 14, 7)
    found = units.blank(model, x, unit)
    assert found.outside_blanked == pytest.approx(found.before, abs=1e-6)


def test_every_value_of_a_table_is_an_axis_of_its_row() -> None:
    model = After(lambda _, x: x.reshape(1, 4, 12, 2, 24).mean(3)).eval()
    row = anatomy.inspect(model, (3, 24, 24))[-1]
    assert row.cells == (12, 24)
    assert row.receptive_field.clipped(3, 4, 24, 24) == (5, 3, 9, 6)
