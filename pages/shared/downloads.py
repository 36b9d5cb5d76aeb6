"""Take it with you: the image, the numbers, the table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from cnnviz import visitors
from cnnviz.records import Activations, Layer

Offer = tuple[str, str, str, Callable[[], bytes | str]]  # label, file name, media type, what makes the bytes


def npz(layer: Layer) -> bytes:
    """The layer's values as a compressed NPZ: values [C, H, W] float32, and its name."""
    target = io.BytesIO()
    np.savez_compressed(target, values=layer.values, name=np.array(layer.key))
    return target.getvalue()


def table(recording: Activations) -> str:
    """One CSV line a layer: name, kind, operation, shape, mean, smallest, largest, share of zeros."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["layer", "kind", "operation", "shape", "mean", "smallest", "largest", "zeros"])
    for layer in recording:
        values = layer.values
        shape = "x".join(str(size) for size in layer.shape)
        numbers = [values.mean(), values.min(), values.max(), (values == 0).mean()]
        writer.writerow([layer.key, layer.kind, layer.operation, shape, *(f"{number:.6g}" for number in numbers)])
    return target.getvalue()


def downloads(items: Sequence[Offer], *, key: str) -> None:
    """Buttons in a row. items: (label, file name, media type, a function that makes the bytes when asked)."""
    with st.container(horizontal=True):
        for label, file_name, media, make in items:
            st.download_button(
                label,
                visitors.on_behalf(make),
                file_name,
                media,
                key=f"{key}.{file_name}",
                on_click="ignore",
                icon=":material/download:",
            )
