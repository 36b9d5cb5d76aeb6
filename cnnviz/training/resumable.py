"""What of a run the rest of it depends on, taken from it and put back into it: resuming, and giving a step up."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from torch import Tensor

from cnnviz.records import Steering, TrainConfig
from cnnviz.records.typed import checked
from cnnviz.training import resumption
from cnnviz.training.finite_weights import FiniteWeights
from cnnviz.training.progress import MilestoneSchedule, RunProgress
from cnnviz.training.resumption import ResumeError, ResumeState
from cnnviz.training.setup import PreparedRun
from cnnviz.training.steering import SteeringController
from cnnviz.training.step_buffer import Means


class ResumableRun(PreparedRun):
    """A run under way. step, seen, epoch: steps, images and epochs so far, of `epochs`."""

    _others: Mapping[str, Mapping[str, Tensor]] = {}  # of several processes: the others' random states, part by part

    step: int
    seen: int
    epoch: int
    epochs: int
    _progress: RunProgress
    _steering: SteeringController
    _means: Means
    _finite: FiniteWeights | None
    _snapshots_due: MilestoneSchedule
    _probes_due: MilestoneSchedule
    _coming: Iterator[tuple[Tensor, Tensor]]
    _elapsed: float
    _over: float
    _waited: float
    _in_epoch: bool
    _resumed: bool

    @property
    def _left(self) -> int:
        """Batches that are left of the epoch."""
        return len(self._batches.sizes_now) - self._batches.position

    def batches_state(self) -> tuple[dict[str, Tensor], list[int]]:
        """The place in the epoch, as `go_back` takes it."""
        return self._batches.state()

    @property
    def probes_reported(self) -> int:
        """How many of the run's probes are behind it."""
        return self._probes_due.reported

    def go_back(self, batches: Mapping[str, Tensor], places: list[int], probes: int) -> None:
        """To an earlier place in this epoch."""
        self._coming = self._batches.resumed(batches, places)
        self._probes_due.reported = probes

    def state(self) -> ResumeState:
        """All that the rest of the run depends on; to be taken at a pause point, of several processes by rank 0."""
        batches, places = self._batches.state()
        parts = {
            "model": self.model.state_dict(), "optimizer": resumption.of_optimizer(self._optimizer),
            "rng": self._rng.state(), "batches": batches, **self._others,
        }  # fmt: skip
        if self.config.probes and not self._left and self.epoch == self.epochs:  # they are looked at once more
            parts["gradients"] = {name: one.grad for name, one in self.model.named_parameters() if one.grad is not None}
        values = {
            "config": self.config.to_json(), "step": self.step, "seen": self.seen, "epoch": self.epoch,
            "in_epoch": self._in_epoch, "batches": places, "means": self._means.state(),
            "progress": self._progress.state(), "over": self._over, "clocks": [self._elapsed, self._waited],
            "reported": [self._snapshots_due.reported, self._probes_due.reported],
            "steering": dataclasses.asdict(self._steering.request), "processes": self._group.size,
        }  # fmt: skip
        tensors = {f"{part}.{name}": one for part, of_part in parts.items() for name, one in of_part.items()}
        return ResumeState(tensors, values)

    def restore(self, state: ResumeState) -> None:
        """Goes on from a state, before the first event is asked for. Raises ResumeError, also for another config."""
        self._refuse_another_number(state.values.get("processes", 1))
        try:
            self._restore(state)
        except (KeyError, TypeError, ValueError, IndexError, RuntimeError, AttributeError) as error:
            raise ResumeError(f"the state does not fit this run ({error}); start the run anew") from error
        self._resumed = True

    def _gather(self) -> None:
        """The random states of all processes, which rank 0 keeps; all ranks must call it together."""
        states = [self._group.gathered(one, self.device) for one in self._rng.state().values()]
        names = list(self._rng.state())
        self._others = {
            f"rng of {rank}": {name: of_all[rank] for name, of_all in zip(names, states, strict=True)}
            for rank in range(1, self._group.size)
        }

    def _refuse_another_number(self, processes: int) -> None:
        if processes != self._group.size:
            several = f"torchrun --standalone --nproc-per-node={processes} -m cnnviz.training RUN_DIR"
            how = several if processes > 1 else "python -m cnnviz.training RUN_DIR"
            raise ResumeError(
                f"{_counted(processes)} trained this run, and {_counted(self._group.size)} cannot go on with it: each "
                f"has a random state and a share of the images; go on by {how}"
            )

    def _restore(self, state: ResumeState) -> None:
        values = state.values
        if TrainConfig.from_json(values["config"]) != self.config:
            raise ResumeError("it is of another config")
        resumption.put_into_model(self.model, state.part("model"))
        for name, gradient in state.part("gradients").items():
            self.model.get_parameter(name).grad = gradient.to(self.device)
        resumption.put_into_optimizer(self._optimizer, state.part("optimizer"))
        self._rng.restore(state.part(f"rng of {self._group.rank}" if self._group.rank else "rng"))
        self._steering.restore(checked(Steering, values["steering"]))
        self._coming = self._batches.resumed(state.part("batches"), values["batches"])
        self.step, self.seen, self.epoch = values["step"], values["seen"], values["epoch"]
        self._in_epoch, self._over = values["in_epoch"], values["over"]
        self._elapsed, self._waited = values["clocks"]
        self._progress.restore(values["progress"])
        self._snapshots_due.reported, self._probes_due.reported = values["reported"]
        self._means = Means(self._batches.sizes_now)
        self._means.restore(values["means"])
        if self._finite is not None:
            self._finite = FiniteWeights(self.model, self.step)


def _counted(processes: int) -> str:
    return "one process" if processes == 1 else f"{processes} processes"
