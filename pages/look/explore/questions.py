"""What Explore asks: about the two likeliest classes, and about a layer of the network at hand."""

from __future__ import annotations

import itertools
from typing import Any

from cnnviz.records.outputs import OutputReading
from pages.look.explore import cache
from pages.shared import predict
from pages.shared.cache import Look


def show(choice: str, seen: Look) -> None:
    """Closed to one line, below the canvas and what stands under it."""
    wanted: list[predict.Wanted] = []
    if (state := _two_likeliest(seen.reading)) is not None:
        wanted.append(("odds", state))
    fields = [(key, field) for key, field in cache.fields(choice).items() if key in seen.recording.keys]
    spread = [(key, field) for key, field in fields if field.status == "exact" and field.stride > 1]
    if spread:
        key, field = spread[0]
        wanted.append(("field_on_top", {"layer": key, "size": field.size, "step": field.stride}))
    for before, after in itertools.pairwise(seen.recording):
        if before.kind == "convolution" and after.operation == "ReLU":
            cells = [round(float(value), 2) for value in before.values.ravel()[:: max(1, before.values.size // 16)]]
            wanted.append(("activation_value", {"function": "relu", "values": cells}))
            break
    predict.ask("Explore", *wanted)


def _two_likeliest(reading: OutputReading) -> dict[str, Any] | None:
    """Their names and logits; None where the network gives no logits of classes."""
    if reading.kind != "classes" or reading.applied == "softmax" or len(reading.names) < 2:
        return None
    values = [float(value) for value in reading.values]
    first, second = sorted(range(len(values)), key=values.__getitem__, reverse=True)[:2]
    return {"first": reading.names[first], "second": reading.names[second], "logits": (values[first], values[second])}
