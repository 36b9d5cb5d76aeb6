"""What can be asked about a run that was looked into, and about runs beside each other, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnviz.records.inside import Inside
from cnnviz.topics.training_lab.records import RunGroup

Wanted = tuple[str, dict[str, Any]]
WEIGHTS = 12  # that a question is drawn from
OVER = "Of the runs on show"


def next_step(frames: Sequence[Inside], rate: float) -> list[Wanted]:
    """Weights of the kernels that are drawn, those with the largest gradients, before a step. rate: of the run."""
    for frame in frames:
        if frame.kernels.size and frame.kernels.shape == frame.kernel_gradients.shape:
            weights, slopes = frame.kernels.ravel(), frame.kernel_gradients.ravel()
            largest = np.argsort(-np.abs(slopes), kind="stable")[:WEIGHTS]
            listed = [(_short(weights[at]), _short(slopes[at])) for at in largest if np.isfinite(slopes[at])]
            return [("descended_weight", {"weights": listed, "rate": rate})]
    return []


def best(groups: Sequence[RunGroup]) -> list[Wanted]:
    """Which of the groups got most test images right, where all have been tested."""
    results = []
    for group in groups:
        measured = group.accuracies
        if not np.isfinite(measured).all():
            continue
        half = 1.96 * float(measured.std(ddof=1)) / len(measured) ** 0.5 if len(measured) > 1 else float("nan")
        results.append((group.label, float(measured.mean()), half))
    return [("best_measured", {"question": "", "results": results, "over": OVER})] if len(results) > 1 else []


def _short(value: float) -> float:
    return float(f"{value:.3g}")
