"""Training as an iterator of events: Started, Step, …, Epoch, …, Finished.

    for event in training.train(config): ...

The data set is two tensors on the device and a batch is three tensor operations (`augmentation`). Steps run in groups
of a twentieth of a second, after which each becomes an event of its own: losses and accuracies are then read back once
a group, not once a step, and a GPU does not wait for the host.

`python -m cnnviz.training RUN_DIR` trains what RUN_DIR/config.json asks for and leaves the result there (`worker`);
`torchrun -m cnnviz.training RUN_DIR` does so on several GPUs or hosts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import nn

from cnnviz import datasets, devices, probes
from cnnviz.configs import OPTIMIZERS, PRECISIONS, SCHEDULES, ConfigError, Limits, check, steered
from cnnviz.records import Epoch, Event, Finished, Started, Steered, Step, TrainConfig
from cnnviz.training import optimization
from cnnviz.training.augmentation import Batches, Normalisation, as_tested, permuted, subset
from cnnviz.training.evaluation import NEVER, Evaluation, Examination, evaluate, prefers_channels_last
from cnnviz.training.process_group import ProcessGroup
from cnnviz.training.progress import MilestoneSchedule, RunProgress
from cnnviz.training.rng_state import RngState
from cnnviz.training.steering import SteeringController, Wanted, replay, unsteered
from cnnviz.training.step_buffer import Means, PendingStep, accuracies

__all__ = [
    "OPTIMIZERS", "PRECISIONS", "SCHEDULES", "ConfigError", "Evaluation", "Limits", "TrainConfig", "Training", "check",
    "evaluate", "replay", "steered", "train",
]  # fmt: skip

BURST = 0.05  # seconds of steps whose numbers are read back together
NOTHING: Mapping[str, Any] = {}
HELD = 0.02  # seconds between two checks for a request while a run is paused
GROUP_BURST = 8  # steps read back together where several processes train: all of them must take equally many
ROLLING = (
    15.0  # seconds between two snapshots where the config asks for none: what an interrupted run can be opened from
)
LAST_LOOK = 0.15  # seconds of evaluation after a stop request
PROBED = 100  # times in a run that its probes are called, besides the end
LOOKED_AT = 256  # test images that a probe may run through the network
REASONS = ("", "stopped", "time", "budget")

Snapshot = Callable[[int, nn.Module], object]


def train(
    config: TrainConfig,
    *,
    stop: Callable[[], bool] | None = None,
    steering: Wanted | None = None,
    limits: Limits | None = None,
    on_snapshot: Snapshot | None = None,
    device: torch.device | str | None = None,
) -> Training:
    """The run's events, one after the other; its network is `.model`, also while it is being trained.

    The same config and seed on one device give the same events, apart from seconds and rates (and where `seconds` is
    the limit). stop is asked before every step. on_snapshot(step, model) is called as often as `config.snapshots` says,
    denser at the beginning, where weights move most, first at step 0; where it says 0, after epochs and every 15 s.
    It returns False where there is no room for more, which ends the run. Torch's global random generator is left as it
    was. steering(steps taken), asked before every step of a process that trains alone, says what is wanted instead of
    the config's values, and whether to wait; every change is a Steered event, and `replay` makes the run again.
    Raises ConfigError, datasets.DatasetError.
    """
    chosen = devices.torch_device() if device is None else torch.device(device)
    return Training(
        config, chosen, stop=stop or NEVER, steering=steering or unsteered, limits=limits or Limits(),
        on_snapshot=on_snapshot,
    )  # fmt: skip


class Training(Iterator[Event]):
    """One run: an iterator over its events."""

    def __init__(
        self,
        config: TrainConfig,
        device: torch.device,
        *,
        stop: Callable[[], bool],
        steering: Wanted,
        limits: Limits,
        on_snapshot: Snapshot | None,
    ) -> None:
        check(config)
        devices.tune_allocator()
        self.config, self.device, self.limits = config, device, limits
        self._stop, self._on_snapshot = stop, on_snapshot
        self._group = ProcessGroup()
        self._rng = RngState(config.seed + self._group.rank, device)
        self.model = optimization.network(config).to(device)
        self.precision = optimization.precision(config, self.model, device)
        shape = datasets.info(config.dataset).shape
        alone = self._group.size == 1 and self.precision == "float32"
        shortcut = optimization.narrow(self.model.train(), device, shape) if alone else None
        channels_last = shortcut is None and prefers_channels_last(self.model, device)
        if channels_last:
            self.model.to(memory_format=torch.channels_last)
        self._load(channels_last)
        self._criterion = optimization.criterion(self.model, self._test)
        trained = self._group.wrap(self.model.train(), device)
        if shortcut is None and self._group.size == 1:
            trained = optimization.wide(self.model, device, shape)
        self._forward = shortcut or optimization.forward(trained, device, self.precision)
        self._optimizer = optimization.optimizer(config, self.model, device)
        self._parameters = list(self.model.parameters())
        self.epochs = min(config.epochs, limits.epochs)
        self._progress = RunProgress(self.epochs * len(self._batches))
        wanted = steering if self._group.size == 1 else unsteered
        self._steering = SteeringController(config, wanted, self._optimizer, self._batches)
        self.step = self.seen = 0
        self.reason = ""
        self._snapshots_due = MilestoneSchedule(config.snapshots, power=2.0)
        self._probes_due = MilestoneSchedule(PROBED if config.probes else 0, power=1.0)
        self._events = self._run()

    def __next__(self) -> Event:
        return next(self._events)

    # ----------------------------------------------------------------------------------------- data
    def _load(self, channels_last: bool) -> None:
        config = self.config
        info = datasets.info(config.dataset)
        normalise = Normalisation.of(info.mean, info.std, device=self.device)
        train_data, test_data = (datasets.load(config.dataset, split=split) for split in ("train", "test"))
        self.source, self.classes = train_data.source, train_data.classes
        images, labels = subset(train_data.images, train_data.labels, count=config.examples, seed=config.seed)
        images, test_images = permuted(images, config), as_tested(test_data.images, config)
        normalises = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in self.model.modules())
        self._batches = Batches(
            images, labels, batch_size=config.batch_size, normalise=normalise, seed=config.seed,
            augmentation=config.augmentation, channels_last=channels_last, share=(self._group.rank, self._group.size),
            drop_single=normalises, order=config.order,
        )  # fmt: skip
        if not len(self._batches):
            raise ConfigError(
                f"{len(labels)} training picture(s) make no batch for {self._group.size} process(es) here; take more"
            )
        self._test = Examination(
            test_images, test_data.labels, normalise=normalise, classes=self.classes, precision=self.precision,
            channels_last=channels_last,
        )  # fmt: skip

    def _started(self) -> Started:
        return Started(
            run_id=self.config.run_id,
            device=devices.describe() if self.device == devices.torch_device() else str(self.device),
            precision=self.precision,
            steps=self._progress.steps,
            epochs=self.epochs,
            examples=len(self._batches.labels),
            test_examples=len(self._test.labels),
            parameters=sum(item.numel() for item in self.model.parameters()),
            classes=self.classes,
        )

    # ----------------------------------------------------------------------------------------- steps
    def _run(self) -> Iterator[Event]:
        yield self._started()
        self._began = self._flushed = self._rolled = time.perf_counter()
        self._elapsed = self._over = self._waited = 0.0
        if self._snapshots_due.at(0.0):
            self._snapshot()
        epoch, found = 0, None
        while epoch < self.epochs and not self.reason:
            epoch, found = epoch + 1, None
            means = Means(self._batches.sizes)
            for event in self._bursts(epoch):
                if isinstance(event, Step):
                    means.add(event)
                yield event
            if not self.reason:
                found = self._evaluated()
            if found is not None:
                yield self._epoch(epoch, means, found)
        yield self._finished(epoch, found)

    def _evaluated(self) -> Evaluation | None:
        """On all test images; None if a stop request came meanwhile (in a single process only: ranks go together)."""
        found = self._test.of(self.model, until=self._stop if self._group.size == 1 else NEVER)
        if found.examples < len(self._test.labels):
            self.reason = "stopped"
            return None
        return found

    def _bursts(self, epoch: int) -> Iterator[Step | Steered]:
        """The steps of an epoch in groups, and steering between them. Ends with the epoch or the run."""
        batches = self._batches.epoch()
        left = len(self._batches)
        while left and not self.reason:
            yield from self._steered(epoch, left)
            with self._rng.inside():
                taken = self._burst(batches, left)
            left -= len(taken)
            self._agree()
            if taken:
                yield from self._events_of(taken, epoch)
            self._keep(last=not left and epoch == self.epochs, epoch_ends=not left)

    def _burst(self, batches: Iterator[tuple[torch.Tensor, torch.Tensor]], left: int) -> list[PendingStep]:
        """Steps until their numbers are to be read: after the first one, for a snapshot, at the end, after 1/20 second,
        or when there is a steering request."""
        taken: list[PendingStep] = []
        until = time.perf_counter() + BURST
        while len(taken) < left and not self._ended() and not self._steering.called(self.step):
            taken.append(self._take(*next(batches)))
            if self._group.size > 1:
                if len(taken) == GROUP_BURST:
                    break
            elif taken[-1].clock >= until or self.step == 1 or self._snapshots_due.reached(self._over):
                break
        return taken

    def _steered(self, epoch: int, left: int) -> Iterator[Steered]:
        """Carries out steering requests. While the run is paused, its clock stands still."""
        while True:
            if self._steering.turn(self.step):
                now, coming = self._steering.config, (self.epochs - epoch) * len(self._batches)
                self._progress.plan(self.step, self.step + left + coming)
                values = now.lr, now.momentum, now.weight_decay, now.batch_size
                yield Steered(self.step, epoch, self._progress.steps, self._steering.held, *values, self._elapsed)
            if not self._steering.held or self._why():
                return
            since = time.perf_counter()
            time.sleep(HELD)
            waited = time.perf_counter() - since
            self._began, self._flushed = self._began + waited, self._flushed + waited
            self._rolled, self._waited = self._rolled + waited, self._waited + waited

    def _take(self, pictures: torch.Tensor, labels: torch.Tensor) -> PendingStep:
        """One optimiser step. Written for what it costs: a step of FC2Layer takes a third of a millisecond."""
        lr = self._steering.config.lr if self.config.schedule == "constant" else self._set_lr()
        for parameter in self._parameters:  # 5 µs less than zero_grad, which talks to the profiler
            parameter.grad = None
        outputs = self._forward(pictures)
        loss = self._criterion(outputs, labels)
        loss.backward()
        due = self._probes_due.at(self._over)
        measured = self._measured() if due else NOTHING
        self._optimizer.step()
        clock, count = time.perf_counter(), labels.shape[0]
        self.step += 1
        self.seen += count * self._group.size
        self._move_on(clock)
        return PendingStep(loss.detach(), outputs.detach(), labels, count, lr, clock, measured)

    def _measured(self) -> Mapping[str, Any]:
        return probes.measure(self.config.probes, self.model, self._test.pictures(LOOKED_AT))

    def _move_on(self, clock: float) -> None:
        """Updates the progress in [0, 1]: the larger of the shares of steps and of seconds."""
        if self._group.size == 1:  # several go by rank 0's clock
            self._elapsed = clock - self._began
        self._over = self._progress.at(self.step)
        if self.config.seconds is not None:
            self._over = min(1.0, max(self._over, self._elapsed / self.config.seconds))

    def _set_lr(self) -> float:
        lr = self._steering.config.lr * optimization.scheduled(self.config.schedule, self._over)
        for group in self._optimizer.param_groups:
            group["lr"] = lr
        return lr

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

    def _keep(self, *, last: bool, epoch_ends: bool) -> None:
        """Saves a snapshot if one is due; the last weights are saved by the caller."""
        if self.config.snapshots:
            if self._snapshots_due.at(self._over) and not last:
                self._snapshot()
        elif not last and (epoch_ends or time.perf_counter() - self._rolled >= ROLLING):
            self._rolled = time.perf_counter()
            self._snapshot()

    def _snapshot(self) -> None:
        if (
            self._on_snapshot is not None
            and self._group.rank == 0
            and self._on_snapshot(self.step, self.model) is False
        ):
            self.reason = self.reason or "budget"

    # ----------------------------------------------------------------------------------------- events
    def _events_of(self, taken: list[PendingStep], epoch: int) -> list[Step]:
        """The pending steps as events; losses and accuracies are read back in one transfer."""
        losses = torch.stack([one.loss for one in taken]).tolist()
        right = accuracies(taken)
        now = time.perf_counter()
        rate = sum(one.size for one in taken) * self._group.size / max(now - self._flushed, 1e-9)
        self._flushed = now
        first = self.step - len(taken) + 1
        return [
            Step(first + i, epoch, losses[i], right[i], one.lr, one.clock - self._began, rate, one.probes)
            for i, one in enumerate(taken)
        ]

    def _epoch(self, epoch: int, means: Means, found: Evaluation) -> Epoch:
        self._flushed = time.perf_counter()
        seconds = self._flushed - self._began
        return Epoch(epoch, self.step, means.loss, means.accuracy, found.loss, found.accuracy, seconds)

    def _finished(self, epoch: int, found: Evaluation | None) -> Finished:
        """With all test images; after a stop with as many as 0.15 seconds allow (the confusion matrix sums to them)."""
        if found is None:
            if self.reason == "stopped":
                late = time.perf_counter() + LAST_LOOK
                found = self._test.of(self.model, until=lambda: time.perf_counter() > late)
            else:
                found = self._test.of(self.model, until=self._stop)
        reason = self.reason or ("completed" if self.epochs == self.config.epochs else "budget")
        confusion = tuple(tuple(row) for row in found.confusion.tolist())
        seconds = time.perf_counter() - self._began
        measured = self._measured() if reason == "completed" and self.config.probes else NOTHING
        return Finished(reason, self.step, epoch, found.loss, found.accuracy, confusion, seconds, self.seen, measured)
