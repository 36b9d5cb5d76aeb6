"""What is checked on a map that was just computed: slopes against differences, sums against differences of scores."""

from __future__ import annotations

import numpy as np
import torch

from cnnviz.attribution.asking import AttributionRequest
from cnnviz.records import Field
from cnnviz.records.attribution import Attribution
from cnnviz.records.proofs import Proof

STEP = 1e-3  # of the direction's length, for a difference quotient


def slope(asked: AttributionRequest, direction: torch.Tensor, promised: float, claim: str) -> Proof:
    """The derivative of f along a direction, against the difference of two passes a thousandth of it apart.

    Allowed are rounding of f (its machine precision over the step), 2 %, and the network's own bends in between: how
    far the slope to one side is from the slope to the other.
    """
    step = STEP if asked.x.dtype == torch.float32 else STEP**2
    three = (asked.x + step * direction, asked.x, asked.x - step * direction)
    above, here, below = (float(asked.values(one)[0]) for one in three)
    measured = (above - below) / (2 * step)
    bends = abs((above - here) - (here - below)) / step
    rounding = 8 * torch.finfo(asked.x.dtype).eps * max(abs(above), 1.0) / step
    return Proof(claim, abs(measured - promised), 0.02 * max(abs(measured), abs(promised)) + bends + rounding)


def outside(found: Attribution, field: Field, row: int, column: int, claim: str) -> Proof | None:
    """That a map of the unit at a cell is zero where the cell does not look; None for maps of cells or windows, which
    are smeared over pixels, and for a field that is not known.

    claim: with four places, the first and last row and column that it sees.
    """
    if found.channels is None or field.status != "exact" or field.axes != (1, 2):
        return None
    height, width = found.map.shape
    top, left, bottom, right = field.clipped(row, column, height, width)
    rest = np.abs(found.channels).max(0)
    rest[top:bottom, left:right] = 0
    return Proof(claim.format(top, bottom - 1, left, right - 1), float(rest.max()), 0.0)


def total(
    found: float, wanted: float, claim: str, *, share: float, dtype: torch.dtype, scale: float = 1.0
) -> Proof:  # fmt: skip
    """A sum against what it must be; share: of the wanted size that the method itself leaves open, 0 for an identity.

    Rounding: 2,000 units in the last place of the larger of both, a network's depth of sums. scale: of what they are
    differences of, where that is larger.
    """
    rounding = 2000 * torch.finfo(dtype).eps * max(abs(found), abs(wanted), scale, 1.0)
    return Proof(claim, abs(found - wanted), share * abs(wanted) + rounding)
