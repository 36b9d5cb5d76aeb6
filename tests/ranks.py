"""Trains several configs in one group of processes: python -m tests.ranks PROCESSES FILE CONFIG... (JSON).

CONFIG: {"config": …, "changes": {steps taken: {name: value}}, "cut": whether it is stopped, its state saved and
gone on with, "double": whether in float64}, the changes and the stop for rank 0 alone. Rank 0 writes the weights
and losses of each into FILE, as safetensors. The processes are forked from one that has imported everything, with what
torchrun would tell them; that torchrun does is tests/test_runs.py's.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest import mock

import safetensors.torch
import torch
from torch import distributed, nn

from cnnviz import training
from cnnviz.records import Epoch, Event, Finished, Steered, Steering, Step, TrainConfig
from cnnviz.training import optimization
from cnnviz.training.resumption import ResumeState

Changes = Mapping[int, Steering]


def trained(
    config: TrainConfig, changes: Changes | None = None, cut: Path | None = None, *, double: bool = False
) -> dict[str, torch.Tensor]:
    """name → weights after the run; "losses", "accuracies", "epochs": of its steps and epochs; "steered": after which
    step its values were changed, and to which. cut: where its state is saved after a few steps, to go on from."""
    if double:
        with mock.patch.object(optimization, "network", in_double):
            return trained(config, changes, cut)
    before = [] if cut is None else cut_off(config, cut)
    state = None if cut is None else ResumeState.load(cut)
    run = training.train(config, device="cpu", steering=training.replay(changes or {}), resume=state)
    events = [*before, *run]
    steps = [event for event in events if isinstance(event, Step)]
    epochs = [event for event in events if isinstance(event, Epoch)]
    found = {name: value.detach().contiguous().clone() for name, value in run.model.state_dict().items()}
    found["losses"] = torch.tensor([step.loss for step in steps], dtype=torch.float64)
    found["accuracies"] = torch.tensor([step.accuracy for step in steps])
    steered = [[event.step, event.lr, event.batch_size] for event in events if isinstance(event, Steered)]
    found["steered"] = torch.tensor(steered, dtype=torch.float64).reshape(-1, 3)
    found["epochs"] = torch.tensor([[one.train_loss, one.train_accuracy, one.test_loss] for one in epochs])
    return found


def in_double(config: TrainConfig, network: Callable[[TrainConfig], nn.Module] = optimization.network) -> nn.Module:
    """The network in float64, which takes images of float32."""
    model = network(config).double()
    model.register_forward_pre_hook(lambda _, given: (given[0].double(),))
    return model


def cut_off(config: TrainConfig, path: Path) -> list[Event]:
    """The events of a run that rank 0 stops after the first group of steps; its state is at that path on every rank."""
    first = distributed.get_rank() == 0

    def save(run: training.Training) -> None:
        if run.reason == "stopped":
            run.state().save(path)

    run = training.train(
        config, device="cpu", stop=lambda: first and run.step > 0, on_pause_point=save if first else None
    )
    events = [event for event in run if not isinstance(event, Finished)]
    distributed.barrier()
    return events


def one_of(rank: int, processes: int, file: str, configs: list[str]) -> None:
    """What one process does."""
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{file}.met", rank=rank, world_size=processes)
    results: dict[str, torch.Tensor] = {}
    for number, text in enumerate(configs):
        asked = json.loads(text)
        changes = {int(step): Steering(**values) for step, values in asked["changes"].items()}
        cut = Path(f"{file}.{number}.state") if asked.get("cut") else None
        found = trained(
            TrainConfig.from_json(asked["config"]),
            changes if rank == 0 else None,
            cut,
            double=asked.get("double", False),
        )
        results |= {f"{number}.{name}": value for name, value in found.items()}
    if rank == 0:
        safetensors.torch.save_file(results, file)
    distributed.destroy_process_group()


def main() -> int:
    """0 where every process came to its end."""
    processes, file, configs = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    forked = [process(rank, processes, file, configs) for rank in range(processes)]
    return int(any(os.waitpid(pid, 0)[1] for pid in forked))


def process(rank: int, processes: int, file: str, configs: list[str]) -> int:
    """The number of a new process that is this rank."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        one_of(rank, processes, file, configs)
        code = 0
    finally:
        if code:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
