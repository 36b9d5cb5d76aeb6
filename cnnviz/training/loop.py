"""The loop of a run: steps in groups of a twentieth of a second, evaluation after every epoch, snapshots, steering.

Losses and accuracies are read back once a group, not once a step, and a GPU does not wait for the host.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import nn

from cnnviz import probes
from cnnviz.configs import RunLimits
from cnnviz.records import Epoch, Event, Finished, Steered, Step, TrainConfig
from cnnviz.training import interruption, optimization
from cnnviz.training.evaluation import Evaluation
from cnnviz.training.finite_weights import FiniteWeights
from cnnviz.training.group_steering import GroupSteering
from cnnviz.training.interruption import NEVER, Asked, Interrupted, RestorePoint
from cnnviz.training.onlooker import Onlooker
from cnnviz.training.progress import MilestoneSchedule, RunProgress
from cnnviz.training.resumable import ResumableRun
from cnnviz.training.steering import SteeringController, Wanted
from cnnviz.training.step_buffer import Means, PendingStep, losses_and_accuracies

BUFFER_SECONDS = 0.05  # seconds of steps whose numbers are read back together
NOTHING: Mapping[str, Any] = {}
HELD = 0.02  # seconds between two checks for a request while a run is paused
GROUP_BUFFER_STEPS = 8  # steps read back together where several processes train: all of them must take equally many
ROLLING = 15.0  # seconds between two snapshots where the config asks for none
LAST_LOOK = 0.15  # seconds after a stop request was seen, of which evaluation has what the state leaves
LAST_BATCH = 20  # images at a time then: 250 of a wide net took half a second beside four busy processes
PROBED = 100  # times in a run that its probes are called, besides the end
LOOKED_AT = 256  # test images that a probe may run through the network
REASONS = ("", "stopped", "time", "budget", "diverged")

Snapshot = Callable[[int, nn.Module], object]
Observer = Callable[["Training"], object]


class Training(ResumableRun, Iterator[Event]):
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
        interrupt: Asked = NEVER,
    ) -> None:
        super().__init__(config, device)
        self.limits = limits
        self._onlooker = onlooker if self._group.size == 1 else None
        self._stop, self._on_snapshot, self._on_pause_point = stop, on_snapshot, on_pause_point
        self.interrupt = interrupt if self._group.size == 1 and device.type == "cpu" else NEVER
        self._took = math.inf  # seconds of the last step
        self.epochs = min(config.epochs, limits.epochs)
        self._progress = RunProgress(self.epochs * len(self._batches))
        self._shared = GroupSteering(self._group, steering, device, least=self._least) if self._group.size > 1 else None
        self._steering = SteeringController(config, self._shared or steering, self._optimizer, self._batches)
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
        self._agree()  # a run may be held before its first step
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
        seen = time.perf_counter()
        if self.reason == "stopped":
            self._pause_point()
        yield self._finished(found, late=seen + LAST_LOOK)

    def _begin_epoch(self) -> None:
        self.epoch, self._in_epoch = self.epoch + 1, True
        self._coming = self._batches.epoch()
        self._means = Means(self._batches.sizes_now)

    def _evaluated(self) -> Evaluation | None:
        """On all test images; None if a stop request came meanwhile (in a single process only: ranks go together)."""
        until = self._stop if self._group.size == 1 else NEVER
        found = self._test.of(self.model, until=until, interrupt=self.interrupt)
        if found.examples < len(self._test.labels):
            self.reason = "stopped"
            return None
        return found

    def _steps(self) -> Iterator[Step | Steered]:
        """The steps that are left of an epoch, in groups, and steering between them. Ends with the epoch or the run."""
        while self._left and not self.reason:
            yield from self._steered()
            with self._rng.inside():
                taken = self._buffered_steps(self._left)
            self._agree()
            if taken:
                for event in self._events_of(taken):
                    self._means.add(event)
                    yield event
            self._keep()
            if not self.reason:
                self._pause_point()

    def _buffered_steps(self, left: int) -> list[PendingStep]:
        """Steps until their numbers are to be read: after the first, for a snapshot or a look inside, at the end, after
        1/20 second, or when there is a steering request."""
        looked = self._onlooker is not None and self._onlooker.due()
        if self._onlooker and looked and not self._ended() and not self._steering.called(self.step):
            step = self._onlooker.around(self, self._next_step)
            return [] if step is None else [step]
        taken: list[PendingStep] = []
        until = time.perf_counter() + BUFFER_SECONDS
        while len(taken) < left and not self._ended() and not self._steering.called(self.step):
            step = self._next_step()
            if step is None:
                break
            taken.append(step)
            if self._group.size > 1:
                if len(taken) == GROUP_BUFFER_STEPS:
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
            if not self._steering.held or self.reason or (self._shared is None and self._why()):
                return
            since = time.perf_counter()
            time.sleep(HELD)
            waited = time.perf_counter() - since
            self._began, self._flushed = self._began + waited, self._flushed + waited
            self._rolled, self._waited = self._rolled + waited, self._waited + waited
            self._agree()

    def _next_step(self) -> PendingStep | None:
        """None where it was given up for a stop request: the run is as it was before it, and ends."""
        if self._took < interruption.SLOW or self.interrupt is NEVER:
            return self._take(*next(self._coming), NEVER)
        before = RestorePoint(self)
        try:
            return self._take(*next(self._coming), self.interrupt)
        except Interrupted:
            before.restore()
            self.reason = "stopped"
            return None

    def _take(self, pictures: torch.Tensor, labels: torch.Tensor, asked: Asked) -> PendingStep:
        """One optimiser step. Written for what it costs: a step of FC2Layer takes a third of a millisecond.

        Raises Interrupted, before any weight has changed.
        """
        began = time.perf_counter()
        lr = optimization.lr_now(self._steering.config, self._over, self._optimizer)
        for parameter in self._parameters:  # 5 µs less than zero_grad, which talks to the profiler
            parameter.grad = None
        size, share = self._batches.size, labels.shape[0]
        if self._group.size > 1:
            share = self._batches.share_of(size)
            self._share.counts = share > 0
        with interruption.asking(NEVER if self.config.compiled else asked):
            outputs = self._forward(pictures)
            loss = self._criterion(outputs, labels)
        interruption.backward(loss if self._group.size == 1 else loss * self._group.weight(share, size), asked)
        with interruption.asking(asked):
            measured = self._measured() if self._probes_due.at(self._over) else NOTHING
        self._optimizer.step()
        clock = time.perf_counter()
        self._took = clock - began
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
        """Where several processes train together, rank 0's clock, reason to end and steering hold for all."""
        if self._shared is not None:
            mine = time.perf_counter() - self._began, REASONS.index(self.reason or self._why())
            self._elapsed, reason = self._shared.agree(self.step, *mine)
            self.reason = REASONS[reason]

    def _keep(self) -> None:
        """Saves a snapshot if one is due; the last weights are saved by the caller."""
        epoch_ends = not self._left
        last = epoch_ends and self.epoch == self.epochs
        if self.reason == "diverged":
            return
        if self.config.snapshots:
            if self._snapshots_due.at(self._over) and not last:
                self._snapshot()
        elif not self.reason and not last and (epoch_ends or time.perf_counter() - self._rolled >= ROLLING):
            self._rolled = time.perf_counter()
            self._snapshot()

    def _pause_point(self) -> None:
        if self._group.size > 1:
            self._gather()
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

    def _last_look(self, end: float) -> Evaluation:
        def late() -> bool:
            return time.perf_counter() > end

        with interruption.single_thread():
            return self._test.of(self.model, until=late, interrupt=late, batch=LAST_BATCH)

    def _finished(self, found: Evaluation | None, *, late: float) -> Finished:
        """With all test images; after a stop with as many as there is time for (the confusion matrix sums to them)."""
        if found is None:
            if self.reason == "stopped":
                found = self._last_look(late)
            else:
                found = self._test.of(self.model, until=self._stop, interrupt=self.interrupt)
        reason = self.reason or ("completed" if self.epochs == self.config.epochs else "budget")
        confusion = tuple(tuple(row) for row in found.confusion.tolist())
        seconds = time.perf_counter() - self._began
        measured = self._measured() if reason == "completed" and self.config.probes else NOTHING
        return Finished(
            reason, self.step, self.epoch, found.loss, found.accuracy, confusion, seconds, self.seen, measured
        )
