"""Training as an iterator of events: Started, Step, …, Epoch, …, Finished.

    for event in training.train(config): ...

The data set is two tensors on the device and a batch is three tensor operations (`augmentation`). Steps run in groups
of a twentieth of a second, after which each becomes an event of its own (`loop`).

`python -m cnnviz.training RUN_DIR` trains what RUN_DIR/config.json asks for and leaves the result there (`worker`);
`torchrun -m cnnviz.training RUN_DIR` does so on several GPUs or hosts.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from cnnviz import devices
from cnnviz.configs import OPTIMIZERS, PRECISIONS, SCHEDULES, ConfigError, RunLimits, check, steered
from cnnviz.records import TrainConfig
from cnnviz.training.evaluation import Evaluation, evaluate
from cnnviz.training.interruption import NEVER, Asked
from cnnviz.training.loop import Observer, Snapshot, Training
from cnnviz.training.onlooker import Onlooker
from cnnviz.training.resumption import ResumeState
from cnnviz.training.steering import Wanted, replay, unsteered

__all__ = [
    "OPTIMIZERS", "PRECISIONS", "SCHEDULES", "ConfigError", "Evaluation", "RunLimits", "ResumeState", "TrainConfig",
    "Training", "check", "evaluate", "replay", "steered", "train",
]  # fmt: skip


def train(
    config: TrainConfig,
    *,
    stop: Callable[[], bool] | None = None,
    steering: Wanted | None = None,
    limits: RunLimits | None = None,
    on_snapshot: Snapshot | None = None,
    on_pause_point: Observer | None = None,
    device: torch.device | str | None = None,
    resume: ResumeState | None = None,
    stop_at_divergence: bool = True,
    onlooker: Onlooker | None = None,
    interrupt: Asked = NEVER,
) -> Training:
    """The run's events, one after the other; its network is `.model`, also while it is being trained.

    The same config and seed on one device give the same events, apart from seconds and rates (and where `seconds` is
    the limit). stop is asked before every step. on_snapshot(step, model) is called as often as `config.snapshots` says,
    denser at the beginning, where weights move most, first at step 0; where it says 0, after epochs and every 15 s.
    It returns False where there is no room for more, which ends the run. Torch's global random generator is left as it
    was. steering(steps taken), asked before every step (of several processes: rank 0's, between groups of steps),
    returns the request that holds: other values than the config's, or a pause; every change is a Steered event, and
    `replay` makes the run again.

    on_pause_point(training) is called between groups of steps, and when a stopped run has taken its last step: then
    `training.state()` holds all that the rest of the run depends on. resume: such a state; the run goes on from there,
    and with the same number of threads its steps are those of a run that was never interrupted, to the bit.
    interrupt: asked many times within a step that takes long, on a CPU; True gives that step up, and the run
    has stopped after the step before it (`interruption`).
    onlooker: looks inside now and then, and changes nothing (`watching`).
    stop_at_divergence: a loss that is not finite ends the run with the last weights whose loss was.
    Raises ConfigError, datasets.DatasetError.
    """
    chosen = devices.torch_device() if device is None else torch.device(device)
    run = Training(
        config, chosen, stop=stop or NEVER, steering=steering or unsteered, limits=limits or RunLimits(),
        on_snapshot=on_snapshot, on_pause_point=on_pause_point, stop_at_divergence=stop_at_divergence,
        onlooker=onlooker, interrupt=interrupt,
    )  # fmt: skip
    if resume is not None:
        run.restore(resume)
    return run
