"""How much of a run is over, and the moments at which something is due."""

from __future__ import annotations

from collections.abc import Sequence


class MilestoneSchedule:
    """Moments of a run, as progress in [0, 1]: `count` of them at (i/count)^power, each reported once.

    >>> due = MilestoneSchedule(2, power=2.0)
    >>> [due.at(progress) for progress in (0.0, 0.1, 0.3, 0.4, 1.0)]
    [True, False, True, False, False]
    """

    def __init__(self, count: int, *, power: float) -> None:
        self._moments = [(index / count) ** power for index in range(count)]
        self._next = 0

    def reached(self, progress: float) -> bool:
        """Whether one is due; it stays due until `at` reports it. progress: in [0, 1]."""
        return self._next < len(self._moments) and progress >= self._moments[self._next]

    def at(self, progress: float) -> bool:
        """Whether one is due; it then counts as done, together with others that were passed meanwhile."""
        due = self.reached(progress)
        while self.reached(progress):
            self._next += 1
        return due

    @property
    def reported(self) -> int:
        """How many moments have been reported; setting it restores an earlier schedule."""
        return self._next

    @reported.setter
    def reported(self, count: int) -> None:
        """Note how far the reports have come."""
        self._next = count


class RunProgress:
    """How much of a run is over, in [0, 1], by its steps; how many are left may be planned anew on the way.

    >>> progress = RunProgress(10)
    >>> progress.plan(5, 6)  # half is over, and one step is left
    >>> progress.at(5), progress.at(6)
    (0.5, 1.0)
    """

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self._since, self._over = 0, 0.0

    def at(self, step: int) -> float:
        """The part of the run that is over after `step` steps, in [0, 1]."""
        return self._over + (1 - self._over) * (step - self._since) / max(self.steps - self._since, 1)

    def plan(self, step: int, steps: int) -> None:
        """After so many steps: there will be `steps` in all."""
        if steps != self.steps:
            self._since, self._over, self.steps = step, self.at(step), steps

    def state(self) -> list[float]:
        """What `restore` goes on from."""
        return [self.steps, self._since, self._over]

    def restore(self, state: Sequence[float]) -> None:
        """Goes on from `state`'s values."""
        self.steps, self._since, self._over = int(state[0]), int(state[1]), float(state[2])
