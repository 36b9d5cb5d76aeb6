"""What it costs to record every node of a network exactly, against its bare forward pass: at most 1.3 times.

    python -m benchmarks.capture [--repeats 15] [network …]

One picture of 224×224, float32, inference mode both, on the CPU, all cores; the median of interleaved rounds.
"""

from __future__ import annotations

import argparse
from typing import Any

import torch
from torch import nn
from torchvision import models

from benchmarks.timing import medians
from cnnviz import capture, devices

NETWORKS = ("resnet18", "vgg16", "googlenet", "densenet121", "efficientnet_b0")
LIMIT = 1.3


def measure(name: str, repeats: int) -> tuple[int, float, float]:
    """(recorded nodes, seconds bare, seconds recorded); the two outputs are held to be equal first."""
    torch.manual_seed(0)
    options: dict[str, Any] = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    model = models.get_model(name, **options).eval()
    x = torch.randn(1, 3, 224, 224)
    record = capture.activations(model, x)
    difference = abs(record.logits - bare(model, x)[0].numpy()).max()
    if difference != 0:
        raise SystemExit(f"{name}: logits differ by {difference}")
    found = medians(
        {"bare": lambda: bare(model, x), "recorded": lambda: capture.activations(model, x)}, repeats=repeats
    )
    return len(record), found["bare"], found["recorded"]


@torch.inference_mode()
def bare(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    return model(x)  # type: ignore[no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()
    devices.tune_allocator()  # for both: the bare pass must not pay page faults either
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, median of {arguments.repeats}")
    print(f"{'network':14} {'nodes':>6} {'bare ms':>9} {'recorded ms':>12} {'ratio':>6}")
    for name in arguments.networks:
        nodes, plain, recorded = measure(name, arguments.repeats)
        verdict = "" if recorded <= LIMIT * plain else f"  over {LIMIT}"
        print(f"{name:14} {nodes:6d} {plain * 1e3:9.1f} {recorded * 1e3:12.1f} {recorded / plain:6.2f}{verdict}")


if __name__ == "__main__":
    main()
