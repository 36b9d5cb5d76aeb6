"""Whether an explanation is of the number that was recorded: what it gives, beside that number's own precision.

A rule reads a call's arguments and its module's weights. Something may have had its hand in the call all the same: a
hook on all modules, weights exchanged for the time of the call, a patched class. What then comes out is another number,
and an explanation of another number is none.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from cnnviz.units.formulas import number
from cnnviz.units.unit_context import UnitContext


def explained(context: UnitContext, recorded: float, parts: dict[str, Any]) -> dict[str, Any]:
    """The parts as they are, or where their number is not the recorded one, the sentence that says so."""
    computed = parts.get("computed")
    if computed is None or agrees(context, recorded, computed, parts.get("products")):
        return parts
    return {"note": differs(context, recorded, computed), "computed": None}


def differs(context: UnitContext, recorded: float, computed: float) -> str:
    """Why a number that a rule gives is not shown as an explanation."""
    return (
        f"{context.layer.operation}: from what it reads and its weights as they are now it would be "
        f"{number(computed)}, not {number(recorded)}; something else had a hand in it (a hook, weights exchanged for "
        f"the call), so no rule here explains this number"
    )


def agrees(context: UnitContext, recorded: float, computed: float, products: Any = None) -> bool:
    """Whether two numbers agree in half the digits of the call's own type, at the size of what it reads."""
    if not (math.isfinite(recorded) and math.isfinite(computed)):
        return computed == recorded or (math.isnan(computed) and math.isnan(recorded))
    sizes = [abs(recorded), abs(computed), _largest(context.layer.values), *map(_largest, _read(context))]
    if products is not None:
        sizes.append(float(np.abs(products[np.isfinite(products)]).sum()))
    made = context.step.output.value
    step = made.q_scale() if made.is_quantized and made.qscheme() == torch.per_tensor_affine else 0.0
    half = math.sqrt(torch.finfo(made.dtype).eps) if made.is_floating_point() else 1e-3
    return abs(computed - recorded) <= half * max(sizes) + step


def _read(context: UnitContext) -> list[Any]:
    args, kwargs = context.operands
    return [value for value in (*args, *kwargs.values()) if isinstance(value, np.ndarray)]


def _largest(values: Any) -> float:
    if np.iscomplexobj(values) or not values.size:
        return 0.0
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max()) if finite.size else 0.0
