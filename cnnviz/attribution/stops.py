"""Where a class is read: at the step that made what the network returns, before the softmax that may end it.

That step need not have run last: a network may go on with an auxiliary head, a loss or a statistic for a log.
"""

from __future__ import annotations

import torch

from cnnviz import tracing


def made(slots: dict[str, tracing.Slot], returned: torch.Tensor) -> str:
    """The key of the step that made what the network returns; "" where none did. slots: what each step made."""
    found = [key for key, slot in slots.items() if slot.tensor is returned]
    same = (key for key in reversed(slots) if _is_equal(slots[key].value, returned))
    return found[-1] if found else next(same, "")


def is_passed(node: tracing.Node, shape: tuple[int, ...]) -> bool:
    """Whether a target is read before this step: a softmax makes chances of scores, or the batch axis was dropped.

    shape: of what it made of one image.
    """
    lost = node.kind in ("reshape", "flatten", "identity") and shape[:1] != (1,)
    return len(node.inputs) == 1 and (node.kind == "softmax" or lost)


def _is_equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    return bool(((one == other) | (one.isnan() & other.isnan())).all())
