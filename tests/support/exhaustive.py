"""Many parameters alike: some run at every change, the rest where somebody asks for all (`make exhaustive`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def sample(every: Iterable[str], now: Collection[str]) -> list[Any]:
    """All of `every` as parameters of a test; those that are not in `now` are marked `exhaustive`.

    Raises ValueError where `now` names something that is not there: a sample must not shrink unseen.
    """
    names = list(every)
    if unknown := set(now) - set(names):
        raise ValueError(f"not among the parameters: {sorted(unknown)}")
    return [name if name in now else pytest.param(name, marks=pytest.mark.exhaustive) for name in names]
