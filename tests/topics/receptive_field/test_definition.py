"""Layers whose values have windows where others have images: each cell is asked as that of any layer."""

from __future__ import annotations

import pytest
import torch

from cnnviz import anatomy, networks
from cnnviz.topics.receptive_field import effective_field
from cnnviz.topics.receptive_field.records import FieldCell


def test_every_layer_of_a_window_network_has_a_gradient_and_a_blanking() -> None:
    opened = networks.open_network("swin_t")
    x = torch.randn(1, *opened.spec.input_shape, generator=torch.Generator().manual_seed(0))
    rows = tuple(anatomy.inspect(opened.model, opened.spec.input_shape))
    windows = [row for row in rows if len(row.output_shape) == 3 and row.output_shape[0] == 64][:2]
    assert windows
    for row in (*rows[5:9], *windows):
        cell = FieldCell(row.name, 0, 0)
        assert effective_field.effective(opened.model, [x], cell).gradient.shape == (224, 224)
        assert effective_field.blanked(opened.model, x, cell).values.shape[0] == 3


def test_a_cell_outside_is_refused() -> None:
    opened = networks.open_network("swin_t")
    x = torch.zeros(1, *opened.spec.input_shape)
    with pytest.raises(effective_field.CellError, match="there is no row"):
        effective_field.effective(opened.model, [x], FieldCell("features.1.0.attn.reshape", 70, 0))
