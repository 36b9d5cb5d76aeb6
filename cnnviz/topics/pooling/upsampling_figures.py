"""An enlarged map with its links: which cells each new cell comes from, with which weight."""

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
