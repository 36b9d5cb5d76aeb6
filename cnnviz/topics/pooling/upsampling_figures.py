"""An enlarged map with its links: which cells each new cell comes from, with which weight; and what it says."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.figures.packets import digest
from cnnviz.records.activations import Array
from cnnviz.records.pooling import Upsampled


def links(made: Upsampled, *, names: tuple[str, str] = ("input", "output")) -> dict[str, Any]:
    """{"meta": plain dict, "x", "values", "weights": float64, "sources", "coverage": int32}, little endian."""
    blobs = {
        "x": _floats(made.x), "values": _floats(made.values), "weights": _floats(made.weights),
        "sources": _integers(made.sources), "coverage": _integers(made.coverage),
    }  # fmt: skip
    meta: dict[str, Any] = {
        "kind": made.kind,
        "input": list(made.x.shape),
        "output": list(made.values.shape),
        "taps": made.sources.shape[-1],
        "names": list(names),
        "limit": float(max(np.abs(made.x).max(), np.abs(made.values).max(), 1e-12)),
        "signed": bool((made.x < 0).any() or (made.values < 0).any()),
        "covered": made.kind == "transposed",
    }
    meta["digest"] = digest(meta, *blobs.values())
    return {"meta": meta, **blobs}


def _floats(values: Array) -> bytes:
    return np.ascontiguousarray(values, dtype="<f8").tobytes()


def _integers(values: Array) -> bytes:
    return np.ascontiguousarray(values, dtype="<i4").tobytes()


def words(made: Upsampled) -> str:
    """How large it became, and what came of the numbers."""
    one, other = (", ".join(map(str, shape)) for shape in (made.x.shape, made.values.shape))
    zeros = int((made.sources < 0).all(-1).sum())
    text = f"[{one}] → [{other}]: {made.x.size} numbers become {made.values.size}"
    if made.kind == "unpool":
        return f"{text}, of which {zeros} are zero because no maximum was there."
    if made.kind == "shuffle":
        return f"{text}: every number is moved, none is made or lost."
    if made.kind == "transposed":
        return f"{text}. {coverage(made)}"
    return f"{text}, each made of {_taps(made)}."


def _taps(made: Upsampled) -> str:
    used = ((made.sources >= 0) & (made.weights != 0)).sum(-1)
    return str(used.max()) if used.min() == used.max() else f"{used.min()} to {used.max()}"


def coverage(made: Upsampled) -> str:
    """Whether cells away from the edge are reached equally often: if not, a checkerboard."""
    inner = made.coverage[tuple(slice(side // 4, side - side // 4) for side in made.coverage.shape)]
    counts = sorted(set((inner if inner.size else made.coverage).ravel().tolist()))
    if len(counts) == 1:
        return f"Every cell of the middle is reached by {counts[0]} input cells: no checkerboard."
    listed = ", ".join(map(str, counts[:-1])) + f" or {counts[-1]}"
    return f"Cells of the middle are reached by {listed} input cells: uneven, a checkerboard."
