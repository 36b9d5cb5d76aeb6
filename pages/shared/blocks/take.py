"""What the parts have to take along."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np

from cnnviz.records.blocks import Stage

Item = tuple[str, str, str, Callable[[], bytes | str]]


def npz(**arrays: np.ndarray) -> bytes:
    target = io.BytesIO()
    np.savez_compressed(target, **arrays)  # type: ignore[arg-type]
    return target.getvalue()


def maps(stages: Sequence[Stage], name: str) -> Item:
    """Every stage's map under its role, and its layer's name."""
    arrays = {f"{index}_{_plain(stage.role)}": stage.values for index, stage in enumerate(stages)}
    return "Maps (NPZ)", name, "application/zip", lambda: npz(layers=np.array([one.key for one in stages]), **arrays)


def _plain(role: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in role).strip("_")
