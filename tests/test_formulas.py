"""PyTorch's formulas arrive without triton, also where it is installed, and count what they counted before."""

from __future__ import annotations

import subprocess
import sys

import torch
from torch.utils import flop_counter

from cnnviz.anatomy.formulas import FORMULAS


def test_counting_does_not_load_the_compiler_of_gpu_kernels() -> None:
    script = (
        "from cnnviz import lazy_imports\n"
        "lazy_imports.postpone_compiler()\n"
        "import cnnviz.anatomy, sys\n"
        "print(sorted(name for name, module in sys.modules.items() if name.split('.')[0] == 'triton'))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert "triton" not in done.stderr


def test_the_formulas_are_pytorchs() -> None:
    assert FORMULAS is flop_counter.flop_registry
    weights, picture = torch.zeros(6, 3, 5, 5), torch.zeros(2, 3, 32, 32)
    counted = FORMULAS[torch.ops.aten.convolution](
        picture, weights, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, out_val=torch.zeros(2, 6, 28, 28)
    )
    assert counted == 2 * (2 * 6 * 28 * 28) * (3 * 5 * 5)
