"""The gradient of any cell: the kernel one layer back, finite differences at the pixels, nothing outside its field."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from torch import nn

from cnnviz import anatomy, capture, units
from pages.look.explore import pull
from tests.support import ROOT
from tests.support.waiting import PATIENCE

RUN = "run:mnist-lenet5-df3d2154"


def net(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(3, 4, 3, stride=2), nn.Tanh(),
    ).double().eval()  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 50), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2))
def test_one_layer_back_it_is_the_kernel_and_at_the_pixels_the_slope(
    seed: int, channel: int, row: int, col: int
) -> None:
    model, shape = net(seed), (1, 14, 14)
    x = torch.randn(1, *shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    recording = capture.activations(model, x)
    found = capture.gradients_of_cell(model, x, "3", (channel, row, col), ["2", "input"])
    unit = units.explain(model, x, recording, "3", channel, row, col)
    assert unit.kernel is not None
    assert unit.box is not None
    top, left = unit.origin
    expected = np.zeros_like(found["2"])
    expected[:, top : top + 3, left : left + 3] = unit.kernel
    np.testing.assert_allclose(found["2"], expected, atol=1e-6)
    box = anatomy.fields(model, shape)["3"].box_of((channel, row, col))
    assert box is not None
    outside = found["input"].copy()
    outside[:, max(0, box[0]) : box[2], max(0, box[1]) : box[3]] = 0
    assert not outside.any()
    place = np.unravel_index(int(np.abs(found["input"]).argmax()), shape)
    up, down = x.clone(), x.clone()
    up[(0, *place)] += 1e-6
    down[(0, *place)] -= 1e-6
    ends = [float(capture.layer(model, one, "3")[channel, row, col]) for one in (up, down)]
    assert found["input"][place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-3, abs=1e-6)


def test_of_a_score_it_is_the_gradient_of_that_logit_and_later_layers_do_not_move_it() -> None:
    model = nn.Sequential(net(1), nn.Flatten(), nn.Linear(36, 5).double())
    x = torch.randn(1, 1, 14, 14, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    keys = ["input", "0.3", "1"]
    as_cell = capture.gradients_of_cell(model, x, "2", (3,), keys)
    as_logit = capture.gradients(model, x, 3, keys)
    for key in keys:
        np.testing.assert_allclose(as_cell[key], as_logit[key])
    assert not capture.gradients_of_cell(model, x, "0.3", (0, 1, 1), ["2"])["2"].any()
    with pytest.raises(ValueError, match="no cell"):
        capture.gradients_of_cell(model, x, "0.3", (4, 0, 0), ["input"])


def test_shares_are_of_the_squared_gradient() -> None:
    slopes = np.array([[[0.0, 0.0]], [[3.0, 0.0]], [[0.0, -1.0]]])
    assert pull.shares(slopes) == [(1, 0.9), (2, 0.1)]
    assert pull.shares(np.zeros((2, 1, 1))) == []


def test_the_link_names_the_unit_and_the_layer_that_its_gradient_goes_back_to() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params.update(
        {"network": RUN, "layer": "conv2", "channel": "3", "row": "4", "column": "5", "back": "pool1"}
    )
    app.run()
    app.run()  # the first run of a session ends with the canvas
    assert not app.exception
    chosen = app.selectbox(key="explore.pull")
    assert chosen.options[1] == "the pixels of the image"
    assert chosen.options[-1] == chosen.value == "pool1"
    assert any("by the squared gradient" in line.value for line in app.caption)
