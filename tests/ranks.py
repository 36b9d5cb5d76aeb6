"""Trains several configs in one group of processes: torchrun -m tests.ranks FILE CONFIG... (JSON).

Rank 0 writes the weights and losses of each into FILE, as safetensors.
"""

from __future__ import annotations

import json
import sys

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


def main() -> None:
    torch.set_num_threads(1)
    distributed.init_process_group("gloo")
    results: dict[str, torch.Tensor] = {}
    for number, text in enumerate(sys.argv[2:]):
        found = trained(TrainConfig.from_json(json.loads(text)))
        results |= {f"{number}.{name}": value for name, value in found.items()}
    if distributed.get_rank() == 0:
        safetensors.torch.save_file(results, sys.argv[1])
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
