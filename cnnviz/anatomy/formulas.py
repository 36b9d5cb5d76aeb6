"""PyTorch's own formulas for how much an operation computes, imported without the compiler of GPU kernels.

torch.utils.flop_counter imports triton where it is installed, to count kernels written in it: 0.18 s and 80 MB for
something that never runs here (2 cores, no GPU). It does without where triton cannot be imported, and says so in a log.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LOG = "torch.utils.flop_counter"


@contextmanager
def _without_triton() -> Iterator[None]:
    """Importing triton inside says that it is not there; nothing happens where it is imported already."""
    log, needed = logging.getLogger(LOG), "triton" not in sys.modules
    level = log.level
    if needed:
        sys.modules["triton"] = None  # type: ignore[assignment]  # how Python writes "cannot be imported"
        log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        if needed:
            del sys.modules["triton"]
            log.setLevel(level)


with _without_triton():
    from torch.utils.flop_counter import flop_registry

FORMULAS = flop_registry  # {operation's overload packet: function of its arguments and out_val → operations}
