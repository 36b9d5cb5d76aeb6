"""The loop of a run: steps in groups of a twentieth of a second, evaluation after every epoch, snapshots, steering.

Losses and accuracies are read back once a group, not once a step, and a GPU does not wait for the host.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import nn

from cnnviz import probes
from cnnviz.configs import RunLimits
from cnnviz.records import Epoch, Event, Finished, Steered, Steering, Step, TrainConfig
from cnnviz.records.typed import checked
from cnnviz.training import optimization, resumption
from cnnviz.training.evaluation import NEVER, Evaluation
from cnnviz.training.finite_weights import FiniteWeights
from cnnviz.training.onlooker import Onlooker
from cnnviz.training.progress import MilestoneSchedule, RunProgress
from cnnviz.training.resumption import ResumeError, ResumeState
from cnnviz.training.setup import PreparedRun
from cnnviz.training.steering import SteeringController, Wanted, unsteered
from cnnviz.training.step_buffer import Means, PendingStep, losses_and_accuracies

BURST = 0.05  # seconds of steps whose numbers are read back together
NOTHING: Mapping[str, Any] = {}
HELD = 0.02  # seconds between two checks for a request while a run is paused
GROUP_BURST = 8  # steps read back together where several processes train: all of them must take equally many
ROLLING = 15.0  # seconds between two snapshots where the config asks for none
LAST_LOOK = 0.15  # seconds of evaluation after a stop request
LAST_BATCH = 20  # images at a time then: 250 of a wide net took half a second beside four busy processes
PROBED = 100  # times in a run that its probes are called, besides the end
LOOKED_AT = 256  # test images that a probe may run through the network
REASONS = ("", "stopped", "time", "budget", "diverged")

Snapshot = Callable[[int, nn.Module], object]
Observer = Callable[["Training"], object]


class Training(PreparedRun, Iterator[Event]):
    """One run: an iterator over its events."""

    def __init__(
        self,
        config: TrainConfig,
        device: torch.device,
        *,
        stop: Callable[[], bool],
        steering: Wanted,
        limits: RunLimits,
        on_snapshot: Snapshot | None,
        on_pause_point: Observer | None = None,
        stop_at_divergence: bool = True,
        onlooker: Onlooker | None = None,
    ) -> None:
        super().__init__(config, device)
        self.limits = limits
        self._onlooker = onlooker if self._group.size == 1 else None
        self._stop, self._on_snapshot, self._on_pause_point = stop, on_snapshot, on_pause_point
        self.epochs = min(config.epochs, limits.epochs)
        self._progress = RunProgress(self.epochs * len(self._batches))
        wanted = steering if self._group.size == 1 else unsteered
        self._steering = SteeringController(config, wanted, self._optimizer, self._batches)
        self.step = self.seen = self.epoch = 0
        self.weights_step: int | None = None  # of a run that diverged: after how many steps its weights were reached
        self.reason = ""
        self._elapsed = self._over = self._waited = 0.0
        self._in_epoch, self._resumed = False, False
        self._means = Means(())
        self._finite = FiniteWeights(self.model) if stop_at_divergence else None
        self._snapshots_due = MilestoneSchedule(config.snapshots, power=2.0)
        self._probes_due = MilestoneSchedule(PROBED if config.probes else 0, power=1.0)
        self._events = self._run()

    def __next__(self) -> Event:
        return next(self._events)

    # ----------------------------------------------------------------------------------------- steps
    def _run(self) -> Iterator[Event]:
        yield self._started(self._progress.steps, self.epochs)
        self._flushed = self._rolled = time.perf_counter()
        self._began = self._flushed - self._elapsed
        if not self._resumed and self._snapshots_due.at(0.0):
            self._snapshot()
        found: Evaluation | None = None
        while not self.reason and (self._in_epoch or self.epoch < self.epochs):
            if not self._in_epoch:
                self._begin_epoch()
            found = None
            yield from self._steps()
            if not self.reason:
                found = self._evaluated()
            if found is not None:
                self._in_epoch = False
                yield self._epoch_event(found)
        if self.reason == "stopped":
            self._pause_point()
        yield self._finished(found)

    def _begin_epoch(self) -> None:
        self.epoch, self._in_epoch = self.epoch + 1, True
        self._coming = self._batches.epoch()
        self._means = Means(self._batches.sizes_now)

    def _evaluated(self) -> Evaluation | None:
        """On all test images; None if a stop request came meanwhile (in a single process only: ranks go together)."""
        found = self._test.of(self.model, until=self._stop if self._group.size == 1 else NEVER)
        if found.examples < len(self._test.labels):
            self.reason = "stopped"
            return None
        return found

    def _steps(self) -> Iterator[Step | Steered]:
        """The steps that are left of an epoch, in groups, and steering between them. Ends with the epoch or the run."""
        while self._left and not self.reason:
            yield from self._steered()
            with self._rng.inside():
                taken = self._burst(self._left)
            self._agree()
            if taken:
                for event in self._events_of(taken):
                    self._means.add(event)
                    yield event
            self._keep()
            if not self.reason:
                self._pause_point()

    @property
    def _left(self) -> int:
        """Batches that are left of the epoch."""
        return len(self._batches.sizes_now) - self._batches.position

    def _burst(self, left: int) -> list[PendingStep]:
        """Steps until their numbers are to be read: after the first, for a snapshot or a look inside, at the end, after
        1/20 second, or when there is a steering request."""
        looked = self._onlooker is not None and self._onlooker.due()
        if self._onlooker and looked and not self._ended() and not self._steering.called(self.step):
            return [self._onlooker.around(self, lambda: self._take(*next(self._coming)))]
        taken: list[PendingStep] = []
        until = time.perf_counter() + BURST
        while len(taken) < left and not self._ended() and not self._steering.called(self.step):
            taken.append(self._take(*next(self._coming)))
            if self._group.size > 1:
                if len(taken) == GROUP_BURST:
                    break
            elif taken[-1].clock >= until or self.step == 1 or self._snapshots_due.reached(self._over):
                break
        return taken

    def _steered(self) -> Iterator[Steered]:
        """Carries out steering requests. While the run is paused, its clock stands still."""
        while True:
            if self._steering.turn(self.step):
                now, coming = self._steering.config, (self.epochs - self.epoch) * len(self._batches)
                self._progress.plan(self.step, self.step + self._left + coming)
                values = now.lr, now.momentum, now.weight_decay, now.batch_size
                yield Steered(self.step, self.epoch, self._progress.steps, self._steering.held, *values, self._elapsed)
            if not self._steering.held or self._why():
                return
            since = time.perf_counter()
            time.sleep(HELD)
            waited = time.perf_counter() - since
            self._began, self._flushed = self._began + waited, self._flushed + waited
            self._rolled, self._waited = self._rolled + waited, self._waited + waited

    def _take(self, pictures: torch.Tensor, labels: torch.Tensor) -> PendingStep:
        """One optimiser step. Written for what it costs: a step of FC2Layer takes a third of a millisecond."""
        lr = optimization.lr_now(self._steering.config, self._over, self._optimizer)
        for parameter in self._parameters:  # 5 µs less than zero_grad, which talks to the profiler
            parameter.grad = None
        outputs = self._forward(pictures)
        loss = self._criterion(outputs, labels)
        size, share = self._batches.size, labels.shape[0]
        if self._group.size == 1:
            loss.backward()
        else:
            share = self._batches.share_of(size)
            (loss * self._group.weight(share, size)).backward()
        due = self._probes_due.at(self._over)
        measured = self._measured() if due else NOTHING
        self._optimizer.step()
        clock = time.perf_counter()
        self.step += 1
        self.seen += size
        self._move_on(clock)
        return PendingStep(loss.detach(), outputs.detach(), labels, size, share, lr, clock, measured)

    def _measured(self) -> Mapping[str, Any]:
        return probes.measure(self.config.probes, self.model, self._test.pictures(LOOKED_AT))

    def _move_on(self, clock: float) -> None:
        """Updates the progress in [0, 1]: the larger of the shares of steps and of seconds."""
        if self._group.size == 1:  # several go by rank 0's clock
            self._elapsed = clock - self._began
        self._over = self._progress.at(self.step)
        if self.config.seconds is not None:
            self._over = min(1.0, max(self._over, self._elapsed / self.config.seconds))

    def _ended(self) -> bool:
        """Whether the run is over before its last step; `reason` says why. Several processes ask rank 0 (`_agree`)."""
        if self._group.size == 1 and not self.reason:
            self._elapsed = time.perf_counter() - self._began
            self.reason = self._why()
        return bool(self.reason)

    def _why(self) -> str:
        if self._stop():
            return "stopped"
        if self.config.seconds is not None and self._elapsed >= self.config.seconds:
            return "time"
        late = self._elapsed + self._waited >= self.limits.seconds
        return "budget" if late or self.seen >= self.limits.examples else ""

    def _agree(self) -> None:
        """Where several processes train together, rank 0's clock and its reason to end hold for all."""
        if self._group.size > 1:
            mine = (time.perf_counter() - self._began, REASONS.index(self.reason or self._why()))
            self._elapsed, reason = self._group.of_rank_0(mine, self.device)
            self.reason = REASONS[int(reason)]

    def _keep(self) -> None:
        """Saves a snapshot if one is due; the last weights are saved by the caller."""
        epoch_ends = not self._left
        last = epoch_ends and self.epoch == self.epochs
        if self.reason == "diverged":
            return
        if self.config.snapshots:
            if self._snapshots_due.at(self._over) and not last:
                self._snapshot()
        elif not last and (epoch_ends or time.perf_counter() - self._rolled >= ROLLING):
            self._rolled = time.perf_counter()
            self._snapshot()

    def _pause_point(self) -> None:
        if self._on_pause_point is not None:
            self._on_pause_point(self)

    def _snapshot(self) -> None:
        if (
            self._on_snapshot is not None
            and self._group.rank == 0
            and self._on_snapshot(self.step, self.model) is False
        ):
            self.reason = self.reason or "budget"

    # ----------------------------------------------------------------------------------------- events
    def _events_of(self, taken: list[PendingStep]) -> list[Step]:
        """The pending steps as events, up to the first whose loss is not finite if that is to end the run."""
        losses, right = losses_and_accuracies(taken, self._group)
        lost = next((i for i, loss in enumerate(losses) if not math.isfinite(loss)), None)
        first = self.step - len(taken) + 1
        if self._finite is not None and lost is None:
            self._finite.passed(self.step)
        elif self._finite is not None and lost is not None:
            self._diverge(first + lost, taken[lost + 1 :])
            taken = taken[: lost + 1]
        now = time.perf_counter()
        rate = sum(one.size for one in taken) / max(now - self._flushed, 1e-9)
        self._flushed = now
        return [
            Step(first + i, self.epoch, losses[i], right[i], one.lr, one.clock - self._began, rate, one.probes)
            for i, one in enumerate(taken)
        ]

    def _diverge(self, step: int, after: list[PendingStep]) -> None:
        """The run ends with this step; those that were taken after it do not count."""
        assert self._finite is not None
        self.reason, self.step = "diverged", step
        self.seen -= sum(one.size for one in after)
        self.weights_step = self._finite.restore()

    def _epoch_event(self, found: Evaluation) -> Epoch:
        self._flushed = time.perf_counter()
        seconds = self._flushed - self._began
        means = self._means
        return Epoch(self.epoch, self.step, means.loss, means.accuracy, found.loss, found.accuracy, seconds)

    def _finished(self, found: Evaluation | None) -> Finished:
        """With all test images; after a stop with as many as 0.15 seconds allow (the confusion matrix sums to them)."""
        if found is None:
            if self.reason == "stopped":
                late = time.perf_counter() + LAST_LOOK
                found = self._test.of(self.model, until=lambda: time.perf_counter() > late, batch=LAST_BATCH)
            else:
                found = self._test.of(self.model, until=self._stop)
        reason = self.reason or ("completed" if self.epochs == self.config.epochs else "budget")
        confusion = tuple(tuple(row) for row in found.confusion.tolist())
        seconds = time.perf_counter() - self._began
        measured = self._measured() if reason == "completed" and self.config.probes else NOTHING
        return Finished(
            reason, self.step, self.epoch, found.loss, found.accuracy, confusion, seconds, self.seen, measured
        )

    # ----------------------------------------------------------------------------------------- resuming
    def state(self) -> ResumeState:
        """All that the rest of the run depends on; to be taken at a pause point of a single process."""
        batches, places = self._batches.state()
        parts = {
            "model": self.model.state_dict(), "optimizer": resumption.of_optimizer(self._optimizer),
            "rng": self._rng.state(), "batches": batches,
        }  # fmt: skip
        values = {
            "config": self.config.to_json(), "step": self.step, "seen": self.seen, "epoch": self.epoch,
            "in_epoch": self._in_epoch, "batches": places, "means": self._means.state(),
            "progress": self._progress.state(), "over": self._over, "clocks": [self._elapsed, self._waited],
            "reported": [self._snapshots_due.reported, self._probes_due.reported],
            "steering": dataclasses.asdict(self._steering.request),
        }  # fmt: skip
        tensors = {f"{part}.{name}": one for part, of_part in parts.items() for name, one in of_part.items()}
        return ResumeState(tensors, values)

    def restore(self, state: ResumeState) -> None:
        """Goes on from a state, before the first event is asked for. Raises ResumeError, also for another config."""
        if self._group.size > 1:
            raise ResumeError("a run of several processes cannot be resumed; start it anew")
        try:
            self._restore(state)
        except (KeyError, TypeError, ValueError, IndexError, RuntimeError, AttributeError) as error:
            raise ResumeError(f"the state does not fit this run ({error}); start the run anew") from error
        self._resumed = True

    def _restore(self, state: ResumeState) -> None:
        values = state.values
        if TrainConfig.from_json(values["config"]) != self.config:
            raise ResumeError("it is of another config")
        resumption.put_into_model(self.model, state.part("model"))
        resumption.put_into_optimizer(self._optimizer, state.part("optimizer"))
        self._rng.restore(state.part("rng"))
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
