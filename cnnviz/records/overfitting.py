"""A network trained with a share of its hidden units dropped: how training and test part, how alike units become."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class DropoutRuns:
    """All runs of one share, float64; n runs, E epochs, L hidden layers, T times at which units were looked at.

    training, training_loss: [n, E], the mean over an epoch's batches, measured before each step and with dropout on.
    test, test_loss: [n, E], after the epoch, with every unit. Accuracies in [0, 1].
    probed: [T] steps. together: [n, L, T], the mean |correlation| between two hidden units, on test images.
    """

    label: str
    share: float
    seeds: tuple[int, ...]
    epochs: Array
    training: Array
    test: Array
    training_loss: Array
    test_loss: Array
    probed: Array
    layers: tuple[str, ...]
    together: Array

    @property
    def n(self) -> int:
        """How many seeds."""
        return len(self.test)

    @property
    def gaps(self) -> Array:
        """[n]: how much better the last epoch's training batches are than the test images after it."""
        return self.training[:, -1] - self.test[:, -1]

    @property
    def rises(self) -> Array:
        """[n]: how far the test loss ends above the lowest value it had on the way; 0 where it ends at its lowest."""
        return self.test_loss[:, -1] - self.test_loss.min(axis=1)

    @property
    def ends(self) -> Array:
        """[n, L]: the mean |correlation| at the end."""
        return self.together[:, :, -1]
