"""What one change brings: the difference between two cells that were trained with the same seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cnnviz.records.experiments import T95, CellResult


@dataclass(frozen=True)
class PairedDifference:
    """Test accuracy of `one` minus that of `other`, seed by seed.

    mean in [−1, 1]; interval: half of the mean's 95 % interval (paired, Student 1908), NaN for fewer than two seeds.
    """

    one: str
    other: str
    mean: float
    interval: float
    n: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves zero out; False with one seed, where there is none."""
        return not math.isnan(self.interval) and abs(self.mean) > self.interval


def between(one: CellResult, other: CellResult) -> PairedDifference:
    """Over the seeds that both have; NaN where there is none."""
    by_seed = {run.seed: run.test_accuracy for run in other.runs}
    found = np.array([run.test_accuracy - by_seed[run.seed] for run in one.runs if run.seed in by_seed])
    count = len(found)
    mean = float(found.mean()) if count else math.nan
    interval = math.nan
    if count > 1:
        quantile = T95[count - 2] if count - 2 < len(T95) else 1.96
        interval = quantile * float(found.std(ddof=1)) / math.sqrt(count)
    return PairedDifference(one.cell.label, other.cell.label, mean, interval, count)
