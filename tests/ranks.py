"""Trains several configs in one group of processes: python -m tests.ranks PROCESSES FILE CONFIG... (JSON).

Rank 0 writes the weights and losses of each into FILE, as safetensors. The processes are forked from one that has
imported everything, with what torchrun would tell them; that torchrun does is tests/test_runs.py's.
"""

from __future__ import annotations

import json
import os
import sys
import traceback

import safetensors.torch
import torch
from torch import distributed

from cnnviz import training
from cnnviz.records import Epoch, Step, TrainConfig


def trained(config: TrainConfig) -> dict[str, torch.Tensor]:
    """name → weights after the run; "losses", "accuracies", "epochs": of its steps and epochs."""
    run = training.train(config, device="cpu")
    events = list(run)
    steps = [event for event in events if isinstance(event, Step)]
    epochs = [event for event in events if isinstance(event, Epoch)]
    found = {name: value.detach().contiguous().clone() for name, value in run.model.state_dict().items()}
    found["losses"] = torch.tensor([step.loss for step in steps])
    found["accuracies"] = torch.tensor([step.accuracy for step in steps])
    found["epochs"] = torch.tensor([[one.train_loss, one.train_accuracy, one.test_loss] for one in epochs])
    return found


def one_of(rank: int, processes: int, file: str, configs: list[str]) -> None:
    """What one process does."""
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{file}.met", rank=rank, world_size=processes)
    results: dict[str, torch.Tensor] = {}
    for number, text in enumerate(configs):
        found = trained(TrainConfig.from_json(json.loads(text)))
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
