"""What it costs to record every node of a network exactly, against its bare forward pass: at most 1.3 times.

    python -m benchmarks.capture [--repeats 15] [--processor] [network …]

One image of 224×224, float32, the bare pass in inference mode, on the CPU, all cores; the median of interleaved
rounds. "read" is the recording with every value made an array, which else happens when somebody asks for it. "kept" is
the least that a recorder in Python can do: a function mode of torch's that puts each result into a list, and no more.
--processor: one thread, and its processor time instead of seconds, for a machine that has other work. What Python adds
is the same, the arithmetic takes longer, so the ratios are lower than those of all cores on a machine without.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torchvision import models

from benchmarks.timing import medians
from cnnviz import capture, devices

NETWORKS = ("resnet18", "vgg16", "googlenet", "densenet121", "efficientnet_b0")
LIMIT = 1.3


def measure(name: str, repeats: int, clock: Callable[[], float]) -> tuple[int, dict[str, float]]:
    """(recorded nodes, seconds of "bare", "kept", "recorded", "read"); the two outputs are held to be equal first."""
    torch.manual_seed(0)
    options: dict[str, Any] = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    model = models.get_model(name, **options).eval()
    x = torch.randn(1, 3, 224, 224)
    record = capture.activations(model, x)
    difference = abs(record.logits - bare(model, x)[0].numpy()).max()
    if difference != 0:
        raise SystemExit(f"{name}: logits differ by {difference}")
    contestants: dict[str, Callable[[], Any]] = {
        "bare": lambda: bare(model, x),
        "kept": lambda: kept(model, x),
        "recorded": lambda: capture.activations(model, x),
        "read": lambda: capture.activations(model, x).layers,
    }
    return len(record), medians(contestants, repeats=repeats, clock=clock)


@torch.inference_mode()
def bare(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    return model(x)  # type: ignore[no-any-return]


class Keeping(TorchFunctionMode):
    """Keeps every result as it comes, although what works in place writes over it later."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[Any] = []

    def __torch_function__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        self.results.append(result)
        return result


@torch.inference_mode()
def kept(model: nn.Module, x: torch.Tensor) -> list[Any]:
    with Keeping() as mode:
        model(x)
    return mode.results


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--processor", action="store_true")
    arguments = parser.parse_args()
    if arguments.processor:
        torch.set_num_threads(1)
    devices.tune_allocator()  # for both: the bare pass must not pay page faults either
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, median of {arguments.repeats}")
    print(f"{'network':16} {'nodes':>6} {'bare ms':>9} {'recorded ms':>12} {'ratio':>6} {'read':>6} {'kept':>6}")
    for name in arguments.networks:
        nodes, took = measure(name, arguments.repeats, time.thread_time if arguments.processor else time.perf_counter)
        ratio, read, kept_alone = (took[one] / took["bare"] for one in ("recorded", "read", "kept"))
        verdict = "" if ratio <= LIMIT else f"  over {LIMIT}"
        times = f"{took['bare'] * 1e3:9.1f} {took['recorded'] * 1e3:12.1f}"
        print(f"{name:16} {nodes:6d} {times} {ratio:6.2f} {read:6.2f} {kept_alone:6.2f}{verdict}")


if __name__ == "__main__":
    main()
