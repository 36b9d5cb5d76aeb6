"""PyTorch's formulas, taken without what they would bring (`test_lazy_imports.py`), count what they counted."""

from __future__ import annotations

import torch
from torch.utils import flop_counter

from cnnviz.anatomy.formulas import FORMULAS


def test_the_formulas_are_pytorchs() -> None:
    assert FORMULAS is flop_counter.flop_registry
    weights, picture = torch.zeros(6, 3, 5, 5), torch.zeros(2, 3, 32, 32)
    counted = FORMULAS[torch.ops.aten.convolution](
        picture, weights, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, out_val=torch.zeros(2, 6, 28, 28)
    )
    assert counted == 2 * (2 * 6 * 28 * 28) * (3 * 5 * 5)
